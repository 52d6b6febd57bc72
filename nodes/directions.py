"""Lines that direct head, eyes, brows and blinks at given times."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from comfy_api.latest import io

from .bridge.types import CATEGORY, Directions, Speech

if TYPE_CHECKING:
    from ..eadnet_core.types import SpeechFeatures

EXAMPLE = "0.5 look left 0.6\n1.2 look free\n1.5 nod\n2.2 turn right 12 for 1.5\n4.0 brows up 0.5 for 1\n4.2 blink"


class EADNetDirections(io.ComfyNode):
    @classmethod
    def define_schema(cls) -> io.Schema:
        return io.Schema(
            node_id="EADNetDirections",
            display_name="EAD-Net Directions",
            category=CATEGORY,
            description="Directs head, eyes, brows and blinks, a line each; what no line speaks of stays free and fits itself in.",
            inputs=[
                io.String.Input(
                    "directions",
                    default=EXAMPLE,
                    multiline=True,
                    tooltip="Seconds and what to do: look left 0.6, look ahead, turn right 12, turn up 5, tilt left 8, head free, "
                    "brows up 0.5, nod, shake, blink, wink left; 'for 2' ends it after two seconds. Sides are the picture's.",
                ),
                Speech.Input("speech", optional=True, tooltip="If connected, a line that lies past the recording's end is an error."),
            ],
            outputs=[Directions.Output(display_name="directions", tooltip="For EADNetSampler.")],
        )

    @classmethod
    def execute(cls, directions: str, speech: SpeechFeatures | None = None) -> io.NodeOutput:
        from ..eadnet_core.motion.directions import parse_directions

        return io.NodeOutput(parse_directions(directions, math.inf if speech is None else float(speech.duration_s)))
