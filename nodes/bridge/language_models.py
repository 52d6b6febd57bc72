"""Language models in ComfyUI's care: found in models/LLM through folder_paths, loaded and freed by its model management."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING

import comfy.model_management
from comfy.cli_args import args

from ...eadnet_core.errors import InputError
from .model_folders import held, model_folders
from .models import Patcher, loaded

if TYPE_CHECKING:
    from ...eadnet_core.emotion.language_model import LanguageModel

FOLDER = "LLM"
"""Name of the folder under ComfyUI's models, and of the entry in extra_model_paths.yaml; other packs use it, too."""
BUILT_IN = "built-in reader"


def describer_names() -> list[str]:
    """What the describer offers: the built-in reader, then the model folders in models/LLM."""
    return [BUILT_IN, *model_folders(FOLDER)]


@contextmanager
def loaded_language_model(name: str) -> Iterator[LanguageModel]:
    """A model of models/LLM on the device where it computes; it is read from the disk for each use, and afterwards its memory is free.

    Raises:
        InputError: There is no such folder, or it cannot be used.
    """
    import torch

    from ...eadnet_core.emotion.language_model import load_language_model

    path = model_folders(FOLDER).get(name)
    if path is None:
        raise InputError(f"engine is '{name}', which is not in models/{FOLDER}; put its folder there or choose another.")
    waiting, device = comfy.model_management.text_encoder_offload_device(), comfy.model_management.text_encoder_device()
    model = load_language_model(path, torch.float32 if args.force_fp32 else None, device)
    patcher = Patcher(held(model.net.to(waiting)), load_device=device, offload_device=waiting)
    with loaded(patcher) as module:
        yield replace(model, net=module.net)
