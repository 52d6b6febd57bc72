"""Sync-C, Sync-D and offset: how far apart lips and sound are in a SyncNet's space, over all shifts of one against the other."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np

from ..audio.features import mix_down
from ..audio.sound import Sound
from ..errors import InputError
from ..face.track import FaceTrack
from ..timebase import SPEECH_RATE, samples_until

MAX_SHIFT = 15
"""Largest shift in frames on either side."""
_WINDOWS_AT_ONCE = 16


class SyncNetwork(Protocol):
    """Two networks into one space, in which lips and sound of the same moment lie close to each other."""

    @property
    def name(self) -> str:
        """What a report calls it: the network, and the file or fingerprint of its weights."""

    @property
    def window(self) -> int:
        """Frames that one embedding sees."""

    @property
    def zeros_beyond(self) -> bool:
        """Whether lips are compared with zeros where a shift leads beyond the sound, as published, or are left out there."""

    def crop(self, frame: np.ndarray, points: np.ndarray) -> np.ndarray:
        """What the network sees of a frame uint8 [H, W, 3], RGB, with steady points [478, 3] in pixels: an array of one shape."""

    def embed_lips(self, crops: np.ndarray) -> np.ndarray:
        """float32 [T - window + 1, D] of the crops of T frames in a row."""

    def embed_speech(self, mono16k: np.ndarray) -> np.ndarray:
        """float32 [N - window + 1, D] or one fewer of sound float32 [640 * N] at 16 kHz, a row for the window from each frame on."""


@dataclass(frozen=True, eq=False)
class SyncScore:
    """How well lips and sound agree.

    Attributes:
        confidence: Sync-C: median of `distances` less their minimum; higher is better, 0 is no relation at all.
        distance: Sync-D: the minimum of `distances`; lower is better.
        offset: Frames by which the lips come late (positive) or early (negative) against the sound.
        distances: float64 [31]: mean distance for each shift of the sound, from 15 frames earlier to 15 later.
        num_windows: Windows of lips that were compared.
        network: Name of the network.
    """

    confidence: float
    distance: float
    offset: int
    distances: np.ndarray
    num_windows: int
    network: str


def score_sync(lips: np.ndarray, starts: np.ndarray, speech: np.ndarray, zeros_beyond: bool, network: str) -> SyncScore:
    """The score of embeddings.

    Args:
        lips: float [M, D], embeddings of windows of lips.
        starts: int [M], the frames at which those windows start, 0 to N - 1.
        speech: float [N, D], embeddings of the sound from each frame on, N more than MAX_SHIFT.
        zeros_beyond: See SyncNetwork. Zeros are closer to a direction of length 1 than a wrong one is, so that for such embeddings
            they would reward large shifts.
        network: Whose embeddings they are.

    Source: github.com/joonson/syncnet_python, `calc_pdist` and `evaluate`: Euclidean distances, zeros beyond the ends of the
        sound, the mean over windows, the median over shifts.
    """
    padded = np.pad(speech.astype(np.float64), ((MAX_SHIFT, MAX_SHIFT), (0, 0)))
    distances = np.empty(2 * MAX_SHIFT + 1)
    for shift in range(len(distances)):
        heard = starts + shift  # rows of `padded`
        inside = np.ones(len(starts), bool) if zeros_beyond else (heard >= MAX_SHIFT) & (heard < MAX_SHIFT + len(speech))
        apart = np.linalg.norm(lips[inside] - padded[heard[inside]], axis=1)
        distances[shift] = apart.mean() if len(apart) else np.inf
    best = int(distances.argmin())
    confidence = float(np.median(distances) - distances[best])
    return SyncScore(confidence, float(distances[best]), MAX_SHIFT - best, distances, len(lips), network)


def shortest_frames(network: SyncNetwork) -> int:
    """Frames below which shifts have too little to compare: a window for each shift, as far as a network sees."""
    return 2 * MAX_SHIFT + 1 + network.window


class SyncMeter:
    """Measures sync while frames go by, a few windows at a time."""

    def __init__(self, network: SyncNetwork, sound: Sound, track: FaceTrack) -> None:
        """Args:
        network: What compares.
        sound: From the first frame on.
        track: Where the face is; windows without it, or across a cut, are left out.

        Raises:
            InputError: Picture or sound is too short to be compared.
        """
        self._network, window = network, network.window
        mono = mix_down(sound)
        num_frames = min(track.num_frames, len(mono) // samples_until(1, SPEECH_RATE))
        if num_frames < (needed := shortest_frames(network)):
            raise InputError(f"{num_frames} frames have picture and sound; sync needs {needed} ({needed / 25:.1f} s) or more.")
        self._num_windows = num_frames - window
        starts = track.unbroken(window)
        self._starts = starts[starts < self._num_windows]
        if not len(self._starts):
            raise InputError(f"no {window} frames in a row show the face; sync cannot be measured.")
        self._speech = network.embed_speech(mono[: samples_until(num_frames, SPEECH_RATE)])[: self._num_windows]
        self._steady = track.steady()
        self._wanted = np.zeros(track.num_frames, bool)
        for start in self._starts:
            self._wanted[start : start + window] = True
        self._crops: list[np.ndarray] = []
        self._first = 0
        self._lips: dict[int, np.ndarray] = {}

    def add(self, index: int, frame: np.ndarray) -> None:
        """Takes in frame `index`, uint8 [H, W, 3]; frames come in order."""
        if index != self._first + len(self._crops) or not self._wanted[index]:
            self._embed()
            self._crops, self._first = [], index
        if self._wanted[index]:
            self._crops.append(self._network.crop(frame, self._steady[index]))
            if len(self._crops) == _WINDOWS_AT_ONCE + self._network.window - 1:
                self._embed()
        else:
            self._first = index + 1

    def _embed(self) -> None:
        """Embeds the windows that are whole; crops that later windows see stay."""
        whole = len(self._crops) - self._network.window + 1
        if whole > 0:
            for offset, row in enumerate(self._network.embed_lips(np.stack(self._crops))):
                self._lips[self._first + offset] = row
            self._crops, self._first = self._crops[whole:], self._first + whole

    def result(self) -> SyncScore:
        """The score, after the last frame."""
        self._embed()
        lips = np.stack([self._lips[int(start)] for start in self._starts])
        return score_sync(lips, self._starts, self._speech, self._network.zeros_beyond, self._network.name)
