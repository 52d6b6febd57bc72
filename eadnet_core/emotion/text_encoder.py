"""Captions: hashed character n-grams to one vector a caption, and the Action Units that can be read from it."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional as F


@dataclass(frozen=True, kw_only=True)
class TextEncoderConfig:
    """Attributes:
    num_buckets: Hash buckets of n-grams; id 0 is padding.
    word_width: Channels of n-grams and words.
    num_heads: Heads of the self-attention over words.
    max_words: Longest caption, in words.
    width: Channels of a caption's vector.
    num_units: Action Units that the head reads.
    """

    num_buckets: int = 8192
    word_width: int = 96
    num_heads: int = 3
    max_words: int = 24
    width: int = 256
    num_units: int = 24


class TextEncoder(nn.Module):
    """Hashed n-grams to caption vectors: mean of a word's n-grams, one layer of attention over the words, read by a summary token.

    The summary token is always there, so an empty caption has a vector too, and padding never changes any. Source: ours.
    """

    def __init__(self, config: TextEncoderConfig) -> None:
        super().__init__()
        width = config.word_width
        self.num_heads = config.num_heads
        self.grams = nn.Embedding(config.num_buckets, width, padding_idx=0)
        self.order = nn.Parameter(torch.randn(config.max_words, width) * 0.02)
        self.summary = nn.Parameter(torch.randn(width) * 0.02)
        self.norm = nn.LayerNorm(width)
        self.to_qkv = nn.Linear(width, 3 * width)
        self.to_out = nn.Linear(width, width)
        self.mlp = nn.Sequential(nn.LayerNorm(width), nn.Linear(width, 2 * width), nn.GELU(), nn.Linear(2 * width, width))
        self.head = nn.Sequential(nn.LayerNorm(width), nn.Linear(width, config.width))
        self.to_units = nn.Linear(config.width, config.num_units)

    def forward(self, ids: Tensor) -> Tensor:
        """Caption vectors [B, K, width] of n-gram ids int64 [B, K, W, G]."""
        batch, num_captions, num_words, _ = ids.shape
        ids = ids.flatten(0, 1)  # [B * K, W, G]
        used = ids != 0
        total = self.grams(ids).sum(-2)  # padding's embedding is zero
        words = total / used.sum(-1, keepdim=True).clamp(min=1) + self.order[:num_words]  # [B * K, W, C]
        x = torch.cat([self.summary.expand(len(words), 1, -1), words], 1)  # [B * K, 1 + W, C]
        present = F.pad(used.any(-1), (1, 0), value=True)  # [B * K, 1 + W]
        query, key, value = self.to_qkv(self.norm(x)).unflatten(-1, (3, self.num_heads, -1)).permute(2, 0, 3, 1, 4)
        read = F.scaled_dot_product_attention(query, key, value, attn_mask=present[:, None, None])  # [B * K, heads, 1 + W, D]
        summary = x[:, 0] + self.to_out(read[:, :, 0].flatten(1))
        summary = summary + self.mlp(summary)
        return self.head(summary).unflatten(0, (batch, num_captions))

    def units(self, captions: Tensor) -> Tensor:
        """Action Units that caption vectors [..., width] ask for, float32 [..., num_units], 0 to 1.

        Supervised, it teaches the vectors what words mean many times faster than pictures do, as SpeechEncoder.visemes does for sound.
        """
        return torch.sigmoid(self.to_units(captions).float())
