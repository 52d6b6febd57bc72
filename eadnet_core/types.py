"""What travels between the stages: each type says its shapes, units and ranges once."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

import numpy as np
from torch import Tensor

from .timebase import MELS_PER_FRAME

if TYPE_CHECKING:
    from .motion.face_motion import FaceMotion

DEFAULT_STEPS = 4
EXPORT_FORMATS = ("arkit", "facs", "shape-keys", "rhubarb", "rhubarb-tsv", "visemes")
"""Steps of the denoising: more are slower and hardly better (docs/ablation.md)."""

Report = Callable[[int, int, np.ndarray | None], None]
"""report(done, total, preview): progress in frames, preview uint8 [H, W, 3] or None; raising in it cancels."""

WatchMotion = Callable[[int, int, "FaceMotion"], None]
"""watch(done, total, motion): progress in steps, and what the motion of a stretch is by then; raising in it cancels."""


@dataclass(frozen=True)
class SpeechFeatures:
    """A recording as the speech encoder hears it.

    Attributes:
        mel: float32 [4 * num_frames, 80], level-normalised log-mel, roughly -2 to 2.
        activity: float32 [num_frames], 0 (silence) to 1 (speech).
        duration_s: Exact length of the sound in seconds.
        phones: float32 [2 * num_frames, P], how likely each phone is at 50 Hz, as somebody else's recogniser heard it (speech.recogniser);
            None: the model's speech encoder listens.
        fingerprint: Of the sound's first second, below 2**32: two recordings move differently with the same seed.
    """

    mel: Tensor
    activity: Tensor
    duration_s: Fraction
    phones: Tensor | None = None
    fingerprint: int = 0

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
        liveliness: How much head and brows go with what is said, 0 to 2; 1 is a person talking. Unlike `head` it is a manner of the
            performance, which the model makes fit, not a factor.
        articulation: How far lips move, 0 (mumbling) to 2; 1 is a person talking.
    """

    head: float = 1.0
    blinks: float = 1.0
    gaze: tuple[float, float] | None = None
    expressiveness: float = 1.0
    liveliness: float = 1.0
    articulation: float = 1.0


@dataclass(frozen=True)
class MotionOptions:
    """How a performance is made.

    Attributes:
        audio_scale: How much the sound counts, 0 (ignored) to 10; 1 is as heard.
        emotion_scale: How much the feeling counts, likewise.
        action_unit_scale: How much Action Units that were asked for count, likewise.
        seed: Of the noise that the performance is made from, 0 or more.
        steps: Of the denoising, 1 to 20.
    """

    audio_scale: float = 1.0
    emotion_scale: float = 1.0
    action_unit_scale: float = 1.0
    seed: int = 0
    steps: int = DEFAULT_STEPS
