"""The words that are known: what each says of a face, how it is used in a caption, and which are held out of training."""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import product
from pathlib import Path

from .meaning import Meaning
from .tokenizer import split_words
from .vocabulary import ACTION_UNITS, EMOTIONS

HELD_OUT_ONE_IN = 10
"""One word in ten is never in a training caption, so that the text encoder can be measured on words it has not read."""

FEELING_FORMS = ("adjective", "noun", "adverb", "act")
FACE_FORM = "face"

_FOLDER = Path(__file__).parent
_CHOICE = re.compile(r"\(([^)]*)\)")


@dataclass(frozen=True)
class Entry:
    """One word or phrase.

    Attributes:
        phrase: As it is written in a caption.
        form: "adjective", "noun", "adverb" or "act" (what somebody is doing) of a feeling; "face" (what a part of the
            face looks like); "cue" (what is said or happens, for the reader only); "degree" (before adjectives),
            "amount" (before nouns), "quantity" (degrees for the reader only); "negation".
        meaning: What it says by itself; empty for degrees and negations.
        degree: Factor on the meaning of the words that follow; 1 for all but degrees, amounts and quantities.
        held_out: Never in a training caption.
    """

    phrase: str
    form: str
    meaning: Meaning
    degree: float
    held_out: bool


@dataclass(frozen=True)
class Lexicon:
    """All entries, in the order of the files, and by their folded words."""

    entries: tuple[Entry, ...]
    by_words: dict[tuple[str, ...], Entry]

    def of_form(self, *forms: str) -> list[Entry]:
        """Entries of the given forms."""
        return [entry for entry in self.entries if entry.form in forms]


@lru_cache(maxsize=1)
def load_lexicon() -> Lexicon:
    """The lexicon of feelings.tsv, face.tsv and cues.tsv, which lie beside this file."""
    entries: list[Entry] = []
    for name in ("feelings.tsv", "face.tsv", "cues.tsv"):
        entries += _read_entries((_FOLDER / name).read_text(encoding="utf-8"))
    return Lexicon(tuple(entries), {tuple(split_words(entry.phrase)): entry for entry in entries})


def _read_entries(text: str) -> Iterator[Entry]:
    for line in text.splitlines():
        if not line or line.startswith("#"):
            continue
        form, said, number, phrases = line.split("\t")
        meaning = _parse_meaning(said, float(number))
        degree = 1.0 if said else float(number)
        for pattern in phrases.split(","):
            for phrase in _expand(pattern.strip()):
                yield Entry(phrase, form, meaning, degree, _is_held_out(phrase, form))


def _parse_meaning(said: str, intensity: float) -> Meaning:
    """The meaning of `happy`, `happy:0.5 sad:0.5` or `happy AU25=0.4`; shares of emotions are scaled to the intensity."""
    emotion = [0.0] * len(EMOTIONS)
    units: dict[str, float] = {}
    for item in said.split():
        if item.startswith("AU"):
            unit, value = item.split("=")
            assert unit in ACTION_UNITS, unit
            units[unit] = float(value)
        else:
            label, _, share = item.partition(":")
            emotion[EMOTIONS.index(label)] = float(share or 1) * intensity
    emotion[EMOTIONS.index("neutral")] = 0.0
    return Meaning(tuple(emotion), units)


def _expand(pattern: str) -> Iterator[str]:
    """All phrases of a pattern: `(brows|eyebrows) up` is two."""
    parts = _CHOICE.split(pattern)
    choices = [part.split("|") if i % 2 else [part] for i, part in enumerate(parts)]
    for chosen in product(*choices):
        yield "".join(chosen)


def _is_held_out(phrase: str, form: str) -> bool:
    """Whether a fixed hash draws the phrase; labels and words that carry no feeling of their own are always trained."""
    if phrase in EMOTIONS or form not in (*FEELING_FORMS, FACE_FORM):
        return False
    return zlib.crc32(phrase.encode()) % HELD_OUT_ONE_IN == 0
