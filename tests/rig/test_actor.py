"""A portrait plays a motion: lips meet over teeth, lids close over any eye, heads turn as they are told, own smiles stay or go."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from eadnet_core.emotion.arkit import ARKIT_NAMES
from eadnet_core.face.face_model import FaceModel
from eadnet_core.face.portrait import Portrait, make_portrait
from eadnet_core.face.topology import LEFT_EYE, LOWER_INNER_LIP, RIGHT_EYE, UPPER_INNER_LIP
from eadnet_core.motion.face_motion import FaceMotion
from eadnet_core.motion.space import MotionSpace
from eadnet_core.rig.actor import Actor
from tests.pictures import astronaut, rendered_head


@pytest.fixture(scope="module")
def smiling() -> Portrait:
    return make_portrait(astronaut(260))


@pytest.fixture(scope="module")
def shut() -> Portrait:
    return make_portrait(rendered_head("head_415", 320))


def motion(**shapes: float) -> FaceMotion:
    units = FaceModel.from_pretrained().units
    moved = sum(value * units[ARKIT_NAMES.index(name)] for name, value in shapes.items())
    return replace(FaceMotion.still(1), expression=MotionSpace.from_pretrained().encode(np.asarray(moved))[None])


def gap(points: np.ndarray) -> float:
    return float((points[list(LOWER_INNER_LIP[3:8]), 1] - points[list(UPPER_INNER_LIP[3:8]), 1]).mean())


def test_lips_meet_over_bared_teeth_and_part_as_they_are_told(smiling: Portrait) -> None:
    actor = Actor(smiling)
    assert gap(actor.rig.points) > 0.1, "she shows her teeth"
    assert abs(gap(actor.pose(FaceMotion.still(1), 0).points)) < 0.01
    opened = [gap(actor.pose(motion(jawOpen=value), 0).points) for value in (0.2, 0.4, 0.6)]
    assert opened[0] > 0.05 and np.all(np.diff(opened) > 0.05)


def test_lids_close_and_widen(shut: Portrait) -> None:
    actor = Actor(shut)

    def opening(lids: float) -> float:
        points = actor.pose(replace(FaceMotion.still(1), lids=np.full((1, 2), lids)), 0).points
        return float(np.mean([(points[list(ring[1:8]), 1] - points[list(ring[9:][::-1]), 1]).mean() for ring in (RIGHT_EYE, LEFT_EYE)]))

    assert opening(1.0) < 0.02 < opening(0.5) < opening(0.0) < opening(-0.6)


@pytest.mark.parametrize(("angles", "axis", "sign"), [((20, 0, 0), 0, 1), ((-20, 0, 0), 0, -1), ((0, 15, 0), 1, 1)])
def test_the_nose_goes_where_the_head_turns(shut: Portrait, angles: tuple[float, ...], axis: int, sign: int) -> None:
    actor, turned = Actor(shut), replace(FaceMotion.still(1), rotation=np.array([angles], np.float32))
    way = actor.pose(turned, 0).points[1] - actor.pose(FaceMotion.still(1), 0).points[1]
    assert sign * way[axis] > 0.2


def test_turns_beyond_what_a_picture_can_show_are_held_back(shut: Portrait) -> None:
    actor = Actor(shut)
    far, farther = (actor.pose(replace(FaceMotion.still(1), rotation=np.array([[yaw, 0, 0]], np.float32)), 0) for yaw in (60, 120))
    assert np.abs(far.points - farther.points).max() < 0.25 and np.isfinite(farther.upper).all()


def test_an_own_smile_stays_or_is_taken_off(smiling: Portrait) -> None:
    def corners(keep_expression: float, keep: float) -> float:
        actor = Actor(replace(smiling, keep_expression=keep_expression))
        points = actor.pose(replace(FaceMotion.still(1), keep=np.array([keep], np.float32)), 0).points
        return float(points[[61, 291], 1].mean() - points[1, 1])

    assert corners(0, 1) > corners(1, 1) + 0.04, "corners go down without it"
    assert corners(1, 0) == pytest.approx(corners(0, 1), abs=0.02), "a feeling takes its place"


def test_at_rest_nothing_moves_but_the_lips(shut: Portrait) -> None:
    actor = Actor(shut)
    posed = actor.pose(FaceMotion.still(1), 0)
    assert np.abs(posed.points - actor.rig.points[:, :2]).max() < 0.03
