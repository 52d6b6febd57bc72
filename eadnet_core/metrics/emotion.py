"""Emotion accuracy: which of the eight classes is seen in a video, against the one that was asked for or filmed."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from ..emotion.arkit import ARKIT_NAMES, from_arkit
from ..emotion.meaning import ACTION_UNITS_OF_EMOTIONS, NEUTRAL
from ..emotion.vocabulary import ACTION_UNITS, EMOTIONS
from ..errors import InputError
from ..face.face_model import FaceModel
from ..face.track import FaceTrack

NEUTRAL_STRENGTH, SHARPNESS = 0.13, 0.06
"""Likeness to a prototype below which a face is neutral, and by which likenesses are divided. Source: ours."""
_COUNTED = np.array([unit not in ("AU25", "AU26", "AU45L", "AU45R") for unit in ACTION_UNITS], np.float32)
"""Speech parts lips and lids blink, whatever is felt."""
_SAME = {
    "happiness": "happy", "sadness": "sad", "anger": "angry", "fear": "fearful", "disgust": "disgusted", "surprise": "surprised",
    "contempt": "contemptuous",
}  # fmt: skip
"""What MEAD and others call the classes."""


@dataclass(frozen=True, eq=False)
class EmotionReading:
    """What was seen in a video.

    Attributes:
        distribution: float64 [8], over EMOTIONS: the mean over frames with a face.
        units: float32 [N, 24], 0 to 1: Action Units; NaN where there is no face.
    """

    distribution: np.ndarray
    units: np.ndarray

    @property
    def label(self) -> str:
        """The likeliest class."""
        return EMOTIONS[int(self.distribution.argmax())]

    @property
    def mean_units(self) -> dict[str, float]:
        """Each Action Unit's mean over the frames with a face, by name."""
        return dict(zip(ACTION_UNITS, map(float, np.nanmean(self.units, 0)), strict=True))

    def probability(self, emotion: str) -> float:
        """Of one of EMOTIONS."""
        return float(self.distribution[EMOTIONS.index(emotion)])


class PointReader:
    """Reads expressions from a face's points: its ARKit shapes, as Action Units, against the prototypes of the classes. A rule, not a
    network; what a face shows all the time counts as its own.

    Attributes:
        name: What a report calls it.
    """

    name = "expression shapes on 478 points, nearest prototype (by rule)"

    def read(self, track: FaceTrack) -> EmotionReading:
        """The expressions of a track.

        Raises:
            InputError: It never shows a face.
        """
        seen = np.flatnonzero(track.present)
        if not len(seen):
            raise InputError("no frame shows a face; expressions cannot be read.")
        shapes = FaceModel.from_pretrained().fit_track(track.smoothed().points[seen].astype(np.float64)).expression
        whole = np.zeros((len(shapes), len(ARKIT_NAMES)), np.float32)
        whole[:, : shapes.shape[1]] = shapes
        units = np.full((track.num_frames, len(ACTION_UNITS)), np.nan, np.float32)
        units[seen] = from_arkit(whole)
        shown = np.median(units[seen], 0) * _COUNTED
        likeness = ACTION_UNITS_OF_EMOTIONS @ shown / np.maximum(np.linalg.norm(ACTION_UNITS_OF_EMOTIONS, axis=1), 1e-6)
        likeness[NEUTRAL] = NEUTRAL_STRENGTH
        odds = np.exp((likeness - likeness.max()) / SHARPNESS)
        return EmotionReading(odds / odds.sum(), units)


@dataclass(frozen=True)
class Confusion:
    """Videos by what they should show (rows) and what was seen in them (columns), both in the order of EMOTIONS.

    Attributes:
        counts: How many videos.
    """

    counts: tuple[tuple[int, ...], ...]

    @staticmethod
    def of(pairs: list[tuple[str, str]]) -> Confusion:
        """The table of (true, seen) names."""
        counts = [[0] * len(EMOTIONS) for _ in EMOTIONS]
        for true, seen in pairs:
            counts[EMOTIONS.index(true)][EMOTIONS.index(seen)] += 1
        return Confusion(tuple(tuple(row) for row in counts))

    @property
    def num_videos(self) -> int:
        return sum(map(sum, self.counts))

    @property
    def accuracy(self) -> float | None:
        """Share of videos in which the true class was seen; None without videos."""
        right = sum(self.counts[k][k] for k in range(len(EMOTIONS)))
        return right / self.num_videos if self.num_videos else None


def emotion_of_path(path: Path) -> str | None:
    """The class that a file's name or one of its three innermost folders says, innermost first, as MEAD's do; None: none says one."""
    for part in (path.stem, *(folder.name for folder in list(path.parents)[:3])):
        for word in re.split(r"[^a-z]+", part.lower()):
            name = _SAME.get(word, word)
            if name in EMOTIONS:
                return name
    return None
