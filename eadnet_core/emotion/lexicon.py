"""The words that are known: what each says of a face, how it is used in a caption, and which are held out of training."""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain, product
from pathlib import Path

from .meaning import Meaning
from .tokenizer import split_words
from .vocabulary import ACTION_UNITS, EMOTIONS

HELD_OUT_ONE_IN = 10
"""One word in ten is never in a training caption, so that the text encoder can be measured on words it has not read."""

FEELING_FORMS = ("adjective", "noun", "adverb", "act")
FACE_FORM = "face"
SPELLED_OUT = ("feelings.tsv", "face.tsv", "cues.tsv")
"""Files of which every phrase is an entry; of others a pattern "(a|b) c" is one."""

MAX_TOKENS = 7
"""Length of the longest entry."""
MIN_STEM = 4

_EXACT_FORMS = ("degree", "amount", "quantity", "negation", "unfulfilled")
_FOLDER = Path(__file__).parent
_PLAIN_WORDS = re.compile("[a-z0-9 ]*")
_CHOICE = re.compile(r"\(([^)]*)\)")


@dataclass(frozen=True)
class Entry:
    """One word or phrase.

    Attributes:
        phrase: As it is written in a caption.
        form: "adjective", "noun", "adverb" or "act" (what somebody is doing) of a feeling; "face" (what a part of the
            face looks like); "cue" (what is said or happens, for the reader only); "frame" (a cue under
            which the rest of the clause is somebody else's joy: "you call that funny"); "denied" (what the words mean when they
            are negated); "degree" (before adjectives), "amount" (before nouns), "quantity" (degrees for the
            reader only); "negation"; "unfulfilled" (denies what is happy: "it would have been nice").
        meaning: What it says by itself; empty for degrees and negations.
        degree: Factor on the meaning of the words that follow; of a negation, how sad it makes what is happy.
        held_out: Never in a training caption.
    """

    phrase: str
    form: str
    meaning: Meaning
    degree: float
    held_out: bool


@dataclass(frozen=True)
class Lexicon:
    """All entries, in the order of the files, and the same by their words.

    Attributes:
        entries: All.
        by_words: Entries but the denied by their tokens, and by the stems of their tokens where no other entry has these.
        by_denied_words: The denied likewise.
    """

    entries: tuple[Entry, ...]
    by_words: dict[tuple[str, ...], Entry]
    by_denied_words: dict[tuple[str, ...], Entry]

    def of_form(self, *forms: str) -> list[Entry]:
        """Entries of the given forms."""
        return [entry for entry in self.entries if entry.form in forms]

    def find(self, tokens: tuple[str, ...], at: int, denied: bool) -> tuple[Entry | None, int]:
        """The longest entry that starts at a token, exact words before inflected ones, and its number of tokens.

        Args:
            tokens: Of a clause, see split_tokens.
            at: Where to look.
            denied: Whether the place is negated, so that entries for that come first.

        Returns:
            The entry and how many tokens it takes, or (None, 1).
        """
        for length in range(min(MAX_TOKENS, len(tokens) - at), 0, -1):
            words = tokens[at : at + length]
            for key in (words, tuple(stem(word) for word in words)):
                entry = (self.by_denied_words.get(key) if denied else None) or self.by_words.get(key)
                if entry is not None:
                    return entry, length
        return None, 1


@lru_cache(maxsize=1)
def load_lexicon() -> Lexicon:
    """The lexicon of feelings.tsv, face.tsv, cues.tsv and idioms.tsv, which lie beside this file."""
    entries: list[Entry] = []
    for name in (*SPELLED_OUT, "idioms.tsv"):
        entries += read_entries(name)
    denied = [entry for entry in entries if entry.form == "denied"]
    return Lexicon(tuple(entries), _index([e for e in entries if e.form != "denied"]), _index(denied))


def read_entries(name: str) -> Iterator[Entry]:
    """The entries of a file beside this one, in its order."""
    for line in (_FOLDER / name).read_text(encoding="utf-8").splitlines():
        if not line or line.startswith("#"):
            continue
        form, said, number, phrases = line.split("\t")
        meaning = _parse_meaning(said, float(number))
        degree = 1.0 if said else float(number)
        for pattern in phrases.split(","):
            for phrase in _expand(pattern.strip()) if name in SPELLED_OUT else (pattern.strip(),):
                yield Entry(phrase, form, meaning, degree, _is_held_out(phrase, form))


def split_tokens(text: str) -> tuple[str, ...]:
    """Folded words and marks of punctuation of a text, in order."""
    return tuple(split_words(text, marks=".,;:!?"))


@lru_cache(maxsize=1 << 15)
def stem(word: str) -> str:
    """A word without its English inflection: "smile", "smiles", "smiled" and "smiling" are all "smil"; "happier" is "happy".

    What would be left with fewer than four letters stays whole: "made" is not "mad".
    """
    cut = word
    for ending, put in (("ies", "y"), ("ied", "y"), ("ier", "y"), ("iest", "y"), ("ing", ""), ("ed", ""), ("es", ""), ("s", "")):
        if word.endswith(ending) and not word.endswith("ss"):
            cut = word[: -len(ending)] + put
            if ending in ("ing", "ed") and cut[-2:-1] == cut[-1:] and cut[-1:] not in ("l", "s"):
                cut = cut[:-1]
            break
    cut = cut.removesuffix("e")
    return cut if len(cut) >= MIN_STEM else word


def _index(entries: Iterable[Entry]) -> dict[tuple[str, ...], Entry]:
    exact: dict[tuple[str, ...], Entry] = {}
    stems: dict[tuple[str, ...], Entry] = {}
    for entry in entries:
        stemmed = entry.form not in _EXACT_FORMS and "(" not in entry.phrase  # a pattern names its inflections itself
        for words in spell_out(entry.phrase):
            exact.setdefault(words, entry)
            if stemmed:
                stems.setdefault(tuple([stem(word) for word in words]), entry)
    return {**stems, **exact}


def spell_out(phrase: str) -> Iterator[tuple[str, ...]]:
    """The tokens of a phrase, once for each choice in it: "(a|b) c" is two."""
    choices = [[_tokens(said) for said in choice] for choice in _choices(phrase)]
    return (tuple(chain.from_iterable(chosen)) for chosen in product(*choices))


def _tokens(part: str) -> tuple[str, ...]:
    return tuple(part.split()) if _PLAIN_WORDS.fullmatch(part) else split_tokens(part)


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
    return map("".join, product(*_choices(pattern)))


def _choices(pattern: str) -> list[list[str]]:
    """The parts of a pattern in order, each with all that may stand there: of `(a|b) c`, [["a", "b"], [" c"]]."""
    return [part.split("|") if i % 2 else [part] for i, part in enumerate(_CHOICE.split(pattern)) if part]


def _is_held_out(phrase: str, form: str) -> bool:
    """Whether a fixed hash draws the phrase; labels and words that carry no feeling of their own are always trained."""
    if phrase in EMOTIONS or form not in (*FEELING_FORMS, FACE_FORM):
        return False
    return zlib.crc32(phrase.encode()) % HELD_OUT_ONE_IN == 0
