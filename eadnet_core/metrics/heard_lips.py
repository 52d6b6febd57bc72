"""Sync without a network for pictures: the lips' distance against the opening that is heard, over all shifts."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from ..audio.features import speech_features
from ..audio.sound import Sound
from ..checkpoint import BASE_WEIGHTS, load_model
from ..errors import InputError
from ..face.track import FaceTrack
from ..model import MotionModel
from .lips import lip_curves
from .networks.state_file import fingerprint
from .sync import MAX_SHIFT, SyncScore

LEAST_FRAMES = 2 * MAX_SHIFT + 20
_OPEN, _CLOSE = 0, 3


@dataclass(frozen=True)
class HeardLips:
    """How the measured lips follow what the pack's speech encoder hears.

    Attributes:
        model: Hears.
        name: What a report calls it.
    """

    model: MotionModel
    name: str

    @staticmethod
    def from_pretrained(path: Path = BASE_WEIGHTS) -> HeardLips:
        """With the weights of a checkpoint.

        Raises:
            InputError: See load_model.
        """
        return HeardLips(load_model(path), f"lips' distance against the opening heard ({path.name}, sha256 {fingerprint(path)})")

    def score(self, sound: Sound, track: FaceTrack) -> SyncScore:
        """The score of a tracked face and its sound; distances are 1 less the correlation at each shift.

        Raises:
            InputError: Picture or sound is too short, or the face is hardly seen.
        """
        speech = speech_features(sound)
        count = min(track.num_frames, speech.num_frames)
        seen = int(track.present[:count].sum())
        if seen < LEAST_FRAMES:
            raise InputError(f"{seen} frames have a face and sound; sync needs {LEAST_FRAMES} ({LEAST_FRAMES / 25:.1f} s) or more.")
        opening = lip_curves(track).opening[:count]
        opening = np.interp(np.arange(count), np.flatnonzero(~np.isnan(opening)), opening[~np.isnan(opening)])
        visemes = self.model.visemes(speech.mel)[:count]
        heard = visemes[:, _OPEN] * (1 - visemes[:, _CLOSE])
        distances = np.array([1 - _correlation(opening, heard, shift) for shift in range(MAX_SHIFT, -MAX_SHIFT - 1, -1)])
        best = int(distances.argmin())
        confidence = float(np.median(distances) - distances[best])
        return SyncScore(confidence, float(distances[best]), MAX_SHIFT - best, distances, seen, self.name)


def _correlation(lips: np.ndarray, heard: np.ndarray, late: int) -> float:
    """Pearson's r of lips that come `late` frames after the sound."""
    ours = lips[max(0, late) : len(lips) + min(0, late)]
    theirs = heard[max(0, -late) : len(heard) + min(0, -late)]
    ours, theirs = ours - ours.mean(), theirs - theirs.mean()
    size = float(np.linalg.norm(ours) * np.linalg.norm(theirs))
    return float(ours @ theirs) / size if size > 1e-9 else 0.0
