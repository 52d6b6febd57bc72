"""One feeling for a whole clip, in words or by name."""

from __future__ import annotations

from dataclasses import replace

from comfy_api.latest import io

from ..eadnet_core.emotion.vocabulary import EMOTIONS
from .bridge.types import CATEGORY, Emotion

FROM_TEXT = "read from text"


class EADNetEmotion(io.ComfyNode):
    @classmethod
    def define_schema(cls) -> io.Schema:
        return io.Schema(
            node_id="EADNetEmotion",
            display_name="EAD-Net Emotion",
            category=CATEGORY,
            description="How the person feels through the whole clip. Write it in your own words, or choose a label.",
            inputs=[
                io.String.Input(
                    "text",
                    default="quietly amused",
                    multiline=True,
                    tooltip="The feeling in English, as you would direct an actor: 'tired but hopeful', 'furious, jaw clenched'. "
                    "With a label chosen it colours that label, and may be empty.",
                ),
                io.Combo.Input(
                    "label",
                    options=[FROM_TEXT, *EMOTIONS],
                    default=FROM_TEXT,
                    tooltip="'read from text' takes the feeling from the text; a label sets it, whatever the text says.",
                ),
                io.Float.Input(
                    "intensity", default=1.0, min=0.0, max=1.0, step=0.05, tooltip="How strong the feeling is: 0 is a neutral face."
                ),
            ],
            outputs=[Emotion.Output(display_name="emotion", tooltip="For EADNetSampler.")],
        )

    @classmethod
    def execute(cls, text: str, label: str, intensity: float) -> io.NodeOutput:
        from ..eadnet_core.emotion.track import EmotionSpan, EmotionTrack

        caption = " ".join(text.split())
        if label == FROM_TEXT:
            return io.NodeOutput(EmotionTrack.from_text(caption, intensity))
        span = EmotionSpan.from_text(label, intensity)
        if caption and span.captions:
            named = EmotionSpan.from_text(f"{label}, {caption}", intensity).action_units
            span = replace(span, captions=((caption, intensity),), action_units=named)
        return io.NodeOutput(EmotionTrack((span,)))
