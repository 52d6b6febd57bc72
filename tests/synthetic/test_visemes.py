"""Lips shut for every p, b and m, purse before an oo, and rest in silence."""

from __future__ import annotations

import numpy as np
import pytest

from eadnet_core.synthetic.espeak import Phone
from eadnet_core.synthetic.visemes import VISEMES, known_letters, viseme_curves

OPEN, WIDE, ROUND, CLOSE, TEETH = (VISEMES.index(name) for name in ("open", "wide", "round", "close", "teeth"))


def said(*phones: tuple[str, float], lead_s: float = 0.4) -> list[Phone]:
    """Phonemes one after another, each (IPA, seconds), with silence around them."""
    result, time = [Phone(0, lead_s, "")], lead_s
    for ipa, duration in phones:
        result.append(Phone(time, time + duration, ipa))
        time += duration
    return [*result, Phone(time, time + 1, "")]


def middles(num_frames: int) -> np.ndarray:
    return (np.arange(num_frames) + 0.5) / 25


@pytest.mark.parametrize("offset_s", np.linspace(0, 0.04, 9))
@pytest.mark.parametrize("duration_s", [0.012, 0.03, 0.06])
def test_every_closure_shuts_at_least_one_frame(offset_s: float, duration_s: float) -> None:
    phones = said(("ˈɑː", 0.15), ("p", duration_s), ("ˈɑː", 0.15), lead_s=0.4 + offset_s)
    curves = viseme_curves(phones, 40)
    near = np.abs(middles(40) - (phones[2].start_s + phones[2].end_s) / 2) <= 0.0201
    assert curves[near, CLOSE].max() > 0.99
    assert curves[near, OPEN].min() < 0.01
    assert curves[:, OPEN].max() > 0.9


def test_a_closure_is_judged_at_the_middle_of_its_frames() -> None:
    curves = viseme_curves(said(("ˈɑ", 0.2), ("b", 0.08), ("ˈɑ", 0.2)), 40)  # shut from 0.60 to 0.68
    shut = middles(40)[curves[:, CLOSE] > 0.99]
    np.testing.assert_allclose(shut, [0.62, 0.66])


def test_rounding_is_heard_before_it_sounds_and_longer_than_after() -> None:
    curves = viseme_curves(said(("t", 0.1), ("ˈu", 0.2), ("t", 0.1)), 40)[:, ROUND]
    before, after = (np.interp(time, middles(40), curves) for time in (0.5 - 0.06, 0.7 + 0.06))
    assert before > 0.4
    assert before > after


def test_lips_are_spread_in_ee_and_rounded_in_oo() -> None:
    curves = viseme_curves(said(("ˈi", 0.2), ("k", 0.06), ("ˈu", 0.2)), 40)
    ee, oo = curves[12], curves[18]
    assert ee[WIDE] > 0.9 and ee[ROUND] < 0.1
    assert oo[ROUND] > 0.9 and oo[WIDE] < 0.1


@pytest.mark.parametrize("letter", "fv")
def test_teeth_show_in_f_and_v_only(letter: str) -> None:
    curves = viseme_curves(said(("ˈa", 0.16), (letter, 0.08), ("ˈa", 0.16), ("s", 0.1)), 40)
    assert curves[14, TEETH] > 0.8  # 0.56 to 0.60 of 0.56 to 0.64
    assert curves[17:, TEETH].max() < 0.05
    assert curves[14, OPEN] < 0.4


def test_silence_is_rest() -> None:
    assert not viseme_curves([Phone(0, 2, "")], 50).any()
    curves = viseme_curves(said(("m", 0.1), ("ˈɑ", 0.2), ("m", 0.1)), 50)
    assert curves[middles(50) > 0.8 + 0.3].max() < 0.02


def test_open_vowels_open_further_than_close_ones() -> None:
    opening = {v: viseme_curves(said(("t", 0.05), (f"ˈ{v}", 0.2), ("t", 0.05)), 40)[:, OPEN].max() for v in "ɑɛiu"}
    assert opening["ɑ"] > opening["ɛ"] > opening["i"] > opening["u"]


def test_a_diphthong_goes_from_one_vowel_to_the_other() -> None:
    curves = viseme_curves(said(("ˈɔɪ", 0.3)), 40)
    assert curves[11, ROUND] > 0.4 and curves[11, WIDE] < 0.1
    assert curves[16, WIDE] > 0.5 and curves[16, ROUND] < 0.1


def test_curves_stay_between_0_and_1() -> None:
    rng = np.random.default_rng(0)
    letters = list(known_letters())
    phones = said(*((str(rng.choice(letters)), float(rng.uniform(0.01, 0.2))) for _ in range(200)))
    curves = viseme_curves(phones, int(phones[-1].end_s * 25))
    assert curves.dtype == np.float32 and np.isfinite(curves).all()
    assert curves.min() >= 0 and curves.max() <= 1
    assert (curves[:, CLOSE] + curves[:, OPEN]).max() <= 1.001


def test_marks_on_letters_change_nothing() -> None:
    plain, marked = (viseme_curves(said((ipa, 0.2), ("t", 0.1)), 40) for ipa in ("a", "\u00e4"))
    np.testing.assert_array_equal(plain, marked)
