"""Speech: log-mel columns to one token a frame, and the mouth shapes that can be read from them."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from ..timebase import MELS_PER_FRAME


@dataclass(frozen=True, kw_only=True)
class SpeechEncoderConfig:
    """Attributes:
    num_mels: Bands of the log-mel.
    width: Channels of the tokens.
    kernel: Kernel of the first convolution, in mel columns.
    num_residual: Residual convolutions (3 frames wide) at 25 Hz.
    num_visemes: Mouth shapes that the head estimates.
    """

    num_mels: int = 64
    width: int = 256
    kernel: int = 5
    num_residual: int = 2
    num_visemes: int = 5


class ChannelNorm(nn.LayerNorm):
    """Layer norm over the channels of [B, C, L], each column by itself: a token must not depend on the clip's length."""

    def forward(self, x: Tensor) -> Tensor:
        return super().forward(x.mT).mT


class SpeechEncoder(nn.Module):
    """Log-mel to tokens at 25 Hz.

    Two stride-2 convolutions of even width bring 100 Hz to 25 Hz and keep each token centred on its frame. A token depends on
    less than four frames on either side. The clip's first and last columns are repeated outwards. Source: ours.
    """

    def __init__(self, config: SpeechEncoderConfig) -> None:
        super().__init__()
        width = config.width
        self.lift = nn.Conv1d(config.num_mels, width, config.kernel)
        self.halve = nn.ModuleList(nn.Conv1d(width, width, 4, stride=2) for _ in range(2))
        self.residual = nn.ModuleList(
            nn.Sequential(ChannelNorm(width), nn.Conv1d(width, width, 3, padding=1), nn.GELU(), nn.Conv1d(width, width, 1))
            for _ in range(config.num_residual)
        )
        self.norm = nn.LayerNorm(width)
        self.to_visemes = nn.Linear(width, config.num_visemes)
        self.margin = config.kernel // 2 + 3  # columns that the unpadded convolutions eat on either side: kernel // 2, 1, 2 * 1

    def forward(self, mel: Tensor) -> Tensor:
        """Tokens [B, M, C] of log-mel [B, 4 * M, num_mels]."""
        assert mel.shape[1] % MELS_PER_FRAME == 0, mel.shape
        x = F.pad(mel.mT, (self.margin, self.margin), mode="replicate")  # [B, num_mels, 4 * M + 2 * margin]
        x = F.gelu(self.lift(x))
        for layer in self.halve:
            x = F.gelu(layer(x))  # [B, C, 2 * M + 2], then [B, C, M]
        for block in self.residual:
            x = x + block(x)
        return self.norm(x.mT)  # [B, M, C]

    def visemes(self, tokens: Tensor) -> Tensor:
        """Estimated strength of each viseme, [..., num_visemes], 0 to 1; supervised, it teaches the tokens what lips need to know."""
        return torch.sigmoid(self.to_visemes(tokens).float())
