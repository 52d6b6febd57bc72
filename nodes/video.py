"""Motion, portrait and sound become a VIDEO that is rendered while it is being saved."""

from __future__ import annotations

from typing import Any

from comfy_api.latest import io

from ..eadnet_core.face.portrait import Portrait as FoundPortrait
from ..eadnet_core.motion.face_motion import FaceMotion
from .bridge.frames import frame_size
from .bridge.sounds import to_sound
from .bridge.types import CATEGORY, Motion, Portrait


class EADNetVideo(io.ComfyNode):
    @classmethod
    def define_schema(cls) -> io.Schema:
        return io.Schema(
            node_id="EADNetVideo",
            display_name="EAD-Net Video",
            category=CATEGORY,
            description="Joins motion, portrait and sound to a video. It is rendered while Save Video writes it: length costs no memory.",
            inputs=[
                Motion.Input("motion", tooltip="From EADNetSampler or EADNetMotionFromVideo."),
                Portrait.Input("portrait", tooltip="Any portrait: motion is put onto its own face."),
                io.Audio.Input("audio", tooltip="What EADNetSpeech heard, or the sound of the film; it is passed on unaltered."),
                io.Int.Input(
                    "size",
                    default=0,
                    min=0,
                    max=8192,
                    step=2,
                    tooltip="Long side of the video in pixels; 0 keeps the portrait's own size, at most 2160.",
                ),
            ],
            outputs=[io.Video.Output(display_name="video", tooltip="25 frames a second, for Save Video.")],
        )

    @classmethod
    def execute(cls, motion: FaceMotion, portrait: FoundPortrait, audio: dict[str, Any] | None, size: int) -> io.NodeOutput:
        from ..eadnet_core.render.renderer import Renderer
        from .bridge.video import rendered_video

        sound = None if audio is None else to_sound(audio)
        return io.NodeOutput(rendered_video(motion, Renderer(portrait, frame_size(portrait, size)), sound))
