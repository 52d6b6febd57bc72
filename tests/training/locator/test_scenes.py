"""Training pictures: their answers must lie where their faces lie."""

from __future__ import annotations

import pytest
import torch
from torch import Generator, Tensor

from eadnet_core.face.align import canonical_points
from eadnet_core.face.landmarks import CANONICAL, INDEX
from eadnet_core.training.locator import scenes
from eadnet_core.training.locator.pool import BackgroundPool, FacePool
from eadnet_core.training.locator.scenes import Crops, Deformation, draw_crops, draw_scenes, half_mirrored

SIDE = 64


def draw_dots(generator: Generator, count: int) -> tuple[Tensor, Tensor]:
    """Grey pictures with a white blob at each eye and a black one at the mouth; all other landmarks in the middle."""
    axis = (torch.arange(SIDE) + 0.5) / SIDE
    y, x = torch.meshgrid(axis, axis, indexing="ij")
    pictures, landmarks = torch.full((count, 3, SIDE, SIDE), 0.5), torch.full((count, 29, 2), 0.55)
    for name, (cx, cy) in CANONICAL.items():
        blob = torch.exp(-((x - cx) ** 2 + (y - cy) ** 2) / (2 * 0.035**2))
        pictures += blob * (-0.5 if name == "mouth" else 0.5)
        landmarks[:, [i for key, i in INDEX.items() if key.startswith(name + "_")]] = torch.tensor([cx, cy])
    return pictures, landmarks


@pytest.fixture
def plain(monkeypatch: pytest.MonkeyPatch) -> None:
    """No degradation: light, medium, lens and things in front leave the picture as it is."""
    for name in ("photograph", "render_medium", "relight"):
        monkeypatch.setattr(scenes, name, lambda generator, images: images)
    monkeypatch.setattr(scenes, "occlude", lambda generator, images, scraps: images)


def sources(generator: Generator) -> tuple[FacePool, BackgroundPool]:
    return FacePool.drawn(draw_dots, generator, 4), BackgroundPool(torch.full((4, 3, 32, 32), 127, dtype=torch.uint8))


def centre_of_mass(weight: Tensor) -> Tensor:
    axis = (torch.arange(weight.shape[-1]) + 0.5) / weight.shape[-1]
    total = weight.sum((-1, -2))
    return torch.stack([(weight.sum(-2) * axis).sum(-1), (weight.sum(-1) * axis).sum(-1)], -1) / total[..., None]


def test_deformation_and_its_inverse() -> None:
    generator = Generator().manual_seed(0)
    deformation = Deformation(generator, 16)
    places = torch.rand(16, 40, 2, generator=generator)
    assert (deformation.backward(deformation.forward(places)) - places).abs().max() < 5e-3


@pytest.mark.usefixtures("plain")
def test_crop_landmarks_lie_on_the_blobs() -> None:
    generator = Generator().manual_seed(1)
    crops = draw_crops(generator, *sources(generator), 24, 96, 1.0, (0.5, 0.57), no_face=0.0)
    assert crops.is_face.all()
    mouth = canonical_points(crops.landmarks)[:, 2]
    inside = ((mouth > 0.15) & (mouth < 0.85)).all(-1)
    seen = centre_of_mass((0.5 - crops.images.mean(1) - 0.1).clamp(min=0))
    assert inside.sum() > 15
    assert (seen - mouth)[inside].norm(dim=-1).median() < 0.012


@pytest.mark.usefixtures("plain")
def test_scene_answers_lie_on_the_face() -> None:
    generator = Generator().manual_seed(2)
    drawn = draw_scenes(generator, *sources(generator), 24, 128, (12.0, 24.0), no_face=0.0)
    unit = drawn.eye_distance / (CANONICAL["left_eye"][0] - CANONICAL["right_eye"][0])
    offset = torch.tensor(CANONICAL["mouth"]) - torch.tensor(scenes.FACE_CENTER)
    turn = torch.stack([torch.stack([drawn.roll.cos(), -drawn.roll.sin()], -1), torch.stack([drawn.roll.sin(), drawn.roll.cos()], -1)], -2)
    mouth = drawn.centers + (turn @ offset) * unit[:, None]
    seen = centre_of_mass((0.5 - drawn.images.mean(1) - 0.1).clamp(min=0)) * 128
    assert ((seen - mouth).norm(dim=-1) / drawn.eye_distance).median() < 0.12


def test_share_without_a_face() -> None:
    generator = Generator().manual_seed(3)
    crops = draw_crops(generator, *sources(generator), 64, 48, 0.85, (0.5, 0.57), no_face=0.5)
    assert 0.3 < 1 - crops.is_face.mean() < 0.7
    assert crops.images.min() >= 0 and crops.images.max() <= 1 and crops.images.isfinite().all()


def test_mirroring_mirrors_points_with_pictures() -> None:
    generator = Generator().manual_seed(4)
    landmarks = torch.rand(32, 29, 2)
    images = torch.zeros(32, 3, 8, 8)
    images[..., 0] = 1
    mirrored = half_mirrored(generator, Crops(images, landmarks, torch.ones(32)))
    flipped = mirrored.images[:, 0, 0, -1] == 1
    assert flipped.any() and not flipped.all()
    right, left = INDEX["right_brow_mid"], INDEX["left_brow_mid"]
    assert torch.allclose(mirrored.landmarks[flipped][:, right, 0], 1 - landmarks[flipped][:, left, 0])
    assert torch.equal(mirrored.landmarks[~flipped], landmarks[~flipped])
