"""The last layers: what features add to the rig's flow, mask and paint."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from ..types import Warp
from .cell_norm import CellNorm

DEEPEST = 0.97
"""Of the rig's paint: a colour at the very end of the range could not be changed through a tanh."""


class WarpHead(nn.Module):
    """Features on the first level's grid to a Warp of the crop's size.

    All convolutions stay on the coarse grid, where they are dense matrix work; the portrait's features of twice that grid join folded
    into channels, once a clip. The flow is smoothed by a binomial kernel (zero at the Nyquist frequency, so no checkerboard of the
    pixel shuffle is left), in float32, for it is a position. It keeps every pixel of the crop: an eye is open by four of them, and
    lips part by less. Source: ours.

    Most of what the rig leaves follows the controls linearly, as blendshapes do. So the portrait's features give `num_shapes`
    fields of flow and mask, once a clip, and each frame's controls weigh them; the U-Net adds what is not linear.

    Flow, mask logit and the paint before its tanh are added to the rig's; they start at zero, so that the first answer is the rig's.
    """

    FLOW_SCALE = 0.015
    MASK_SCALE = 2.0
    NUM_PAINTED = 4
    NUM_DRIVEN = 3

    binomial: Tensor

    def __init__(self, channels: int, fine_channels: int, patch: int, condition_width: int, num_shapes: int) -> None:
        super().__init__()
        self.patch = patch
        self.norm = CellNorm(channels)
        self.refine = nn.Conv2d(channels, channels, 3, padding=1)
        self.reference = nn.Conv2d(4 * fine_channels, channels, 3, padding=1)
        self.norm_joined = CellNorm(channels)
        self.num_flow = 2 * patch**2
        self.to_warp = nn.Conv2d(channels, self.num_flow + self.NUM_PAINTED * patch**2, 3, padding=1)
        nn.init.zeros_(self.to_warp.weight)
        nn.init.zeros_(self.to_warp.bias)  # type: ignore[arg-type]
        self.to_weights = nn.Linear(condition_width, num_shapes)
        last = nn.Conv2d(channels, num_shapes * self.NUM_DRIVEN * patch**2, 3, padding=1)
        nn.init.zeros_(last.weight)
        nn.init.zeros_(last.bias)  # type: ignore[arg-type]
        self.to_shapes = nn.Sequential(CellNorm(channels), nn.SiLU(), last)
        binomial = torch.tensor([1.0, 2.0, 1.0]) / 4
        self.register_buffer("binomial", (binomial[:, None] * binomial).expand(2, 1, 3, 3).clone(), persistent=False)

    def forward(self, x: Tensor, reference: Tensor, drive: Tensor, rig: Warp) -> Warp:
        """The Warp of a clip.

        Args:
            x: [B * T, C, H, W], H = S / patch.
            reference: [B, fine_channels, 2 * H, 2 * W], the portrait's fine features.
            drive: [B, T, condition_width], the plain sum of the controls' embeddings.
            rig: float32 [B, T, ...], what is added to.
        """
        num_frames = rig.flow.shape[1]
        folded = F.pixel_unshuffle(reference, 2).contiguous(memory_format=torch.channels_last)
        seen = self.reference(folded)
        driven = self._driven(seen, drive)
        h = self.refine(F.silu(self.norm(x))).unflatten(0, (-1, num_frames)) + seen[:, None]
        raw = self.to_warp(F.silu(self.norm_joined(h.flatten(0, 1))))
        painted = F.pixel_shuffle(raw[:, self.num_flow :].float(), self.patch).unflatten(0, (-1, num_frames))  # [B, T, 4, S, S]
        with torch.autocast(x.device.type, enabled=False):
            flow = F.pixel_shuffle(raw[:, : self.num_flow].float(), self.patch)  # [B * T, 2, S, S]
            flow = flow + driven[:, :, :2].flatten(0, 1)
            flow = F.conv2d(F.pad(flow, (1, 1, 1, 1), mode="replicate"), self.binomial.float(), groups=2)
        return Warp(
            flow=rig.flow + self.FLOW_SCALE * flow.unflatten(0, (-1, num_frames)),
            mask_logit=rig.mask_logit + self.MASK_SCALE * (painted[:, :, :1] + driven[:, :, 2:]),
            paint=torch.tanh(torch.atanh(rig.paint.clamp(-DEEPEST, DEEPEST)) + painted[:, :, 1:]),
        )

    def _driven(self, seen: Tensor, drive: Tensor) -> Tensor:
        """float32 [B, T, 3, S, S]: the portrait's own shapes (flow and mask), weighted by the controls of each frame."""
        weights = self.to_weights(drive).float() * self.to_weights.out_features**-0.5  # [B, T, K]
        shapes = F.pixel_shuffle(self.to_shapes(seen).unflatten(1, (weights.shape[-1], -1)).float(), self.patch)  # [B, K, 3, S, S]
        with torch.autocast(seen.device.type, enabled=False):
            return (weights @ shapes.flatten(2)).unflatten(2, shapes.shape[2:])
