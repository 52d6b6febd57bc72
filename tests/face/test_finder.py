"""Faces of any size and turn are found, in the order in which people count them; what is none is not."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from eadnet_core.face.finder import FaceFinder, find_faces
from eadnet_core.face.mediapipe import load_net
from eadnet_core.face.pose import eye_distance
from tests.pictures import astronaut, rendered_head

EYES = np.array([[105.0, 112.0], [153.0, 114.0]]) * 260 / 260
"""About where the astronaut's eyes are in her picture of 260 pixels."""
VERSION = int(cv2.__version__.split(".")[0])


@pytest.fixture(scope="module")
def finder() -> FaceFinder:
    return FaceFinder()


def scene(width: int, height: int, *faces: tuple[np.ndarray, int, int]) -> np.ndarray:
    picture = np.full((height, width, 3), 96, np.uint8)
    for face, x, y in faces:
        picture[y : y + face.shape[0], x : x + face.shape[1]] = face
    return picture


@pytest.mark.parametrize("engine", [4, 5])
def test_models_answer_in_full_with_opencv(engine: int) -> None:
    if VERSION != engine:
        pytest.skip(f"OpenCV {VERSION} is installed, not {engine}")
    net = load_net("face_landmarks_detector")
    net.setInput(np.zeros((1, 3, 256, 256), np.float32))
    sizes = sorted(np.size(out) for out in net.forward(net.getUnconnectedOutLayersNames()))
    assert 478 * 3 in sizes and sizes[0] == 1


def test_points_lie_on_the_features(finder: FaceFinder) -> None:
    (face,) = finder.find(astronaut(260))
    points = face.points
    assert points.shape == (478, 3) and points.dtype == np.float32 and face.score > 0.9
    right, left = points[[33, 133], :2].mean(0), points[[263, 362], :2].mean(0)
    assert right[0] < left[0] and abs(right[1] - left[1]) < 8
    assert points[1, 1] > right[1] and points[13, 1] > points[1, 1] and points[152, 1] > points[14, 1]
    assert points[14, 1] - points[13, 1] > 0.1 * eye_distance(points), "she shows her teeth"
    assert points[1, 2] < points[234, 2], "the nose is nearer than the ears"


@pytest.mark.parametrize("share", [1.0, 0.5, 0.25, 0.16])
def test_small_faces_are_found(finder: FaceFinder, share: float) -> None:
    """At 0.16 the face is a fiftieth of the picture's height."""
    small = cv2.resize(astronaut(260), None, fx=share, fy=share, interpolation=cv2.INTER_AREA)
    (face,) = finder.find(scene(1024, 1024, (small, 500, 600)))
    (whole,) = finder.find(astronaut(260))
    middle = (face.middle - (500, 600)) / share
    assert np.linalg.norm(middle - whole.middle) < 0.15 * whole.size


@pytest.mark.parametrize("degrees", [-90, -45, 30, 60, 90])
def test_turned_faces_are_found(finder: FaceFinder, degrees: float) -> None:
    matrix = cv2.getRotationMatrix2D((130, 130), -degrees, 1.0)
    (face,) = finder.find(cv2.warpAffine(astronaut(260), matrix, (260, 260), borderValue=(200, 200, 200)))
    across = face.points[263, :2] - face.points[33, :2]
    assert abs(np.degrees(np.arctan2(across[1], across[0])) - degrees) < 12


def test_dark_grey_and_mirrored_faces_are_found(finder: FaceFinder) -> None:
    picture = astronaut(260)
    grey = cv2.cvtColor(cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY), cv2.COLOR_GRAY2RGB)
    for changed in ((picture * 0.2).astype(np.uint8), grey, np.ascontiguousarray(picture[:, ::-1])):
        assert len(finder.find(changed)) == 1


def test_the_largest_comes_first_and_equal_ones_from_left_to_right(finder: FaceFinder) -> None:
    face, small = astronaut(200), astronaut(130)
    faces = finder.find(scene(760, 240, (small, 10, 60), (face, 240, 20), (face, 520, 20)))
    assert [one.middle[0] > 400 for one in faces] == [False, True, False] and len(faces) == 3
    assert faces[0].middle[0] < faces[1].middle[0] and faces[2].middle[0] < 150


def test_what_is_no_face_is_none(finder: FaceFinder) -> None:
    y, x = np.mgrid[0:240, 0:320] / 240
    sea = np.stack([120 - 90 * y, 160 - 60 * y + 10 * np.sin(9 * x), 230 - 200 * (y > 0.55)], -1).clip(0, 255).astype(np.uint8)
    assert finder.find(sea) == [] and finder.find(np.full((100, 100, 3), 128, np.uint8)) == []


def test_a_rendered_head_is_found_by_the_function_too() -> None:
    assert len(find_faces(rendered_head("head_414", 256))) == 1
