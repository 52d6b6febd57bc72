"""Where a MotionField lies while it is made and used: in memory, or in a temporary file when it is long."""

from __future__ import annotations

import tempfile
from collections.abc import Iterable
from fractions import Fraction
from pathlib import Path

import numpy as np

from .types import CROP_SIZE, MotionField

NUM_CHANNELS = 6
MEMORY_LIMIT_BYTES = 192 * 2**20
"""A longer motion than this, about 40 seconds, lies in a file."""


def store_motion(parts: Iterable[np.ndarray], num_frames: int, duration_s: Fraction, folder: str | Path | None = None) -> MotionField:
    """The MotionField of all parts, taken one by one.

    A long one lies in a temporary file that has no name (where the system allows it) and vanishes with the last use of the
    field, with an error or cancel on the way, and with the process.

    Args:
        parts: float16 [t, 6, S, S] each, num_frames together.
        num_frames: Length of all parts.
        duration_s: Exact length of the sound.
        folder: Where the file would lie; None: the system's folder for temporary files.
    """
    shape = (num_frames, NUM_CHANNELS, CROP_SIZE, CROP_SIZE)
    if num_frames * NUM_CHANNELS * CROP_SIZE**2 * 2 > MEMORY_LIMIT_BYTES:
        with tempfile.TemporaryFile(prefix="eadnet_", dir=folder) as file:
            channels: np.ndarray = np.memmap(file, np.float16, "w+", shape=shape)
    else:
        channels = np.empty(shape, np.float16)
    done = 0
    for part in parts:
        channels[done : done + len(part)] = part
        done += len(part)
    if done != num_frames:
        raise ValueError(f"parts hold {done} frames; {num_frames} were announced.")
    return MotionField(channels, duration_s)
