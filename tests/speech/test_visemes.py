"""Curves of visemes do what lips do: shut in p, b, m, open in ah, spread in ee, rounded before and in oo, at rest in silence."""

from __future__ import annotations

import numpy as np

from eadnet_core.speech.phones import NUM_PHONES
from eadnet_core.speech.timed import surely_said
from eadnet_core.speech.visemes import CLOSE, OPEN, ROUND, TEETH, VISEMES, WIDE, viseme_curves


def curves(*phones: tuple[float, float, str], frames: int = 25) -> np.ndarray:
    return viseme_curves(surely_said(list(phones), frames))


def test_silence_is_rest() -> None:
    assert np.abs(viseme_curves(np.eye(NUM_PHONES)[[0] * 10])).max() == 0


def test_each_phone_does_what_it_should() -> None:
    made = curves((0.2, 0.4, "ɑ"), (0.4, 0.6, "i"), (0.6, 0.8, "f"))
    assert made[7, OPEN] > 0.9 and made[7, WIDE] < 0.2
    assert made[12, WIDE] > 0.8 and made[12, OPEN] < 0.45
    assert made[17, TEETH] > 0.8 and made.shape == (25, len(VISEMES))


def test_even_a_short_p_shuts_a_frame_and_does_not_open() -> None:
    made = curves((0.2, 0.45, "ɑ"), (0.45, 0.49, "p"), (0.49, 0.8, "ɑ"))
    at = made[:, CLOSE].argmax()
    assert made[at, CLOSE] > 0.95 and made[at, OPEN] < 0.05 and 10 <= at <= 12


def test_lips_round_before_an_oo() -> None:
    made = curves((0.2, 0.4, "t"), (0.4, 0.7, "u"))
    assert made[9, ROUND] > 0.3 and made[13, ROUND] > 0.9


def test_what_is_half_heard_is_half_shown() -> None:
    sure = surely_said([(0.2, 0.6, "ɑ")], 25)
    half = 0.5 * sure + 0.5 * np.eye(NUM_PHONES)[0]
    assert 0.3 < viseme_curves(half)[10, OPEN] / viseme_curves(sure)[10, OPEN] < 0.7
