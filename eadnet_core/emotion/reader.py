"""What a sentence feels like, read without a model: the lexicon, with degrees, denial and clauses."""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import get_close_matches

from ..errors import InputError
from .lexicon import FACE_FORM, FEELING_FORMS, Entry, Lexicon, load_lexicon, split_tokens
from .meaning import Meaning, mix
from .tokenizer import split_words
from .vocabulary import EMOTIONS

logger = logging.getLogger(__name__)

DENIAL_REACH = 4
"""Words behind a negation that it still denies."""
DEGREE_REACH = 3
"""Words behind a degree that it still scales."""
TURN_WEIGHT = 1.6
"""How much more counts what follows a "but": that is where a speaker lands."""
TURNS = {**dict.fromkeys(("but", "yet", "however", "just", "now"), TURN_WEIGHT), "though": 1 / TURN_WEIGHT, "although": 1 / TURN_WEIGHT}
"""Words that begin a clause, with its weight; what follows a "though" is only granted."""
EXCLAMATION = 1.2
"""Degree of an exclamation mark on what its sentence says."""
AMBIGUOUS = frozenset(
    "down low flat blue cross cold warm bright kind touched hurt sick sober plain blank cool superior distant detached composed fond "
    "gentle mellow lively determined serious reserved tense strict bitter fierce alert attentive interested strange odd ordinary stern "
    "content wounded bothered drained dark".split()
)
"""Words that count only where somebody is, feels or looks so: "I feel down", but not "down the hall"."""
COPULAS = frozenset(
    "am is are was were be been being im hes shes its youre theyre were feel feels feeling felt look looks looking looked seem seems "
    "seemed sound sounds sounding sounded stay stayed get gets got became become and but yet half very so a".split()
)
BEARERS = frozenset(
    "and but yet face look expression voice tone mood smile glance stare gaze manner way person man woman boy girl child mouth eye eyes "
    "grin laugh frown sigh smirk today tonight this lately again about after since when".split()
)
"""What may follow an article and such a word: who can be so (people, their faces and voices), or no noun ("a little down today")."""
LINGERING = frozenset({"disgusted", "contemptuous"})
"""Classes whose cues still show when negated: who cannot stand a stench smells it."""
LINGERING_PHRASES = frozenset({"sad", "angry"})
"""Classes of which that holds for cues of several words ("I did not even get to say goodbye")."""
LINGERING_DEGREE = 0.6
GUESS_WEIGHT = 0.5
"""How much counts the sadness of denied happiness beside what is named outright ("not my favourite smell")."""
SUPERLATIVES = frozenset({"never", "nothing", "nobody", "no one"})
"""Negations that are none where they compare: "I have never laughed so much", but not "I will never be so happy again"."""
COMPARISON = re.compile(r"(?!.*\bagain\b).*\b(so|such|(?<!any )more|\w+ier)\b")
COMPARISON_REACH = 8
"""Words behind such a negation in which the comparison is looked for."""
QUESTIONS = frozenset("isnt arent wasnt werent doesnt wouldnt".split())
"""Negations that are none where a question starts with them: "Isn't it wonderful?"."""
JOINTS = (("or",), ("and",), ("nor",))
"""What carries a denial on from one joy to the next word."""
PARTICIPLE = re.compile(r"\w+(ed|en)$|(done|had|made|got|won|felt|gone)$")
"""What follows "would have" where it is unfulfilled: "would have loved", but not "would have fun"."""
SPELLING_RATIO = 0.85
"""Least likeness (difflib's ratio) of a misspelt word: one letter in seven."""
LABEL_RATIO = 0.7
"""Least likeness of a word to the label that it may have been meant for."""
MAX_FACE_WORDS = 5
"""Longest name of a part of the face before a degree ("corners of the mouth slightly up"), and one."""
MIN_SPELLED = 7
"""Letters of a word of feeling, other than a label, whose misspellings are put right."""
MARKS = frozenset(".,;:!?")
FELT = 0.05
"""Intensity below which a text counts as neutral."""

_LATIN = re.compile("[a-z]")
_LABELS = f"{', '.join(EMOTIONS[:-1])} or {EMOTIONS[-1]}"


