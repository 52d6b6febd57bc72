"""Teeth between the lips are found where they are, and nothing else is taken for them."""

from __future__ import annotations

import pytest
import torch
from torch import Tensor

from eadnet_core.face.bared_teeth import find_bared_teeth
from eadnet_core.face.landmarks import INDEX, LANDMARKS

SIZE = 128
SKIN, LIPS, TEETH = (0.8, 0.62, 0.52), (0.75, 0.4, 0.4), (0.9, 0.88, 0.84)
UPPER, LOWER = 0.66, 0.72
"""Heights of the upper lip's upper and the lower lip's lower edge."""


def _landmarks(roll: float = 0.0) -> Tensor:
    points = torch.full((1, len(LANDMARKS), 2), 0.5)
    for name, x, y in (("mouth_right", 0.42, 0.69 - roll), ("mouth_left", 0.58, 0.69 + roll), ("upper_lip_top", 0.5, UPPER),
                       ("lower_lip_bottom", 0.5, LOWER)):  # fmt: skip
        points[0, INDEX[name]] = torch.tensor([x, y])
    return points


def _picture(bands: list[tuple[float, float, tuple[float, ...]]], roll: float = 0.0) -> Tensor:
    """[1, 3, S, S]: skin with bands of colour across the mouth; roll is how far they fall towards the picture's right corner."""
    image = torch.tensor(SKIN)[:, None, None].repeat(1, SIZE, SIZE)
    y, x = torch.meshgrid(*[(torch.arange(SIZE) + 0.5) / SIZE] * 2, indexing="ij")
    height = y - roll * (x - 0.5) / 0.08
    for start, stop, colour in bands:
        image = torch.where((height >= start) & (height < stop), torch.tensor(colour)[:, None, None], image)
    return image[None] * 2 - 1


def _skin() -> Tensor:
    return torch.tensor([SKIN])


@pytest.mark.parametrize("roll", [0.0, 0.02, -0.02])
def test_the_edge_of_teeth_is_found(roll: float) -> None:
    smile = _picture([(UPPER, 0.68, LIPS), (0.68, 0.706, TEETH), (0.706, 0.73, LIPS)], roll)
    found = find_bared_teeth(smile, _landmarks(roll), _skin())
    assert found.found.all()
    assert found.edge.item() == pytest.approx(0.706, abs=1 / SIZE)


@pytest.mark.parametrize(
    "bands",
    [
        [(UPPER, 0.73, LIPS)],
        [(UPPER, 0.69, LIPS), (0.69, 0.693, (0.1, 0.05, 0.05)), (0.693, 0.73, LIPS)],  # the dark between shut lips
        [(UPPER, 0.71, LIPS), (0.71, 0.716, (1.0, 0.95, 0.95)), (0.716, 0.73, LIPS)],  # a glint
        [(UPPER, 0.71, LIPS), (0.71, 0.9, TEETH)],  # a white beard
    ],
)
def test_lips_glints_and_beards_are_no_teeth(bands: list[tuple[float, float, tuple[float, ...]]]) -> None:
    assert not find_bared_teeth(_picture(bands), _landmarks(), _skin()).found.any()


def test_a_grey_picture_shows_no_teeth() -> None:
    smile = _picture([(UPPER, 0.68, LIPS), (0.68, 0.706, TEETH), (0.706, 0.73, LIPS)])
    grey = smile.mean(1, keepdim=True).expand(-1, 3, -1, -1)
    assert not find_bared_teeth(grey, _landmarks(), torch.full((1, 3), 0.65)).found.any()
