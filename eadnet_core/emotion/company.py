"""The company that words keep: in phrases of which feelings a word stands, for texts that no phrase decides."""

from __future__ import annotations

import math
import re
from collections import Counter, defaultdict
from collections.abc import Sequence
from functools import lru_cache

from .constructions import load_constructions
from .lexicon import Entry, load_lexicon, stem
from .vocabulary import EMOTIONS

SMOOTHING = 0.3
"""Phrases of every class that each word is taken to stand in beside those counted."""

_WORD = re.compile("[a-z]+")
_SAYING_FORMS = ("adjective", "noun", "adverb", "act", "cue", "denied", "frame", "construction")


@lru_cache(maxsize=1)
def load_company() -> dict[str, tuple[float, ...]]:
    """For the stem of each word of the lexicon, 8 logarithms: how much more often it stands with each class of EMOTIONS than with any.

    Source: the multinomial naive Bayes classifier; a phrase of n words counts each as 1 / sqrt(n), so that wide choices say less.
    """
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    totals: Counter[str] = Counter()
    entries: Sequence[Entry] = (*load_lexicon().of_form(*_SAYING_FORMS), *load_constructions()[1])
    for entry in entries:
        words = {stem(word) for word in _WORD.findall(entry.phrase)}
        label = entry.meaning.top
        for word in words:
            counts[word][label] += len(words) ** -0.5
        totals[label] += len(words) ** 0.5
    size = SMOOTHING * len(counts)
    all_classes = math.log(sum(totals.values()) + len(EMOTIONS) * size)
    of_class = [math.log(totals[label] + size) for label in EMOTIONS]
    company = {}
    for word, count in counts.items():
        any_class = math.log(sum(count.values()) + len(EMOTIONS) * SMOOTHING) - all_classes
        company[word] = tuple(math.log(count[label] + SMOOTHING) - of_class[i] - any_class for i, label in enumerate(EMOTIONS))
    return company


def keep_company(tokens: Sequence[str]) -> tuple[float, ...]:
    """8 logarithms, in the order of EMOTIONS: how much more likely these words are with each class than with any."""
    company = load_company()
    known = [company[word] for word in {stem(token) for token in tokens} if word in company]
    return tuple(map(sum, zip(*known, strict=True))) if known else (0.0,) * len(EMOTIONS)
