"""Weights become a model that ComfyUI loads, offloads and frees."""

from __future__ import annotations

from comfy_api.latest import io

from .bridge.models import PRECISIONS, load_model, weight_names
from .bridge.types import CATEGORY, Model


class EADNetLoader(io.ComfyNode):
    @classmethod
    def define_schema(cls) -> io.Schema:
        names = weight_names()
        return io.Schema(
            node_id="EADNetLoader",
            display_name="EAD-Net Loader",
            category=CATEGORY,
            description="Loads the network that turns speech and feeling into facial motion. The built-in weights need no download.",
            inputs=[
                io.Combo.Input(
                    "weights",
                    options=names,
                    default=names[0],
                    tooltip="Built-in weights, or a .safetensors file from the folder models/eadnet (extra_model_paths.yaml: eadnet).",
                ),
                io.Combo.Input(
                    "precision",
                    options=list(PRECISIONS),
                    default="auto",
                    tooltip="Numbers the network calculates in. auto takes what the device is good at; fp32 is exact.",
                ),
            ],
            outputs=[Model.Output(display_name="model", tooltip="The network, for EADNetSampler.")],
        )

    @classmethod
    def execute(cls, weights: str, precision: str) -> io.NodeOutput:
        return io.NodeOutput(load_model(weights, precision))
