"""Somebody's performance in a video becomes motion for any portrait."""

from __future__ import annotations

from comfy_api.latest import Input, io
from torch import Tensor

from .bridge.performance import capture_performance
from .bridge.pictures import to_image
from .bridge.types import CATEGORY, Motion


class EADNetMotionFromVideo(io.ComfyNode):
    @classmethod
    def define_schema(cls) -> io.Schema:
        return io.Schema(
            node_id="EADNetMotionFromVideo",
            display_name="EAD-Net Motion From Video",
            category=CATEGORY,
            description="Takes the performance of a person in a video: lips, expression, head, eyes and blinks. Put it onto any portrait.",
            inputs=[
                io.Video.Input("video", optional=True, tooltip="A video that shows a face, any rate and size, from Load Video."),
                io.Image.Input("images", optional=True, tooltip="Or its frames as a batch; say below how many of them are a second."),
                io.Float.Input(
                    "fps", default=25.0, min=1.0, max=240.0, step=0.01, tooltip="Frames a second of the images; a video brings its own."
                ),
                io.Int.Input(
                    "face",
                    default=0,
                    min=0,
                    max=63,
                    tooltip="Whose performance, where there are several: 0 is the largest face of the first frame that shows any.",
                ),
            ],
            outputs=[
                Motion.Output(display_name="motion", tooltip="For EADNetVideo and EADNetRender, on any portrait."),
                io.Image.Output(display_name="plot", tooltip="Head, mouth and lids over time, for Preview Image."),
            ],
        )

    @classmethod
    def execute(cls, fps: float, face: int, video: Input.Video | None = None, images: Tensor | None = None) -> io.NodeOutput:
        from ..eadnet_core.charts.motion import draw_motion

        motion = capture_performance(video, images, fps, face)
        return io.NodeOutput(motion, to_image([draw_motion(motion)], 1))
