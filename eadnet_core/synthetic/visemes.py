"""Visemes: what lips do in each phoneme, and the smooth curves they follow through a sentence.

Rest, the mouth in silence, is all five at 0: lips touch without effort. `close` is 1 only where lips are pressed together
on purpose (p, b, m), `open` is how far they part (1: a stressed "ah"), `wide` how far the corners are drawn out (1: "ee"),
`round` how far lips are pursed (1: "oo"), `teeth` whether upper teeth rest on the lower lip (1: f, v).

Time: frame i lasts from i/25 to (i+1)/25 seconds and is judged at its middle, (i + 1/2)/25; the four log-mel columns of a
frame are centred 15 and 5 ms before and after that same middle (see audio.features).
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence

import numpy as np

from ..timebase import FRAME_RATE
from .espeak import BILABIALS, Phone, is_bilabial

VISEMES = ("open", "wide", "round", "close", "teeth")
"""The order of every 5-vector of visemes in this project."""

_VOWELS: dict[str, tuple[float, float, float]] = {
    "a": (0.95, 0.2, 0), "ɑ": (1, 0, 0.1), "æ": (0.9, 0.5, 0), "ɐ": (0.75, 0.2, 0), "ʌ": (0.75, 0.1, 0), "e": (0.5, 0.7, 0),
    "ɛ": (0.65, 0.5, 0), "ɜ": (0.5, 0.1, 0.15), "ə": (0.42, 0.15, 0), "ɚ": (0.4, 0, 0.3), "ɝ": (0.45, 0, 0.3), "ɘ": (0.4, 0.3, 0),
    "i": (0.28, 1, 0), "ɪ": (0.34, 0.7, 0), "ɨ": (0.28, 0.5, 0), "ᵻ": (0.3, 0.5, 0), "o": (0.55, 0, 0.85), "ɔ": (0.7, 0, 0.6),
    "ɒ": (0.85, 0, 0.35), "u": (0.22, 0, 1), "ʊ": (0.3, 0, 0.8), "ʉ": (0.24, 0, 0.8), "y": (0.22, 0, 1), "ʏ": (0.28, 0, 0.8),
    "ø": (0.42, 0, 0.85), "œ": (0.6, 0, 0.65), "ɵ": (0.42, 0, 0.7), "ɯ": (0.28, 0.4, 0.1), "ɤ": (0.5, 0.2, 0), "ɞ": (0.6, 0, 0.4),
    "ɶ": (0.8, 0, 0.4),
}  # fmt: skip
"""Open, wide, round of each vowel. Source: the International Phonetic Alphabet's heights and roundings, numbers ours."""

