"""Clauses of a text, with how much each counts: a speaker lands on what follows a "but"."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from .lexicon import Lexicon

TURN_WEIGHT = 1.8
"""How much more counts what follows a "but"."""
GRANTED_WEIGHT = 1 / TURN_WEIGHT
"""How much less counts what is only granted ("though he smiles")."""
TURNS = {
    **dict.fromkeys("but yet however just now then until still whereas instead nevertheless underneath".split(), TURN_WEIGHT),
    **dict.fromkeys("though although despite".split(), GRANTED_WEIGHT),
    "while": 1.0,
}
"""Words that begin a clause, with its weight; a "while" grants where it starts a sentence."""
OPPOSING = frozenset("but yet however whereas instead nevertheless though although while ;".split())
"""What stands between a feeling and the face that does not show it."""
PLAIN = frozenset("merely simply just only".split())
"""Words of whoever does no more than what they do ("the clerk merely stamped the form")."""
PAST = frozenset("once earlier was were been used loved hated".split())
"""Words of a feeling that is over, where what follows a "but" names none."""
OTHERS = frozenset("others everyone everybody crowd audience they people guests colleagues rest".split())
"""Words for those whose feeling is not that of whom a "but" turns to ("The others wept, but he stamped the form")."""
MARKS = frozenset(".,;:!?")
SENTENCE_ENDS = frozenset(".!?")


@dataclass(frozen=True)
class Clause:
    """A part of a sentence.

    Attributes:
        tokens: Its words and the mark that ends it.
        weight: How much it counts.
        exclaimed: Whether it ends with an exclamation mark.
        opposed: Whether something opposes it to the clause before ("but", ";").
    """

    tokens: tuple[str, ...]
    weight: float
    exclaimed: bool
    opposed: bool

    @property
    def is_interjection(self) -> bool:
        """Whether it is a word or two before a comma ("Oh lovely, "), as irony begins."""
        return len(self.tokens) <= 4 and self.tokens[-1] in (",", ".", "!")


def split_clauses(tokens: tuple[str, ...], lexicon: Lexicon) -> Iterator[Clause]:
    """Clauses of a text: they end at punctuation, which stays with them, and before a "but", unless it is "anything but"."""
    start, weight, opposed = 0, 1.0, False
    inside = _places_inside_phrases(tokens, lexicon)
    for i, token in enumerate(tokens):
        if token in TURNS and i not in inside:
            first = i == 0 or tokens[i - 1] in SENTENCE_ENDS
            if i > start:
                yield Clause(tokens[start:i], weight, False, opposed)
                opposed = False
            start, weight = i, GRANTED_WEIGHT if token == "while" and first else TURNS[token]
            opposed = opposed or (token in OPPOSING and not first)
        if token in MARKS:
            yield Clause(tokens[start : i + 1], weight, token == "!", opposed)
            start = i + 1
            weight, opposed = (max(weight, 1.0) if token in ",;:" else 1.0), token == ";"
    if start < len(tokens):
        yield Clause(tokens[start:], weight, False, opposed)


def _places_inside_phrases(tokens: tuple[str, ...], lexicon: Lexicon) -> frozenset[int]:
    """Where a known phrase goes on that began before."""
    inside: set[int] = set()
    at = 0
    while at < len(tokens):
        length = lexicon.find(tokens, at, False)[1]
        inside.update(range(at + 1, at + length))
        at += length
    return frozenset(inside)
