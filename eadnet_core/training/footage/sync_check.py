"""Whether a film's sound belongs to its lips, and by how many frames it is off."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np

MOST_SHIFT = 15
"""Frames by which sound is moved against the picture to compare. Source: the protocol of SyncNet."""
LEAST_EVIDENCE = 0.75
"""Confidence times the root of the number of frames, from which a shift is believed: by chance, with somebody else's sound, real clips of
six seconds reach 0.6."""


class SyncJudge(Protocol):
    """Somebody who can tell."""

    def compare(self, faces: np.ndarray, mel: np.ndarray) -> np.ndarray:
        """How well lips and sound agree, for each shift of the sound.

        Args:
            faces: uint8 [T, S, S, 3], RGB, aligned crops; T is SHORTEST or more.
            mel: float32 [4 * (T + 2 * MOST_SHIFT), 64], log-mel, from MOST_SHIFT frames before the first face on.

        Returns:
            float [2 * MOST_SHIFT + 1], higher is better; the maximum at index MOST_SHIFT + s says that the sound comes s frames late.
        """


@dataclass(frozen=True)
class SyncFinding:
    """What was found out about a film.

    Attributes:
        shift: Frames by which the sound comes late; below 0 it comes early.
        confidence: How far the best shift stands out: its agreement less the median one.
        num_frames: Frames that were looked at.
    """

    shift: int
    confidence: float
    num_frames: int

    @property
    def is_sure(self) -> bool:
        """Whether the shift is more than the best of many by chance, whose height falls with the root of the length."""
        return abs(self.shift) < MOST_SHIFT and self.confidence * self.num_frames**0.5 >= LEAST_EVIDENCE


def find_shift(curves: Sequence[np.ndarray], num_frames: Sequence[int]) -> SyncFinding:
    """The shift that the clips of one film share, for what is off is the file and not the mouth.

    Args:
        curves: What SyncJudge.compare said of each clip; one or more.
        num_frames: The clips' lengths, by which they count.
    """
    mean = np.average(np.stack(curves), 0, np.asarray(num_frames, np.float64))  # [2 * MOST_SHIFT + 1]
    return SyncFinding(int(mean.argmax()) - MOST_SHIFT, float(mean.max() - np.median(mean)), sum(num_frames))
