"""Attention as a part that the host may exchange, and cross-attention from pictures to condition tokens."""

from __future__ import annotations

from collections.abc import Callable

import torch
from einops import rearrange
from torch import Tensor, nn
from torch.nn import functional as F

AttentionFunction = Callable[[Tensor, Tensor, Tensor], Tensor]
"""attention(query, key, value): [B, heads, L, D], [B, heads, N, D], [B, heads, N, D] to [B, heads, L, D]."""


def torch_attention(query: Tensor, key: Tensor, value: Tensor) -> Tensor:
    """softmax(query key^T / sqrt(D)) value by torch's own kernel; in training on a CPU, by two matrix products.

    The backward pass of torch's flash kernel for CPUs runs at a fifth of the speed of the matrix products (measured with 128 to 256
    tokens and with 9 keys, bfloat16, AMX). The products' softmax is float32 inside its kernel.
    """
    if query.device.type == "cpu" and query.requires_grad:
        score = torch.matmul(query * query.shape[-1] ** -0.5, key.mT)
        return torch.matmul(torch.softmax(score, -1), value)
    return F.scaled_dot_product_attention(query, key, value)


def zero_linear(num_inputs: int, num_outputs: int) -> nn.Linear:
    """A linear layer that starts as zero, so that a residual branch starts as nothing."""
    layer = nn.Linear(num_inputs, num_outputs)
    nn.init.zeros_(layer.weight)
    nn.init.zeros_(layer.bias)
    return layer


class CrossAttention(nn.Module):
    """Every cell of a frame reads that frame's condition tokens; residual."""

    def __init__(self, channels: int, token_width: int, num_heads: int, attention: AttentionFunction) -> None:
        super().__init__()
        self.num_heads = num_heads
        self.attention = attention
        self.norm = nn.LayerNorm(channels)
        self.to_query = nn.Linear(channels, channels, bias=False)
        self.to_key_value = nn.Linear(token_width, 2 * channels, bias=False)
        self.to_out = zero_linear(channels, channels)

    def forward(self, x: Tensor, tokens: Tensor) -> Tensor:
        """x with what it read added.

        Args:
            x: [B, T, H, W, C].
            tokens: [B, T, N, token_width].

        Returns:
            [B, T, H, W, C].
        """
        batch, num_frames, height, width, _ = x.shape
        query = rearrange(self.to_query(self.norm(x)), "b t h w (n d) -> (b t) n (h w) d", n=self.num_heads)
        key, value = rearrange(self.to_key_value(tokens), "b t l (k n d) -> k (b t) n l d", k=2, n=self.num_heads)
        read = self.attention(query, key, value)  # [B * T, heads, H * W, D]
        return x + self.to_out(rearrange(read, "(b t) n (h w) d -> b t h w (n d)", b=batch, t=num_frames, h=height, w=width))
