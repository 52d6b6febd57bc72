"""STDA, the spatio-temporal strip attention: rows and columns of a clip, each through all its frames."""

from __future__ import annotations

from collections.abc import Callable

import torch
from einops import rearrange
from torch import Tensor, nn

from .attention import AttentionFunction, zero_linear
from .embeddings import ClipPosition

Direction = Callable[[AttentionFunction, Tensor, int], Tensor]
"""direction(attention, qkv, num_heads): attention within groups of a clip's cells, see horizontal_strips."""


def horizontal_strips(attention: AttentionFunction, qkv: Tensor, num_heads: int) -> Tensor:
    """Attention within each row of a clip through all frames.

    Args:
        attention: The host's attention.
        qkv: [B, T, H, W, 3 * C]: queries, keys, values.
        num_heads: Heads that share the C channels.

    Returns:
        [B, T, H, W, C].
    """
    query, key, value = rearrange(qkv, "b t h w (k n d) -> k b (h n) (t w) d", k=3, n=num_heads)
    read = attention(query, key, value)  # [B, H * heads, T * W, D]: strips are independent, so they sit beside the heads
    return rearrange(read, "b (h n) (t w) d -> b t h w (n d)", n=num_heads, t=qkv.shape[1])


def vertical_strips(attention: AttentionFunction, qkv: Tensor, num_heads: int) -> Tensor:
    """Attention within each column of a clip through all frames; arguments and result as `horizontal_strips`."""
    query, key, value = rearrange(qkv, "b t h w (k n d) -> k b (w n) (t h) d", k=3, n=num_heads)
    read = attention(query, key, value)  # [B, W * heads, T * H, D]
    return rearrange(read, "b (w n) (t h) d -> b t h w (n d)", n=num_heads, t=qkv.shape[1])


def within_frames(attention: AttentionFunction, qkv: Tensor, num_heads: int) -> Tensor:
    """Attention within each frame; arguments and result as `horizontal_strips`."""
    query, key, value = rearrange(qkv, "b t h w (k n d) -> k b (t n) (h w) d", k=3, n=num_heads)
    read = attention(query, key, value)  # [B, T * heads, H * W, D]
    return rearrange(read, "b (t n) (h w) d -> b t h w (n d)", n=num_heads, h=qkv.shape[2])


def through_time(attention: AttentionFunction, qkv: Tensor, num_heads: int) -> Tensor:
    """Attention of each cell to itself in all frames; arguments and result as `horizontal_strips`."""
    query, key, value = rearrange(qkv, "b t h w (k n d) -> k b (h w n) t d", k=3, n=num_heads)
    read = attention(query, key, value)  # [B, H * W * heads, T, D]
    return rearrange(read, "b (h w n) t d -> b t h w (n d)", n=num_heads, h=qkv.shape[2])


DIRECTIONS: dict[str, tuple[Direction, Direction]] = {
    "strips": (horizontal_strips, vertical_strips),
    "space_time": (within_frames, through_time),
}
"""What the two halves of the channels attend along. "space_time" is the usual pair of spatial and temporal attention, with the same
parameters: what strips are measured against."""


class StripAttention(nn.Module):
    """Spatio-temporal strip attention: half of the channels attend along rows, half along columns; residual.

    A strip is one row (or column) through all frames, so a cell sees its cross of space through the whole clip: motion of a head
    is seen at O(THW * T(H + W)) pairs instead of O((THW)^2). A gate decides per cell how much each direction counts. Sharing
    the channels between the directions halves the work against two full attentions (CSWin, arXiv 2107.00652, shares heads so).
    Source: EAD-Net abstract (strip attention for global motion); the form is ours.
    """

    def __init__(
        self, channels: int, num_heads: int, position_waves: int, attention: AttentionFunction, directions: str = "strips"
    ) -> None:
        """`num_heads` is the number of heads of each direction; `directions` is a name of DIRECTIONS."""
        super().__init__()
        self.first, self.second = DIRECTIONS[directions]
        self.num_heads = num_heads
        self.attention = attention
        self.norm = nn.LayerNorm(channels)
        self.position = ClipPosition(position_waves, channels)
        self.to_horizontal = nn.Linear(channels, 3 * channels // 2, bias=False)
        self.to_vertical = nn.Linear(channels, 3 * channels // 2, bias=False)
        self.to_gate = zero_linear(channels, 2)
        self.to_out = zero_linear(channels, channels)

    def forward(self, x: Tensor) -> Tensor:
        """x [B, T, H, W, C] with what its strips say added."""
        _, num_frames, height, width, _ = x.shape
        place = self.norm(x) + self.position(num_frames, height, width, x.device).to(x.dtype)
        row = self.first(self.attention, self.to_horizontal(place), self.num_heads)
        column = self.second(self.attention, self.to_vertical(place), self.num_heads)
        gate = torch.sigmoid(self.to_gate(place))
        return x + self.to_out(torch.cat([row * gate[..., :1], column * gate[..., 1:]], -1))
