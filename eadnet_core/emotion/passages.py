"""A script or a recording cut into passages: at sentences, at pauses, and never longer than a feeling lasts."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ..errors import InputError
from ..timebase import FRAME_RATE
from ..types import SpeechFeatures

LETTERS_PER_SECOND = 14.0
"""How fast a script is read where no recording says it: about 150 English words a minute."""
MIN_PASSAGE_S = 1.5
"""A shorter sentence joins the one before it: a face needs that long to change and be seen."""
MAX_PASSAGE_S = 6.0
"""Longest passage of a recording without a pause; it is cut where the voice is weakest."""
PAUSE_S = 0.24
"""Silence that ends a passage of a recording."""
SNAP_S = 1.2
"""How far a sentence's end may move to fall into a pause."""
MAX_SCRIPT_LETTERS = 200_000
"""Longest script, about four hours: more is a file by mistake."""

_SENTENCE_END = re.compile(r"(?<=[.!?\u2026\u3002\uff01\uff1f])[\"'\u201d\u2019)\]]*\s+|\n+")
_DIRECTION = re.compile(r"\([^()]*\)|\[[^\[\]]*\]")
_VOICED = 0.5


@dataclass(frozen=True)
class Passage:
    """A stretch of a script or a recording that is described as one feeling.

    Attributes:
        start_s: Seconds from the start of the clip.
        end_s: Seconds, after start_s.
        text: What is said in it; empty where only a recording is known.
    """

    start_s: float
    end_s: float
    text: str = ""

    @property
    def duration_s(self) -> float:
        return self.end_s - self.start_s

    @property
    def directions(self) -> str:
        """What stands in brackets in the text, such as "sighs, looks down"; empty without any."""
        return ", ".join(found.strip("()[]") for found in _DIRECTION.findall(self.text))


def cut_passages(script: str = "", speech: SpeechFeatures | None = None) -> tuple[Passage, ...]:
    """The passages of a script, of a recording, or of a script and its recording; in order, without gaps, from 0 on.

    A script alone is timed at LETTERS_PER_SECOND. With its recording the sentences share the time in which somebody
    speaks by their letters, and each border moves to the nearest pause. Directions in brackets, "(sighs)", take no time.

    Args:
        script: Plain text; empty: only the recording is known.
        speech: The recording; None: only the script is known.

    Raises:
        InputError: Neither is given, or the script is longer than MAX_SCRIPT_LETTERS.

    Source: ours.
    """
    if len(script) > MAX_SCRIPT_LETTERS:
        raise InputError(f"script has {len(script)} letters, more than {MAX_SCRIPT_LETTERS}; give the part that is spoken in this clip.")
    sentences = split_sentences(script)
    if speech is None or speech.num_frames == 0:
        if not sentences:
            raise InputError("there is nothing to describe: the script is empty and no recording is given; give one of them.")
        return _timed(sentences, np.cumsum(_spoken_letters(sentences)) / LETTERS_PER_SECOND)
    if not sentences:
        return _cut_at_pauses(speech)
    return _timed(sentences, _borders(sentences, speech))


def split_sentences(script: str) -> list[str]:
    """Sentences of a script, in order; a line's end ends a sentence, too."""
    return [" ".join(part.split()) for part in _SENTENCE_END.split(script) if part.strip() and re.search(r"\w", part)]


def find_pauses(speech: SpeechFeatures) -> list[tuple[float, float]]:
    """Start and end, in seconds, of every silence of at least PAUSE_S between words; leading and trailing silence is none."""
    voiced = np.flatnonzero(speech.activity.numpy() >= _VOICED)
    gaps = np.flatnonzero(np.diff(voiced) - 1 >= PAUSE_S * float(FRAME_RATE))
    rate = float(FRAME_RATE)
    return [(float(voiced[gap] + 1) / rate, float(voiced[gap + 1]) / rate) for gap in gaps]


def _spoken_letters(sentences: Sequence[str]) -> np.ndarray:
    """Letters of each sentence without its directions [S]; where all are directions, they count themselves."""
    letters = np.array([len(_DIRECTION.sub("", sentence).strip()) for sentence in sentences])
    return letters if letters.any() else np.array([len(sentence) for sentence in sentences])


def _borders(sentences: Sequence[str], speech: SpeechFeatures) -> np.ndarray:
    """End of each sentence in seconds [S]: by its share of the spoken time, moved into the nearest pause."""
    spoken = np.concatenate([[0.0], np.cumsum(speech.activity.numpy().astype(np.float64))])
    ends = np.arange(len(spoken)) / float(FRAME_RATE)
    letters = _spoken_letters(sentences)
    shares = np.cumsum(letters) / letters.sum()
    borders = np.interp(shares * spoken[-1], spoken, ends) if spoken[-1] > 0 else shares * ends[-1]
    pauses = np.array([(start + end) / 2 for start, end in find_pauses(speech)])
    for i in range(len(borders) - 1):
        if len(pauses):
            nearest = pauses[np.abs(pauses - borders[i]).argmin()]
            if abs(nearest - borders[i]) <= SNAP_S and (i == 0 or nearest > borders[i - 1]):
                borders[i] = nearest
    borders[-1] = float(speech.duration_s)
    return np.maximum.accumulate(borders)


def _timed(sentences: Sequence[str], ends: np.ndarray) -> tuple[Passage, ...]:
    """Passages of sentences that end at these seconds; short ones are joined."""
    passages: list[Passage] = []
    start, text = 0.0, ""
    for sentence, end in zip(sentences, ends, strict=True):
        text = f"{text} {sentence}".strip()
        if end - start >= MIN_PASSAGE_S:
            passages.append(Passage(start, float(end), text))
            start, text = float(end), ""
    if not text:
        return tuple(passages)
    last = float(ends[-1])
    if passages:
        before = passages.pop()
        return (*passages, Passage(before.start_s, max(last, before.end_s), f"{before.text} {text}"))
    return (Passage(0.0, max(last, 1 / float(FRAME_RATE)), text),)


def _cut_at_pauses(speech: SpeechFeatures) -> tuple[Passage, ...]:
    end = float(speech.duration_s)
    if float(speech.activity.max()) < _VOICED:
        return (Passage(0.0, end),)
    cuts = [0.0]
    for pause in (*((start + stop) / 2 for start, stop in find_pauses(speech)), end):
        while pause - cuts[-1] > MAX_PASSAGE_S:
            cuts.append(_weakest(speech, cuts[-1]))
        if pause - cuts[-1] >= MIN_PASSAGE_S:
            cuts.append(pause)
    if len(cuts) == 1:
        return (Passage(0.0, end),)
    cuts[-1] = end
    return tuple(Passage(start, stop) for start, stop in zip(cuts, cuts[1:], strict=False))


def _weakest(speech: SpeechFeatures, start_s: float) -> float:
    """Where, between half and all of MAX_PASSAGE_S after a time, the voice is weakest, in seconds."""
    rate = float(FRAME_RATE)
    first, last = round((start_s + MAX_PASSAGE_S / 2) * rate), round((start_s + MAX_PASSAGE_S) * rate)
    level = speech.mel.mean(1).reshape(speech.num_frames, -1).mean(1).numpy()[first:last]
    return (first + int(level.argmin())) / rate
