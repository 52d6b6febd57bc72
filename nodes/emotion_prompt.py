"""What to ask any language model about a script: the first half of a pair."""

from __future__ import annotations

from typing import Any

from comfy_api.latest import io

from .bridge.scenes import to_scene
from .bridge.types import CATEGORY, Emotion


class EADNetEmotionPrompt(io.ComfyNode):
    @classmethod
    def define_schema(cls) -> io.Schema:
        return io.Schema(
            node_id="EADNetEmotionPrompt",
            display_name="EAD-Net Emotion Prompt",
            category=CATEGORY,
            description="Writes what to ask any language-model node about the feelings in a script; EADNetEmotionAnswer reads its answer.",
            inputs=[
                io.String.Input("script", default="", multiline=True, tooltip="What is said. May be empty if a recording is connected."),
                io.Audio.Input(
                    "audio", optional=True, tooltip="The recording of it: gives the times, and tells the model how the lines are said."
                ),
            ],
            outputs=[
                io.String.Output(display_name="prompt", tooltip="For any node that lets a language model answer a text."),
                Emotion.Output(
                    display_name="draft", tooltip="The built-in reader's feelings, for EADNetEmotionAnswer; they also work as they are."
                ),
            ],
        )

    @classmethod
    def execute(cls, script: str, audio: dict[str, Any] | None = None) -> io.NodeOutput:
        from ..eadnet_core.emotion.describer_answer import build_prompt
        from ..eadnet_core.emotion.describer_built_in import BuiltInDescriber

        scene = to_scene(script, audio)
        draft = BuiltInDescriber().describe(scene).track
        return io.NodeOutput(build_prompt(scene, draft), draft)
