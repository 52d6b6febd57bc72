"""Mouth cues: what is said, as the shapes that animators of drawn and rigged characters switch between."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.ndimage import uniform_filter1d

from .phones import PHONE_RATE, PHONES

RHUBARB = {
    "X": ("",), "A": tuple("pbm"), "G": tuple("fv"), "H": ("l", "θ", "ð"), "F": ("w", "u", "ʊ", "y", "o"),
    "E": ("ɔ", "ø", "ɚ", "ɹ"), "D": ("a", "ɑ"), "C": ("æ", "ɛ", "e", "ʌ", "ə", "h"),
    "B": ("t", "d", "n", "r", "s", "z", "ʃ", "ʒ", "k", "ɡ", "ŋ", "x", "j", "i", "ɪ", "ɨ"),
}  # fmt: skip
"""Phones of each mouth shape. Source: the shapes of Rhubarb Lip Sync (Hanna-Barbera's six, with G, H and X)."""
OCULUS = {
    "sil": ("",), "PP": tuple("pbm"), "FF": tuple("fv"), "TH": ("θ", "ð"), "DD": ("t", "d", "r"), "kk": ("k", "ɡ", "ŋ", "x", "h"),
    "CH": ("ʃ", "ʒ"), "SS": ("s", "z"), "nn": ("n", "l"), "RR": ("ɹ", "ɚ"), "aa": ("a", "ɑ", "ʌ", "æ"), "E": ("e", "ɛ", "ə"),
    "ih": ("i", "ɪ", "ɨ", "j"), "oh": ("o", "ɔ", "ø"), "ou": ("u", "ʊ", "y", "w"),
}  # fmt: skip
"""Phones of each of the fifteen visemes. Source: Oculus LipSync's reference."""
SHUT_SHAPES = ("A", "PP")
"""Closures are short and seen at once where they are missed: they may last for one estimate, all others for LEAST at least."""
LEAST = 3
_SMOOTHING = 3


@dataclass(frozen=True)
class Cue:
    """A shape from `start_s` to `end_s`."""

    start_s: float
    end_s: float
    shape: str


def mouth_cues(phones: np.ndarray, shapes: dict[str, tuple[str, ...]], duration_s: float) -> list[Cue]:
    """Shapes one after another, without gaps, none like the one before.

    Args:
        phones: float [M, P], how likely each phone is, at 50 Hz.
        shapes: RHUBARB or OCULUS.
        duration_s: Of the sound; what is beyond is left out.
    """
    names = list(shapes)
    of_shape = np.array([[phone.name in shapes[name] for phone in PHONES] for name in names], np.float64)
    smooth = uniform_filter1d(np.asarray(phones, np.float64), _SMOOTHING, axis=0, mode="nearest")
    told = (smooth @ of_shape.T).argmax(1)
    told = told[: max(1, int(np.ceil(duration_s * PHONE_RATE)))]
    runs = _runs(told)
    while len(runs) > 1 and (short := _first_short(runs, names)) is not None:
        longer = max((i for i in (short - 1, short + 1) if 0 <= i < len(runs)), key=lambda i: runs[i][1])
        runs[longer] = (runs[longer][0], runs[longer][1] + runs[short][1])
        del runs[short]
        runs = _runs(np.repeat([shape for shape, _ in runs], [length for _, length in runs]))
    ends = np.cumsum([length for _, length in runs]) / PHONE_RATE
    ends[-1] = duration_s
    starts = [0.0, *ends[:-1]]
    return [Cue(float(start), float(end), names[shape]) for (shape, _), start, end in zip(runs, starts, ends, strict=True)]


def _first_short(runs: list[tuple[int, int]], names: list[str]) -> int | None:
    """The first run that is too short to be seen."""
    return next((i for i, (shape, length) in enumerate(runs) if length < (1 if names[shape] in SHUT_SHAPES else LEAST)), None)


def _runs(told: np.ndarray) -> list[tuple[int, int]]:
    """Value and length of each run of equal values."""
    borders = np.flatnonzero(np.diff(told)) + 1
    return [(int(part[0]), len(part)) for part in np.split(told, borders)]
