"""Recorded facial motion with its sound: what a motion model learns from; no picture in it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from ...errors import InputError
from ...motion.space import MotionSpace
from ...timebase import SPEECH_RATE, frames_in


@dataclass(frozen=True, eq=False)
class MotionRecording:
    """What a mouth did while something was said.

    Attributes:
        name: Of the clip, unlike all others.
        speaker: Whose motion it is.
        samples: int16 [S], 16 kHz.
        expression: float32 [N, K], coefficients of the motion space at 25 frames a second, N the frames that cover the sound; brows, eyes
            and head are not learned from recordings (see training.composition).
    """

    name: str
    speaker: str
    samples: np.ndarray
    expression: np.ndarray

    def __post_init__(self) -> None:
        wanted = (frames_in(len(self.samples), SPEECH_RATE), MotionSpace.from_pretrained().num_coefficients)
        if self.expression.shape != wanted:
            raise InputError(f"{self.name} has motion of shape {list(self.expression.shape)}; its sound needs {list(wanted)}.")

    def save(self, folder: Path) -> Path:
        """Writes NAME.npz, whole or not at all; the path."""
        path = folder / f"{self.name}.npz"
        path.parent.mkdir(parents=True, exist_ok=True)
        partial = path.with_suffix(".partial.npz")
        np.savez_compressed(
            partial, name=self.name, speaker=self.speaker, samples=self.samples, expression=self.expression.astype(np.float16)
        )
        partial.replace(path)
        return path

    @staticmethod
    def load(path: Path) -> MotionRecording:
        """Raises:
        InputError: The file is no recording.
        """
        try:
            with np.load(path, allow_pickle=False) as parts:
                return MotionRecording(str(parts["name"]), str(parts["speaker"]), parts["samples"], parts["expression"].astype(np.float32))
        except (ValueError, KeyError, OSError) as error:
            raise InputError(f"{path} is no recording of motion ({error}); make it again with: python -m eadnet_core prepare") from error
