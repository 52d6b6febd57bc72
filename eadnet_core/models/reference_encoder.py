"""The portrait's own encoder: it runs once a clip, so it may look closer than the frames' network does."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from ..face.landmarks import MAPS
from .cell_norm import CellNorm


class PlainBlock(nn.Module):
    """Residual block without conditions."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.body = nn.Sequential(
            CellNorm(channels), nn.SiLU(), nn.Conv2d(channels, channels, 3, padding=1),
            CellNorm(channels), nn.SiLU(), nn.Conv2d(channels, channels, 3, padding=1),
        )  # fmt: skip

    def forward(self, x: Tensor) -> Tensor:
        """[B, C, H, W] of the same."""
        return x + self.body(x)


class ReferenceEncoder(nn.Module):
    """Portrait and landmark maps to features at half size and at every level of the U-Net. Source: ours."""

    def __init__(self, fine_channels: int, channels: tuple[int, ...], num_blocks: tuple[int, ...], patch: int) -> None:
        """`channels` are those of the U-Net's levels, the first of which is 1 / patch of the crop's size; `num_blocks` theirs too."""
        super().__init__()
        num_inputs = 3 + len(MAPS)
        self.patch = patch
        self.first = nn.Conv2d(num_inputs * (patch // 2) ** 2, fine_channels, 3, padding=1)
        self.fine = PlainBlock(fine_channels)
        self.down = nn.ModuleList()
        self.level = nn.ModuleList()
        for previous, current, count in zip((fine_channels, *channels[:-1]), channels, num_blocks, strict=True):
            self.down.append(nn.Conv2d(previous, current, 3, stride=2, padding=1))
            self.level.append(nn.Sequential(*(PlainBlock(current) for _ in range(count))))

    def forward(self, reference: Tensor, landmark_maps: Tensor) -> list[Tensor]:
        """Features [B, C, ., .] at twice the first level's grid, then at each level's.

        Args:
            reference: [B, 3, S, S], -1 to 1.
            landmark_maps: [B, 5, S, S], 0 to 1.
        """
        x = F.pixel_unshuffle(torch.cat([reference, landmark_maps], 1), self.patch // 2)
        x = self.fine(self.first(x.contiguous(memory_format=torch.channels_last)))
        features = [x]
        for down, level in zip(self.down, self.level, strict=True):
            x = level(down(x))
            features.append(x)
        return features
