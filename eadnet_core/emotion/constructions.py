"""Constructions: phrases with open places ("how _ of you to"), each read as one word of the lexicon."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from itertools import accumulate

from .lexicon import Entry, load_lexicon, read_entries

MAX_GAP = 4
"""Words that "..." stands for at most."""

_PLACES = (
    (r"([?!])", r"\\\1"),
    (r" \.\.\.", rf"(?: \\w+){{0,{MAX_GAP}}}?"),
    (r"\[([^\]]*)\] ", r"(?:(?:\1) )?"),
    (r" \[([^\]]*)\]", r"(?: (?:\1))?"),
    (r" ~", r"(?: [.,;:!?])?"),
    (r"_", r"\\w+"),
    (r"\((?!\?)", "(?:"),
)


@lru_cache(maxsize=1)
def load_constructions() -> tuple[re.Pattern[str], tuple[Entry, ...]]:
    """The patterns of constructions.tsv as one, a named group each, and their entries in the same order."""
    entries = tuple(read_entries("constructions.tsv"))
    groups = "|".join(f"(?P<c{i}>{to_regex(entry.phrase)})" for i, entry in enumerate(entries))
    return re.compile(rf"(?<!\S)(?:{groups})(?!\S)"), entries


def mark_constructions(tokens: Sequence[str]) -> tuple[str, ...]:
    """Tokens of a text with every construction replaced by one token, its mark.

    Where several constructions start at a word, the one that stands first in the file is taken. Words that name Action Units
    ("eyes widened") are left for the lexicon.
    """
    known = load_lexicon().by_words
    text = " ".join(tokens)
    places = {start: i for i, start in enumerate(accumulate((len(token) + 1 for token in tokens), initial=0))}
    marked: list[str] = []
    at = 0
    for match in load_constructions()[0].finditer(text):
        start, end = places[match.start()], places[match.end() + 1]
        named = known.get(tuple(tokens[start:end]))
        if named is None or not named.meaning.action_units:
            marked += [*tokens[at:start], f"<{match.lastgroup}>"]
            at = end
    return (*marked, *tokens[at:])


def is_mark(token: str) -> bool:
    """Whether a token of mark_constructions stands for a construction."""
    return token.startswith("<")


def entry_of_mark(mark: str) -> Entry:
    """The construction that a token of mark_constructions stands for."""
    return load_constructions()[1][int(mark[2:-1])]


def to_regex(pattern: str) -> str:
    """A regular expression for tokens joined by spaces.

    `_` stands for a word or a part of one (`_er`), `...` for up to four words or none, `[very]` may be left out,
    `(a|b)` is either, `~` is a mark of punctuation or none; other marks stand for themselves.
    """
    for place, regex in _PLACES:
        pattern = re.sub(place, regex, pattern)
    return pattern
