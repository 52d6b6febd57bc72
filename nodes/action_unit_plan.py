"""Emotion, then Action Units: what the face does from syllable to syllable."""

from __future__ import annotations

from typing import TYPE_CHECKING

from comfy_api.latest import io

from ..eadnet_core.types import SpeechFeatures
from .bridge.scenes import plan_outputs
from .bridge.types import CATEGORY, ActionUnits, Emotion, Speech

if TYPE_CHECKING:
    from ..eadnet_core.emotion.track import EmotionTrack


class EADNetActionUnitPlan(io.ComfyNode):
    @classmethod
    def define_schema(cls) -> io.Schema:
        return io.Schema(
            node_id="EADNetActionUnitPlan",
            display_name="EAD-Net Action Unit Plan",
            category=CATEGORY,
            description="Plans the muscles of the face from feeling and voice: loud phrases show more, accents lift the brows.",
            inputs=[
                Speech.Input("speech", tooltip="From EADNetSpeech: where the voice is, how loud, and which syllables stand out."),
                Emotion.Input("emotion", optional=True, tooltip="What is felt when; without it only the accents move the face."),
            ],
            outputs=[
                ActionUnits.Output(display_name="action_units", tooltip="For EADNetSampler or EADNetActionUnitCurves."),
                io.String.Output(
                    display_name="plan", tooltip="The same as lines, 'seconds: unit intensity, ...', to edit or to show a language model."
                ),
                io.Image.Output(display_name="plot", tooltip="The curves that show, for Preview Image."),
            ],
        )

    @classmethod
    def execute(cls, speech: SpeechFeatures, emotion: EmotionTrack | None = None) -> io.NodeOutput:
        from ..eadnet_core.emotion.planner import plan_action_units
        from ..eadnet_core.emotion.track import EmotionTrack

        track = plan_action_units(emotion or EmotionTrack.from_text("neutral"), speech)
        return io.NodeOutput(*plan_outputs(track, float(speech.duration_s)))
