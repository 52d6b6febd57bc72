"""Feelings that change through a clip, a line each."""

from __future__ import annotations

import math

from comfy_api.latest import io

from ..eadnet_core.types import SpeechFeatures
from .bridge.pictures import to_image
from .bridge.types import CATEGORY, Emotion, Speech

EXAMPLE = '0.0 neutral\n1.5 happy 0.8\n4.0 sad 0.6 "quietly, close to tears"\n6.5 surprised 1.0'


class EADNetEmotionTimeline(io.ComfyNode):
    @classmethod
    def define_schema(cls) -> io.Schema:
        return io.Schema(
            node_id="EADNetEmotionTimeline",
            display_name="EAD-Net Emotion Timeline",
            category=CATEGORY,
            description="Feelings over time: each line says from when on, what, and how strongly. The face crosses over smoothly.",
            inputs=[
                io.String.Input(
                    "timeline",
                    default=EXAMPLE,
                    multiline=True,
                    tooltip="A line for each change: seconds, a label or a quoted text, an intensity from 0 to 1 if it is not 1, "
                    'and a quoted description if you like: 2.5 sad 0.6 "quietly, close to tears"',
                ),
                Speech.Input(
                    "speech",
                    optional=True,
                    tooltip="If connected, the plot is as long as the recording, and a line that lies past its end is an error.",
                ),
            ],
            outputs=[
                Emotion.Output(display_name="emotion", tooltip="For EADNetSampler."),
                io.Image.Output(display_name="plot", tooltip="The feelings over time, for Preview Image."),
            ],
        )

    @classmethod
    def execute(cls, timeline: str, speech: SpeechFeatures | None = None) -> io.NodeOutput:
        from ..eadnet_core.charts.emotion import draw_emotion
        from ..eadnet_core.emotion.timeline import parse_timeline

        duration_s = None if speech is None else float(speech.duration_s)
        track = parse_timeline(timeline, math.inf if duration_s is None else duration_s)
        return io.NodeOutput(track, to_image([draw_emotion(track, duration_s)], 1))
