"""Masked prediction: most of a clip is hidden, and what is hidden must be told from the rest."""

from __future__ import annotations

import torch
from torch import Generator, Tensor, nn

from ...models.embeddings import ClipPosition
from ...models.video_encoder import ClipEncoder, transformer

LEAST_SPREAD = 0.02


class MaskedPrediction(nn.Module):
    """An encoder that sees few cells of a clip, and a small decoder that guesses the others; the decoder is not kept.

    Cells are hidden through the whole clip ("tubes"): what a cell shows in other frames would give it away, and the encoder would
    learn to copy instead of what faces do. Source: VideoMAE (arXiv 2203.12602).
    """

    def __init__(self, encoder: ClipEncoder, width: int, depth: int) -> None:
        """`width` and `depth` are the decoder's."""
        super().__init__()
        self.encoder = encoder
        config = encoder.config
        self.narrow = nn.Linear(config.width, width)
        self.hidden = nn.Parameter(torch.randn(width) * 0.02)
        self.position = ClipPosition(config.position_waves, width)
        self.decoder = transformer(width, depth, config.num_heads)
        self.guess = nn.Sequential(nn.LayerNorm(width), nn.Linear(width, encoder.embed.in_features))

    def forward(self, frames: Tensor, hidden: float, generator: Generator) -> Tensor:
        """Mean squared error of the guessed blocks, each in its own mean and deviation, so that 1 is guessing nothing.

        Args:
            frames: [B, T, 3, S, S], -1 to 1.
            hidden: Share of the cells that are hidden.
            generator: Chooses which.
        """
        blocks = self.encoder.blocks(frames)  # [B, T', cells, P]
        batch, times, cells, _ = blocks.shape
        order = torch.rand(batch, cells, generator=generator, device=generator.device).argsort(1)
        num_seen = max(1, round((1 - hidden) * cells))
        seen, unseen = order[:, :num_seen], order[:, num_seen:]
        features = self.encoder.encode(_cells(self.encoder.tokens(blocks), seen).flatten(1, 2))
        side = self.encoder.config.size // self.encoder.config.patch
        place = self.position(times, side, side, blocks.device).flatten(1, 2).expand(batch, -1, -1, -1)
        known = self.narrow(features).unflatten(1, (times, num_seen)) + _cells(place, seen)
        asked = self.hidden + _cells(place, unseen)
        told = self.decoder(torch.cat([known, asked], 2).flatten(1, 2)).unflatten(1, (times, cells))
        guessed = self.guess(told[:, :, num_seen:]).float()
        wanted = _cells(blocks, unseen)
        spread, mean = torch.std_mean(wanted, -1, keepdim=True)
        return (guessed - (wanted - mean) / (spread + LEAST_SPREAD)).square().mean()


def _cells(x: Tensor, chosen: Tensor) -> Tensor:
    """The cells `chosen` [B, n] of x [B, T', cells, C]: [B, T', n, C]."""
    return x.gather(2, chosen[:, None, :, None].expand(-1, x.shape[1], -1, x.shape[3]))
