"""What lies between drawn lips and the lips of a video: framing, colour, sharpness and noise."""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Generator, Tensor

TURN, GROW, MOVE = 0.05, 0.06, 0.03
"""Spread of what happens to a clip's framing: radians, log scale, shares of the crop."""
COARSEST, BLURRED = 0.35, 0.6
"""Share of the pixels a side that the blurriest clips keep, and of the clips that are blurred."""
MOST_NOISE = 0.05


def vary_lips(lips: Tensor, generator: Generator) -> Tensor:
    """Lips [B, T, 3, L, L], -1 to 1, seen through another camera: each clip in one way throughout. Source: ours."""
    batch, num_frames, _, size, _ = lips.shape
    device = generator.device

    def uniform(low: float, high: float) -> Tensor:
        return torch.rand(batch, 1, 1, 1, 1, generator=generator, device=device) * (high - low) + low

    lips = _reframed(lips, generator)
    coarse = torch.rand((), generator=generator, device=device).item() * (1 - COARSEST) + COARSEST
    small = F.interpolate(lips.flatten(0, 1), size=round(coarse * size), mode="area")
    blurred = F.interpolate(small, size=size, mode="bilinear").unflatten(0, (batch, num_frames))
    lips = torch.where(uniform(0, 1) < BLURRED, blurred, lips)
    grey = lips.mean(2, keepdim=True)
    lips = grey + (lips - grey) * torch.where(uniform(0, 1) < 0.15, 0.0, uniform(0.4, 1.3))
    lips = ((lips + 1) / 2).clamp(1e-3, 1) ** torch.exp(0.35 * (2 * uniform(0, 1) - 1)) * 2 - 1
    noise = torch.randn(lips.shape, generator=generator, device=device)
    return lips + noise * MOST_NOISE * uniform(0, 1) ** 2


def _reframed(lips: Tensor, generator: Generator) -> Tensor:
    """Clips turned, scaled, moved and mirrored a little, edges repeated."""
    batch, num_frames, channels, size, _ = lips.shape
    turn, grow, right, down = torch.randn(4, batch, generator=generator, device=lips.device)
    mirror = torch.where(torch.rand(batch, generator=generator, device=lips.device) < 0.5, -1.0, 1.0)
    scale = torch.exp(GROW * grow)
    cosine, sine = scale * torch.cos(TURN * turn), scale * torch.sin(TURN * turn)
    rows = [torch.stack([cosine * mirror, -sine, 2 * MOVE * right], -1), torch.stack([sine * mirror, cosine, 2 * MOVE * down], -1)]
    grid = F.affine_grid(torch.stack(rows, 1), [batch, 1, size, size], align_corners=False)
    stacked = F.grid_sample(lips.flatten(1, 2), grid, padding_mode="border", align_corners=False)
    return stacked.unflatten(1, (num_frames, channels))
