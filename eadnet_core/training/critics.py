"""Networks that judge motion while the denoiser learns: SyncNet (lips go with what is heard) and TREPA (motion moves as motion does).

Both are trained first and frozen then. Source: LatentSync's losses (arXiv 2412.09262), on points instead of pixels; networks ours.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from ..motion.latent import LatentLayout

SYNC_FRAMES = 16
"""Frames of lips that are compared with what is heard with them."""
CHANNELS_OF_PHONES = 42
_WIDTH = 128


class Tower(nn.Module):
    """[B, C, L] to one vector of unit length: convolutions that halve time until little is left."""

    def __init__(self, channels: int, halvings: int, width: int = _WIDTH) -> None:
        super().__init__()
        layers: list[nn.Module] = [nn.Conv1d(channels, width, 3, padding=1), nn.GELU()]
        for _ in range(halvings):
            layers += [nn.Conv1d(width, width, 4, stride=2, padding=1), nn.GroupNorm(8, width), nn.GELU()]
        self.layers = nn.Sequential(*layers)
        self.out = nn.Linear(4 * width, width)

    def forward(self, x: Tensor) -> Tensor:
        y = self.layers(x)
        return F.normalize(self.out(F.adaptive_avg_pool1d(y, 4).flatten(1)), dim=-1)


class MotionSyncNet(nn.Module):
    """How well lips go with what is heard: the cosine of two embeddings.

    Lips are the expression of cheeks, lips and jaw, and how it changes; a smile that stays must not count, so each stretch is taken
    against its own mean.
    """

    def __init__(self) -> None:
        super().__init__()
        mouth = torch.from_numpy(LatentLayout.of_face().of_part("mouth")).nonzero().flatten()
        self.mouth: Tensor
        self.register_buffer("mouth", mouth, persistent=False)
        self.lips = Tower(2 * len(mouth), 2)
        self.heard = Tower(CHANNELS_OF_PHONES, 3)
        self.log_scale = nn.Parameter(torch.tensor(2.0))

    def embed_lips(self, motion: Tensor) -> Tensor:
        """[B, D] of latents [B, 16, C]."""
        lips = motion[..., self.mouth]
        lips = lips - lips.mean(1, keepdim=True)
        change = F.pad(lips.diff(dim=1), (0, 0, 0, 1))
        return self.lips(torch.cat([lips, 2 * change], -1).mT)

    def embed_heard(self, phones: Tensor) -> Tensor:
        """[B, D] of phones [B, 32, P]."""
        return self.heard(phones.mT)

    def forward(self, motion: Tensor, phones: Tensor) -> Tensor:
        """Cosine [B] of stretches that belong together."""
        return (self.embed_lips(motion) * self.embed_heard(phones)).sum(-1)


def contrast(net: MotionSyncNet, motion: Tensor, phones: Tensor) -> Tensor:
    """InfoNCE between stretches of lips and of sound, [B] each; within a batch only the own one is right. Some are shifts of one clip."""
    logits = net.log_scale.exp().clamp(max=50) * net.embed_lips(motion) @ net.embed_heard(phones).mT
    right = torch.arange(len(logits), device=logits.device)
    return (F.cross_entropy(logits, right) + F.cross_entropy(logits.mT, right)) / 2


class MotionEncoder(nn.Module):
    """Features of how motion goes on: convolutions over 1.3 s that were trained to fill in what was hidden.

    TREPA compares features of made and true motion, each of unit length.
    """

    def __init__(self, width: int = _WIDTH) -> None:
        super().__init__()
        channels = LatentLayout.of_face().num_channels
        self.into = nn.Conv1d(2 * channels, width, 3, padding=1)
        self.blocks = nn.ModuleList(
            nn.Sequential(
                nn.GroupNorm(8, width), nn.Conv1d(width, 2 * width, 5, padding=2 * d, dilation=d), nn.GELU(), nn.Conv1d(2 * width, width, 1)
            )
            for d in (1, 2, 4)
        )
        self.out = nn.Conv1d(width, channels, 1)

    def features(self, motion: Tensor, hidden: Tensor | None = None) -> Tensor:
        """[B, D, N] of latents [B, N, C]; hidden: float [B, N, C], 1 where nothing is seen."""
        seen = torch.ones_like(motion) if hidden is None else 1 - hidden
        x = self.into(torch.cat([motion * seen, seen], -1).mT)
        for block in self.blocks:
            x = x + block(x)
        return x

    def forward(self, motion: Tensor, hidden: Tensor) -> Tensor:
        """The motion filled in, [B, N, C]."""
        return self.out(self.features(motion, hidden)).mT


def trepa(net: MotionEncoder, made: Tensor, true: Tensor) -> Tensor:
    """Mean squared distance of features of unit length of made and true motion [B, N, C]."""
    with torch.no_grad():
        wanted = F.normalize(net.features(true), dim=1)
    return (F.normalize(net.features(made), dim=1) - wanted).square().sum(1).mean()
