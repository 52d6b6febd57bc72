"""Talker 1 of the GRID corpus: 50 minutes of lips and jaw, as points.

Source: M. Cooke, J. Barker, S. Cunningham and X. Shao, "An audio-visual corpus for speech perception and automatic speech recognition",
JASA 120(5), 2006; CC BY 4.0.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
from scipy.ndimage import gaussian_filter1d

from ...audio.features import mix_down
from ...audio.sound import read_sound
from ...errors import InputError
from ...motion.space import MotionSpace
from ...timebase import SPEECH_RATE
from .recording import MotionRecording

CLIPS_A_FILE, CLIP_S = 100, 3
JITTER_FRAMES = 0.45
"""Deviation of the smoothing over time: a picture-by-picture tracker's noise goes, a closure of two frames stays."""


def read_grid(folder: Path) -> Iterator[MotionRecording]:
    """The clips of a folder with motion.npz and sound_NN.opus.

    Raises:
        InputError: A file is missing or of another kind.
    """
    try:
        with np.load(folder / "motion.npz", allow_pickle=False) as parts:
            ids, coefficients = parts["ids"], parts["coefficients"].astype(np.float32)
            mean, components = parts["mean"].astype(np.float32), parts["components"].astype(np.float32)
    except (ValueError, KeyError, OSError) as error:
        raise InputError(f"{folder} holds no motion of GRID ({error}); give the folder with motion.npz and sound_00.opus.") from error
    space = MotionSpace.from_pretrained()
    into, offset = components @ space.inverse, mean @ space.inverse  # [64, K], [K]
    length = CLIP_S * SPEECH_RATE
    for first in range(0, len(ids), CLIPS_A_FILE):
        sound = mix_down(read_sound(folder / f"sound_{first // CLIPS_A_FILE:02d}.opus"))
        for index in range(first, min(first + CLIPS_A_FILE, len(ids))):
            samples = sound[(index - first) * length : (index - first + 1) * length]
            if len(samples) < length:
                raise InputError(f"sound_{first // CLIPS_A_FILE:02d}.opus in {folder} ends before clip {ids[index]}; copy it again.")
            expression = gaussian_filter1d(coefficients[index] @ into + offset, JITTER_FRAMES, axis=0, mode="nearest")
            yield MotionRecording(f"grid_{ids[index]}", "grid_1", np.round(samples * 32767).astype(np.int16), expression)
