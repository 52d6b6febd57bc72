"""STDA, the spatio-temporal strip attention: rows and columns of a clip, each through all its frames."""

from __future__ import annotations

import torch
from einops import rearrange
from torch import Tensor, nn

from .attention import AttentionFunction, zero_linear
from .embeddings import ClipPosition


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


class StripAttention(nn.Module):
    """Spatio-temporal strip attention: half of the channels attend along rows, half along columns; residual.

    A strip is one row (or column) through all frames, so a cell sees its cross of space through the whole clip: motion of a head
    is seen at O(THW * T(H + W)) pairs instead of O((THW)^2). A gate decides per cell how much each direction counts. Sharing
    the channels between the directions halves the work against two full attentions (CSWin, arXiv 2107.00652, shares heads so).
    Source: EAD-Net abstract (strip attention for global motion); the form is ours.
    """

    def __init__(self, channels: int, num_heads: int, position_waves: int, attention: AttentionFunction) -> None:
        """`num_heads` is the number of heads of each direction."""
        super().__init__()
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
        row = horizontal_strips(self.attention, self.to_horizontal(place), self.num_heads)
        column = vertical_strips(self.attention, self.to_vertical(place), self.num_heads)
        gate = torch.sigmoid(self.to_gate(place))
        return x + self.to_out(torch.cat([row * gate[..., :1], column * gate[..., 1:]], -1))
