"""How something is said becomes how strongly it is felt."""

from __future__ import annotations

from typing import Any

from comfy_api.latest import io

from .bridge.scenes import describe_outputs, to_scene
from .bridge.types import CATEGORY, Emotion


class EADNetEmotionFromVoice(io.ComfyNode):
    @classmethod
    def define_schema(cls) -> io.Schema:
        return io.Schema(
            node_id="EADNetEmotionFromVoice",
            display_name="EAD-Net Emotion From Voice",
            category=CATEGORY,
            description="Hears from pitch, level and rate how aroused a voice is. Say which feeling it is: sound alone can only guess.",
            inputs=[
                io.Audio.Input("audio", tooltip="The recording. Only differences within it count, not how loud or high it is."),
                io.String.Input(
                    "feeling",
                    default="",
                    tooltip="The feeling that rises and falls with the voice, as in EADNetEmotion: 'angry', 'quietly amused'. "
                    "Empty: guessed, and joy and anger sound much alike.",
                ),
                io.Float.Input("strength", default=1.0, min=0.0, max=2.0, step=0.05, tooltip="Scales what is heard: 0 is a neutral face."),
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
    def execute(cls, audio: dict[str, Any], feeling: str, strength: float) -> io.NodeOutput:
        from ..eadnet_core.emotion.describer_built_in import VoiceDescriber

        scene = to_scene("", audio)
        return io.NodeOutput(*describe_outputs(VoiceDescriber(feeling, strength).describe(scene), scene.duration_s))
