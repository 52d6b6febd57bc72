"""A turning head: which point of the resting picture a pose brings to each point."""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor

DepthAt = Callable[[Tensor, Tensor], Tensor]
"""How far the head stands out at points x, y, in the units of x and y."""


def rigid_source(x: Tensor, y: Tensor, head: Tensor, pivot_y: Tensor | float, depth_at: DepthAt) -> tuple[Tensor, Tensor]:
    """The resting points that a head pose brings to x, y.

    Roll, shift and scale turn the picture about the neck; yaw and pitch move each point by its depth. The depth is that of the
    point itself, found by one round of fixed-point iteration.

    Args:
        x, y: [N, H, W], crop units.
        head: [N, 6]: yaw, pitch, roll (radians), x, y (crop units), log scale.
        pivot_y: Height of the neck.
        depth_at: The head's form.
    """
    yaw, pitch, roll, shift_x, shift_y, log_scale = (head[:, i, None, None] for i in range(6))
    dx, dy = x - 0.5 - shift_x, y - pivot_y - shift_y
    cos, sin, shrink = torch.cos(roll), torch.sin(roll), torch.exp(-log_scale)
    flat_x = (dx * cos + dy * sin) * shrink + 0.5
    flat_y = (dy * cos - dx * sin) * shrink + pivot_y
    depth = depth_at(flat_x, flat_y)
    depth = depth_at(flat_x - torch.sin(yaw) * depth, flat_y - torch.sin(pitch) * depth)
    return flat_x - torch.sin(yaw) * depth, flat_y - torch.sin(pitch) * depth


def fade_from_head(radius: Tensor, x: Tensor, y: Tensor) -> Tensor:
    """How much a point moves with the head: 1 on it, fading over neck and background to 0 before the crop's border.

    Args:
        radius: Distance from the head's middle, 1 on the face's outline.
        x, y: The points, crop units.
    """
    near = torch.exp(-(((radius - 1.12).clamp(min=0) / 0.42) ** 2))
    border = torch.minimum(torch.minimum(x, 1 - x), torch.minimum(y, 1 - y))
    return near * ((border - 0.01) / 0.09).clamp(0, 1)
