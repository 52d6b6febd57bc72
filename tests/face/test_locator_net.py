"""The locator's networks: shapes, size, and the views they look at."""

from __future__ import annotations

import pytest
import torch

from eadnet_core.face.locator_net import LocatorConfig, LocatorNet, expected_position, locally_normalised


def test_at_most_a_million_and_a_half_parameters() -> None:
    assert sum(p.numel() for p in LocatorNet(LocatorConfig()).parameters()) <= 1_500_000


def test_shapes() -> None:
    net = LocatorNet(LocatorConfig()).eval()
    logit, shape = net.proposal(torch.rand(2, 3, 64, 96))
    assert logit.shape == (2, 1, 8, 12) and shape.shape == (2, 5, 8, 12)
    estimate = net.landmark(torch.rand(2, 3, 64, 64))
    assert estimate.points.shape == (2, 29, 2) and estimate.logit.shape == (2,)
    assert torch.allclose(estimate.log_heat.exp().sum((-1, -2)), torch.ones(2, 29), atol=1e-4)


def test_expected_position_of_one_cell_is_its_centre() -> None:
    heat = torch.zeros(4, 6)
    heat[3, 1] = 1
    assert expected_position(heat).tolist() == pytest.approx([1.5 / 6, 3.5 / 4])


def test_views_forget_brightness_and_contrast_but_not_structure() -> None:
    torch.manual_seed(0)
    picture = torch.nn.functional.interpolate(torch.rand(1, 3, 12, 12), (96, 96), mode="bicubic").clamp(0, 1)
    views = locally_normalised(picture, 8)
    washed_out = locally_normalised(0.3 + 0.5 * picture, 8)
    assert (views[:, :2] - washed_out[:, :2]).abs().mean() < 0.1 < views[:, :2].std()
    assert locally_normalised(torch.full((1, 3, 96, 96), 0.4), 8)[:, :2].abs().max() < 0.05


def test_views_ignore_colour() -> None:
    gray = torch.rand(1, 1, 64, 64)
    tinted = torch.cat([gray * 0.5, gray, gray * 0.2], 1)
    luma = 0.299 * 0.5 + 0.587 + 0.114 * 0.2
    assert torch.allclose(locally_normalised(tinted, 8), locally_normalised((gray * luma).expand(-1, 3, -1, -1), 8), atol=1e-4)
