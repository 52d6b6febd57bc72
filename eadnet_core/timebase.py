"""The clock: exact rates, and the only places where seconds become frames or samples."""

from __future__ import annotations

from fractions import Fraction
from math import ceil

FRAME_RATE = Fraction(25)
"""Video frames a second."""
SPEECH_RATE = 16_000
"""Samples a second of the sound that features are made from."""
MEL_RATE = Fraction(100)
"""Log-mel columns a second (10 ms hop)."""
MELS_PER_FRAME = int(MEL_RATE / FRAME_RATE)
HOP_LENGTH = int(SPEECH_RATE / MEL_RATE)


def frames_in(num_samples: int, sample_rate: int) -> int:
    """Number of frames that cover a sound: the last frame may be padded with silence.

    Args:
        num_samples: Length of the sound, in samples, 0 or more.
        sample_rate: Samples a second, 1 or more.
    """
    return ceil(Fraction(num_samples, sample_rate) * FRAME_RATE)


def frame_start(frame: int) -> Fraction:
    """Time in seconds at which a frame starts."""
    return Fraction(frame) / FRAME_RATE


def frame_centers(first: int, count: int) -> list[float]:
    """Times in seconds of the middles of `count` frames from frame `first` on."""
    return [float((Fraction(first + i) + Fraction(1, 2)) / FRAME_RATE) for i in range(count)]


def samples_until(frame: int, sample_rate: int) -> int:
    """Number of samples before the start of a frame, exact at any rate (rounded up to a whole sample)."""
    return ceil(frame_start(frame) * sample_rate)
