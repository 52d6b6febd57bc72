"""Portraits from pictures and from points set by hand."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from eadnet_core.errors import InputError
from eadnet_core.face.align import canonical_points
from eadnet_core.face.landmarks import CANONICAL, INDEX, draw_landmark_maps
from eadnet_core.face.locator import Face
from eadnet_core.face.portrait import from_landmarks, make_portrait
from eadnet_core.types import CROP_SIZE


def face_points(scale: float, left: float, top: float) -> np.ndarray:
    """29 points whose eyes and mouth lie as in CANONICAL, the unit square being `scale` pixels at (left, top)."""
    points = np.random.default_rng(1).uniform(0.2, 0.8, (29, 2))
    for name, place in CANONICAL.items():
        rows = [i for key, i in INDEX.items() if key.startswith(name + "_")]
        points[rows] = place
    return (points * scale + [left, top]).astype(np.float32)


class FakeLocator:
    """Answers with the faces it was given."""

    def __init__(self, *landmarks: np.ndarray) -> None:
        self.faces = [Face((0, 0, 1, 1), points, 1.0) for points in landmarks]

    def find(self, image: np.ndarray) -> list[Face]:
        return self.faces


def test_crop_and_maps_are_aligned() -> None:
    image = np.random.default_rng(0).integers(0, 255, (400, 300, 3), np.uint8)
    portrait = from_landmarks(image, face_points(200.0, 40.0, 90.0))
    assert portrait.image is image
    assert portrait.to_crop == pytest.approx(np.array([[1 / 200, 0, -0.2], [0, 1 / 200, -0.45]]), abs=1e-6)
    assert portrait.crop.shape == (3, CROP_SIZE, CROP_SIZE) and -1 <= portrait.crop.min() and portrait.crop.max() <= 1
    expected = draw_landmark_maps(torch.from_numpy((portrait.landmarks - [40, 90]) / 200)[None].float(), CROP_SIZE)[0]
    assert torch.allclose(portrait.landmark_maps, expected, atol=1e-4)


def test_crop_keeps_the_colours_in_order() -> None:
    image = np.zeros((300, 300, 3), np.uint8)
    image[..., 0] = 255
    crop = from_landmarks(image, face_points(200.0, 40.0, 40.0)).crop
    assert (crop[0] == 1).all() and (crop[1:] == -1).all()


def test_face_number_chooses() -> None:
    image = np.zeros((400, 400, 3), np.uint8)
    big, small = face_points(200.0, 10.0, 10.0), face_points(80.0, 300.0, 10.0)
    chosen = make_portrait(image, FakeLocator(big, small), face=1)  # type: ignore[arg-type]
    assert canonical_points(torch.from_numpy(chosen.landmarks)).mean(0)[0] > 300


def test_no_face_names_picture_and_remedy() -> None:
    with pytest.raises(InputError, match=r"no face found in hills\.jpg \(40x30\); use a picture"):
        make_portrait(np.zeros((30, 40, 3), np.uint8), FakeLocator(), name="hills.jpg")  # type: ignore[arg-type]


@pytest.mark.parametrize("number", [-1, 1, 7])
def test_unknown_face_number(number: int) -> None:
    locator = FakeLocator(face_points(200.0, 0.0, 0.0))
    with pytest.raises(InputError, match=f"face is {number}"):
        make_portrait(np.zeros((300, 300, 3), np.uint8), locator, face=number)  # type: ignore[arg-type]


@pytest.mark.parametrize("points", [np.zeros((28, 2)), np.full((29, 2), np.nan), np.ones((29, 2))])
def test_points_that_give_no_face(points: np.ndarray) -> None:
    with pytest.raises(InputError):
        from_landmarks(np.zeros((64, 64, 3), np.uint8), points)
