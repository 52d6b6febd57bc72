"""Which frames of a motion are rendered, how large, and one after the other with progress."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np

from ...eadnet_core.errors import InputError
from ...eadnet_core.timebase import FRAME_RATE
from .progress import node_report

if TYPE_CHECKING:
    from ...eadnet_core.face.portrait import Portrait
    from ...eadnet_core.motion.face_motion import FaceMotion
    from ...eadnet_core.render.renderer import Renderer


def frame_size(portrait: Portrait, size: int) -> int | None:
    """Long side of the frames: `size`, or for 0 the portrait's own, at most MAX_SIDE; None where that is the portrait as it is."""
    from ...eadnet_core.face.picture import MAX_SIDE

    own = max(portrait.image.shape[:2])
    return size or (MAX_SIDE if own > MAX_SIDE else None)


def cut(motion: FaceMotion, first_frame: int, frame_count: int) -> tuple[int, int]:
    """(first, count) of the frames that are asked for; a count of 0 is all that are left.

    Raises:
        InputError: The motion is shorter than that.
    """
    left = motion.num_frames - first_frame
    if left < max(1, frame_count):
        raise InputError(
            f"first_frame {first_frame} and frame_count {frame_count} reach beyond the motion's {motion.num_frames} frames; "
            "lower them, or set frame_count to 0 for all that are left."
        )
    return first_frame, frame_count or left


def render_frames(renderer: Renderer, motion: FaceMotion, first: int, count: int, previews: bool = True) -> Iterator[np.ndarray]:
    """Frames uint8 [H, W, 3] of a motion, one at a time; the running node's bar moves, cancel works, each second is previewed."""
    from ...eadnet_core.render.in_order import in_order

    report = node_report(previews)
    for index, frame in enumerate(in_order(lambda index: renderer.render(motion, first + index), count)):
        report(index + 1, count, frame if index % FRAME_RATE == 0 else None)
        yield frame
