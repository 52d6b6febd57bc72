"""The shipped locator on drawn faces it never saw: found at every size, place and tilt; nothing found where there is none."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
import torch

from eadnet_core.face.align import canonical_points, crop_transform
from eadnet_core.face.locator import JITTER, Face, FaceLocator, _distinct, _framed
from eadnet_core.synthetic.clip import draw_portraits

SEED = 987_654


@pytest.fixture(scope="module")
def locator() -> FaceLocator:
    return FaceLocator.from_pretrained()


@pytest.fixture(scope="module")
def drawn() -> list[tuple[np.ndarray, np.ndarray]]:
    """Sixteen pictures uint8 [256, 256, 3] with their landmarks in pixels."""
    pictures, landmarks = draw_portraits(16, 256, torch.Generator().manual_seed(SEED))
    images = (pictures.clamp(0, 1) * 255).byte().permute(0, 2, 3, 1).numpy()
    return [(np.ascontiguousarray(image), points.numpy() * 256) for image, points in zip(images, landmarks, strict=True)]


def anchors(landmarks: np.ndarray) -> np.ndarray:
    return canonical_points(torch.from_numpy(np.asarray(landmarks, dtype=np.float64))).numpy()


def error(face: Face, landmarks: np.ndarray) -> float:
    """Mean error of eye centres and mouth centre in units of the eye distance."""
    truth = anchors(landmarks)
    return float(np.linalg.norm(anchors(face.landmarks) - truth, axis=1).mean() / np.linalg.norm(truth[0] - truth[1]))


def moved(image: np.ndarray, landmarks: np.ndarray, scale: float, degrees: float, canvas: int) -> tuple[np.ndarray, np.ndarray]:
    matrix = cv2.getRotationMatrix2D((128, 128), degrees, scale)
    matrix[:, 2] += canvas / 2 - 128
    size = (canvas, canvas)
    picture = cv2.warpAffine(image, matrix, size, flags=cv2.INTER_AREA, borderMode=cv2.BORDER_REPLICATE)
    return picture, landmarks @ matrix[:, :2].T + matrix[:, 2]


def test_finds_drawn_faces(locator: FaceLocator, drawn: list[tuple[np.ndarray, np.ndarray]]) -> None:
    """At least twelve of sixteen, each once, in its box, with errors like those on real portraits; some are hidden by hair or night."""
    errors = []
    for image, landmarks in drawn:
        faces = locator.find(image)
        if len(faces) == 1 and error(faces[0], landmarks) < 0.12:
            left, top, right, bottom = faces[0].box
            assert left < anchors(landmarks)[:, 0].mean() < right and top < anchors(landmarks)[:, 1].mean() < bottom
            errors.append(error(faces[0], landmarks))
    assert len(errors) >= 12 and np.mean(errors) < 0.06


@pytest.mark.parametrize(
    ("scale", "degrees", "canvas", "tried", "least"),
    [(0.25, 0, 64, 16, 12), (0.6, 0, 600, 16, 12), (1.0, 30, 300, 16, 7), (1.0, -30, 300, 16, 7), (6.0, 8, 2160, 6, 4)],
)
def test_any_size_and_tilt(
    locator: FaceLocator, drawn: list[tuple[np.ndarray, np.ndarray]], scale: float, degrees: float, canvas: int, tried: int, least: int
) -> None:
    """Of those tried at least so many; turned by 30 degrees fewer are found."""
    found = 0
    for image, landmarks in drawn[:tried]:
        picture, truth = moved(image, landmarks, scale, degrees, canvas)
        faces = locator.find(picture)
        found += bool(faces) and error(faces[0], truth) < 0.12
    assert found >= least


def test_two_faces_come_largest_first(locator: FaceLocator, drawn: list[tuple[np.ndarray, np.ndarray]]) -> None:
    (small, _), (large, truth) = drawn[0], drawn[1]
    picture = np.full((400, 800, 3), 128, np.uint8)
    picture[100:228, 60:188] = cv2.resize(small, (128, 128), interpolation=cv2.INTER_AREA)
    picture[60:316, 460:716] = large
    faces = locator.find(picture)
    assert len(faces) == 2
    assert error(faces[0], truth + [460, 60]) < 0.12 and faces[1].box[2] < 300


@pytest.mark.parametrize("cells", [4, 20, 100, 500])
def test_noise_shows_no_face(locator: FaceLocator, cells: int) -> None:
    noise = np.random.default_rng(cells).integers(0, 256, (cells, cells, 3)).astype(np.uint8)
    assert locator.find(cv2.resize(noise, (640, 480), interpolation=cv2.INTER_CUBIC)) == []


def test_a_landscape_shows_no_face(locator: FaceLocator) -> None:
    y, x = np.mgrid[:480, :640].astype(np.float32)
    hills = 260 + 40 * np.sin(x / 70) + 20 * np.sin(x / 23)
    picture = np.where((y > hills)[..., None], [60, 110, 50], [150 - y[..., None] / 6, 180, 230][0] + np.array([0, 20, 60]))
    picture[80:130, 480:530] = [255, 240, 180]
    assert locator.find(picture.clip(0, 255).astype(np.uint8)) == []


def test_tiny_picture_gives_no_error(locator: FaceLocator) -> None:
    assert locator.find(np.zeros((16, 16, 3), np.uint8)) == []


def test_framing_turns_about_what_lies_at_the_centre() -> None:
    frame = crop_transform(torch.rand(29, 2, dtype=torch.float64) * 300)
    straight = _framed(frame, JITTER[0], 0.85, (0.5, 0.57))
    turned = _framed(frame, (0.3, 1.2, 0.0, 0.0), 0.85, (0.5, 0.57))
    middle = torch.linalg.solve(straight[:, :2], 0.5 - straight[:, 2])
    assert torch.allclose(turned[:, :2] @ middle + turned[:, 2], torch.tensor([0.5, 0.5]).double())
    assert torch.linalg.det(turned[:, :2]) / torch.linalg.det(straight[:, :2]) == pytest.approx(1.44)


def test_of_two_frames_on_one_face_the_better_stays() -> None:
    one = torch.tensor([[0.01, 0.0, 0.0], [0.0, 0.01, 0.0]], dtype=torch.float64)
    near, far = one.clone(), one.clone()
    near[:, 2] -= 0.1
    far[:, 2] -= 2.0
    assert _distinct(torch.stack([one, near, far]), torch.tensor([0.6, 0.9, 0.7])).tolist() == [1, 2]
