"""What travels between the stages: each type says its shapes, units and ranges once."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
from torch import Tensor

from .timebase import MELS_PER_FRAME

Report = Callable[[int, int, np.ndarray | None], None]
"""report(done, total, preview): progress in frames, preview uint8 [H, W, 3] or None; raising in it cancels."""


@dataclass(frozen=True)
class SpeechFeatures:
    """A recording as the speech encoder hears it.

    Attributes:
        mel: float32 [4 * num_frames, 64], level-normalised log-mel, roughly -2 to 2.
        activity: float32 [num_frames], 0 (silence) to 1 (speech).
        duration_s: Exact length of the sound in seconds.
    """

    mel: Tensor
    activity: Tensor
    duration_s: Fraction

    @property
    def num_frames(self) -> int:
        return self.mel.shape[0] // MELS_PER_FRAME


@dataclass(frozen=True)
class MotionControl:
    """How much the person moves where nothing else says so.

    Attributes:
        head: Scale of head motion, 0 (still) to 3; 1 is a person talking.
        blinks: Scale of the blink rate, 0 (none) to 3; 1 is a person talking.
        gaze: Where to look, (x, y) from -1 to 1 (image right, down); None: drawn, with small saccades.
        expressiveness: Scale of the emotion's intensity, 0 to 2.
    """

    head: float = 1.0
    blinks: float = 1.0
    gaze: tuple[float, float] | None = None
    expressiveness: float = 1.0


@dataclass(frozen=True)
class MotionOptions:
    """How a performance is made.

    Attributes:
        audio_scale: How much the sound counts, 0 (ignored) to 10; 1 is as heard.
        emotion_scale: How much the feeling counts, likewise.
        action_unit_scale: How much Action Units that were asked for count, likewise.
        seed: Of all that is drawn by chance, 0 or more.
    """

    audio_scale: float = 1.0
    emotion_scale: float = 1.0
    action_unit_scale: float = 1.0
    seed: int = 0
