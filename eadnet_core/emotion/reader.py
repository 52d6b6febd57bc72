"""What a sentence feels like, read without a model: the lexicon, with degrees, denial and clauses."""

from __future__ import annotations

import logging
import math
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from functools import lru_cache

from ..errors import InputError
from .clauses import MARKS, OTHERS, PAST, PLAIN, SENTENCE_ENDS, TURNS, Clause, split_clauses
from .company import keep_company
from .constructions import entry_of_mark, is_mark, mark_constructions
from .denial import DENIAL_REACH, DOUBLE_REACH, GUESS_WEIGHT, affirms, deny, takes_back
from .lexicon import FACE_FORM, FEELING_FORMS, Entry, Lexicon, load_lexicon, split_tokens
from .meaning import Meaning, mix
from .tokenizer import split_words
from .vocabulary import EMOTIONS

logger = logging.getLogger(__name__)

DEGREE_FORMS = ("degree", "amount", "quantity")
DEGREE_REACH = 3
"""Words behind a degree that it still scales."""
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
ORDERS = frozenset({"dont", "never"})
"""Negations that order, where a clause begins with them or with a lead and them."""
LEADS = frozenset("please oh god and just you".split())
JOINTS = (("or",), ("and",), ("nor",))
"""What carries a denial on from one joy to the next word."""
SPELLING_RATIO = 0.86
"""Least likeness (difflib's ratio) of a misspelt word: one letter in eight, or one of seven left out."""
LABEL_RATIO = 0.7
"""Least likeness of a word to the label that it may have been meant for."""
MAX_FACE_WORDS = 5
"""Longest name of a part of the face before a degree ("corners of the mouth slightly up"), and one."""
MIN_SPELLED = 7
"""Letters of a word of feeling, other than a label, whose misspellings are put right."""
SPECIFICITY = (0.6, 1.0, 1.2, 1.6)
"""Weights of cues of one, two, three, and more words; a construction counts as the longest."""
BLANK_FORM = "blank"
"""Form of what names a face without expression, beside words such as "calm"."""
IRONIC_WEIGHT = 0.3
"""How much counts the joy of an interjection before a grievance."""
UNMOVED_FORM = "unmoved"
"""Form of what says that nothing shows ("not a muscle stirs"), whatever is felt or went before."""
COMPANY_WEIGHT = 2.0
"""How much the company of words adds to the weight of a cue of its class, where cues disagree."""
GUESS_MARGIN = 3.0
"""Least logarithm of the odds of a class against any, by the company of words, where no phrase is known."""
SUBJECTS = frozenset("i you he she it we they this that youre hes shes its theyre thats so".split())
"""Words that begin a statement, also one that is asked in surprise ("You came by boat?")."""
GUESS_INTENSITY = 0.3
FOREIGN = PAST | OTHERS
"""Words of feelings that are not those of now, or not of whom the text is about."""
FAINT = 0.35
"""Intensity that a word for a blank face outweighs, where it is a word's own ("relaxed") and not its degree ("a bit sad")."""
FELT = 0.05
"""Intensity below which a text counts as neutral."""

_LATIN = re.compile("[a-z]")
_LABELS = f"{', '.join(EMOTIONS[:-1])} or {EMOTIONS[-1]}"


@dataclass(frozen=True)
class Reading:
    """What the reader found.

    Attributes:
        meaning: Emotion and named Action Units of the whole text.
        words: The known phrases that it was read from, as the lexicon writes them, in order; empty: nothing in the text is known.
    """

    meaning: Meaning
    words: tuple[str, ...]

    @property
    def label(self) -> str:
        """The strongest class of EMOTIONS; when nothing is felt, what the named Action Units show."""
        return self.meaning.top if self.meaning.intensity >= FELT else self.meaning.shown


