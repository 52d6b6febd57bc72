"""Negations: what they deny, what they leave standing, and where they deny nothing."""

from __future__ import annotations

import re

from .lexicon import Entry
from .meaning import Meaning

DENIAL_REACH = 4
"""Words behind a negation that it still denies."""
DOUBLE_REACH = 6
"""Words behind a negation in which a second one takes it back ("I can't say I'm not frightened")."""
LINGERING = frozenset({"disgusted", "contemptuous"})
"""Classes whose cues still show when negated: who cannot stand a stench smells it."""
LINGERING_PHRASES = frozenset({"sad", "angry"})
"""Classes of which that holds for cues of several words ("I did not even get to say goodbye")."""
LINGERING_ORDERS = frozenset({"fearful", "angry"})
"""Classes of which that holds where a clause begins with "don't": who orders so sees it coming ("Don't wake the monster")."""
LINGERING_DEGREE = 0.6
GUESS_WEIGHT = 0.5
"""How much counts the sadness of denied happiness beside what is named outright ("not my favourite smell")."""
SUPERLATIVES = frozenset({"never", "nothing", "nobody", "no one"})
"""Negations that are none where they compare: "I have never laughed so much", but not "I will never be so happy again"."""
COMPARISON = re.compile(r"(?!.*\bagain\b).*\b(so|such|(?<!any )more|\w+ier|ever .*this)\b")
RARITY = re.compile(r".*\b(like (this|that)|so|such|this|that)\b.*\b(in|for) (\w+ )?(years|ages|months|weeks|(long )?(time|while))\b")
"""What makes a comparison of any negation ("I have not laughed like that in years")."""
COMPARISON_REACH = 8
"""Words behind such a negation in which the comparison is looked for."""
QUESTIONS = frozenset("isnt arent wasnt werent doesnt wouldnt didnt".split())
"""Negations that are none where a question starts with them: "Isn't it wonderful?"."""
PARTICIPLE = re.compile(r"\w+(ed|en)$|(done|had|made|got|won|felt|gone)$")
"""What follows "would have" where it is unfulfilled: "would have loved", but not "would have fun"."""
SENTENTIAL = re.compile(r"not|never|cannot|\w+nt|(do|does|did) not think")
"""Negations that take one another back; "I haven't got nothing" is one negation said twice."""


def affirms(negation: Entry, tokens: tuple[str, ...], at: int) -> bool:
    """Whether a negation that ends before a token denies nothing, as in a comparison ("never so happy") or a question."""
    if negation.form == "unfulfilled":
        return not PARTICIPLE.match("".join(tokens[at : at + 1]))
    following = " ".join(tokens[at : at + COMPARISON_REACH])
    if RARITY.match(following) or (negation.phrase in SUPERLATIVES and COMPARISON.match(following)):
        return True
    return negation.phrase in QUESTIONS and at == 1 and tokens[-1] == "?"


def takes_back(second: Entry, first: Entry) -> bool:
    """Whether two negations in a row affirm."""
    return all(SENTENTIAL.fullmatch(negation.phrase) for negation in (first, second))


def deny(entry: Entry, denial: Entry, ordered: bool) -> Meaning:
    """What an entry means when it is negated.

    Args:
        entry: What is negated.
        denial: The negation.
        ordered: Whether its clause begins with it ("Don't ...").
    """
    if denial.degree == 0:  # neither, nor: nothing is left
        return Meaning()
    if entry.form in ("denied", "construction"):
        return entry.meaning
    top = entry.meaning.top
    if denial.form == "unfulfilled" and top != "happy":
        return entry.meaning
    lingering = top in LINGERING or (" " in entry.phrase and top in LINGERING_PHRASES) or (ordered and top in LINGERING_ORDERS)
    if entry.form == "cue" and lingering:
        return entry.meaning.scaled(LINGERING_DEGREE)
    return entry.meaning.denied(denial.degree)
