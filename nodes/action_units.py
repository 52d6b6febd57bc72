"""A face set by hand: a slider for each Action Unit."""

from __future__ import annotations

from typing import TYPE_CHECKING

from comfy_api.latest import io

from ..eadnet_core.emotion.action_unit_names import ACTION_UNIT_PARTS
from .bridge.types import CATEGORY, ActionUnits

if TYPE_CHECKING:
    from ..eadnet_core.emotion.action_units import ActionUnitTrack

SLIDERS = {f"{part}_{unit}": (unit, does) for part, units in ACTION_UNIT_PARTS.items() for unit, does in units.items()}


class EADNetActionUnits(io.ComfyNode):
    @classmethod
    def define_schema(cls) -> io.Schema:
        return io.Schema(
            node_id="EADNetActionUnits",
            display_name="EAD-Net Action Units",
            category=CATEGORY,
            description="Sets muscles of the face by hand for the whole clip: brow, eye, nose, mouth. At 0 a unit is left to the feeling.",
            inputs=[
                *(
                    io.Float.Input(
                        name,
                        default=0.0,
                        min=0.0,
                        max=1.0,
                        step=0.05,
                        display_mode=io.NumberDisplay.slider,
                        tooltip=f"{unit}: {does}. 0 leaves it to the feeling, 1 is as far as it goes. Left and right are the person's own.",
                    )
                    for name, (unit, does) in SLIDERS.items()
                ),
                ActionUnits.Input(
                    "over",
                    optional=True,
                    tooltip="Curves, for example of EADNetActionUnitPlan, that keep every unit whose slider is at 0.",
                ),
            ],
            outputs=[ActionUnits.Output(display_name="action_units", tooltip="For EADNetSampler or EADNetActionUnitCurves.")],
        )

    @classmethod
    def execute(cls, over: ActionUnitTrack | None = None, **sliders: float) -> io.NodeOutput:
        from ..eadnet_core.emotion.action_units import constant_action_units

        return io.NodeOutput(constant_action_units({unit: sliders[name] for name, (unit, _) in SLIDERS.items()}, over))
