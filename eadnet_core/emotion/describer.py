"""Describers: a scene becomes feelings over time, by one interface whatever engine reads it."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Protocol

from .meaning import Meaning
from .scene import Scene
from .track import EmotionSpan, EmotionTrack
from .vocabulary import EMOTIONS

FAINTEST = 0.05
"""Intensity below which a passage is neutral."""
MOST_CLASSES = 2
"""Classes that the words of a caption name, where feelings are mixed."""
DEGREES = {"not at all": 0.0, "slightly": 0.25, "moderately": 0.5, "strongly": 0.75, "extremely": 1.0}
"""Words for intensities, from which a model chooses."""

Progress = Callable[[int, int], None]
"""progress(done, total), in passages; raising in it cancels."""


@dataclass(frozen=True)
class Description:
    """What a describer says of a scene.

    Attributes:
        track: One span a passage.
        notes: A sentence for everything that was not as asked: what was replaced by which fallback, and why.
    """

    track: EmotionTrack
    notes: tuple[str, ...] = ()


class Describer(Protocol):
    """An engine: a language model, the answer of one, or the built-in reader."""

    def describe(self, scene: Scene, progress: Progress | None = None) -> Description:
        """One span a passage of the scene.

        Raises:
            InputError: The engine cannot use what it is given.
        """
        ...


def to_track(scene: Scene, meanings: Sequence[Meaning]) -> EmotionTrack:
    """The track of one meaning a passage, captioned with the names of its classes; the last lasts to the clip's end."""
    spans = [to_span(passage.start_s, passage.end_s, meaning) for passage, meaning in zip(scene.passages, meanings, strict=True)]
    return open_ended(spans)


def to_span(start_s: float, end_s: float, meaning: Meaning, caption: str = "") -> EmotionSpan:
    """The span of a meaning; without a caption the text encoder reads the names of its classes in their shares."""
    intensity = min(1.0, meaning.intensity)
    if intensity < FAINTEST:
        meaning, intensity = Meaning(action_units=meaning.action_units), 0.0
    captions: tuple[tuple[str, float], ...] = ()
    if intensity and caption:
        captions = ((caption, intensity),)
    elif intensity:
        captions = tuple((name, share * intensity) for name, share in strongest(meaning))
    return EmotionSpan(start_s, end_s, meaning.distribution, intensity, captions, dict(meaning.action_units))


def strongest(meaning: Meaning) -> list[tuple[str, float]]:
    """The strongest classes and their shares, which sum to 1; a second one only where it is at least half as strong."""
    shares = sorted(zip(EMOTIONS, meaning.distribution, strict=True), key=lambda item: -item[1])[:MOST_CLASSES]
    kept = [(name, share) for name, share in shares if share >= shares[0][1] / 2]
    total = sum(share for _, share in kept)
    return [(name, share / total) for name, share in kept]


def open_ended(spans: Sequence[EmotionSpan]) -> EmotionTrack:
    """The track of spans, the last of which lasts to the end of whatever clip it is used for."""
    return EmotionTrack((*spans[:-1], replace(spans[-1], end_s=math.inf)))


def in_words(span: EmotionSpan) -> str:
    """The label of a span with its degree, such as "strongly sad"; "neutral" when nothing is felt."""
    label = strongest(span.meaning)[0][0]
    degree = min(DEGREES, key=lambda word: abs(DEGREES[word] - span.intensity))
    return label if label == "neutral" or not DEGREES[degree] else f"{degree} {label}"
