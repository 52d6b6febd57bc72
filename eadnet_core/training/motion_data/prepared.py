"""Motion and sound that `prepare` took from anyone's own videos, as recordings."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np

from ...audio.features import mix_down
from ...audio.sound import read_sound
from ...errors import InputError
from ...motion.motion_file import read_motion
from ...timebase import FRAME_RATE, SPEECH_RATE
from .recording import MotionRecording


def read_prepared(folder: Path) -> Iterator[MotionRecording]:
    """The recordings of a folder that `prepare` filled: NAME.npz beside NAME.wav; a speaker is what the name begins with.

    Raises:
        InputError: There are none, or a file is damaged.
    """
    names = sorted(path.with_suffix("") for path in folder.rglob("*.wav"))
    if not names:
        raise InputError(f"{folder} holds no prepared videos; fill it with: python -m eadnet_core prepare --data VIDEOS --out {folder}")
    for name in names:
        motion = read_motion(name.with_name(name.name + ".npz")).resampled(FRAME_RATE)
        samples = mix_down(read_sound(name.with_name(name.name + ".wav")))
        length = motion.num_frames * SPEECH_RATE // int(FRAME_RATE)
        samples = np.pad(samples[:length], (0, max(0, length - len(samples))))
        relative = name.relative_to(folder).as_posix()
        yield MotionRecording(
            relative.replace("/", "_"), relative.split("/")[0], np.round(samples * 32767).astype(np.int16), motion.expression
        )
