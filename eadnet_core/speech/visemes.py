"""Visemes: what lips do for the phones that are heard, and the smooth curves they follow through a sentence.

Rest, the mouth in silence, is all five at 0: lips touch without effort. `close` is 1 only where lips are pressed together
on purpose (p, b, m), `open` is how far they part (1: a stressed "ah"), `wide` how far the corners are drawn out (1: "ee"),
`round` how far lips are pursed (1: "oo"), `teeth` whether upper teeth rest on the lower lip (1: f, v).
"""

from __future__ import annotations

import numpy as np
from scipy.ndimage import convolve1d, grey_dilation

from ..timebase import FRAME_RATE
from .phones import PHONE_RATE, PHONES, SHUT

VISEMES = ("open", "wide", "round", "close", "teeth")
OPEN, WIDE, ROUND, CLOSE, TEETH = range(5)
_STEPS = 4
"""Fine steps in one estimate: 5 ms each."""
_STEP_MS = 1000 / PHONE_RATE / _STEPS
_SPREAD_MS = {OPEN: (18, 24), WIDE: (24, 34), ROUND: (30, 60), TEETH: (12, 16)}
"""How far each viseme is heard after and before its phone; rounding is the most anticipated. Source: ours, in the manner of
Cohen & Massaro's dominance functions (1993): a weighted mean of the targets near by."""
_MEETING_MS, _PARTING_MS = 40.0, 55.0
"""How long lips take to come together, and to part."""
_LIPS = np.array([phone.lips for phone in PHONES])
_INSISTS = np.array([phone.insists for phone in PHONES])


def viseme_curves(phones: np.ndarray) -> np.ndarray:
    """What the lips do at the middle of each frame.

    Args:
        phones: float [2 * N, P], 0 to 1: how likely each phone is, at 50 Hz; or what is surely said, for times that are known.

    Returns:
        float32 [N, 5], 0 to 1, in the order of VISEMES.
    """
    fine = np.repeat(np.asarray(phones, np.float64), _STEPS, axis=0)
    per_frame = int(PHONE_RATE / FRAME_RATE) * _STEPS
    if not len(fine):
        return np.zeros((0, len(VISEMES)), np.float32)
    wanted, insists = fine @ (_LIPS * _INSISTS), fine @ _INSISTS
    curves = np.zeros((len(fine), len(VISEMES)))
    for column, viseme in enumerate((OPEN, WIDE, ROUND, TEETH)):
        bell = _bell(*_SPREAD_MS[viseme])
        curves[:, viseme] = convolve1d(wanted[:, column], bell, mode="nearest") / convolve1d(insists[:, column], bell, mode="nearest")
    close = _met(fine[:, SHUT].sum(1))
    curves[:, OPEN] *= 1 - close
    curves[:, TEETH] *= 1 - close
    curves[:, CLOSE] = close
    middle = curves.reshape(-1, per_frame, len(VISEMES))[:, per_frame // 2 - 1 : per_frame // 2 + 1]
    return middle.mean(1).clip(0, 1).astype(np.float32)


def _bell(after_ms: float, before_ms: float) -> np.ndarray:
    """A bell that reaches further into the future than into the past; convolve1d turns it round."""
    reach = int(4 * max(after_ms, before_ms) / _STEP_MS)
    offset = np.arange(-reach, reach + 1) * _STEP_MS
    bell = np.exp(-0.5 * (offset / np.where(offset < 0, before_ms, after_ms)) ** 2)
    return bell / bell.sum()


def _met(shut: np.ndarray) -> np.ndarray:
    """How far lips have met, where they are shut as likely as `shut` [L], with short ramps before and after."""
    before, after = int(_MEETING_MS / _STEP_MS), int(_PARTING_MS / _STEP_MS)
    offset = np.arange(-max(before, after), max(before, after) + 1) * _STEP_MS
    share = np.clip(np.abs(offset) / np.where(offset < 0, _MEETING_MS, _PARTING_MS), 0, 1)
    ramp = 0.5 + 0.5 * np.cos(np.pi * share)
    return grey_dilation(shut, footprint=np.ones(len(offset), bool), structure=ramp - 1, mode="nearest").clip(0, 1)
