"""What any language model answered becomes feelings over time: the second half of a pair."""

from __future__ import annotations

from typing import TYPE_CHECKING

from comfy_api.latest import io

from .bridge.scenes import describe_outputs
from .bridge.types import CATEGORY, Emotion

if TYPE_CHECKING:
    from ..eadnet_core.emotion.track import EmotionTrack

MEND, STOP = "use the draft", "stop"


class EADNetEmotionAnswer(io.ComfyNode):
    @classmethod
    def define_schema(cls) -> io.Schema:
        return io.Schema(
            node_id="EADNetEmotionAnswer",
            display_name="EAD-Net Emotion Answer",
            category=CATEGORY,
            description="Reads what a language model answered to EADNetEmotionPrompt, whatever prose stands around it.",
            inputs=[
                io.String.Input(
                    "answer",
                    default="",
                    multiline=True,
                    tooltip="What the language model wrote. Connect its node, or paste the answer of a chat.",
                ),
                Emotion.Input("draft", tooltip="The draft of the EADNetEmotionPrompt that asked; it holds the times of the passages."),
                io.Combo.Input(
                    "mistakes",
                    options=[MEND, STOP],
                    default=MEND,
                    tooltip="What to do about passages that the answer leaves out or gets wrong: take the draft for them and say so "
                    "in the timeline's notes, or stop with a message.",
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
    def execute(cls, answer: str, draft: EmotionTrack, mistakes: str) -> io.NodeOutput:
        from ..eadnet_core.emotion.describer_answer import read_answer

        return io.NodeOutput(*describe_outputs(read_answer(answer, draft, mistakes == STOP), None))
