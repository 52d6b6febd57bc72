"""Performances captured elsewhere: tables of blendshapes or Action Units."""

from __future__ import annotations

from comfy_api.latest import io

from .bridge.scenes import plan_outputs
from .bridge.types import CATEGORY, ActionUnits


class EADNetActionUnitImport(io.ComfyNode):
    @classmethod
    def define_schema(cls) -> io.Schema:
        return io.Schema(
            node_id="EADNetActionUnitImport",
            display_name="EAD-Net Action Unit Import",
            category=CATEGORY,
            description="Reads a performance captured elsewhere: CSV with ARKit blendshapes (Live Link Face, MediaPipe) or Action Units.",
            inputs=[
                io.String.Input(
                    "table",
                    default="time_s,browInnerUp,mouthSmileLeft,mouthSmileRight\n0.0,0.0,0.0,0.0\n1.0,0.8,0.1,0.1\n2.0,0.0,0.6,0.6",
                    multiline=True,
                    tooltip="The text of the file: a header with time_s and ARKit names, or time_s and AU1, AU2L, ...; values 0 to 1.",
                ),
                io.Float.Input(
                    "frame_rate", default=25.0, min=1.0, max=240.0, step=0.01, tooltip="Rows a second of a table without the column time_s."
                ),
            ],
            outputs=[
                ActionUnits.Output(display_name="action_units", tooltip="For EADNetSampler or EADNetActionUnitCurves."),
                io.String.Output(display_name="plan", tooltip="The same as lines, five steps a second."),
                io.Image.Output(display_name="plot", tooltip="The curves that show, for Preview Image."),
                io.String.Output(
                    display_name="lost", tooltip="Blendshapes that move but that no Action Unit has, such as jawLeft or tongueOut."
                ),
            ],
        )

    @classmethod
    def execute(cls, table: str, frame_rate: float) -> io.NodeOutput:
        from fractions import Fraction

        from ..eadnet_core.emotion.action_unit_file import lost_blendshapes, parse_action_units

        track = parse_action_units(table, Fraction(frame_rate).limit_denominator(1001))
        return io.NodeOutput(*plan_outputs(track), ", ".join(lost_blendshapes(table)))
