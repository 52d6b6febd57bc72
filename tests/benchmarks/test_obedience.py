"""What the figures of obedience mean, on curves that can be worked out by hand."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from benchmarks.drawn_scene import NUM_FRAMES, PEAK, Shown, asked_curve
from benchmarks.obedience import correlation, lip_crosstalk

SIZE = 64


def clip(opening: torch.Tensor) -> Shown:
    """A clip whose mouth is open by whole pixels, [T]."""
    rows = torch.arange(SIZE)[None, :, None] - SIZE // 2
    inside = (rows >= 4) & (rows < 4 + opening[:, None, None])
    mask = inside.float().expand(-1, SIZE, SIZE).clone()
    mask[..., :20] = 0
    empty = torch.zeros(len(opening), 3, SIZE, SIZE)
    return Shown(empty, empty[:, :2], mask)


def test_the_curve_rises_from_zero_to_the_peak_and_falls_back() -> None:
    curve = asked_curve()
    assert curve[0] < 0.01 and curve[-1] < 0.01
    assert curve.max() == pytest.approx(PEAK, abs=0.01)
    assert (curve.diff()[: NUM_FRAMES // 2 - 1] > 0).all() and (curve.diff()[NUM_FRAMES // 2 :] < 0).all()


def test_opening_is_the_height_of_the_painted_mouth() -> None:
    rows = torch.tensor([0, 3, 9])
    assert torch.allclose(clip(rows).opening, rows / SIZE)


def test_lips_that_stay_their_way_have_no_crosstalk() -> None:
    speech = clip(torch.randint(0, 12, (NUM_FRAMES,), generator=torch.Generator().manual_seed(0)))
    change, _ = lip_crosstalk(asked_curve(), speech, speech)
    assert change == 0


def test_crosstalk_is_the_change_over_what_speech_moves() -> None:
    """Speech alternates between 2 and 6 pixels (deviation 2); the Action Unit adds one throughout: half as much."""
    speech = torch.tensor([2, 6]).repeat(NUM_FRAMES // 2)
    change, together = lip_crosstalk(asked_curve(), clip(speech + 1), clip(speech))
    assert change == pytest.approx(0.5)
    assert together < 0.05  # a constant does not follow the curve


def test_lips_that_obey_the_curve_instead_of_speech_correlate_with_it() -> None:
    speech = torch.tensor([2, 6]).repeat(NUM_FRAMES // 2)
    curve = asked_curve()
    _, together = lip_crosstalk(curve, clip((curve * 20).round()), clip(speech))
    assert together > 0.95


def test_correlation_of_what_does_not_move_is_zero() -> None:
    assert correlation(np.ones(5), np.arange(5.0)) == 0.0
    assert correlation(np.arange(5.0), 3 - 2 * np.arange(5.0)) == pytest.approx(-1)
