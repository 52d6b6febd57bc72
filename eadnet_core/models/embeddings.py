"""Sinusoidal features of noise levels and of positions in a clip, at any length and any grid."""

from __future__ import annotations

import math

import torch
from torch import Tensor, nn


def sinusoids(value: Tensor, width: int, longest: float, shortest: float) -> Tensor:
    """Cosines and sines of a quantity at geometrically spaced wavelengths.

    Args:
        value: [...], any unit.
        width: Number of features, even.
        longest: Longest wavelength, in units of `value`.
        shortest: Shortest wavelength, in units of `value`.

    Returns:
        float32 [..., width].
    """
    num_waves = width // 2
    share = torch.arange(num_waves, device=value.device, dtype=torch.float32) / max(num_waves - 1, 1)
    wavelength = longest * (shortest / longest) ** share  # [width / 2]
    angle = value.float()[..., None] * (2 * math.pi / wavelength)
    return torch.cat([angle.cos(), angle.sin()], -1)


class NoiseLevelEmbedding(nn.Module):
    """Noise levels as vectors."""

    LONGEST = 4.0
    SHORTEST = 0.02

    def __init__(self, num_waves: int, width: int) -> None:
        super().__init__()
        self.num_features = 2 * num_waves
        self.project = nn.Linear(self.num_features, width)

    def forward(self, sigma: Tensor) -> Tensor:
        """[..., width] for noise levels [...] from 0 (clean) to 1 (noise)."""
        return self.project(sinusoids(sigma, self.num_features, self.LONGEST, self.SHORTEST).to(self.project.weight.dtype))


class ClipPosition(nn.Module):
    """Where and when a cell of a clip lies, as a learned projection of fixed sinusoids.

    Time is counted in frames and space in crop units, so a longer clip or a finer grid needs no new parameter.
    Source: ours.
    """

    LONGEST_FRAMES, SHORTEST_FRAMES = 256.0, 2.0
    LONGEST_CROP, SHORTEST_CROP = 4.0, 0.125

    def __init__(self, num_waves: int, width: int) -> None:
        super().__init__()
        self.num_features = 2 * num_waves
        self.time = nn.Linear(self.num_features, width)
        self.row = nn.Linear(self.num_features, width, bias=False)
        self.column = nn.Linear(self.num_features, width, bias=False)

    def forward(self, num_frames: int, height: int, width: int, device: torch.device) -> Tensor:
        """[T, H, W, width]."""

        def along(layer: nn.Linear, position: Tensor, longest: float, shortest: float) -> Tensor:
            return layer(sinusoids(position, self.num_features, longest, shortest).to(layer.weight.dtype))

        def centers(count: int) -> Tensor:
            return (torch.arange(count, device=device) + 0.5) / count

        time = along(self.time, torch.arange(num_frames, device=device), self.LONGEST_FRAMES, self.SHORTEST_FRAMES)
        row = along(self.row, centers(height), self.LONGEST_CROP, self.SHORTEST_CROP)
        column = along(self.column, centers(width), self.LONGEST_CROP, self.SHORTEST_CROP)
        return time[:, None, None] + row[:, None] + column
