"""Soft shapes on the unit square: signed distances (negative inside) and their anti-aliased coverage."""

from __future__ import annotations

import torch
from torch import Tensor


def unit_grid(size: int, device: torch.device | str) -> tuple[Tensor, Tensor]:
    """Pixel centres of the unit square: x and y, each [1, size, size]."""
    axis = (torch.arange(size, device=device) + 0.5) / size
    y, x = torch.meshgrid(axis, axis, indexing="ij")
    return x[None], y[None]


def ellipse(x: Tensor, y: Tensor, cx: Tensor | float, cy: Tensor | float, rx: Tensor | float, ry: Tensor | float,
            angle: Tensor | None = None, power: float = 2.0) -> Tensor:  # fmt: skip
    """Approximate signed distance to a (super-)ellipse, in units of the square; negative inside."""
    dx, dy = x - cx, y - cy
    if angle is not None:
        cos, sin = torch.cos(angle), torch.sin(angle)
        dx, dy = dx * cos + dy * sin, dy * cos - dx * sin
    if power == 2.0:
        radius = torch.sqrt((dx / rx) ** 2 + (dy / ry) ** 2 + 1e-8)
    else:
        radius = ((dx / rx).abs() ** power + (dy / ry).abs() ** power + 1e-8) ** (1 / power)
    smaller = torch.minimum(torch.as_tensor(rx), torch.as_tensor(ry))
    return (radius - 1) * smaller


def coverage(distance: Tensor, softness: Tensor | float, size: int) -> Tensor:
    """Share of each pixel inside a shape, 0 to 1.

    Args:
        distance: Signed distance, units of the square.
        softness: Width of the edge in units of the square, never less than a pixel.
        size: Pixels a side.
    """
    width = torch.as_tensor(softness).clamp(min=0.7 / size)
    return torch.sigmoid(-distance / width * 2.5)


def blob(x: Tensor, y: Tensor, cx: Tensor | float, cy: Tensor | float, sx: Tensor | float, sy: Tensor | float) -> Tensor:
    """Gaussian bump of height 1."""
    return torch.exp(-0.5 * (((x - cx) / sx) ** 2 + ((y - cy) / sy) ** 2))
