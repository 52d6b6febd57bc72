"""Action Unit curves, edited: by lines of text, stronger or weaker, smoother."""

from __future__ import annotations

from typing import TYPE_CHECKING

from comfy_api.latest import io

from .bridge.scenes import plan_outputs
from .bridge.types import CATEGORY, ActionUnits

if TYPE_CHECKING:
    from ..eadnet_core.emotion.action_units import ActionUnitTrack


class EADNetActionUnitCurves(io.ComfyNode):
    @classmethod
    def define_schema(cls) -> io.Schema:
        return io.Schema(
            node_id="EADNetActionUnitCurves",
            display_name="EAD-Net Action Unit Curves",
            category=CATEGORY,
            description="Edits curves of Action Units: lines of text replace the units that they name, then all are scaled and smoothed.",
            inputs=[
                io.String.Input(
                    "edit",
                    default="",
                    multiline=True,
                    tooltip="Lines 'seconds: unit intensity, ...', as EADNetActionUnitPlan or a language model writes them: 1.2: AU4 0.8, "
                    "AU12L 0. Units named anywhere are replaced, and run straight from line to line; a line without one sets it to 0.",
                ),
                io.Float.Input("scale", default=1.0, min=0.0, max=3.0, step=0.05, tooltip="Makes the chosen units stronger or weaker."),
                io.String.Input("units", default="", tooltip="Which units are scaled, such as AU1, AU4; empty: all."),
                io.Float.Input(
                    "smoothing", default=0.0, min=0.0, max=1.0, step=0.02, tooltip="Softens the curves over so many seconds; 0 leaves them."
                ),
                ActionUnits.Input("action_units", optional=True, tooltip="The curves to edit; without them the lines are all there is."),
            ],
            outputs=[
                ActionUnits.Output(display_name="action_units", tooltip="For EADNetSampler."),
                io.String.Output(display_name="plan", tooltip="The result as lines, five steps a second."),
                io.Image.Output(display_name="plot", tooltip="The curves that show, for Preview Image."),
            ],
        )

    @classmethod
    def execute(cls, edit: str, scale: float, units: str, smoothing: float, action_units: ActionUnitTrack | None = None) -> io.NodeOutput:
        from ..eadnet_core.emotion.action_unit_edit import edit_action_units

        return io.NodeOutput(*plan_outputs(edit_action_units(action_units, edit, scale, units, smoothing)))
