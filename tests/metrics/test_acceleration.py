"""Pixel acceleration: second differences, in the face alone, at seams against elsewhere."""

from __future__ import annotations

import numpy as np
import pytest

from eadnet_core.metrics.acceleration import Acceleration, AccelerationMeter
from tests.metrics.faces import face, track

SIDE = 200


def measured(frames: list[np.ndarray], cuts: tuple[int, ...] = (), missing: tuple[int, ...] = ()) -> Acceleration:
    meter = AccelerationMeter(track([face()] * len(frames), missing, cuts), np.array([], np.int64))
    for index, frame in enumerate(frames):
        meter.add(index, frame)
    return meter.result()


def grey(level: float) -> np.ndarray:
    return np.full((SIDE, SIDE, 3), round(level), np.uint8)


def test_even_change_is_no_acceleration_and_a_jump_shows_on_both_its_sides() -> None:
    """Levels 10, 20, ...: second differences are 0; a step of 40 between frames 5 and 6 is 40 at 5 and 40 at 6."""
    levels = [10 * k + (40 if k > 5 else 0) for k in range(12)]
    curve = measured([grey(level) for level in levels]).curve
    assert np.isnan(curve[[0, -1]]).all()
    np.testing.assert_allclose(curve[1:-1], [0, 0, 0, 0, 40, 40, 0, 0, 0, 0], atol=0.5)


def test_seams_are_compared_with_the_rest() -> None:
    """Every frame trembles by 2 levels, seams by 8 in both second differences around them."""
    curve = np.full(61, 2.0)
    seams = np.array([16, 28, 40, 52])
    curve[seams], curve[seams - 1] = 8.0, 8.0
    assert Acceleration(curve, seams).seam_ratio == pytest.approx(4.0)
    assert Acceleration(np.full(61, 2.0), seams).seam_ratio == pytest.approx(1.0)
    assert Acceleration(curve, np.array([], np.int64)).seam_ratio is None


def test_shake_is_the_median_and_jerk_its_rare_multiple() -> None:
    curve = np.full(200, 2.0)
    curve[[50, 90, 150]] = 10.0
    found = Acceleration(curve, np.array([], np.int64))
    assert found.shake == 2.0 and found.jerk == pytest.approx(5.0, rel=0.01)
    assert Acceleration(np.full(4, np.nan), np.array([])).shake is None
    assert Acceleration(np.full(90, 0.01), np.array([])).jerk < 1, "noise of a still file is no measure for a jump"


def test_nothing_is_measured_across_a_cut_or_without_the_face() -> None:
    frames = [grey(100)] * 6 + [grey(180)] * 6
    curve = measured(frames, cuts=(6,)).curve
    assert np.isnan(curve[[5, 6]]).all() and np.nanmax(curve) == 0
    assert np.isnan(measured(frames, missing=tuple(range(12))).curve).all()


def test_what_happens_beside_the_face_does_not_count() -> None:
    dice = np.random.default_rng(0)
    frames = []
    for _ in range(8):
        frame = dice.integers(0, 255, (SIDE, SIDE, 3), np.uint8)
        frame[30:190, 30:170] = 90
        frames.append(frame)
    assert np.nanmax(measured(frames).curve) < 1


def test_size_does_not_count() -> None:
    """A picture of twice the size trembles as much."""
    dice = np.random.default_rng(1)
    pattern = dice.integers(0, 255, (25, 25), np.uint8)
    curves = []
    for scale in (1, 2):
        whole = np.repeat(np.repeat(pattern, 8 * scale, 0), 8 * scale, 1)
        frames = [np.repeat(np.roll(whole, scale * (k % 2), 1)[..., None], 3, 2) for k in range(5)]
        meter = AccelerationMeter(track([face(side=200.0 * scale)] * 5), np.array([], np.int64))
        for index, frame in enumerate(frames):
            meter.add(index, np.ascontiguousarray(frame))
        curves.append(np.nanmean(meter.result().curve))
    assert curves[0] == pytest.approx(curves[1], rel=0.15)
