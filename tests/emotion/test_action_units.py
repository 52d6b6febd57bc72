from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
import torch

from eadnet_core.emotion.action_units import ActionUnitTrack
from eadnet_core.emotion.vocabulary import ACTION_UNITS
from eadnet_core.errors import InputError


def ramp() -> ActionUnitTrack:
    return ActionUnitTrack(np.array([0.0, 2.0]), np.array([[0.0, 1.0], [1.0, 1.0]], np.float32), ("AU4", "AU26"))


def test_sample_is_linear_between_rows_and_held_after_them() -> None:
    frames = ramp().sample(100)
    assert frames.shape == (100, 24) and frames.dtype == torch.float32
    centers = (torch.arange(100) + 0.5) / 25
    assert torch.allclose(frames[:, ACTION_UNITS.index("AU4")], (centers / 2).clamp(max=1), atol=1e-6)
    assert (frames[:, ACTION_UNITS.index("AU26")] == 1).all()
    assert frames.sum() == pytest.approx(float((centers / 2).clamp(max=1).sum() + 100), rel=1e-5)


def test_units_that_are_not_named_keep_the_base() -> None:
    base = torch.full((10, 24), 0.3)
    frames = ramp().sample(10, base)
    others = [i for i, unit in enumerate(ACTION_UNITS) if unit not in ("AU4", "AU26")]
    assert (frames[:, others] == base[:, others]).all() and (frames[:, ACTION_UNITS.index("AU26")] == 1).all()
    assert (base == 0.3).all()


@pytest.mark.parametrize("rate", [Fraction(5), Fraction(24000, 1001), Fraction(60)])
def test_frames_at_any_rate_become_frames_at_25(rate: Fraction) -> None:
    times = np.array([float((i + Fraction(1, 2)) / rate) for i in range(int(4 * rate))])
    values = np.repeat((0.5 + 0.4 * np.sin(times))[:, None], 24, 1)
    frames = ActionUnitTrack.from_frames(values, rate).sample(100)
    centers = (np.arange(100) + 0.5) / 25
    inside = (centers > times[0]) & (centers < times[-1])
    assert np.abs(frames[:, 3].numpy() - 0.5 - 0.4 * np.sin(centers))[inside].max() < 0.005


def test_resampling_to_its_own_rate_changes_nothing() -> None:
    track = ActionUnitTrack.from_frames(np.random.default_rng(0).random((40, 24)))
    again = track.resampled()
    assert np.allclose(again.times_s, track.times_s) and np.allclose(again.values, track.values)


def test_scaling_some_units_stops_at_one() -> None:
    scaled = ramp().scaled(1.5, ["AU4"])
    assert scaled.values.tolist() == [[0.0, 1.0], [1.0, 1.0]]
    assert ramp().scaled(0.5).values.tolist() == [[0.0, 0.5], [0.5, 0.5]]


def test_smoothing_keeps_constants_and_spreads_a_step() -> None:
    step = np.concatenate([np.zeros((50, 24)), np.ones((50, 24))])
    smooth = ActionUnitTrack.from_frames(step).smoothed(0.2)
    assert np.abs(smooth.values[:30]).max() < 1e-6 and np.allclose(smooth.values[70:], 1, atol=1e-6)
    assert np.abs(np.diff(smooth.values, axis=0)).max() == pytest.approx(1 / (5 * np.sqrt(2 * np.pi)), rel=0.05)  # a Gaussian's peak
    same = ActionUnitTrack.from_frames(step).smoothed(0)
    assert np.allclose(same.values, step)


@pytest.mark.parametrize(
    ("times", "values", "units", "message"),
    [
        ([], np.zeros((0, 1)), ("AU4",), "0 rows"),
        ([0.0], [[0.5]], ("AU99",), "'AU99' is not known"),
        ([0.0], [[0.5, 0.5]], ("AU26", "AU4"), "in the order"),
        ([0.0], [[0.5, 0.5]], ("AU4",), "shape"),
        ([0.0, 0.0], [[0.5], [0.5]], ("AU4",), "do not rise"),
        ([0.0, np.nan], [[0.5], [0.5]], ("AU4",), "do not rise"),
        ([0.0, 1.0], [[0.5], [1.5]], ("AU4",), "AU4 at 1 s is 1.5"),
        ([0.0], [[np.nan]], ("AU4",), "AU4 at 0 s is nan"),
        ([0.0], [[-0.1]], ("AU4",), "AU4 at 0 s is -0.1"),
    ],
)
def test_wrong_curves_are_refused(times: list, values: list, units: tuple, message: str) -> None:
    with pytest.raises(InputError, match=message):
        ActionUnitTrack(np.array(times), np.array(values, np.float32), units)


def test_wrong_edits_are_refused() -> None:
    with pytest.raises(InputError, match="scale is -1"):
        ramp().scaled(-1)
    with pytest.raises(InputError, match="'AU9' is not in the track"):
        ramp().scaled(1, ["AU9"])
    with pytest.raises(InputError, match="smoothing is nan"):
        ramp().smoothed(float("nan"))


def test_overlay_replaces_the_units_that_both_have() -> None:
    over = ActionUnitTrack(np.array([1.0]), np.array([[0.2, 0.6]], np.float32), ("AU1", "AU26"))
    both = ramp().overlaid(over)
    assert both.units == ("AU1", "AU4", "AU26") and both.times_s.tolist() == [0, 1, 2]
    assert both.values.tolist() == [[pytest.approx(0.2), 0, pytest.approx(0.6)], [pytest.approx(0.2), 0.5, pytest.approx(0.6)],
                                    [pytest.approx(0.2), 1, pytest.approx(0.6)]]  # fmt: skip
    assert np.allclose(over.overlaid(ramp()).at(np.array([2.0])), [[0.2, 1, 1]])


def test_only_some_units() -> None:
    assert ramp().only(["AU26"]).units == ("AU26",) and (ramp().only(["AU26"]).values == 1).all()
    with pytest.raises(InputError, match="'AU1' is not in the track; it holds AU4, AU26"):
        ramp().only(["AU1", "AU4"])


def test_curves_after_the_end_of_the_sound_are_refused() -> None:
    track = ActionUnitTrack(np.array([40.0, 80.0]), np.array([[0.0], [1.0]], np.float32), ("AU4",))
    track.check_within(40.1)
    with pytest.raises(InputError, match="begin at 40 s, but the sound ends at 4.80 s"):
        track.check_within(4.8)
