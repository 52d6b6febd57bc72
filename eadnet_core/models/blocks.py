"""The blocks of the denoiser: a ResBlock with adaptive norm, and the full block around attention and frame graph."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from .attention import AttentionFunction, CrossAttention, zero_linear
from .cell_norm import CellNorm
from .frame_graph import FrameGraph, FrameGraphConfig, NoFrameGraph
from .strip_attention import StripAttention

MODULATION_STD, RESIDUAL_STD = 0.05, 0.01
"""Spread of the first weights of modulation and residual."""


class ResBlock(nn.Module):
    """Two convolutions; noise level and global condition scale and shift between them. Source: ADM (arXiv 2105.05233), adaptive norm."""

    def __init__(self, channels: int, condition_width: int) -> None:
        super().__init__()
        self.norm_in = CellNorm(channels)
        self.conv_in = nn.Conv2d(channels, channels, 3, padding=1)
        self.norm_out = CellNorm(channels, elementwise_affine=False)
        self.conv_out = nn.Conv2d(channels, channels, 3, padding=1)
        self.modulation = nn.Linear(condition_width, 2 * channels)
        # small, not zero: a zero after a zero leaves the conditions without a gradient, and the controls are learnt hundreds of steps later
        nn.init.normal_(self.modulation.weight, std=MODULATION_STD)
        nn.init.normal_(self.conv_out.weight, std=RESIDUAL_STD)

    def forward(self, x: Tensor, condition: Tensor) -> Tensor:
        """[N, C, H, W] of the same, under conditions [N, condition_width]."""
        h = self.conv_in(F.silu(self.norm_in(x)))
        scale, shift = self.modulation(condition)[:, :, None, None].chunk(2, 1)
        h = torch.addcmul(shift.to(h.dtype), self.norm_out(h), (1 + scale).to(h.dtype))
        return x + self.conv_out(F.silu(h))


class FullBlock(nn.Module):
    """ResBlock, cross-attention, STDA, TFRM, MLP: one block of the denoiser at a level where attention is worth its cost."""

    def __init__(
        self,
        channels: int,
        condition_width: int,
        token_width: int,
        num_heads: int,
        position_waves: int,
        mlp_ratio: int,
        graph: FrameGraphConfig,
        attention: AttentionFunction,
        directions: str = "strips",
    ) -> None:
        super().__init__()
        self.residual = ResBlock(channels, condition_width)
        self.cross_attention = CrossAttention(channels, token_width, num_heads, attention)
        self.strip_attention = StripAttention(channels, num_heads // 2, position_waves, attention, directions)
        self.frame_graph = FrameGraph(channels, graph) if graph.enabled else NoFrameGraph()
        self.mlp = nn.Sequential(
            nn.LayerNorm(channels), nn.Linear(channels, mlp_ratio * channels), nn.GELU("tanh"), zero_linear(mlp_ratio * channels, channels)
        )

    def forward(
        self, x: Tensor, condition: Tensor, tokens: Tensor, reference: Tensor, memory: Tensor | None, times: Tensor | None
    ) -> tuple[Tensor, Tensor]:
        """The block's output and its frame graph's nodes.

        Args:
            x: [B * T, C, H, W], channels last in memory, so that cells lie as rows for attention without a copy.
            condition: [B * T, condition_width].
            tokens: [B, T, N, token_width].
            reference: [B, C], summary of the portrait at this level.
            memory: [B, M, C] or None.
            times: int64 [M] or None.

        Returns:
            [B * T, C, H, W], and [B, T, C].
        """
        clip = self.residual(x, condition).permute(0, 2, 3, 1).unflatten(0, tokens.shape[:2])  # [B, T, H, W, C]
        clip = self.cross_attention(clip, tokens)
        clip = self.strip_attention(clip)
        clip, nodes = self.frame_graph(clip, reference, memory, times)
        clip = clip + self.mlp(clip)
        return clip.flatten(0, 1).permute(0, 3, 1, 2), nodes
