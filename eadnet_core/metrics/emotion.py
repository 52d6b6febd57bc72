"""Emotion accuracy: which of the eight classes a classifier sees in a video, against the one that was asked for or filmed."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch

from ..checkpoint import EMOTION_WEIGHTS, load_emotion_classifier
from ..emotion.vocabulary import ACTION_UNITS, EMOTIONS
from ..face.track import FaceTrack
from ..models.emotion_classifier import EmotionClassifier, cut_face
from .networks.state_file import fingerprint

STEADY_FRAMES = 5
"""Over so many frames landmarks are steadied before a face is cut out."""
_FRAMES_AT_ONCE = 16
_SAME = {
    "happiness": "happy", "sadness": "sad", "anger": "angry", "fear": "fearful", "disgust": "disgusted", "surprise": "surprised",
    "contempt": "contemptuous",
}  # fmt: skip
"""What MEAD and others call the classes."""


@dataclass(frozen=True)
class EmotionNetwork:
    """The pack's own classifier with its name.

    Attributes:
        net: On the device where it shall run.
        name: What a report calls it.
    """

    net: EmotionClassifier
    name: str

    @staticmethod
    def from_pretrained(path: Path, device: torch.device | str = "cpu") -> EmotionNetwork:
        """The classifier of a checkpoint.

        Raises:
            InputError: See load_emotion_classifier.
        """
        net = load_emotion_classifier(path).to(device)
        return EmotionNetwork(net, f"EAD-Net emotion classifier ({path.name}, sha256 {fingerprint(path)})")

    @staticmethod
    def installed(device: torch.device | str = "cpu") -> EmotionNetwork | None:
        """The classifier in the pack's folder of weights; None where nobody has trained one yet (`train emotion`)."""
        return EmotionNetwork.from_pretrained(EMOTION_WEIGHTS, device) if EMOTION_WEIGHTS.is_file() else None


@dataclass(frozen=True, eq=False)
class EmotionReading:
    """What the classifier saw in a video.

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


class EmotionMeter:
    """Reads expressions while frames go by."""

    def __init__(self, network: EmotionNetwork, track: FaceTrack) -> None:
        self._network, self._steady = network, track.steady(STEADY_FRAMES)
        self._units = np.full((track.num_frames, network.net.to_units.out_features), np.nan, np.float32)
        self._sum, self._count = np.zeros(len(EMOTIONS)), 0
        self._waiting: list[tuple[int, np.ndarray]] = []

    def add(self, index: int, frame: np.ndarray) -> None:
        """Takes in frame `index`, uint8 [H, W, 3]."""
        if np.isnan(self._steady[index, 0, 0]):
            return
        self._waiting.append((index, cut_face(frame, self._steady[index], self._network.net.config.face_size)))
        if len(self._waiting) == _FRAMES_AT_ONCE:
            self._read()

    @torch.inference_mode()
    def _read(self) -> None:
        if not self._waiting:
            return
        net = self._network.net
        faces = torch.from_numpy(np.stack([face for _, face in self._waiting])).to(next(net.parameters()).device)
        logits, units = net(faces.movedim(-1, 1).float() / 127.5 - 1)
        self._sum += logits.double().softmax(-1).sum(0).cpu().numpy()
        self._count += len(faces)
        self._units[[index for index, _ in self._waiting]] = units.cpu().numpy()
        self._waiting = []

    def result(self) -> EmotionReading | None:
        """What was seen; None where no frame shows the face."""
        self._read()
        return EmotionReading(self._sum / self._count, self._units) if self._count else None


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
