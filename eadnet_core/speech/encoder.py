"""Speech: log-mel columns to the phones that are heard."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from ..audio.mel_scale import NUM_MELS, SILENCE
from ..timebase import MEL_RATE
from .phones import NUM_PHONES, PHONE_RATE

COLUMNS_PER_PHONE = int(MEL_RATE / PHONE_RATE)
"""Log-mel columns of one estimate."""
_BLOCK, _OVERLAP = 500, 150
"""Estimates made at once in a long recording (10 s), and those heard beside them (3 s)."""


@dataclass(frozen=True, kw_only=True)
class SpeechEncoderConfig:
    """Attributes:
    num_mels: Bands of the log-mel.
    width: Channels.
    blocks: How many.
    heads: Of the attention.
    kernel: Of the convolutions through time, odd.
    expansion: Of the feed-forward layers.
    num_phones: Phones that are told apart.
    """

    num_mels: int = NUM_MELS
    width: int = 144
    blocks: int = 4
    heads: int = 4
    kernel: int = 31
    expansion: int = 4
    num_phones: int = NUM_PHONES


class FeedForward(nn.Module):
    """Norm, and a layer within each estimate."""

    def __init__(self, width: int, expansion: int) -> None:
        super().__init__()
        self.norm = nn.LayerNorm(width)
        self.widen = nn.Linear(width, expansion * width)
        self.narrow = nn.Linear(expansion * width, width)

    def forward(self, x: Tensor) -> Tensor:
        return self.narrow(F.silu(self.widen(self.norm(x))))


class Attention(nn.Module):
    """Norm, and attention of each estimate to all others, without a code of places: those are the convolutions' concern."""

    def __init__(self, width: int, heads: int) -> None:
        super().__init__()
        self.heads = heads
        self.norm = nn.LayerNorm(width)
        self.to_qkv = nn.Linear(width, 3 * width)
        self.out = nn.Linear(width, width)

    def forward(self, x: Tensor) -> Tensor:
        q, k, v = (part.unflatten(-1, (self.heads, -1)).transpose(1, 2) for part in self.to_qkv(self.norm(x)).chunk(3, -1))
        return self.out(F.scaled_dot_product_attention(q, k, v).transpose(1, 2).flatten(2))


class Convolution(nn.Module):
    """Norm, and a gated convolution of each channel through time."""

    def __init__(self, width: int, kernel: int) -> None:
        super().__init__()
        self.norm = nn.LayerNorm(width)
        self.gate = nn.Linear(width, 2 * width)
        self.through_time = nn.Conv1d(width, width, kernel, padding=kernel // 2, groups=width)
        self.out = nn.Linear(width, width)

    def forward(self, x: Tensor) -> Tensor:
        return self.out(F.silu(self.through_time(F.glu(self.gate(self.norm(x)), -1).mT)).mT)


class ConformerBlock(nn.Module):
    """Half a feed-forward layer, attention, convolution, the other half. Source: Conformer (Gulati et al., 2020)."""

    def __init__(self, config: SpeechEncoderConfig) -> None:
        super().__init__()
        self.before = FeedForward(config.width, config.expansion)
        self.attention = Attention(config.width, config.heads)
        self.convolution = Convolution(config.width, config.kernel)
        self.after = FeedForward(config.width, config.expansion)
        self.norm = nn.LayerNorm(config.width)

    def forward(self, x: Tensor) -> Tensor:
        x = x + 0.5 * self.before(x)
        x = x + self.attention(x)
        x = x + self.convolution(x)
        return self.norm(x + 0.5 * self.after(x))


class SpeechEncoder(nn.Module):
    """Log-mel to phones at 50 Hz; of the plan of hama's recogniser, with whose weights training can begin (training.hama_weights)."""

    def __init__(self, config: SpeechEncoderConfig) -> None:
        super().__init__()
        self.halve = nn.Conv1d(config.num_mels, config.width, 3, stride=2, padding=1)
        self.blocks = nn.ModuleList(ConformerBlock(config) for _ in range(config.blocks))
        self.to_phones = nn.Linear(config.width, config.num_phones)

    def forward(self, mel: Tensor) -> Tensor:
        """Logits [B, M, P] of log-mel [B, 2 * M, num_mels]."""
        assert mel.shape[1] % COLUMNS_PER_PHONE == 0, mel.shape
        x = F.gelu(self.halve(mel.mT - SILENCE)).mT  # what lies outside is silence
        for block in self.blocks:
            x = block(x)
        return self.to_phones(x)

    @torch.inference_mode()
    def phones(self, mel: Tensor) -> Tensor:
        """How likely each phone is, float32 [M, P] on the CPU, of log-mel [2 * M, num_mels] of any length, in flat memory."""
        heard = []
        place = next(self.parameters())
        for first in range(0, len(mel) // COLUMNS_PER_PHONE, _BLOCK):
            begin = max(0, first - _OVERLAP)
            piece = mel[begin * COLUMNS_PER_PHONE : (first + _BLOCK + _OVERLAP) * COLUMNS_PER_PHONE]
            logits = self(piece[None].to(place))[0, first - begin : first - begin + _BLOCK]
            heard.append(logits.float().softmax(-1).cpu())
        return torch.cat(heard) if heard else torch.zeros(0, self.to_phones.out_features)
