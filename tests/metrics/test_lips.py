"""Lips: how far they part, and whether they close where labels or pauses say so."""

from __future__ import annotations

import numpy as np
import pytest

from eadnet_core.face.face_model import FaceModel
from eadnet_core.metrics.lips import LipCurves, chance_above, closure_at_phones, closure_in_pauses, lip_curves
from eadnet_core.metrics.phones import Phone
from tests.metrics.faces import face, track


def test_opening_and_width_are_in_eye_distances_whatever_the_size() -> None:
    for side in (80.0, 400.0):
        curves = lip_curves(track([face(0.3, side=side)] * 20))
        np.testing.assert_allclose(curves.opening, 0.3, atol=1e-3)
        corners = FaceModel.from_pretrained().mean[[61, 291], 0]
        np.testing.assert_allclose(curves.width, corners[1] - corners[0], atol=1e-3)


def test_a_head_that_comes_closer_does_not_open_its_mouth() -> None:
    """Sizes are measured against the face's own, which is steadied over half a second and follows."""
    curves = lip_curves(track([face(0.2, side=100.0 + k) for k in range(60)]))
    assert np.abs(curves.opening[10:-10] - 0.2).max() < 0.005


def test_span_leaves_out_the_outermost_twentieths() -> None:
    opening = np.linspace(0, 1, 101)
    opening[3] = 50.0
    assert LipCurves(np.append(opening, np.nan), opening).span == pytest.approx(0.9, abs=0.02)
    assert LipCurves(np.full(5, np.nan), np.full(5, np.nan)).span is None


def spoken() -> tuple[list[Phone], np.ndarray, np.ndarray]:
    """Twelve seconds of b, w, aa, iy in turn, 0.2 s each, and the lips that follow them exactly."""
    names = {"b": (0.0, 0.5), "w": (0.5, 0.1), "aa": (1.0, 0.5), "iy": (0.5, 0.9)}
    phones = [Phone(0.2 * k, 0.2 * k + 0.2, list(names)[k % 4]) for k in range(60)]
    frames = [names[list(names)[(k // 5) % 4]] for k in range(300)]
    return phones, np.array([opening for opening, _ in frames]), np.array([width for _, width in frames])


def test_lips_that_follow_the_labels_score_all_and_still_ones_gain_nothing() -> None:
    phones, opening, width = spoken()
    right = closure_at_phones(LipCurves(opening, width), tuple(phones))
    assert right.closed == 1 and right.open_above_shut == 1 and right.wide_above_round == 1 and right.labelled
    assert right.gain is not None and 0.3 < right.gain < 0.8
    still = closure_at_phones(LipCurves(np.zeros(300), np.ones(300)), tuple(phones))
    assert still.closed == 1 and still.gain == 0 and still.open_above_shut == 0.5 and still.wide_above_round == 0.5


def test_lips_that_do_the_opposite_score_nothing() -> None:
    phones, opening, width = spoken()
    wrong = closure_at_phones(LipCurves(1 - opening, -width), tuple(phones))
    assert wrong.closed == 0 and wrong.open_above_shut == 0 and wrong.wide_above_round == 0


def test_phones_behind_the_videos_end_and_frames_without_a_face_do_not_count() -> None:
    phones, opening, width = spoken()
    later = [*phones, Phone(20.0, 20.2, "b")]
    hidden = opening.copy()
    hidden[[7, 8, 9]] = np.nan
    assert closure_at_phones(LipCurves(hidden, width), tuple(later)).closed == 1
    assert closure_at_phones(LipCurves(np.full(300, np.nan), width), tuple(phones)).closed is None
    assert closure_at_phones(LipCurves(opening, width), (Phone(0.0, 1.0, "aa"),)).closed is None


def test_in_pauses_lips_are_shut_more_often_than_usual() -> None:
    activity = np.tile(np.repeat([0.0, 1.0], 20), 5)
    closure = closure_in_pauses(LipCurves(activity.copy(), activity), activity)
    assert closure.closed == 1 and closure.by_chance == pytest.approx(0.5) and not closure.labelled
    assert closure_in_pauses(LipCurves(1 - activity, activity), activity).closed == 0


def test_short_gaps_between_words_are_no_pauses() -> None:
    activity = np.tile([0.0, 0.0, 0.0, 0.0, 1.0], 20)
    assert closure_in_pauses(LipCurves(activity, activity), activity).closed is None


def test_chance_above_is_the_share_of_pairs() -> None:
    assert chance_above([1, 3], [2, 2]) == 0.5 and chance_above([2], [1, 2]) == 0.75
    assert chance_above([], [1]) is None
