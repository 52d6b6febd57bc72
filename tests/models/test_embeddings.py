from __future__ import annotations

import math

import torch

from eadnet_core.models.embeddings import ClipPosition, NoiseLevelEmbedding, sinusoids


def test_wavelengths_run_from_longest_to_shortest() -> None:
    value = torch.tensor([0.3, 1.7])
    found = sinusoids(value, 6, longest=8.0, shortest=0.5)
    for column, wavelength in enumerate((8.0, 2.0, 0.5)):
        angle = value * 2 * math.pi / wavelength
        torch.testing.assert_close(found[:, column], angle.cos())
        torch.testing.assert_close(found[:, 3 + column], angle.sin())


def test_close_noise_levels_differ() -> None:
    embed = NoiseLevelEmbedding(32, 16)
    level = embed(torch.linspace(0, 1, 101))
    assert torch.pdist(level).min() > 1e-3


def test_positions_know_time_by_frames_and_space_by_crop_units() -> None:
    position = ClipPosition(8, 12)
    device = torch.device("cpu")
    long = position(70, 4, 6, device)
    assert long.shape == (70, 4, 6, 12)
    torch.testing.assert_close(position(3, 4, 6, device), long[:3])  # a frame's place does not depend on the clip's length
    fine = position(1, 12, 18, device)
    torch.testing.assert_close(fine[:, 1::3, 1::3], position(1, 4, 6, device))  # the same places on a grid three times finer
