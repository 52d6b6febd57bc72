"""ARKit and FACS to and from motion: what goes in comes out, up to what shapes share."""

from __future__ import annotations

import numpy as np
import pytest

from eadnet_core.emotion.arkit import ARKIT_NAMES
from eadnet_core.emotion.vocabulary import ACTION_UNITS
from eadnet_core.errors import InputError
from eadnet_core.motion.facs import WIDE_LIDS, motion_from_action_units, motion_from_arkit, motion_to_action_units, motion_to_arkit
from eadnet_core.motion.space import MotionSpace
from tests.motion.performances import curves


def shapes(num_frames: int = 1, **values: float) -> np.ndarray:
    weights = np.zeros((num_frames, len(ARKIT_NAMES)))
    for name, value in values.items():
        weights[:, ARKIT_NAMES.index(name)] = value
    return weights


def test_arkit_there_and_back_stays_within_a_twentieth() -> None:
    weights = curves()
    back = motion_to_arkit(motion_from_arkit(weights))
    assert back.shape == weights.shape and np.abs(back - weights).mean() < 0.05 and back.min() >= 0 and back.max() <= 1
    moving = weights.std(0) > 0.05
    assert np.median([np.corrcoef(weights[:, i], back[:, i])[0, 1] for i in np.flatnonzero(moving)]) > 0.95


def test_blinks_wide_eyes_and_gaze_are_channels_of_their_own() -> None:
    blink = motion_from_arkit(shapes(eyeBlinkRight=1.0))
    assert blink.lids.tolist() == [[1, 0]] and not blink.expression.any() and not blink.gaze.any()
    wide = motion_from_arkit(shapes(eyeWideLeft=0.5))
    np.testing.assert_allclose(wide.lids, [[0, WIDE_LIDS / 2]])
    aside = motion_from_arkit(shapes(eyeLookInRight=0.6, eyeLookOutLeft=0.6, eyeLookUpLeft=0.2, eyeLookUpRight=0.2))
    np.testing.assert_allclose(aside.gaze, [[0.6, -0.2]], atol=1e-6)
    back = motion_to_arkit(aside)[0]
    assert back[ARKIT_NAMES.index("eyeLookInRight")] == pytest.approx(0.6) and back[ARKIT_NAMES.index("eyeLookOutRight")] == 0
    assert motion_to_arkit(wide)[0, ARKIT_NAMES.index("eyeWideLeft")] == pytest.approx(0.5)


def test_lips_that_shut_over_an_open_jaw_come_back_so() -> None:
    back = motion_to_arkit(motion_from_arkit(shapes(jawOpen=0.5, mouthClose=0.5)))[0]
    jaw, shut = back[ARKIT_NAMES.index("jawOpen")], back[ARKIT_NAMES.index("mouthClose")]
    assert 0.15 < shut <= jaw + 0.02 and jaw - shut < 0.1
    alone = motion_to_arkit(motion_from_arkit(shapes(jawOpen=0.5)))[0]
    assert alone[ARKIT_NAMES.index("mouthClose")] < 0.1 and alone[ARKIT_NAMES.index("jawOpen")] > 0.4


def test_facs_channels_of_a_smile_and_a_blink() -> None:
    weights = np.concatenate([
        shapes(), shapes(mouthSmileLeft=0.8, mouthSmileRight=0.8), shapes(eyeBlinkLeft=1.0, eyeBlinkRight=1.0)
    ])  # fmt: skip
    units = motion_to_action_units(motion_from_arkit(weights))
    assert np.abs(units[0]).max() < 0.05 and units[1, ACTION_UNITS.index("AU12L")] > 0.5 and units[2, ACTION_UNITS.index("AU45R")] > 0.9


def test_action_units_that_shapes_hold_come_back() -> None:
    """AU25 has no shape of its own: it parts the lips."""
    asked = {"AU1": 0.8, "AU4": 0.8, "AU12L": 0.7, "AU12R": 0.7, "AU26": 0.6, "AU45L": 1.0, "AU18": 0.8, "AU5": 0.7}
    for unit, value in asked.items():
        units = np.zeros((1, len(ACTION_UNITS)))
        units[0, ACTION_UNITS.index(unit)] = value
        back = motion_to_action_units(motion_from_action_units(units))[0]
        assert back[ACTION_UNITS.index(unit)] > 0.3 * value
    units = np.zeros((1, len(ACTION_UNITS)))
    units[0, ACTION_UNITS.index("AU25")] = 1
    moved = MotionSpace.from_pretrained().decode(motion_from_action_units(units).expression)[0]
    assert moved[14, 1] - moved[13, 1] > 0.02


def test_curves_of_another_width_are_refused() -> None:
    with pytest.raises(InputError, match=r"ARKit curves have shape \[5, 51\]; give \[frames, 52\]"):
        motion_from_arkit(np.zeros((5, 51)))
    with pytest.raises(InputError, match=r"Action Unit curves have shape \[24\]; give \[frames, 24\]"):
        motion_from_action_units(np.zeros(24))
    with pytest.raises(InputError, match="is no number in frame 0"):
        motion_from_arkit(np.full((2, 52), np.nan))
