"""Lashes stand over an open eye as they did, and hang over a shut one; a lid's shadow is no lash."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from eadnet_core.face.face_model import FaceModel
from eadnet_core.face.topology import LEFT_EYE, RIGHT_EYE
from eadnet_core.render.lashes import REACH, Lashes
from eadnet_core.render.sheets import Sheets
from eadnet_core.rig.face_frame import FaceFrame

FRAME = FaceFrame.of(np.array([150.0, 100.0]), 120.0, 0.0)
SKIN = 200


@pytest.fixture(scope="module")
def points() -> np.ndarray:
    return FaceModel.from_pretrained().mean


@pytest.fixture(scope="module")
def picture(points: np.ndarray) -> np.ndarray:
    """Bare skin with thin lashes, straight up from the upper lids, and the wide shadow of a fold above."""
    drawn = np.full((200, 300, 3), SKIN, np.uint8)
    for ring in (RIGHT_EYE, LEFT_EYE):
        for x, y in FRAME.pixels(points[list(ring[10:15])]):
            cv2.line(drawn, (round(x), round(y)), (round(x), round(y - 0.08 * FRAME.unit_px)), (40, 40, 40), 1)
        left, right = FRAME.pixels(points[[ring[0], ring[8]]])[:, 0]
        fold = round(float(FRAME.pixels(points[list(ring[9:])])[:, 1].min() - 0.1 * FRAME.unit_px))
        drawn[fold - 2 : fold, round(min(left, right)) - 10 : round(max(left, right)) + 10] = 160
    return drawn


@pytest.fixture(scope="module")
def lashes(picture: np.ndarray, points: np.ndarray) -> Lashes:
    return Lashes(picture, FRAME, points)


def drawn(lashes: Lashes, bare: np.ndarray, points: np.ndarray, posed: np.ndarray) -> np.ndarray:
    sheets = Sheets(np.dstack([bare, bare[..., 0]]), FRAME, (slice(0, 200), slice(0, 300)))
    region = bare.copy()
    lashes.draw(region, sheets, posed, points)
    return region


def test_they_are_taken_off_and_the_fold_stays(lashes: Lashes, picture: np.ndarray) -> None:
    bare = lashes.taken_off(picture)
    assert (bare < 120).sum() < 0.15 * (picture < 120).sum()  # roots stay
    assert (bare[..., 0] < 175).sum() > 0.7 * (picture[..., 0] == 160).sum()


def test_over_an_open_eye_they_are_as_they_were(lashes: Lashes, picture: np.ndarray, points: np.ndarray) -> None:
    again = drawn(lashes, lashes.taken_off(picture), points, points)
    assert np.abs(again.astype(int) - picture).max() <= 2


def test_over_a_shut_eye_they_hang(lashes: Lashes, picture: np.ndarray, points: np.ndarray) -> None:
    shut = points.copy()
    for ring in (RIGHT_EYE, LEFT_EYE):
        shut[list(ring[9:]), 1] = points[list(ring[1:8])[::-1], 1]
    bare = lashes.taken_off(picture)
    rows = np.flatnonzero((drawn(lashes, bare, points, shut).astype(int) - bare).min((1, 2)) < -30)
    edge = FRAME.pixels(shut[list(RIGHT_EYE[9:])])[:, 1]
    assert rows.min() > edge.min() - 4 and edge.max() < rows.max() < edge.max() + REACH * FRAME.unit_px
