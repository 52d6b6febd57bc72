"""Captions without end: a small grammar over the lexicon draws what a user might write, and what it asks of a face."""

from __future__ import annotations

import random
import re
from collections.abc import Callable
from functools import lru_cache
from itertools import accumulate

import numpy as np
import torch
from torch import Tensor

from .lexicon import FACE_FORM, FEELING_FORMS, Entry, load_lexicon
from .meaning import NEUTRAL, Meaning, mix
from .tokenizer import encode_captions
from .vocabulary import EMOTIONS

ADJECTIVE_FRAMES = (
    "{}", "{}", "{}", "looking {}", "looks {}", "feeling {}", "feels {}", "she is {}", "he is {}", "i am {}", "they seem {}", "seems {}",
    "a {} face", "a {} expression", "a {} look", "a {} person", "in a {} mood", "in a {} voice", "in a {} tone", "sounding {}", "acting {}",
)  # fmt: skip
NOUN_FRAMES = ("{}", "with {}", "feeling {}", "showing {}", "filled with {}", "a look of {}", "an expression of {}", "{} on the face")
PHRASE_FRAMES = ("{}", "with {}", "showing {}")
"""For nouns that bring their own article."""
ADVERB_FRAMES = ("{}", "{}", "speaks {}", "speaking {}", "talks {}", "says it {}", "said {}", "looks at us {}")
ACT_FRAMES = ("{}", "{}", "she is {}", "he is {}", "{} while talking", "{} during the speech")
FACE_FRAMES = ("{}", "{}", "with {}", "the face shows {}", "{} while talking")
MIXTURES = ("{} and {}", "{} but {}", "{}, {}", "{} yet {}", "half {}, half {}", "between {} and {}", "both {} and {}")
SETTINGS = (
    "talking to the camera", "during an interview", "in front of a window", "a woman", "a man", "an old man", "a young woman",
    "on the phone", "close up", "at the table", "reading the script", "in the evening", "telling a story",
    "a portrait", "giving a speech", "in the studio",
)  # fmt: skip
"""Words that say nothing of feeling, so that the text encoder learns to pass over them."""

PART_WORDS = frozenset(
    "brow brows eyebrow eyebrows eye eyes lid lids eyelid eyelids nose cheek cheeks lip lips mouth corner corners chin jaw "
    "of the left right inner outer upper lower".split()
)
"""Words that name a part of the face."""

TYPING_ERRORS = 0.06
SETTING_SHARE = 0.1
DENIAL_SHARE = 0.05
NEUTRAL_SHARE = 0.06

_ARTICLE = re.compile(r"\ba(?= (?!one)[aeiou])")

Drawn = tuple[str, Meaning]


def draw_caption(generator: torch.Generator, holdout: bool = False) -> tuple[str, Meaning]:
    """One caption and what it asks of the face (`meaning.distribution`, `.intensity` and `.action_units`).

    A plain label, a synonym with or without a degree, a noun, adverb or act, parts of the face, mixtures of two
    feelings, feelings with parts of the face, and denials; now and then with a setting or a typing error.

    Args:
        generator: Where chance comes from, on any device.
        holdout: False: only words of training; True: every feeling and face word is one held out of training, there
            are no typing errors, and plain labels do not occur.
    """
    return _Grammar(_chance(generator), holdout).caption()


def draw_captions(batch: int, generator: torch.Generator, holdout: bool = False) -> tuple[Tensor, Tensor, Tensor]:
    """Captions of a training batch, encoded, with their targets; on the CPU.

    Args:
        batch: B, number of captions.
        generator: Where chance comes from, on any device; one number is taken from it.
        holdout: See draw_caption.

    Returns:
        text_ids int64 [B, 1, W, G], emotion float32 [B, 8] (distribution times intensity), and action_units
        float32 [B, 24] (those of the emotion, where the caption names one that instead).
    """
    grammar = _Grammar(_chance(generator), holdout)
    captions, meanings = zip(*(grammar.caption() for _ in range(batch)), strict=True)
    emotion = torch.tensor([meaning.emotion for meaning in meanings], dtype=torch.float32)
    units = torch.from_numpy(np.stack([meaning.all_action_units() for meaning in meanings]))
    return encode_captions(captions)[:, None], emotion, units


def _chance(generator: torch.Generator) -> random.Random:
    seed = torch.randint(2**62, (), generator=generator, device=generator.device)
    return random.Random(int(seed))


@lru_cache(maxsize=2)
def _pools(held_out: bool) -> dict[tuple[str, int], list[Entry]]:
    """Entries by form and strongest emotion (faces and words of degree: NEUTRAL)."""
    pools: dict[tuple[str, int], list[Entry]] = {}
    for entry in load_lexicon().entries:
        if entry.form not in (*FEELING_FORMS, FACE_FORM) or entry.held_out == held_out:
            top = int(np.argmax(entry.meaning.emotion))  # the first of equals: NEUTRAL when nothing is felt
            face = entry.form == "act" and top == NEUTRAL and bool(entry.meaning.action_units)
            pools.setdefault((FACE_FORM if face else entry.form, top), []).append(entry)
    return pools