@dataclass(frozen=True)
class Reading:
    """What the reader found.

    Attributes:
        meaning: Emotion and named Action Units of the whole text.
        words: The known words that it was read from, in order; empty: nothing in the text is known.
    """

    meaning: Meaning
    words: tuple[str, ...]

    @property
    def label(self) -> str:
        """The strongest class of EMOTIONS; neutral when nothing is felt."""
        return _top(self.meaning) if self.meaning.intensity >= FELT else "neutral"


def read_text(text: str) -> Reading:
    """Emotion, intensity and named Action Units of a caption or of what somebody says.

    Longest phrases of the lexicon win; a degree scales the next of them ("a bit sad"); a negation denies what follows
    it in its clause ("not happy at all" is sad, "not angry" is neutral); what follows a "but" counts more, a "though" less.

    Source: ours.
    """
    lexicon = load_lexicon()
    parts: list[tuple[Meaning, float]] = []
    words: list[str] = []
    for clause in _clauses(split_tokens(text), lexicon):
        for entry, meaning, weight in _read_clause(clause.tokens, lexicon):
            words.append(entry.phrase)
            parts.append((meaning.scaled(EXCLAMATION) if clause.exclaimed else meaning, clause.weight * weight))
    return Reading(mix(parts), tuple(words))


def understand(text: str) -> Meaning:
    """What a user asks of the face: by a label, or by free text.

    A label alone is that class in full. Other text is read by the lexicon, if need be with its spelling put right. Two
    or more words of which none is known leave the face neutral, and the log says so: the denoiser still hears them as a caption.

    Raises:
        InputError: No words, words in another script alone, or one single word that is neither a label nor known: most
            likely a label mistyped.
    """
    words = split_words(text)
    if not words:
        raise InputError(f"emotion is '{text.strip()[:80]}', without a word; give {_LABELS} or a description.")
    if len(words) == 1 and words[0] in EMOTIONS:
        return Meaning(tuple(float(label == words[0] != "neutral") for label in EMOTIONS))
    reading = read_text(text)
    if reading.words:
        return reading.meaning
    if len(words) == 1 or not _LATIN.search("".join(words)):
        near = get_close_matches(words[0], EMOTIONS, 1, LABEL_RATIO)
        guess = f" (did you mean {near[0]}?)" if near else ""
        raise InputError(f"emotion '{text.strip()[:80]}' is not known{guess}; give {_LABELS}, or describe it in several English words.")
    reading = read_text(correct_spelling(text))
    if not reading.words:
        logger.info(f"Of '{text.strip()[:80]}' no word is known, so it leaves the face neutral; give {_LABELS}, or describe it in English.")
    return reading.meaning


def correct_spelling(text: str) -> str:
    """The text with each word that is nearly a label or a long word of feeling put right; meant for text that says nothing as it is."""
    lexicon = load_lexicon()
    return " ".join(_nearest_word(token, lexicon) for token in split_tokens(text))


def _nearest_word(word: str, lexicon: Lexicon) -> str:
    if lexicon.find((word,), 0, False)[0] is not None:
        return word
    known = [words[0] for words, entry in lexicon.by_words.items() if len(words) == 1 and _is_spelling(word, words[0], entry)]
    return next(iter(get_close_matches(word, known, 1, SPELLING_RATIO)), word)


def _is_spelling(word: str, known: str, entry: Entry) -> bool:
    """Whether a known word may be meant; short ones are too near to words without feeling ("same" and "shame")."""
    long = entry.form in FEELING_FORMS and len(known) >= MIN_SPELLED and len(word) >= MIN_SPELLED - 1
    return word[0] == known[0] and (long or (entry.phrase in EMOTIONS and len(known) >= 5))


@dataclass(frozen=True)
class _Clause:
    tokens: tuple[str, ...]
    weight: float
    exclaimed: bool


def _clauses(tokens: tuple[str, ...], lexicon: Lexicon) -> Iterator[_Clause]:
    """Clauses of a text: they end at punctuation, which stays with them, and before a "but", unless it is "anything but"."""
    start, weight = 0, 1.0
    for i, token in enumerate(tokens):
        if token in TURNS and (i == 0 or lexicon.find(tokens, i - 1, False)[1] == 1):
            if i > start:
                yield _Clause(tokens[start:i], weight, False)
            start, weight = i, TURNS[token]
        if token in MARKS:
            yield _Clause(tokens[start : i + 1], weight, token == "!")
            start = i + 1
            weight = max(weight, 1.0) if token in ",;:" else 1.0
    if start < len(tokens):
        yield _Clause(tokens[start:], weight, False)


