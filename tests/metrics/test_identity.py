"""Identity drift: the end against the beginning, and against what the beginning varies by itself."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from eadnet_core.face.finder import find_faces
from eadnet_core.metrics.identity import ARCFACE_POINTS, ArcFace, IdentityDrift, IdentityMeter, UpperFace
from eadnet_core.metrics.networks.iresnet import IResNet
from tests.metrics.faces import face, track
from tests.pictures import astronaut, rendered_head

GREY = np.zeros((8, 8, 3), np.uint8)


class Angle:
    """An IdentityNetwork by definition: the vector of frame k has the angle that a list says, and any length."""

    name = "angle"

    def __init__(self, angles: np.ndarray) -> None:
        self._angles, self._at = angles, -1

    def embed(self, frame: np.ndarray, points: np.ndarray) -> np.ndarray:
        self._at += 1
        angle = self._angles[self._at]
        return 7.0 * np.array([np.cos(angle), np.sin(angle)])


def measured(angles: np.ndarray, missing: tuple[int, ...] = ()) -> IdentityDrift | None:
    count = len(angles) + len(missing)
    meter = IdentityMeter(Angle(angles), track([face()] * count, missing))
    for index in range(count):
        meter.add(index, GREY)
    return meter.result()


def test_drift_is_one_minus_the_cosine_of_the_way() -> None:
    """Five seconds at angle 0, then a turn to 60 degrees, where the cosine is a half."""
    angles = np.r_[np.zeros(150), np.linspace(0, np.pi / 3, 50), np.full(150, np.pi / 3)]
    drift = measured(angles)
    assert drift is not None and drift.drift == pytest.approx(0.5, abs=1e-6) and drift.noise == pytest.approx(0, abs=1e-9)
    assert drift.curve[0] == pytest.approx(0, abs=1e-9) and drift.curve[-1] == pytest.approx(0.5)


def test_noise_is_what_the_beginning_varies_and_a_face_that_goes_on_so_does_not_drift() -> None:
    dice = np.random.default_rng(0)
    drift = measured(dice.normal(0, 0.2, 1000))
    assert drift is not None
    first = np.sort(drift.curve[:125])
    assert drift.noise == pytest.approx(first[int(0.95 * 124)] - first.mean(), rel=0.2)
    assert abs(drift.drift) < drift.noise


def test_frames_without_the_face_are_left_out() -> None:
    angles = np.r_[np.zeros(60), np.full(60, np.pi / 2)]
    drift = measured(angles, missing=(3, 4, 70))
    assert drift is not None and np.isnan(drift.curve[[3, 4, 70]]).all() and np.isfinite(drift.curve).sum() == 120
    assert drift.drift == pytest.approx(1.0)


def test_less_than_two_seconds_say_nothing() -> None:
    assert measured(np.zeros(49)) is None


def test_upper_face_sees_form_and_not_light() -> None:
    picture, other = astronaut(192), rendered_head("head_415", 192)
    points, others = (find_faces(image)[0].points for image in (picture, other))
    network = UpperFace()

    def embed(image: np.ndarray) -> np.ndarray:
        vector = network.embed(image, points)
        return vector / np.linalg.norm(vector)

    def distance(image: np.ndarray) -> float:
        return float(1 - embed(picture) @ embed(image))

    darker = (picture * 0.6).astype(np.uint8)
    x, y = points[[33, 263], :2].mean(0)
    columns = np.arange(192, dtype=np.float32)[None].repeat(192, 0)
    rows = np.arange(192, dtype=np.float32)[:, None].repeat(192, 1)
    bulge = np.exp(-((columns - x) ** 2 + (rows - y) ** 2) / 800)
    bent = cv2.remap(picture, columns, (rows + 4 * bulge).astype(np.float32), cv2.INTER_LINEAR)
    someone = 1 - embed(picture) @ (vector := network.embed(other, others)) / np.linalg.norm(vector)
    assert distance(picture) < 1e-6 and distance(darker) < 0.05 < distance(bent)
    assert someone > 3 * distance(darker) and someone > 0.4


def test_arcface_sees_eyes_nose_and_mouth_where_it_was_trained_on_them() -> None:
    """Five marks at the points of a face come to lie at its template's places."""
    points = face(side=400.0)
    seen: list[np.ndarray] = []

    class Looking(IResNet):
        def forward(self, faces):  # noqa: ANN001, ANN202
            seen.append(faces[0].movedim(0, -1).numpy())
            return faces.flatten(1)[:, :512]

    from eadnet_core.face.align import five_points

    image = np.zeros((420, 420, 3), np.uint8)
    for x, y in five_points(points):
        cv2.circle(image, (round(float(x)), round(float(y))), 9, (255, 255, 255), -1)
    ArcFace(Looking((1, 1, 1, 1)), "x").embed(image, points)
    assert seen[0].shape == (112, 112, 3) and seen[0].min() == -1
    for x, y in ARCFACE_POINTS:
        window = seen[0][round(y) - 4 : round(y) + 5, round(x) - 4 : round(x) + 5]
        assert window.max() > 0.5
