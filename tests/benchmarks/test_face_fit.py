"""A film in which nothing moves is played by its own frame as it is; a head that turns and speaks, nearly."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest

from benchmarks.face_fit import made, played
from eadnet_core.emotion.arkit import ARKIT_NAMES
from eadnet_core.face.face_model import FaceModel
from eadnet_core.face.pose import NECK, Similarity, to_matrix
from eadnet_core.face.track import FaceTrack


def film(yaw: np.ndarray, jaw: np.ndarray) -> FaceTrack:
    model = FaceModel.from_pretrained()
    faces = model.mean + jaw[:, None, None] * model.units[ARKIT_NAMES.index("jawOpen")]
    turns = to_matrix(np.stack([yaw, 0 * yaw, 0 * yaw], 1))
    points = [Similarity(80.0, turn, np.array([300.0, 250.0, 0.0])).apply(face - NECK) for turn, face in zip(turns, faces, strict=True)]
    return FaceTrack(np.array(points, np.float32), np.zeros(len(yaw), np.int64), np.ones(len(yaw), bool), Fraction(25), (640, 480))


def test_what_stays_stays() -> None:
    assert max(played(film(np.zeros(10), np.zeros(10)), own=True)) < 0.3


def test_what_moves_is_followed() -> None:
    time_s = np.arange(50) / 25
    everywhere, lips = played(film(4 * np.sin(3 * time_s), 0.4 * np.sin(9 * time_s).clip(0)), own=True)
    assert lips < 2.5 and everywhere < 2.5  # turns are larger on a portrait than points need (rig.actor.TURNING)


def test_faces_that_were_made_are_reported(capsys: pytest.CaptureFixture[str]) -> None:
    made(6)
    assert "made faces: angles" in capsys.readouterr().out
