"""What the denoiser learns from, in one file: lips, recorded or made by rule, what was heard with them, and what else a person does.

Tracks of some twenty seconds: recordings one after another. Beside the lips of each lie several draws of head, gaze, blinks and brows
(motion.prior), which the recordings do not have; feelings are put on while training goes (training.composition).
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from pathlib import Path

import numpy as np

from ..errors import InputError

LIPS_STEP, PRIOR_STEP = 1 / 12, 1 / 24
"""What one step of the stored bytes is, in units of the latent."""
PRIOR_CHANNELS = 10
"""Rotation 3, translation 3, gaze 2, lids 1, brows 1; lids and brows are 0 to 1, the others in units of the latent."""


@dataclass(frozen=True, eq=False)
class Performances:
    """Tracks one after another, N frames in all.

    Attributes:
        phones: uint8 [V, 2 * N, P]: what is heard, at 50 Hz, 255 is 1; clean, and in V - 1 rooms with noise or music.
        prosody: uint8 [N, 3]: loudness, speaking, accent, 255 is 1.
        lips: int8 [N, K]: expression in steps of LIPS_STEP; zeros in brows and eyes.
        prior: int8 [W, N, PRIOR_CHANNELS], in steps of PRIOR_STEP (lids and brows: 127 is 1).
        blinks: float32 [W, T]: scale of the blink rate of each draw.
        ends: int64 [T]: frame after the last of each track.
        sources: T names.
        text: float16 [Q, D]: vectors of captions.
        text_emotion: float16 [Q, 8]: what each expresses, share times intensity.
        text_units: float16 [Q, 24]: Action Units that it asks for.
    """

    phones: np.ndarray
    prosody: np.ndarray
    lips: np.ndarray
    prior: np.ndarray
    blinks: np.ndarray
    ends: np.ndarray
    sources: np.ndarray
    text: np.ndarray
    text_emotion: np.ndarray
    text_units: np.ndarray

    def save(self, path: str | Path) -> None:
        """Writes the .npz, whole or not at all."""
        path = Path(path)
        path.parent.mkdir(parents=True, exist_ok=True)
        partial = path.with_suffix(".partial.npz")
        np.savez_compressed(partial, **{field.name: getattr(self, field.name) for field in fields(self)})
        partial.replace(path)

    @staticmethod
    def load(path: str | Path) -> Performances:
        """Raises:
        InputError: The file is missing or holds none.
        """
        try:
            with np.load(path, allow_pickle=False) as parts:
                return Performances(**{field.name: parts[field.name] for field in fields(Performances)})
        except (ValueError, KeyError, OSError) as error:
            raise InputError(f"{path} holds no performances ({error}); make them with: python -m eadnet_core compose") from error
