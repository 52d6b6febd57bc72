"""A performance becomes a file for another program."""

from __future__ import annotations

from typing import TYPE_CHECKING

from comfy_api.latest import io, ui

from ..eadnet_core.types import EXPORT_FORMATS
from .bridge.exports import exported, save_text
from .bridge.types import CATEGORY, Model, Motion, Speech

if TYPE_CHECKING:
    from comfy.model_patcher import ModelPatcher

    from ..eadnet_core.motion.face_motion import FaceMotion
    from ..eadnet_core.types import SpeechFeatures


class EADNetMotionExport(io.ComfyNode):
    @classmethod
    def define_schema(cls) -> io.Schema:
        return io.Schema(
            node_id="EADNetMotionExport",
            display_name="EAD-Net Motion Export",
            category=CATEGORY,
            description="Writes a performance for Blender, Unreal, MetaHuman or drawn characters: blendshapes, Action Units, mouth cues.",
            inputs=[
                io.Combo.Input(
                    "format",
                    options=list(EXPORT_FORMATS),
                    default=EXPORT_FORMATS[0],
                    tooltip="arkit: Live Link Face's CSV. facs: Action Units, CSV. shape-keys: JSON for Blender. rhubarb, rhubarb-tsv: "
                    "mouth shapes A to H and X. visemes: the fifteen of Oculus, JSON. The first three are made of motion, the others of "
                    "speech.",
                ),
                io.String.Input(
                    "filename_prefix",
                    default="EAD-Net/motion",
                    tooltip="Name in the output folder; a number is put after it. May contain folders and %date:yyyy-MM-dd%.",
                ),
                Motion.Input("motion", optional=True, tooltip="The performance, for arkit, facs and shape-keys."),
                Speech.Input("speech", optional=True, tooltip="What is said, for rhubarb, rhubarb-tsv and visemes."),
                Model.Input("model", optional=True, tooltip="Hears the phones of speech; not needed where a recogniser has heard them."),
            ],
            outputs=[io.String.Output(display_name="text", tooltip="What the file holds.")],
            is_output_node=True,
        )

    @classmethod
    def execute(
        cls,
        format: str,  # noqa: A002
        filename_prefix: str,
        motion: FaceMotion | None = None,
        speech: SpeechFeatures | None = None,
        model: ModelPatcher | None = None,
    ) -> io.NodeOutput:
        text, suffix = exported(format, motion, speech, model)
        return io.NodeOutput(text, ui=ui.PreviewText(save_text(text, filename_prefix, suffix)))
