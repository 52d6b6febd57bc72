"""The losses: zero or least at the true answer, and silent where either answer is accepted."""

from __future__ import annotations

import math

import pytest
import torch

from eadnet_core.face.locator_net import EYE_DISTANCE_UNIT, LandmarkEstimate, Proposals
from eadnet_core.training.locator.objective import HEAT_SHARE, SHAPE_SHARE, landmark_loss, proposal_loss
from eadnet_core.training.locator.scenes import Crops, Scenes


def scene(eye_distance: float, is_face: float = 1.0) -> Scenes:
    one = torch.tensor([1.0])
    return Scenes(torch.zeros(1, 3, 64, 64), torch.tensor([[20.0, 44.0]]), one * eye_distance, one * 0.3, one * is_face)


def answer(logit: float, eye_distance: float, row: int = 5, column: int = 2) -> Proposals:
    logits = torch.full((1, 1, 8, 8), -20.0)
    logits[0, 0, row, column] = logit
    shape = torch.zeros(1, 5, 8, 8)
    centre = (torch.arange(8) + 0.5) * 8
    shape[:, 0] = (20 - centre[None, :]) / EYE_DISTANCE_UNIT
    shape[:, 1] = (44 - centre[:, None]) / EYE_DISTANCE_UNIT
    shape[:, 2], shape[:, 3], shape[:, 4] = math.log(eye_distance / EYE_DISTANCE_UNIT), math.cos(0.3), math.sin(0.3)
    return Proposals(logits, shape)


def test_true_proposal_costs_nothing() -> None:
    focal, error = proposal_loss(answer(20.0, 12.0), scene(12.0)).values()
    assert focal.item() == pytest.approx(0, abs=1e-4) and error.item() == pytest.approx(0, abs=1e-5)


def test_missed_and_false_proposals_cost() -> None:
    assert proposal_loss(answer(-20.0, 12.0), scene(12.0))["center"] > 10
    assert proposal_loss(answer(20.0, 12.0, row=0, column=7), scene(12.0, is_face=0.0))["center"] > 10
    assert proposal_loss(answer(20.0, 14.0), scene(12.0))["shape"].item() == pytest.approx(SHAPE_SHARE * math.log(14 / 12) / 5, rel=1e-3)


@pytest.mark.parametrize("eye_distance", [5.5, 22.0])
def test_sizes_between_two_levels_accept_either_answer(eye_distance: float) -> None:
    for logit in (-20.0, 20.0):
        assert proposal_loss(answer(logit, eye_distance), scene(eye_distance))["center"].item() == pytest.approx(0, abs=1e-4)


def test_sizes_of_other_levels_are_no_face() -> None:
    assert proposal_loss(answer(20.0, 40.0), scene(40.0))["center"] > 10


def test_landmark_loss() -> None:
    landmarks = torch.full((2, 29, 2), 0.5)
    landmarks[0, 3] = torch.tensor([1.4, 0.5])  # outside: nothing can be asked of it
    crops = Crops(torch.zeros(2, 3, 32, 32), landmarks, torch.tensor([1.0, 0.0]))
    points = torch.full((2, 29, 2), 0.5)
    points[0, :, 0] += 0.02
    points[1] += 0.4  # no face: no points
    uniform = torch.full((2, 29, 8, 8), -math.log(64))
    distance, heat, face = landmark_loss(LandmarkEstimate(points, uniform, torch.tensor([30.0, -30.0])), crops).values()
    assert distance.item() == pytest.approx(2.0, rel=1e-4)
    assert heat.item() == pytest.approx(HEAT_SHARE * math.log(64), rel=1e-4)
    assert face.item() == pytest.approx(0.0, abs=1e-6)
