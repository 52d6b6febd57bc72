"""Alignment: similarity transforms by least squares, and crops cut with them."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
import torch

from eadnet_core.face.align import (
    MIRRORED,
    apply_similarity,
    canonical_points,
    crop_square,
    crop_transform,
    face_box,
    fit_similarity,
    invert_similarity,
)
from eadnet_core.face.landmarks import CANONICAL, LANDMARKS


def similarity(scale: float, angle: float, shift: tuple[float, float]) -> np.ndarray:
    a, b = scale * np.cos(angle), scale * np.sin(angle)
    return np.array([[a, -b, shift[0]], [b, a, shift[1]]])


def test_fit_recovers_the_transform_that_made_the_points() -> None:
    points = torch.rand(4, 29, 2, dtype=torch.float64)
    true = torch.from_numpy(np.stack([similarity(0.3 + k, 0.9 * k - 1.2, (3.0, -k)) for k in range(4)]))
    target = points @ true[:, :, :2].mT + true[:, None, :, 2]
    assert torch.allclose(fit_similarity(points, target), true)
    assert torch.allclose(apply_similarity(invert_similarity(true), target), points)


def test_fit_is_the_least_squares_optimum() -> None:
    source, target = torch.randn(7, 2, dtype=torch.float64), torch.randn(7, 2, dtype=torch.float64)
    x, y, one, zero = source[:, 0], source[:, 1], torch.ones(7).double(), torch.zeros(7).double()
    rows = torch.cat([torch.stack([x, -y, one, zero], 1), torch.stack([y, x, zero, one], 1)])
    a, b, tx, ty = torch.linalg.lstsq(rows, torch.cat([target[:, 0], target[:, 1]])).solution
    assert torch.allclose(fit_similarity(source, target), torch.stack([torch.stack([a, -b, tx]), torch.stack([b, a, ty])]))


def test_fit_never_reflects() -> None:
    source = torch.tensor([[0.0, 0.0], [1.0, 0.0], [0.0, 1.0]])
    matrix = fit_similarity(source, source * torch.tensor([-1.0, 1.0]))
    assert torch.linalg.det(matrix[:, :2]) >= 0


def test_crop_transform_puts_eyes_and_mouth_at_their_canonical_place() -> None:
    face = torch.rand(29, 2, dtype=torch.float64)
    anchors = canonical_points(face)
    wanted = torch.tensor(list(CANONICAL.values()), dtype=torch.float64)
    face = face - anchors.mean(0)
    matrix = crop_transform(face)
    assert torch.allclose(apply_similarity(matrix, canonical_points(face)).mean(0), wanted.mean(0))
    # a face whose three anchors already have the canonical proportions arrives exactly
    true = torch.from_numpy(similarity(200.0, 0.5, (40.0, -9.0)))
    landmarks = torch.zeros(29, 2, dtype=torch.float64)
    landmarks[6:10], landmarks[10:14], landmarks[18:20] = wanted[0], wanted[1], wanted[2]
    assert torch.allclose(apply_similarity(crop_transform(apply_similarity(true, landmarks)), apply_similarity(true, wanted)), wanted)


def test_mirrored_swaps_left_and_right() -> None:
    assert [MIRRORED[i] for i in MIRRORED] == list(range(29))
    sided = [name for name in LANDMARKS if "right" in name or "left" in name]
    assert all(LANDMARKS[MIRRORED[LANDMARKS.index(name)]] != name for name in sided)
    pairs = (("left_eye_top", "right_eye_top"), ("mouth_right", "mouth_left"), ("jaw_lower_left", "jaw_lower_right"), ("chin", "chin"))
    for name, other in pairs:
        assert LANDMARKS[MIRRORED[LANDMARKS.index(name)]] == other


@pytest.mark.parametrize("scale", [0.25, 1.0, 3.0])
def test_crop_samples_the_picture_at_pixel_centres(scale: float) -> None:
    """A picture of straight ramps comes out as the ramps' values at the crop's own pixel centres, shrunk or enlarged."""
    height, width = 300, 260
    y, x = np.mgrid[:height, :width].astype(np.float32) + 0.5
    image = np.stack([x, y, x + y], -1)
    size = 32
    matrix = similarity(scale / size, 0.4, (0.0, 0.0))
    matrix[:, 2] = 0.5 - matrix[:, :2] @ [130.0, 150.0]
    grid = (np.stack(np.meshgrid(np.arange(size), np.arange(size)), -1) + 0.5) / size
    places = (grid - matrix[:, 2]) @ np.linalg.inv(matrix[:, :2]).T
    crop = crop_square(image, matrix, size)
    assert np.abs(crop[..., 0] - places[..., 0]).max() < 0.1 / scale
    assert np.abs(crop[..., 1] - places[..., 1]).max() < 0.1 / scale


def test_shrinking_averages_instead_of_aliasing() -> None:
    image = np.zeros((512, 512), np.uint8)
    image[:, ::2] = 200  # finer than the crop can show
    crop = crop_square(image, similarity(1 / 512, 0.0, (0.0, 0.0)), 64)
    assert np.abs(crop.astype(int) - 100).max() <= 3


def test_crop_repeats_the_edge_beyond_the_border() -> None:
    image = np.full((40, 40, 3), 10, np.uint8)
    image[:, -1] = 250
    crop = crop_square(image, similarity(1 / 40, 0.0, (-0.5, 0.0)), 40)
    assert (crop[:, 25:] == 250).all() and (crop[:, :15] == 10).all()
    far = crop_square(image, similarity(1 / 40, 0.0, (-5.0, 0.0)), 16)
    assert (far == 250).all()


def test_crop_of_a_huge_picture_reads_only_its_surroundings() -> None:
    image = np.zeros((4000, 4000), np.uint8)
    image[2000:2016, 1000:1016] = 255
    matrix = similarity(1 / 16, 0.0, (-1000 / 16, -2000 / 16))
    assert (crop_square(image, matrix, 16) == 255).all()
    assert cv2.mean(crop_square(image, matrix, 16))[0] == 255


def test_box_holds_all_points_and_the_forehead() -> None:
    landmarks = np.random.default_rng(0).uniform(10, 90, (29, 2)).astype(np.float32)
    left, top, right, bottom = face_box(landmarks)
    assert left == landmarks[:, 0].min() and right == landmarks[:, 0].max() and bottom == landmarks[:, 1].max()
    assert top < landmarks[:, 1].min()