class _Grammar:
    """The rules; each draws words and their meaning together, so that neither has to be guessed from the other."""

    def __init__(self, chance: random.Random, held_out: bool) -> None:
        self.chance = chance
        self.held_out = held_out
        self.pools = _pools(held_out)
        rules: list[tuple[Callable[[], Drawn], float]] = [
            (self.feeling, 0.42), (self.face, 0.16), (self.feeling_and_face, 0.16), (self.mixture, 0.1), (self.denial, DENIAL_SHARE),
        ]  # fmt: skip
        if not held_out:
            rules.append((self.label, 0.16))
        self.rules = [rule for rule, _ in rules]
        self.rule_weights = list(accumulate(weight for _, weight in rules))

    def caption(self) -> Drawn:
        text, meaning = self.chance.choices(self.rules, cum_weights=self.rule_weights)[0]()
        if self.chance.random() < SETTING_SHARE:
            setting = self.chance.choice(SETTINGS)
            text = f"{setting}, {text}" if self.chance.random() < 0.5 else f"{text}, {setting}"
        text = _ARTICLE.sub("an", text)
        if not self.held_out and self.chance.random() < TYPING_ERRORS:
            text = self.mistyped(text)
        return text, meaning

    def label(self) -> Drawn:
        """A class by its name, sometimes with a degree."""
        index = self.chance.randrange(len(EMOTIONS))
        meaning = Meaning(tuple(float(i == index and i != NEUTRAL) for i in range(len(EMOTIONS))))
        if index == NEUTRAL or self.chance.random() < 0.5:
            return EMOTIONS[index], meaning
        return self.graded("degree", EMOTIONS[index], meaning)

    def feeling(self) -> Drawn:
        form = self.chance.choices(FEELING_FORMS, (5, 2, 1.5, 2))[0]
        entry = self.entry(form)
        text, meaning = entry.phrase, entry.meaning
        if form == "adverb":
            return self.framed(ADVERB_FRAMES, text, meaning)
        if form == "act":
            return self.framed(ACT_FRAMES, text, meaning)
        graded = self.chance.random() < 0.35 and any(meaning.emotion)
        if form == "adjective":
            return self.framed(ADJECTIVE_FRAMES, *(self.graded("degree", text, meaning) if graded else (text, meaning)))
        if text.startswith(("a ", "no ")):
            return self.framed(PHRASE_FRAMES, text, meaning)
        return self.framed(NOUN_FRAMES, *(self.graded("amount", text, meaning) if graded else (text, meaning)))

    def face(self) -> Drawn:
        """One to three parts of the face."""
        drawn = [self.part() for _ in range(self.chance.choices((1, 2, 3), (5, 3, 1))[0])]
        joint = self.chance.choice((", ", " and ", ", "))
        return self.framed(FACE_FRAMES, joint.join(text for text, _ in drawn), mix((meaning, 1) for _, meaning in drawn))

    def feeling_and_face(self) -> Drawn:
        feeling, (text, named) = self.feeling(), self.part()
        joint = self.chance.choice((", ", ", ", " with ", " and ", "; "))
        return feeling[0] + joint + text, Meaning(feeling[1].emotion, {**feeling[1].action_units, **named.action_units})

    def mixture(self) -> Drawn:
        form = self.chance.choice(("adjective", "adjective", "noun"))
        one, other = self.entry(form, True), self.entry(form, True)
        if self.chance.random() < 0.2:
            nouns = self.entry("noun", True)
            text, faint = self.graded("amount", nouns.phrase, nouns.meaning)
            return f"{one.phrase} with {text}", mix(((one.meaning, 1), (faint, 1)))
        return self.chance.choice(MIXTURES).format(one.phrase, other.phrase), mix(((one.meaning, 1), (other.meaning, 1)))

    def denial(self) -> Drawn:
        """ "not happy at all", "without any anger": what is denied must not show."""
        adjective = self.chance.random() < 0.6
        entry = self.entry("adjective" if adjective else "noun", True)
        frames = ("not {}", "not {} at all", "never {}") if adjective else ("without {}", "without any {}", "no {}", "no {} at all")
        return self.framed(frames, entry.phrase, entry.meaning.denied())

    def part(self) -> Drawn:
        entry = self.chance.choice(self.pools[FACE_FORM, NEUTRAL])
        words = entry.phrase.split()
        if self.chance.random() > 0.2 or words[0] in ("a", "an") or len(words) < 2:
            return entry.phrase, entry.meaning
        noun = next((i for i, word in enumerate(words) if word not in PART_WORDS), 0)  # "brows raised" takes a degree behind "brows"
        text, meaning = self.graded("degree", " ".join(words[noun:]), entry.meaning)
        return " ".join([*words[:noun], text]), meaning

    def entry(self, form: str, felt: bool = False) -> Entry:
        """A word of a form; every emotion is as likely as any other, neutral less so, or not at all where it must be felt."""
        classes = [i for i in range(len(EMOTIONS)) if self.pools.get((form, i)) and i != NEUTRAL]
        if not felt and (form, NEUTRAL) in self.pools and self.chance.random() < NEUTRAL_SHARE:
            classes = [NEUTRAL]
        if form == "noun" and felt:
            classes = [i for i in classes if any(not entry.phrase.startswith(("a ", "no ")) for entry in self.pools[form, i])]
        return self.chance.choice(self.pools[form, self.chance.choice(classes)])

    def graded(self, form: str, text: str, meaning: Meaning) -> Drawn:
        word = self.chance.choice(self.pools[form, NEUTRAL])
        return f"{word.phrase} {text}", meaning.scaled(word.degree)

    def framed(self, frames: tuple[str, ...], text: str, meaning: Meaning) -> Drawn:
        return self.chance.choice(frames).format(text), meaning

    def mistyped(self, text: str) -> str:
        """The text with one letter of a longer word left out, doubled, or swapped with its neighbour."""
        words = text.split(" ")
        which = self.chance.choice([i for i, word in enumerate(words) if len(word) >= 5] or [0])
        word = words[which]
        at = self.chance.randrange(len(word) - 1) if len(word) >= 5 else 0
        pair = word[at : at + 2]
        changed = self.chance.choice((pair[1:], pair[:1] + pair, pair[::-1])) if len(word) >= 5 else pair
        words[which] = word[:at] + changed + word[at + 2 :]
        return " ".join(words)
