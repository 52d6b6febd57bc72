"""Video encoders: what TREPA compares clips by, and a small one that drawn clips can train."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import torch
from einops import rearrange
from torch import Tensor, nn
from torch.nn import functional as F

from .embeddings import ClipPosition


class VideoEncoder(Protocol):
    """Any frozen network that turns clips into features of space and time."""

    def __call__(self, frames: Tensor) -> Tensor:
        """Features [B, N, D] of clips [B, T, 3, S, S], -1 to 1, of any length and size; differentiable."""


@dataclass(frozen=True, kw_only=True)
class ClipEncoderConfig:
    """Attributes:
    size: Side in pixels to which frames are brought.
    patch: Side of a token's block in pixels; divides `size`.
    tubelet: Frames of a token's block.
    width: Channels of a token (D).
    depth: Transformer layers.
    num_heads: Attention heads.
    position_waves: Sinusoids of each axis of a position.
    """

    size: int = 64
    patch: int = 8
    tubelet: int = 2
    width: int = 128
    depth: int = 4
    num_heads: int = 4
    position_waves: int = 16


class ClipEncoder(nn.Module):
    """A transformer over blocks of space and time, small enough for a CPU. Source: VideoMAE (arXiv 2203.12602), in small.

    Features end standardised, each channel by its mean and deviation over the clips of training: what all tokens have in common would
    otherwise fill nearly all of their length, and clips whose directions are compared would all look alike.
    """

    def __init__(self, config: ClipEncoderConfig) -> None:
        super().__init__()
        self.config = config
        self.embed = nn.Linear(3 * config.tubelet * config.patch**2, config.width)
        self.position = ClipPosition(config.position_waves, config.width)
        self.layers = transformer(config.width, config.depth, config.num_heads)
        self.norm = nn.LayerNorm(config.width)
        self.standardise = nn.BatchNorm1d(config.width, affine=False)

    def forward(self, frames: Tensor) -> Tensor:
        """Features [B, N, width] of clips [B, T, 3, S, S], -1 to 1; N = ceil(T / tubelet) * (size / patch)^2, time first.

        The last frame is repeated where the blocks need one more.
        """
        tokens = self.tokens(self.blocks(frames))
        return self.encode(tokens.flatten(1, 2))

    def blocks(self, frames: Tensor) -> Tensor:
        """Clips [B, T, 3, S, S] cut into blocks [B, ceil(T / tubelet), (size / patch)^2, tubelet * patch^2 * 3]."""
        config, batch = self.config, frames.shape[0]
        pictures = frames.flatten(0, 1).float()
        if pictures.shape[-1] != config.size:
            pictures = F.interpolate(pictures, size=config.size, mode="area" if pictures.shape[-1] > config.size else "bilinear")
        clip = pictures.unflatten(0, (batch, -1))
        missing = -clip.shape[1] % config.tubelet
        clip = torch.cat([clip, clip[:, -1:].expand(-1, missing, -1, -1, -1)], 1)
        return rearrange(clip, "b (t u) c (y p) (x q) -> b t (y x) (u p q c)", u=config.tubelet, p=config.patch, q=config.patch)

    def tokens(self, blocks: Tensor) -> Tensor:
        """Tokens [B, T', cells, width] of blocks [B, T', cells, P], each knowing its place."""
        side = self.config.size // self.config.patch
        place = self.position(blocks.shape[1], side, side, blocks.device).flatten(1, 2)  # [T', cells, width]
        return self.embed(blocks) + place

    def encode(self, tokens: Tensor) -> Tensor:
        """Features [B, N, width] of any N tokens of a clip [B, N, width]."""
        return self.standardise(self.norm(self.layers(tokens)).mT).mT


def transformer(width: int, depth: int, num_heads: int) -> nn.TransformerEncoder:
    """`depth` layers over [B, N, width], each normalised before it acts."""
    layer = nn.TransformerEncoderLayer(width, num_heads, 4 * width, 0.0, "gelu", batch_first=True, norm_first=True)
    return nn.TransformerEncoder(layer, depth, enable_nested_tensor=False)
