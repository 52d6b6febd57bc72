"""A script, a voice or a video becomes feelings over time."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from comfy_api.latest import io

from .bridge.language_models import BUILT_IN, describer_names
from .bridge.scenes import describe_scene
from .bridge.types import CATEGORY, Emotion

if TYPE_CHECKING:
    from torch import Tensor


class EADNetDescribeEmotion(io.ComfyNode):
    @classmethod
    def define_schema(cls) -> io.Schema:
        return io.Schema(
            node_id="EADNetDescribeEmotion",
            display_name="EAD-Net Describe Emotion",
            category=CATEGORY,
            description="Reads from a script, a recording or a video what is felt when. Needs no model; a language model reads more.",
            inputs=[
                io.Combo.Input(
                    "engine",
                    options=describer_names(),
                    default=BUILT_IN,
                    tooltip="The built-in reader knows words of feeling and the sound of voices. Or a language model, or one that sees: "
                    "a folder in models/LLM with config.json, tokenizer and .safetensors files. Nothing is downloaded.",
                ),
                io.String.Input(
                    "script",
                    default="",
                    multiline=True,
                    tooltip="What is said, in English for the built-in reader. May be empty if a recording is connected.",
                ),
                io.Audio.Input(
                    "audio",
                    optional=True,
                    tooltip="The recording of it: gives the times of its sentences, and how strongly they are said.",
                ),
                io.Image.Input(
                    "frames",
                    optional=True,
                    tooltip="Frames of a real video as long as the recording, for a language model that sees.",
                ),
                io.Int.Input(
                    "seed",
                    default=0,
                    min=0,
                    max=2**31 - 1,
                    control_after_generate=True,
                    optional=True,
                    tooltip="Of a language model's second attempts at captions; the built-in reader leaves nothing to chance.",
                ),
            ],
            outputs=[
                Emotion.Output(display_name="emotion", tooltip="For EADNetSampler."),
                io.String.Output(
                    display_name="timeline",
                    tooltip="The same as lines to edit and paste into EADNetEmotionTimeline; notes begin with #.",
                ),
                io.Image.Output(display_name="plot", tooltip="The feelings over time, for Preview Image."),
            ],
        )

    @classmethod
    def execute(
        cls, engine: str, script: str, audio: dict[str, Any] | None = None, frames: Tensor | None = None, seed: int = 0
    ) -> io.NodeOutput:
        return io.NodeOutput(*describe_scene(engine, script, audio, frames, seed))
