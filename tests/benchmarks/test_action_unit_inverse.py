"""The inverse finds the Action Units that moved a picture, from its flow and from its pixels."""

from __future__ import annotations

import pytest
import torch

from benchmarks.action_unit_inverse import PROBE, ActionUnitInverse
from eadnet_core.emotion.vocabulary import ACTION_UNITS
from eadnet_core.face.deformation import UNIT, Pose
from eadnet_core.models.face_rig import rig_warp
from eadnet_core.models.warp import apply_warp
from eadnet_core.synthetic.clip import draw_portraits
from eadnet_core.types import Warp

MOVED = ("AU2L", "AU9", "AU12R", "AU17")


def pose_of(units: torch.Tensor) -> Pose:
    count = len(units)
    return Pose(units, torch.zeros(count, 5), torch.zeros(count, 6), torch.zeros(count, 2), torch.zeros(count, 2))


@pytest.fixture(scope="module")
def face() -> tuple[torch.Tensor, torch.Tensor]:
    pictures, landmarks = draw_portraits(1, 128, torch.Generator().manual_seed(4))
    return pictures[0] * 2 - 1, landmarks[0]


@pytest.fixture(scope="module")
def moved(face: tuple[torch.Tensor, torch.Tensor]) -> tuple[torch.Tensor, Warp, ActionUnitInverse]:
    """One moment at rest, then one for each of MOVED at PROBE: the units asked, the warp, and the inverse of the moments."""
    picture, landmarks = face
    units = torch.zeros(1 + len(MOVED), len(ACTION_UNITS))
    for moment, name in enumerate(MOVED, 1):
        units[moment, UNIT[name]] = PROBE
    warp = rig_warp(picture[None], landmarks[None], pose_of(units), len(units))
    return units, warp, ActionUnitInverse.of_face(picture, landmarks, pose_of(torch.zeros_like(units)))


def test_flow_gives_back_the_units(moved: tuple[torch.Tensor, Warp, ActionUnitInverse]) -> None:
    units, warp, inverse = moved
    found = inverse.of_flow(warp.flow[0], warp.flow[0, :1].expand_as(warp.flow[0]))
    assert torch.allclose(found, units, atol=0.05)


def test_pixels_give_back_the_units(face: tuple[torch.Tensor, torch.Tensor], moved: tuple[torch.Tensor, Warp, ActionUnitInverse]) -> None:
    units, warp, inverse = moved
    clip = apply_warp(face[0][None], warp)[0]
    found = inverse.of_pixels(clip, clip[:1].expand_as(clip))
    for moment, name in enumerate(MOVED, 1):
        assert found[moment].argmax() == UNIT[name]
        assert found[moment, UNIT[name]] == pytest.approx(PROBE, abs=0.2)
    assert found[0].abs().max() < 0.01
