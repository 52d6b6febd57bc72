"""How much the person moves where nothing else says so."""

from __future__ import annotations

from comfy_api.latest import io

from ..eadnet_core.types import MotionControl
from .bridge.types import CATEGORY, Control


class EADNetMotionControl(io.ComfyNode):
    @classmethod
    def define_schema(cls) -> io.Schema:
        return io.Schema(
            node_id="EADNetMotionControl",
            display_name="EAD-Net Motion Control",
            category=CATEGORY,
            description="Sets how lively head, eyelids and eyes are. 1 is a person talking; without this node everything is at 1.",
            inputs=[
                io.Float.Input(
                    "head_motion", default=1.0, min=0.0, max=3.0, step=0.05, tooltip="Nods, turns and sway: 0 holds the head still."
                ),
                io.Float.Input("blink_rate", default=1.0, min=0.0, max=3.0, step=0.05, tooltip="How often the eyes blink: 0 is never."),
                io.Combo.Input(
                    "gaze",
                    options=["natural", "fixed"],
                    default="natural",
                    tooltip="natural: the eyes wander as people's do. fixed: they look where gaze_x and gaze_y say.",
                ),
                io.Float.Input(
                    "gaze_x",
                    default=0.0,
                    min=-1.0,
                    max=1.0,
                    step=0.05,
                    tooltip="With gaze fixed: -1 looks to the picture's left, 1 to its right.",
                ),
                io.Float.Input("gaze_y", default=0.0, min=-1.0, max=1.0, step=0.05, tooltip="With gaze fixed: -1 looks up, 1 down."),
                io.Float.Input(
                    "expressiveness",
                    default=1.0,
                    min=0.0,
                    max=2.0,
                    step=0.05,
                    tooltip="Scales the feeling's intensity: 0 is a neutral face.",
                ),
            ],
            outputs=[Control.Output(display_name="control", tooltip="For EADNetSampler.")],
        )

    @classmethod
    def execute(
        cls, head_motion: float, blink_rate: float, gaze: str, gaze_x: float, gaze_y: float, expressiveness: float
    ) -> io.NodeOutput:
        direction = (gaze_x, gaze_y) if gaze == "fixed" else None
        return io.NodeOutput(MotionControl(head=head_motion, blinks=blink_rate, gaze=direction, expressiveness=expressiveness))
