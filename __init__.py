"""EAD-Net for ComfyUI: a portrait, a recording and a feeling become a talking-head video."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from comfy_api.latest import ComfyExtension

WEB_DIRECTORY = "./web"


async def comfy_entrypoint() -> ComfyExtension:
    """What ComfyUI calls to learn the pack's nodes; imported only here, so that nothing but ComfyUI needs ComfyUI."""
    from .nodes.extension import EADNetExtension

    return EADNetExtension()
