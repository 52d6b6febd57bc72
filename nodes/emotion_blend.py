"""Two feelings at once, in any shares."""

from __future__ import annotations

from typing import TYPE_CHECKING

from comfy_api.latest import io

from .bridge.pictures import to_image
from .bridge.types import CATEGORY, Emotion

if TYPE_CHECKING:
    from ..eadnet_core.emotion.track import EmotionTrack


class EADNetEmotionBlend(io.ComfyNode):
    @classmethod
    def define_schema(cls) -> io.Schema:
        return io.Schema(
            node_id="EADNetEmotionBlend",
            display_name="EAD-Net Emotion Blend",
            category=CATEGORY,
            description="Mixes two feelings, or two timelines, in any shares: bittersweet, or a little of a described mood.",
            inputs=[
                Emotion.Input("one", tooltip="What amount 0 gives."),
                Emotion.Input("other", tooltip="What amount 1 gives."),
                io.Float.Input(
                    "amount", default=0.5, min=0.0, max=1.0, step=0.05, tooltip="Share of the other: 0 is only one, 1 only the other."
                ),
                io.Float.Input(
                    "strength",
                    default=1.0,
                    min=0.0,
                    max=2.0,
                    step=0.05,
                    tooltip="Scales the mixture: 0 is a neutral face.",
                ),
            ],
            outputs=[
                Emotion.Output(display_name="emotion", tooltip="For EADNetSampler."),
                io.Image.Output(display_name="plot", tooltip="The feelings over time, for Preview Image."),
            ],
        )

    @classmethod
    def execute(cls, one: EmotionTrack, other: EmotionTrack, amount: float, strength: float) -> io.NodeOutput:
        from ..eadnet_core.charts.emotion import draw_emotion
        from ..eadnet_core.emotion.track import blend

        track = blend(one, other, amount).scaled(strength)
        return io.NodeOutput(track, to_image([draw_emotion(track)], 1))