_CONSONANTS: dict[str, tuple[float, float, float, float]] = {
    "f": (0.1, 0.15, 0, 1), "v": (0.1, 0.15, 0, 1), "ʋ": (0.15, 0.1, 0.1, 0.8), "ɱ": (0.1, 0.1, 0, 1),
    "w": (0.14, 0, 1, 0), "ʍ": (0.14, 0, 1, 0), "ɥ": (0.16, 0, 0.95, 0), "β": (0.1, 0.1, 0.1, 0), "ɸ": (0.1, 0, 0.3, 0),
    "θ": (0.22, 0.2, 0, 0.3), "ð": (0.22, 0.2, 0, 0.3), "s": (0.12, 0.5, 0, 0), "z": (0.12, 0.5, 0, 0),
    "ʃ": (0.16, 0, 0.65, 0), "ʒ": (0.16, 0, 0.65, 0), "ʂ": (0.16, 0, 0.5, 0), "ʐ": (0.16, 0, 0.5, 0), "ɕ": (0.14, 0.4, 0.2, 0),
    "ʑ": (0.14, 0.4, 0.2, 0), "ɹ": (0.22, 0, 0.45, 0), "ɻ": (0.22, 0, 0.4, 0), "j": (0.24, 0.8, 0, 0),
    "t": (0.16, 0.25, 0, 0), "d": (0.16, 0.25, 0, 0), "n": (0.2, 0.25, 0, 0), "l": (0.3, 0.2, 0, 0), "r": (0.25, 0.15, 0, 0),
    "ɾ": (0.24, 0.2, 0, 0), "ɫ": (0.28, 0.1, 0.15, 0), "ɬ": (0.25, 0.25, 0, 0), "ʈ": (0.18, 0.2, 0, 0), "ɖ": (0.18, 0.2, 0, 0),
    "ɳ": (0.2, 0.2, 0, 0), "ɭ": (0.28, 0.2, 0, 0), "ɽ": (0.24, 0.2, 0, 0), "c": (0.2, 0.4, 0, 0), "ɟ": (0.2, 0.4, 0, 0),
    "ɲ": (0.2, 0.4, 0, 0), "ʎ": (0.24, 0.4, 0, 0), "ç": (0.2, 0.5, 0, 0), "k": (0.26, 0.15, 0, 0), "ɡ": (0.26, 0.15, 0, 0),
    "ŋ": (0.26, 0.15, 0, 0), "x": (0.3, 0.1, 0, 0), "ɣ": (0.3, 0.1, 0, 0), "q": (0.3, 0.1, 0, 0), "ɢ": (0.3, 0.1, 0, 0),
    "χ": (0.35, 0.1, 0, 0), "ʁ": (0.35, 0.1, 0, 0), "ʀ": (0.35, 0.1, 0, 0),
    "ɴ": (0.3, 0.1, 0, 0),
}  # fmt: skip
"""Open, wide, round, teeth of each consonant but p, b, m."""

_OWN = (1.0, 1.0, 1.0, 1.0)
"""How strongly a sound insists on its open, wide, round, teeth where neighbours want something else."""
_INSISTENCE: dict[str, tuple[float, float, float, float]] = (
    dict.fromkeys("fvɱʋβɸ", (2.0, 0.3, 0.4, 2.0))
    | dict.fromkeys("wʍɥ", (1.5, 1.5, 2.0, 1.0))
    | dict.fromkeys("ʃʒʂʐ", (1.5, 0.6, 0.7, 1.0))
    | dict.fromkeys("szɕʑ", (1.5, 0.5, 0.25, 1.0))
    | dict.fromkeys("ɹɻj", (0.8, 0.7, 0.6, 1.0))
    | dict.fromkeys("θðtdnrɾʈɖɳɽcɟɲç", (0.8, 0.2, 0.15, 1.0))
    | dict.fromkeys("lɫɬɭʎkɡŋxɣqɢχʁʀɴ", (0.4, 0.12, 0.12, 1.0))
)
_NO_OPINION = (0.05, 0.02, 0.02, 0.5)
_LABIAL = (1.0, 0.15, 0.15, 1.0)
_REST = (1.0, 0.5, 0.5, 1.0)

_STEPS = 20
"""Steps of the fine clock in one frame: 2 ms each."""
_SPREAD_MS = {"open": (18, 24), "wide": (24, 34), "round": (30, 60), "teeth": (12, 16)}
"""How far each viseme is heard after and before its phoneme; rounding is the most anticipated. Source: ours, in the manner of
Cohen & Massaro's dominance functions (1993): a weighted mean of the targets near by."""
_SHUT_AT_LEAST_S = float(1 / FRAME_RATE)
_MEETING_S, _PARTING_S = 0.04, 0.055
"""How long lips take to come together, and to part."""


