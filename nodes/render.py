"""Motion becomes frames, for nodes that work on pictures."""

from __future__ import annotations

from comfy_api.latest import io

from ..eadnet_core.face.portrait import Portrait as FoundPortrait
from ..eadnet_core.motion.face_motion import FaceMotion
from ..eadnet_core.timebase import FRAME_RATE
from .bridge.frames import cut, frame_size, render_frames
from .bridge.pictures import check_memory, to_image, to_mask
from .bridge.types import CATEGORY, Motion, Portrait


class EADNetRender(io.ComfyNode):
    @classmethod
    def define_schema(cls) -> io.Schema:
        return io.Schema(
            node_id="EADNetRender",
            display_name="EAD-Net Render",
            category=CATEGORY,
            description="Renders motion as frames, 25 a second, all in memory. For long clips take EADNetVideo.",
            inputs=[
                Motion.Input("motion", tooltip="From EADNetSampler or EADNetMotionFromVideo."),
                Portrait.Input("portrait", tooltip="Any portrait: motion is put onto its own face."),
                io.Int.Input("first_frame", default=0, min=0, max=10_000_000, tooltip="Where to start; 25 frames are a second."),
                io.Int.Input("frame_count", default=0, min=0, max=10_000_000, tooltip="How many frames; 0 is all from first_frame on."),
                io.Int.Input(
                    "size",
                    default=0,
                    min=0,
                    max=8192,
                    step=2,
                    tooltip="Long side of the frames in pixels; 0 keeps the portrait's own size, at most 2160.",
                ),
            ],
            outputs=[
                io.Image.Output(display_name="frames", tooltip="The frames, one after the other."),
                io.Mask.Output(display_name="region", tooltip="One mask for all frames: white where the portrait may have moved."),
            ],
        )

    @classmethod
    def execute(cls, motion: FaceMotion, portrait: FoundPortrait, first_frame: int, frame_count: int, size: int) -> io.NodeOutput:
        from ..eadnet_core.render.renderer import Renderer

        motion = motion.resampled(FRAME_RATE)
        first, count = cut(motion, first_frame, frame_count)
        renderer = Renderer(portrait, frame_size(portrait, size))
        check_memory(count, *renderer.size)
        frames = to_image(render_frames(renderer, motion, first, count), count)
        return io.NodeOutput(frames, to_mask(renderer.region_mask))
