"""All that can be measured of a video, beside a real one."""

from __future__ import annotations

from comfy_api.latest import Input, io

from .bridge.measures import NOT_GIVEN, OWN_SYNC, UPPER_FACE, emotion_names, network_names, report_video
from .bridge.types import CATEGORY


class EADNetVideoReport(io.ComfyNode):
    @classmethod
    def define_schema(cls) -> io.Schema:
        return io.Schema(
            node_id="EADNetVideoReport",
            display_name="EAD-Net Video Report",
            category=CATEGORY,
            description="Measures a video of a talking face: lip-sync, lip closure, emotion, identity, smoothness; "
            "beside a real one, likeness.",
            inputs=[
                io.Video.Input("video", tooltip="The video to judge, with its sound: from EADNetVideo or Load Video."),
                io.Combo.Input(
                    "emotion",
                    options=emotion_names(),
                    default=NOT_GIVEN,
                    tooltip="The feeling that the video should show; its probability is reported.",
                ),
                io.Combo.Input(
                    "sync_network",
                    options=network_names(OWN_SYNC),
                    default=OWN_SYNC,
                    tooltip="The built-in SyncNet, or the public one, syncnet_v2.safetensors, from the folder models/eadnet_metrics.",
                ),
                io.Combo.Input(
                    "recogniser",
                    options=network_names(UPPER_FACE),
                    default=UPPER_FACE,
                    tooltip="What identity drift is measured by: the look of the upper face, "
                    "or an ArcFace network from models/eadnet_metrics.",
                ),
                io.Int.Input(
                    "seam_every",
                    default=0,
                    min=0,
                    max=9999,
                    tooltip="Frames from one window of the generator to the next, to see whether seams show; "
                    "0: the windows of EADNetSampler.",
                ),
                io.Video.Input(
                    "real_video",
                    optional=True,
                    tooltip="A real video of the same words: gives the figures to compare with, and PSNR, SSIM and landmark distances.",
                ),
            ],
            outputs=[
                io.Image.Output(display_name="picture", tooltip="Curves and figures, for Preview Image."),
                io.String.Output(display_name="table", tooltip="The figures as lines of text, for Preview Any."),
                io.String.Output(display_name="report", tooltip="Everything as JSON, with the networks that measured."),
            ],
        )

    @classmethod
    def execute(
        cls, video: Input.Video, emotion: str, sync_network: str, recogniser: str, seam_every: int, real_video: Input.Video | None = None
    ) -> io.NodeOutput:
        report, picture = report_video(video, real_video, emotion, sync_network, recogniser, seam_every)
        return io.NodeOutput(picture, report.to_table(), report.to_json())