def read_text(text: str) -> Reading:
    """Emotion, intensity and named Action Units of a caption or of what somebody says.

    Longest phrases of the lexicon win; a degree scales the next of them ("a bit sad"); a negation denies what follows
    it in its clause ("not happy at all" is sad, "not angry" is neutral); what follows a "but" counts more, a "though" less.

    Source: ours.
    """
    lexicon = load_lexicon()
    tokens = split_tokens(text)
    parts: list[_Part] = []
    words: list[str] = []
    past = opposed = settled = False
    begin = 0  # of the sentence's parts: a turn takes back no sentence before its own
    for clause in split_clauses(mark_constructions(tokens), lexicon):
        read = list(_read_clause(clause, lexicon))
        words += [part.entry.phrase for part in read]
        felt = any(part.is_felt for part in read)
        opposed = (opposed and not felt) or clause.opposed
        plain = past or not PLAIN.isdisjoint(clause.tokens)
        past = past or not FOREIGN.isdisjoint(clause.tokens)
        if any(part.entry.form == UNMOVED_FORM for part in read):
            parts, settled = [], True
        elif opposed and (any(part.is_blank for part in read) or (plain and not felt and not _only_scales(clause, lexicon))):
            parts[begin:] = [part for part in (*parts[begin:], *read) if part.entry.form == FACE_FORM]  # what is named is asked for
            settled = True
        else:
            parts += read
        if clause.tokens[-1] in SENTENCE_ENDS:
            begin, past, opposed = len(parts), False, False
    return Reading(_settle(parts, tokens) if words or settled else _guess(tokens), tuple(words))


@dataclass(frozen=True)
class _Part:
    """What an entry means where it stands, and the weight of its share."""

    entry: Entry
    meaning: Meaning
    weight: float
    clause: Clause

    @property
    def is_felt(self) -> bool:
        return self.meaning.intensity >= FELT

    @property
    def is_blank(self) -> bool:
        """Whether it says that nothing is felt ("calm", "without expression")."""
        said = self.entry.meaning
        return self.entry.form in (BLANK_FORM, *FEELING_FORMS) and not said.intensity and not said.action_units


def _settle(parts: Sequence[_Part], tokens: tuple[str, ...]) -> Meaning:
    """The parts of a text mixed.

    Where cues disagree, the company of all the words weighs them; the joy of an interjection hardly counts before a
    grievance ("Lovely, another bill"); a word for a blank face outweighs faint feelings ("a relaxed, blank face").
    """
    tops = {part.meaning.top for part in parts if part.is_felt}
    if any(part.is_blank for part in parts) and all(part.entry.meaning.intensity <= FAINT for part in parts if part.is_felt):
        return mix((Meaning(action_units=part.meaning.action_units), part.weight) for part in parts)
    company = _shares(keep_company(tokens)) if len(tops) > 1 else None
    weighed = []
    for part in parts:
        weight = part.weight
        if company is not None and part.entry.form not in FEELING_FORMS:
            weight *= 1 + COMPANY_WEIGHT * company[part.meaning.top]
        if part.clause.is_interjection and part.meaning.top == "happy" and tops - {"happy", "surprised"}:
            weight *= IRONIC_WEIGHT
        weighed.append((part.meaning, weight))
    return mix(weighed)


def _shares(company: Sequence[float]) -> dict[str, float]:
    """The company of words as shares of the seven feelings that sum to 1; neutral has none."""
    odds = {label: math.exp(value - max(company)) for label, value in zip(EMOTIONS, company, strict=True) if label != "neutral"}
    return {**{label: value / sum(odds.values()) for label, value in odds.items()}, "neutral": 0.0}


def _guess(tokens: tuple[str, ...]) -> Meaning:
    """What is faintly felt in a text without a known phrase.

    Where its words keep one company clearly enough, that; else who exclaims, or asks in the order of a statement, is surprised.
    """
    company = keep_company(tokens)
    best = max(range(1, len(EMOTIONS)), key=company.__getitem__)
    if company[best] - max(0.0, company[0]) <= GUESS_MARGIN:
        astonished = "!" in tokens or (tokens[-1:] == ("?",) and tokens[0] in SUBJECTS)
        best = EMOTIONS.index("surprised") if astonished else EMOTIONS.index("neutral")
    return Meaning(tuple(GUESS_INTENSITY * (i == best != 0) for i in range(len(EMOTIONS))))


