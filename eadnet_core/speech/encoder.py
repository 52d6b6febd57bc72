"""Speech: log-mel columns to the phones that are heard."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from ..audio.mel_scale import SILENCE
from ..timebase import MEL_RATE
from .phones import NUM_PHONES, PHONE_RATE

COLUMNS_PER_PHONE = int(MEL_RATE / PHONE_RATE)
"""Log-mel columns of one estimate."""
_BLOCK, _OVERLAP = 3000, 100
"""Estimates made at once in a long recording (60 s), and those heard beside them."""


@dataclass(frozen=True, kw_only=True)
class SpeechEncoderConfig:
    """Attributes:
    num_mels: Bands of the log-mel.
    width: Channels.
    kernel: Of the convolutions through time, odd.
    dilations: Of each block's convolution; there are as many blocks.
    expansion: Of the blocks' inner layer.
    num_phones: Phones that are told apart.
    """

    num_mels: int = 64
    width: int = 224
    kernel: int = 9
    dilations: tuple[int, ...] = (1, 2, 4, 1, 2)
    expansion: int = 3
    num_phones: int = NUM_PHONES


class ChannelNorm(nn.LayerNorm):
    """Layer norm over the channels of [B, C, L], each column by itself: what is heard must not depend on the clip's length."""

    def forward(self, x: Tensor) -> Tensor:
        return super().forward(x.mT).mT


class ConvBlock(nn.Module):
    """Convolution of each channel through time, then a layer across channels, beside the stream. Source: ConvNeXt (Liu et al., 2022)."""

    def __init__(self, width: int, kernel: int, dilation: int, expansion: int) -> None:
        super().__init__()
        self.through_time = nn.Conv1d(width, width, kernel, padding=dilation * (kernel // 2), dilation=dilation, groups=width)
        self.norm = ChannelNorm(width)
        self.widen = nn.Conv1d(width, expansion * width, 1)
        self.narrow = nn.Conv1d(expansion * width, width, 1)

    def forward(self, x: Tensor) -> Tensor:
        return x + self.narrow(F.gelu(self.widen(self.norm(self.through_time(x)))))


class SpeechEncoder(nn.Module):
    """Log-mel to phones at 50 Hz; an estimate hears 0.8 s on either side. Source: ours."""

    def __init__(self, config: SpeechEncoderConfig) -> None:
        super().__init__()
        self.lift = nn.Conv1d(config.num_mels, config.width, 5, padding=2)
        self.halve = nn.Conv1d(config.width, config.width, 4, stride=2, padding=1)  # even: an estimate lies in the middle of its columns
        self.blocks = nn.ModuleList(ConvBlock(config.width, config.kernel, d, config.expansion) for d in config.dilations)
        self.norm = ChannelNorm(config.width)
        self.to_phones = nn.Conv1d(config.width, config.num_phones, 1)

    def forward(self, mel: Tensor) -> Tensor:
        """Logits [B, M, P] of log-mel [B, 2 * M, num_mels]."""
        assert mel.shape[1] % COLUMNS_PER_PHONE == 0, mel.shape
        x = self.lift(mel.mT - SILENCE)  # what lies outside is silence
        x = self.halve(F.gelu(x))
        for block in self.blocks:
            x = block(x)
        return self.to_phones(self.norm(x)).mT

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
        return torch.cat(heard) if heard else torch.zeros(0, self.to_phones.out_channels)
