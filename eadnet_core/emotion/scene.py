"""What a describer is given: passages of a script or a recording, how they are said, and what is seen of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ..audio.features import speech_features
from ..audio.sound import Sound
from ..errors import InputError
from ..timebase import FRAME_RATE
from .passages import Passage, cut_passages
from .voice import Voice, read_voice

LOOK_S = 3.0
"""Length of the passages into which pictures without a script and without sound are cut."""
CONTEXT_LETTERS = 400
"""How much of the script on either side of a passage a model is shown."""


@dataclass(frozen=True, eq=False)
class Scene:
    """Passages with all that is known of them.

    Attributes:
        passages: At least one, in order, from 0 on.
        voices: One a passage; empty without a recording.
        frames: uint8 [H, W, 3] each, RGB, evenly spread over the scene; empty where nothing is seen.
    """

    passages: tuple[Passage, ...]
    voices: tuple[Voice, ...] = ()
    frames: tuple[np.ndarray, ...] = ()

    @staticmethod
    def of(script: str = "", sound: Sound | None = None, frames: Sequence[np.ndarray] = (), frames_s: float | None = None) -> Scene:
        """The scene of a script, a recording, frames of a video, or any of them together.

        Args:
            script: What is said; empty: not known.
            sound: How it is said; None: not known.
            frames: What is seen, uint8 [H, W, 3] each, evenly spread over the recording.
            frames_s: Seconds that they cover where there is neither sound nor script; None: they are all, 25 a second.

        Raises:
            InputError: Nothing is given, or the script is too long.
        """
        if frames and sound is None and not script.strip():
            duration = frames_s or len(frames) / float(FRAME_RATE)
            edges = np.linspace(0, duration, max(1, round(duration / LOOK_S)) + 1)
            passages = tuple(Passage(float(start), float(end)) for start, end in zip(edges, edges[1:], strict=False))
            return Scene(passages, (), tuple(frames))
        passages = cut_passages(script, None if sound is None else speech_features(sound))
        if not passages:
            raise InputError("there is nothing to describe: the recording is empty; give a longer one, or a script.")
        return Scene(passages, () if sound is None else tuple(read_voice(sound, passages)), tuple(frames))

    @property
    def is_said(self) -> bool:
        """Whether the words are known."""
        return any(passage.text for passage in self.passages)

    @property
    def duration_s(self) -> float:
        return self.passages[-1].end_s

    def before(self, index: int) -> str:
        """The script's end before a passage, at most CONTEXT_LETTERS; "nothing" at the start."""
        return " ".join(passage.text for passage in self.passages[:index])[-CONTEXT_LETTERS:].strip() or "nothing"

    def after(self, index: int) -> str:
        """The script's beginning after a passage, at most CONTEXT_LETTERS; "nothing" at the end."""
        return " ".join(passage.text for passage in self.passages[index + 1 :])[:CONTEXT_LETTERS].strip() or "nothing"

    def voice(self, index: int) -> str:
        """How a passage is said, in words; "not known" without a recording."""
        return self.voices[index].in_words() if self.voices else "not known"

    def frames_of(self, index: int, count: int) -> list[np.ndarray]:
        """At most `count` frames that lie in a passage, evenly spread; the nearest one where none does."""
        if not self.frames:
            return []
        passage = self.passages[index]
        times = (np.arange(len(self.frames)) + 0.5) / len(self.frames) * self.duration_s
        inside = np.flatnonzero((times >= passage.start_s) & (times < passage.end_s))
        if not len(inside):
            inside = np.array([np.abs(times - (passage.start_s + passage.end_s) / 2).argmin()])
        chosen = inside[np.linspace(0, len(inside) - 1, min(count, len(inside))).round().astype(int)]
        return [self.frames[i] for i in chosen]
