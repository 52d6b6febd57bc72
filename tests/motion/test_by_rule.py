"""Motion by rule: closures close, silence is shut, feelings grow and stay off what is not theirs."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest

from eadnet_core.emotion.vocabulary import ACTION_UNITS, EMOTION_ACTION_UNITS
from eadnet_core.face.face_model import FaceModel
from eadnet_core.motion.by_rule import CLOSE, OPEN, ROUND, WIDE, motion_by_rule
from eadnet_core.motion.face_motion import FaceMotion
from eadnet_core.motion.prior import PriorMotion
from eadnet_core.motion.space import MotionSpace

SPACE, MEAN = MotionSpace.from_pretrained(), FaceModel.from_pretrained().mean


def played(visemes: np.ndarray, units: np.ndarray | None = None) -> FaceMotion:
    count = len(visemes)
    zeros = {width: np.zeros((count, width), np.float32) for width in (2, 3)}
    rest = PriorMotion(zeros[3], zeros[3], zeros[2], zeros[2], np.zeros(count, np.float32))
    return motion_by_rule(visemes, np.zeros((count, 24)) if units is None else units, rest, Fraction(count, 25))


def lips(motion: FaceMotion) -> tuple[np.ndarray, np.ndarray]:
    """Gap and width [N] of the mean face's mouth, outer-eye distances."""
    points = MEAN + SPACE.decode(motion.expression)
    eyes = np.linalg.norm(MEAN[33] - MEAN[263])
    return (points[:, 14, 1] - points[:, 13, 1]) / eyes, np.linalg.norm(points[:, 61, :2] - points[:, 291, :2], axis=1) / eyes


def heard(**levels: float) -> np.ndarray:
    frames = np.zeros((20, 5))
    for name, level in levels.items():
        frames[:, {"open": OPEN, "wide": WIDE, "round": ROUND, "close": CLOSE}[name]] = level
    return frames


def unit(name: str, value: float = 1.0) -> np.ndarray:
    units = np.zeros((20, 24))
    units[:, ACTION_UNITS.index(name)] = value
    return units


def test_silence_is_shut_and_still() -> None:
    motion = played(heard())
    assert lips(motion)[0].max() < 0.02 and np.abs(motion.expression).max() < 0.3 and not motion.lids.any()


def test_open_vowels_part_the_lips_and_closures_shut_them_whatever_parts_them() -> None:
    assert lips(played(heard(open=1.0)))[0].min() > 0.12
    for units in (None, unit("AU25"), unit("AU26"), unit("AU10")):
        assert lips(played(heard(open=0.6, close=1.0), units))[0].max() < 0.03


def test_ee_is_wider_than_oo() -> None:
    assert lips(played(heard(open=0.3, wide=1.0)))[1].min() > lips(played(heard(open=0.3, round=1.0)))[1].max() + 0.08


def test_a_short_closure_between_vowels_closes() -> None:
    frames = heard(open=0.8)
    frames[9:11] = 0
    frames[9:11, CLOSE] = 0.9
    gap, _ = lips(played(frames))
    assert gap[9:11].min() < 0.03 and gap[5] > 0.1 and gap[15] > 0.1


@pytest.mark.parametrize("name", [name for name in ACTION_UNITS if name not in ("AU25",)])
def test_each_action_unit_moves_the_face_and_the_more_the_more(name: str) -> None:
    sizes = []
    for value in (0.0, 0.5, 1.0):
        motion = played(heard(), unit(name, value))
        sizes.append(np.linalg.norm(SPACE.decode(motion.expression[10])) + np.abs(motion.lids[10]).sum())
    assert sizes[0] < 0.05 and sizes[1] > sizes[0] + 0.03 and sizes[2] > sizes[1] + 0.03


@pytest.mark.parametrize("name", ["AU1", "AU2L", "AU4", "AU5", "AU7", "AU45L"])
def test_units_of_eyes_and_brows_leave_the_lips_to_speech(name: str) -> None:
    frames = heard(open=0.7)
    for with_unit, without in zip(lips(played(frames, unit(name))), lips(played(frames)), strict=True):
        assert np.abs(with_unit - without).max() < 0.02


def test_feelings_that_do_not_go_with_a_smile_take_the_portraits_own_off() -> None:
    for feeling, kept in (("sad", 0.0), ("disgusted", 0.0), ("neutral", 1.0)):
        units = np.zeros((20, 24))
        for name, value in EMOTION_ACTION_UNITS[feeling].items():
            units[:, ACTION_UNITS.index(name)] = value
        assert played(heard(), units).keep == pytest.approx(kept)


def test_a_smile_that_is_asked_for_replaces_as_much_of_the_portraits_own() -> None:
    for value in (0.0, 0.4, 1.0):
        assert played(heard(), value * (unit("AU12L") + unit("AU12R"))).keep == pytest.approx(1 - value)
