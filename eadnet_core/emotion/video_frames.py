"""Frames of a real video, for a model that looks at the feeling in it."""

from __future__ import annotations

from pathlib import Path

import av
import numpy as np

from ..errors import InputError

MOST_FRAMES = 240
LONG_SIDE = 448
"""Pixels; larger frames are brought down to it."""


def read_frames(path: str | Path) -> tuple[np.ndarray, ...]:
    """Frames uint8 [H, W, 3], RGB, evenly spread over a video: between half of MOST_FRAMES and all of them, fewer of a short one.

    Raises:
        InputError: The file is missing, holds no pictures, or cannot be read.
    """
    if not Path(path).is_file():
        raise InputError(f"video {path} does not exist or is not a file; give the path of a video.")
    frames: list[np.ndarray] = []
    step = 1
    try:
        with av.open(str(path)) as container:
            if not container.streams.video:
                raise InputError(f"video {path} holds no pictures; give a video, or its sound with --audio.")
            for index, frame in enumerate(container.decode(container.streams.video[0])):
                if index % step:
                    continue
                scale = min(1.0, LONG_SIDE / max(frame.width, frame.height))
                size = {"width": max(1, round(frame.width * scale)), "height": max(1, round(frame.height * scale))}
                frames.append(frame.reformat(**size, format="rgb24").to_ndarray())
                if len(frames) > MOST_FRAMES:
                    frames, step = frames[::2], 2 * step
    except av.error.FFmpegError as error:
        raise InputError(f"video {path} cannot be read ({error}); save it again as MP4.") from error
    if not frames:
        raise InputError(f"video {path} holds no frames; give a longer one.")
    return tuple(frames)
