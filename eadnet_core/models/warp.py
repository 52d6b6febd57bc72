"""Warp and paint: how flow, mask and paint make a clip out of one portrait."""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn import functional as F

from ..types import Warp


def apply_warp(reference: Tensor, warp: Warp) -> Tensor:
    """The clip that a warp describes: x0 = (1 - mask) * reference(position + flow) + mask * paint.

    One tall sampling grid serves all frames of a sample, so that the reference is never repeated in memory. Always float32:
    a bfloat16 position is off by up to a quarter of a pixel.

    Args:
        reference: [B, 3, S, S], -1 to 1.
        warp: Flow in crop units (x, y), mask logit, paint; [B, T, ...].

    Returns:
        float32 [B, T, 3, S, S], -1 to 1.

    Source: ours.
    """
    batch, num_frames, _, height, width = warp.flow.shape
    with torch.autocast(reference.device.type, enabled=False):
        rows = (torch.arange(height, device=reference.device, dtype=torch.float32) + 0.5) / height
        columns = (torch.arange(width, device=reference.device, dtype=torch.float32) + 0.5) / width
        position = torch.stack(torch.meshgrid(columns, rows, indexing="xy"))  # [2, S, S]
        source = (position + warp.flow.float()) * 2 - 1  # [B, T, 2, S, S]: grid_sample's units span the crop from -1 to 1
        grid = source.permute(0, 1, 3, 4, 2).flatten(1, 2)  # [B, T * S, S, 2]
        moved = F.grid_sample(reference.float(), grid, mode="bilinear", padding_mode="border", align_corners=False)
        moved = moved.unflatten(2, (num_frames, height)).transpose(1, 2)  # [B, T, 3, S, S]
        return torch.lerp(moved, warp.paint.float(), torch.sigmoid(warp.mask_logit.float()))