def _read_clause(tokens: tuple[str, ...], lexicon: Lexicon) -> Iterator[tuple[Entry, Meaning, float]]:
    """What is known in a clause, with what it means there, and the weight of its share."""
    framed = False
    degree, degree_until = 1.0, 0
    denial: Entry | None = None
    denied_until = 0
    at = 0
    while at < len(tokens):
        if at >= degree_until:
            degree = 1.0
        denied = denial is not None and at < denied_until
        entry, length, inside = _find(lexicon, tokens, at, denied)
        if entry is not None and entry.phrase in AMBIGUOUS and not _is_felt(tokens, at):
            entry = None
        degree *= inside
        at += length
        if entry is None:
            continue
        if entry.form in ("negation", "unfulfilled"):
            if not _affirms(entry, tokens, at):
                denial, denied_until = entry, at + DENIAL_REACH
        elif entry.form in ("degree", "amount", "quantity"):
            degree, degree_until = degree * entry.degree, at + DEGREE_REACH
            denied_until += length
        elif not (framed and _top(entry.meaning) == "happy"):
            framed = framed or entry.form == "frame"
            meaning, weight = entry.meaning, 1.0
            if denial is not None and denied:
                meaning = _deny(entry, denial)
                denied_until = at + DENIAL_REACH
                if _top(entry.meaning) == "happy" and entry.form != "denied":
                    weight = GUESS_WEIGHT
                    if tokens[at : at + 1] not in JOINTS:  # "not fond of spiders": those are there
                        denied_until = at
            yield entry, meaning.scaled(degree), weight
            degree, degree_until = 1.0, 0


def _affirms(negation: Entry, tokens: tuple[str, ...], at: int) -> bool:
    """Whether a negation that ends before a token denies nothing, as in a comparison ("never so happy") or a question."""
    if negation.form == "unfulfilled":
        return not PARTICIPLE.match("".join(tokens[at : at + 1]))
    if negation.phrase in SUPERLATIVES:
        return COMPARISON.match(" ".join(tokens[at : at + COMPARISON_REACH])) is not None
    return negation.phrase in QUESTIONS and at == 1 and tokens[-1] == "?"


def _is_felt(tokens: tuple[str, ...], at: int) -> bool:
    """Whether an ambiguous word names a feeling here: alone, or where somebody is, feels or looks so."""
    evidence = {word for word in tokens[max(0, at - 3) : at] if word in COPULAS}
    if evidence == {"a"} and at + 1 < len(tokens) and tokens[at + 1] not in MARKS:
        return tokens[at + 1] in BEARERS  # "a bitter look", but not "a dark table"
    return sum(token not in MARKS for token in tokens) <= 2 or bool(evidence)


def _find(lexicon: Lexicon, tokens: tuple[str, ...], at: int, denied: bool) -> tuple[Entry | None, int, float]:
    """The entry at a token, the tokens that it takes, and the degree in its midst ("brows slightly raised")."""
    entry, length = lexicon.find(tokens, at, denied)
    if entry is None:
        for gap in range(1, MAX_FACE_WORDS):
            degree, taken = lexicon.find(tokens, at + gap, denied)
            if degree is not None and degree.form == "degree":
                face, found = lexicon.find(tokens[at : at + gap] + tokens[at + gap + taken :], 0, denied)
                if face is not None and face.form == FACE_FORM and found > gap:
                    return face, found + taken, degree.degree
    return entry, length, 1.0


def _top(meaning: Meaning) -> str:
    """The strongest class; neutral when nothing is felt."""
    return EMOTIONS[meaning.emotion.index(max(meaning.emotion))]


def _deny(entry: Entry, denial: Entry) -> Meaning:
    if denial.degree == 0:  # neither, nor: nothing is left
        return Meaning()
    if entry.form == "denied":
        return entry.meaning
    top = _top(entry.meaning)
    if denial.form == "unfulfilled" and top != "happy":
        return entry.meaning
    if entry.form == "cue" and (top in LINGERING or (" " in entry.phrase and top in LINGERING_PHRASES)):
        return entry.meaning.scaled(LINGERING_DEGREE)
    return entry.meaning.denied(denial.degree)
