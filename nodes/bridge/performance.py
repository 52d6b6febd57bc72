"""A performance from what ComfyUI passes: a VIDEO, or an IMAGE batch with its rate."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from fractions import Fraction
from typing import TYPE_CHECKING

import numpy as np
from comfy_api.latest import Input
from torch import Tensor

from ...eadnet_core.errors import InputError
from ...eadnet_core.timebase import FRAME_RATE
from .measures import video_footage
from .progress import node_report

if TYPE_CHECKING:
    from ...eadnet_core.motion.face_motion import FaceMotion

logger = logging.getLogger(__name__)


def capture_performance(video: Input.Video | None, images: Tensor | None, fps: float, face: int) -> FaceMotion:
    """The motion of a face in a VIDEO, or in pictures.

    Raises:
        InputError: Neither or both are connected, or no face is seen.
    """
    from ...eadnet_core.face.track import track_face
    from ...eadnet_core.motion.capture import capture

    if (video is None) == (images is None):
        raise InputError(
            f"{'both video and images are' if video is not None else 'neither video nor images is'} connected; connect one of them."
        )
    report = node_report()
    if video is not None:
        with video_footage(video, "video") as footage:
            track = track_face(footage.frames(), FRAME_RATE, face, total=footage.expected_frames, report=report)
    else:
        assert images is not None
        track = track_face(_pictures(images), Fraction(fps).limit_denominator(1001), face, total=len(images), report=report)
    captured = capture(track, "video" if video is not None else "images")
    for note in captured.notes:
        logger.info(note)
    return captured.motion


def _pictures(images: Tensor) -> Iterator[np.ndarray]:
    for image in images:
        yield image[..., :3].detach().float().cpu().clamp(0, 1).mul(255).round().byte().contiguous().numpy()