def understand(text: str) -> Meaning:
    """What a user asks of the face: by a label, or by free text.

    A label alone is that class in full. Other text is read by the lexicon, if need be with its spelling put right. Two
    or more words of which none is known leave the face neutral, and the log says so: the text encoder still reads them as a caption.

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
        said = text.strip()[:80]
        logger.info(f"Of '{said}' no phrase is known, so it leaves the face neutral; give {_LABELS}, or describe it in English.")
        return Meaning()
    return reading.meaning


def correct_spelling(text: str) -> str:
    """The text with each word that is nearly a label or a long word of feeling put right; meant for text that says nothing as it is."""
    lexicon = load_lexicon()
    return " ".join(_nearest_word(token, lexicon) for token in split_tokens(text))


def _nearest_word(word: str, lexicon: Lexicon) -> str:
    if lexicon.find((word,), 0, False)[0] is not None:
        return word
    known = [one for one in _single_words(word[0]) if len(word) >= MIN_SPELLED - 1 or one in EMOTIONS]
    return next(iter(get_close_matches(word, known, 1, SPELLING_RATIO)), word)


@lru_cache(maxsize=64)
def _single_words(letter: str) -> tuple[str, ...]:
    """Words with a first letter that a misspelt one may mean; short ones are too near to words without feeling ("same" and "shame")."""
    single = ((words[0], entry) for words, entry in load_lexicon().by_words.items() if len(words) == 1 and words[0][0] == letter)
    return tuple(
        word
        for word, entry in single
        if (entry.form in FEELING_FORMS and len(word) >= MIN_SPELLED) or (entry.phrase in EMOTIONS and len(word) >= 5)
    )


def _read_clause(clause: Clause, lexicon: Lexicon) -> Iterator[_Part]:
    """What is known in a clause."""
    tokens = clause.tokens
    framed = False
    degree, degree_until = 1.0, 0
    denial: Entry | None = None
    denied_until = doubled_until = 0
    ordered = False
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
            if denial is not None and at - length < doubled_until and takes_back(entry, denial):
                denial = None
            elif not affirms(entry, tokens, at):
                denial, denied_until, doubled_until = entry, at + DENIAL_REACH, at + DOUBLE_REACH
                ordered = entry.phrase in ORDERS and all(token in LEADS for token in tokens[: at - length])
        elif entry.form in DEGREE_FORMS:
            degree, degree_until = degree * entry.degree, at + DEGREE_REACH
            denied_until += length
        elif not (framed and entry.meaning.top == "happy"):
            framed = framed or entry.form == "frame"
            meaning, weight = entry.meaning, _specificity(entry, tokens[at - length : at])
            if denial is not None and denied:
                meaning = deny(entry, denial, ordered)
                denied_until = at + DENIAL_REACH
                if entry.meaning.top == "happy" and entry.form not in ("denied", "construction"):
                    weight *= GUESS_WEIGHT
                if tokens[at : at + 1] not in JOINTS and (entry.meaning.top in ("happy", "sad") and entry.form != "denied"):
                    denied_until = at  # "not fond of spiders": those are there
            yield _Part(entry, meaning.scaled(degree * (EXCLAMATION if clause.exclaimed else 1.0)), clause.weight * weight, clause)
            degree, degree_until = 1.0, 0


def _only_scales(clause: Clause, lexicon: Lexicon) -> bool:
    """Whether a clause is no more than a degree ("but only a little")."""
    words = tuple(token for token in clause.tokens if token not in MARKS | TURNS.keys() | PLAIN)
    entry, length = lexicon.find(words, 0, False)
    return entry is not None and entry.form in DEGREE_FORMS and length == len(words)


def _specificity(entry: Entry, tokens: tuple[str, ...]) -> float:
    """Weight of an entry that was read from tokens: long cues are less often something else than single words."""
    if is_mark(tokens[0]):
        return SPECIFICITY[-1]
    return SPECIFICITY[min(len(tokens), len(SPECIFICITY)) - 1] if entry.form == "cue" else 1.0


def _is_felt(tokens: tuple[str, ...], at: int) -> bool:
    """Whether an ambiguous word names a feeling here: alone, or where somebody is, feels or looks so."""
    evidence = {word for word in tokens[max(0, at - 3) : at] if word in COPULAS}
    if evidence == {"a"} and at + 1 < len(tokens) and tokens[at + 1] not in MARKS:
        return tokens[at + 1] in BEARERS  # "a bitter look", but not "a dark table"
    return sum(token not in MARKS for token in tokens) <= 2 or bool(evidence)


def _find(lexicon: Lexicon, tokens: tuple[str, ...], at: int, denied: bool) -> tuple[Entry | None, int, float]:
    """The entry at a token, the tokens that it takes, and the degree in its midst ("brows slightly raised")."""
    if is_mark(tokens[at]):
        return entry_of_mark(tokens[at]), 1, 1.0
    entry, length = lexicon.find(tokens, at, denied)
    if entry is None or entry.form == "cue":
        for gap in range(1, MAX_FACE_WORDS):
            degree, taken = lexicon.find(tokens, at + gap, denied)
            if degree is not None and degree.form == "degree":
                face, found = lexicon.find(tokens[at : at + gap] + tokens[at + gap + taken :], 0, denied)
                if face is not None and face.form == FACE_FORM and found > gap and found >= length:
                    return face, found + taken, degree.degree
    return entry, length, 1.0
