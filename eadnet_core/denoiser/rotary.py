"""Rotary position embedding: attention that knows how far apart two moments are. Source: Su et al., RoFormer, 2021."""

from __future__ import annotations

import torch
from torch import Tensor


def rotary_table(length: int, width: int, like: Tensor) -> tuple[Tensor, Tensor]:
    """Cosines and sines [length, width / 2] of positions 0 to length - 1."""
    rates = 100.0 ** (-torch.arange(width // 2, device=like.device, dtype=torch.float32) / (width // 2))
    angles = torch.arange(length, device=like.device, dtype=torch.float32)[:, None] * rates
    return angles.cos().to(like.dtype), angles.sin().to(like.dtype)


def rotated(x: Tensor, table: tuple[Tensor, Tensor]) -> Tensor:
    """Queries or keys [..., L, width], turned by their positions."""
    cos, sin = table
    first, second = x.chunk(2, -1)
    return torch.cat([first * cos - second * sin, first * sin + second * cos], -1)