def viseme_curves(phones: Sequence[Phone], num_frames: int) -> np.ndarray:
    """What the lips do at the middle of each frame.

    Every p, b and m is shut for at least one frame's duration, so at least one frame shows lips that touch.

    Args:
        phones: In order of time.
        num_frames: N.

    Returns:
        float32 [N, 5], 0 to 1, in the order of VISEMES.
    """
    rate = float(FRAME_RATE) * _STEPS
    num_steps = num_frames * _STEPS
    targets = np.zeros((num_steps, 4))
    weights = np.tile(np.array(_REST), (num_steps, 1))
    for phone in phones:
        parts = _parts(phone)
        edges = np.linspace(phone.start_s, phone.end_s, len(parts) + 1)
        for (target, weight), start, end in zip(parts, edges, edges[1:], strict=False):
            span = slice(max(0, round(start * rate)), max(0, round(end * rate)))
            targets[span], weights[span] = target, weight
    channels = ("open", "wide", "round", "teeth")
    curves = {name: _blended(targets[:, i], weights[:, i], *_SPREAD_MS[name]) for i, name in enumerate(channels)}
    close = _closures(phones, (np.arange(num_steps) + 0.5) / rate)
    curves |= {"open": curves["open"] * (1 - close), "teeth": curves["teeth"] * (1 - close), "close": close}
    fine = np.stack([curves[name] for name in VISEMES], -1)  # [N * STEPS, 5]
    middle = fine.reshape(num_frames, _STEPS, len(VISEMES))[:, _STEPS // 2 - 1 : _STEPS // 2 + 1]
    return middle.mean(1).clip(0, 1).astype(np.float32)


def known_letters() -> str:
    """All letters of the phonetic alphabet that have a viseme of their own; sounds of the throat have their neighbours'."""
    return "".join([*_VOWELS, *_CONSONANTS]) + BILABIALS


def _parts(phone: Phone) -> list[tuple[tuple[float, ...], tuple[float, ...]]]:
    """Targets and weights of each letter of a phoneme: diphthongs and affricates have two."""
    if not phone.ipa:
        return [((0.0, 0.0, 0.0, 0.0), _REST)]
    stress = 1.0 if "ˈ" in phone.ipa else 0.9
    parts: list[tuple[tuple[float, ...], tuple[float, ...]]] = []
    for letter in unicodedata.normalize("NFD", phone.ipa):  # a letter and its marks apart
        if letter in _VOWELS:
            opened, wide, rounded = _VOWELS[letter]
            parts.append(((opened * stress, wide, rounded, 0.0), _OWN))
        elif letter in _CONSONANTS:
            parts.append((_CONSONANTS[letter], _INSISTENCE[letter]))
        elif letter in BILABIALS:
            parts.append(((0.0, 0.0, 0.0, 0.0), _LABIAL))
    return parts or [((0.3, 0.0, 0.0, 0.0), _NO_OPINION)]


def _blended(target: np.ndarray, weight: np.ndarray, after_ms: float, before_ms: float) -> np.ndarray:
    """Weighted mean of the targets around each step, by a bell that reaches further into the future than into the past."""
    step_ms = 1000 / (float(FRAME_RATE) * _STEPS)
    reach = int(4 * max(after_ms, before_ms) / step_ms)
    offset = np.arange(-reach, reach + 1) * step_ms
    bell = np.exp(-0.5 * (offset / np.where(offset < 0, before_ms, after_ms)) ** 2)
    padded_weight = np.pad(weight, reach, mode="edge")
    padded = np.pad(target * weight, reach, mode="edge")
    return np.convolve(padded, bell, "valid") / np.convolve(padded_weight, bell, "valid")


def _closures(phones: Sequence[Phone], time_s: np.ndarray) -> np.ndarray:
    """1 while lips are pressed together, with short ramps before and after."""
    close = np.zeros_like(time_s)
    for phone in phones:
        if not is_bilabial(phone):
            continue
        middle, half = (phone.start_s + phone.end_s) / 2, max(phone.end_s - phone.start_s, _SHUT_AT_LEAST_S) / 2
        before, after = (middle - half - time_s) / _MEETING_S, (time_s - middle - half) / _PARTING_S
        outside = np.maximum(before, after).clip(0, 1)
        close = np.maximum(close, 0.5 + 0.5 * np.cos(np.pi * outside))
    return close
