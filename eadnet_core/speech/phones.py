"""The phones that the pack hears: one set for all languages, by what tongue and lips do; whatever is no speech is one of them."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass

import numpy as np

PHONE_RATE = 50
"""Estimates a second."""
PAUSE = 0
"""Silence, noise, music, breath: nobody speaks."""


@dataclass(frozen=True)
class PhoneClass:
    """One phone of the set.

    Attributes:
        name: Its usual letter of the International Phonetic Alphabet.
        letters: All letters that count as it.
        viseme: Its class out of VISEME_CLASSES.
        lips: How open, wide, rounded the lips are, how near the lower one is to the upper teeth, each 0 to 1.
        insists: How strongly it holds to each of these where its neighbours want something else.
    """

    name: str
    letters: str
    viseme: str
    lips: tuple[float, float, float, float] = (0.0, 0.0, 0.0, 0.0)
    insists: tuple[float, float, float, float] = (1.0, 1.0, 1.0, 1.0)


_LABIAL = (1.0, 0.15, 0.15, 1.0)
_LIP_AND_TEETH = (2.0, 0.3, 0.4, 2.0)
_HISS = (1.5, 0.5, 0.25, 1.0)
_HUSH = (1.5, 0.6, 0.7, 1.0)
_TONGUE_TIP = (0.8, 0.2, 0.15, 1.0)
_TONGUE_BACK = (0.4, 0.12, 0.12, 1.0)

PHONES: tuple[PhoneClass, ...] = (
    PhoneClass("", "", "pause", insists=(1.0, 0.5, 0.5, 1.0)),
    PhoneClass("p", "p", "p b m", insists=_LABIAL),
    PhoneClass("b", "bɓʙ", "p b m", insists=_LABIAL),
    PhoneClass("m", "m", "p b m", insists=_LABIAL),
    PhoneClass("f", "fɸ", "f v", (0.1, 0.15, 0, 1), _LIP_AND_TEETH),
    PhoneClass("v", "vʋβɱⱱ", "f v", (0.1, 0.15, 0, 1), _LIP_AND_TEETH),
    PhoneClass("θ", "θ", "θ ð", (0.22, 0.2, 0, 0.3), _TONGUE_TIP),
    PhoneClass("ð", "ð", "θ ð", (0.22, 0.2, 0, 0.3), _TONGUE_TIP),
    PhoneClass("t", "tʈ", "t d n l", (0.16, 0.25, 0, 0), _TONGUE_TIP),
    PhoneClass("d", "dɖɗ", "t d n l", (0.16, 0.25, 0, 0), _TONGUE_TIP),
    PhoneClass("n", "nɳɲ", "t d n l", (0.2, 0.25, 0, 0), _TONGUE_TIP),
    PhoneClass("l", "lɫɬɭʎɮ", "t d n l", (0.29, 0.2, 0, 0), _TONGUE_BACK),
    PhoneClass("r", "rɾɽ", "t d n l", (0.25, 0.15, 0, 0), _TONGUE_TIP),
    PhoneClass("s", "s", "s z", (0.12, 0.5, 0, 0), _HISS),
    PhoneClass("z", "z", "s z", (0.12, 0.5, 0, 0), _HISS),
    PhoneClass("ʃ", "ʃʂɕ", "ʃ ʒ", (0.16, 0.1, 0.55, 0), _HUSH),
    PhoneClass("ʒ", "ʒʐʑ", "ʃ ʒ", (0.16, 0.1, 0.55, 0), _HUSH),
    PhoneClass("ɹ", "ɹɻ", "ɹ", (0.22, 0, 0.45, 0), (0.8, 0.7, 0.6, 1.0)),
    PhoneClass("k", "kcq", "k g h", (0.26, 0.15, 0, 0), _TONGUE_BACK),
    PhoneClass("ɡ", "ɡgɟɢɠ", "k g h", (0.26, 0.15, 0, 0), _TONGUE_BACK),
    PhoneClass("ŋ", "ŋɴ", "k g h", (0.26, 0.15, 0, 0), _TONGUE_BACK),
    PhoneClass("x", "xχçɣʁʀ", "k g h", (0.3, 0.12, 0, 0), _TONGUE_BACK),
    PhoneClass("h", "hɦħʕ", "k g h", (0.3, 0.0, 0, 0), (0.05, 0.02, 0.02, 0.5)),
    PhoneClass("j", "jʝ", "i j", (0.24, 0.8, 0, 0), (0.8, 0.7, 0.6, 1.0)),
    PhoneClass("w", "wʍɥɰ", "o u w", (0.14, 0, 1, 0), (1.5, 1.5, 2.0, 1.0)),
    PhoneClass("i", "i", "i j", (0.26, 1.0, 0, 0)),
    PhoneClass("ɪ", "ɪ", "i j", (0.32, 0.65, 0, 0)),
    PhoneClass("y", "yʏ", "o u w", (0.25, 0, 0.9, 0)),
    PhoneClass("e", "e", "e ə", (0.42, 0.75, 0, 0)),
    PhoneClass("ɛ", "ɛ", "e ə", (0.6, 0.5, 0, 0)),
    PhoneClass("ø", "øœɵɶɞ", "o u w", (0.45, 0, 0.75, 0)),
    PhoneClass("æ", "æ", "a", (0.85, 0.4, 0, 0)),
    PhoneClass("a", "a", "a", (0.95, 0.2, 0, 0)),
    PhoneClass("ɑ", "ɑ", "a", (1.0, 0, 0.05, 0)),
    PhoneClass("ʌ", "ʌɐ", "a", (0.7, 0.1, 0, 0)),
    PhoneClass("ɔ", "ɔɒ", "o u w", (0.75, 0, 0.5, 0)),
    PhoneClass("o", "o", "o u w", (0.5, 0, 0.8, 0)),
    PhoneClass("ʊ", "ʊ", "o u w", (0.32, 0, 0.75, 0)),
    PhoneClass("u", "uʉ", "o u w", (0.25, 0, 1.0, 0)),
    PhoneClass("ə", "əɘ", "e ə", (0.4, 0.15, 0.05, 0)),
    PhoneClass("ɚ", "ɚɜɝ", "e ə", (0.42, 0.05, 0.3, 0)),
    PhoneClass("ɨ", "ɨɯɤᵻ", "i j", (0.3, 0.35, 0.05, 0)),
)
"""Source: letters and classes by the International Phonetic Alphabet's places, heights and roundings; numbers ours."""

NUM_PHONES = len(PHONES)
VISEME_CLASSES = tuple(dict.fromkeys(phone.viseme for phone in PHONES))
"""What can be told apart on lips, roughly: 13 classes."""
SHUT = np.array([phone.viseme == "p b m" for phone in PHONES])
"""bool [P]: the lips are shut."""
VOWEL = np.array([phone.name in "iɪyeɛøæaɑʌɔoʊuəɚɨ" and phone.name != "" for phone in PHONES])

_PHONE_OF = {letter: index for index, phone in enumerate(PHONES) for letter in phone.letters}


def viseme_classes() -> np.ndarray:
    """int64 [P]: the class of each phone, an index into VISEME_CLASSES."""
    return np.array([VISEME_CLASSES.index(phone.viseme) for phone in PHONES])


def phones_of(ipa: str) -> tuple[int, ...]:
    """The phones that a name in the International Phonetic Alphabet stands for, in order: two for diphthongs and affricates.

    Marks of length, stress, tone and breath are passed over; a name of nothing else (a glottal stop) gives none, and an empty one a pause.
    """
    if not ipa:
        return (PAUSE,)
    return tuple(_PHONE_OF[letter] for letter in unicodedata.normalize("NFD", ipa) if letter in _PHONE_OF)
