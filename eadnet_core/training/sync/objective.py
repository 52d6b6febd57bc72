"""The losses of SyncNet: lips must find their own moment among others, the cosine must say whether two moments are one, and both
sides must know the mouth's shape, which drawn clips have as an exact label."""

from __future__ import annotations

from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from ...models.syncnet import SyncNetConfig

LEAST = 1e-4
"""Of a cosine and of what it lacks to 1, so that logarithms stay finite."""
NEARLY_TOGETHER = 1
"""Windows of a clip this many frames apart show nearly the same: calling them apart or together would be wrong either way."""


@dataclass(frozen=True)
class SyncLosses:
    """Each a scalar.

    Attributes:
        rank: Cross-entropy of finding one's own moment among all windows of the batch, both ways. Source: InfoNCE (arXiv 1807.03748).
        match: Binary cross-entropy of the cosine, true and false pairs balanced; ln 2 is what a network reaches that has learnt
            nothing. Source: LatentSync (arXiv 2412.09262).
        shape: Error of the visemes read off lips and off sound, an exact label of every window. Source: ours.
    """

    rank: Tensor
    match: Tensor
    shape: Tensor


class ShapeHeads(nn.Module):
    """Reads visemes off what SyncNet sees and hears; needed in training only."""

    def __init__(self, config: SyncNetConfig, num_visemes: int) -> None:
        super().__init__()
        self.window = config.window
        self.of_lips = nn.Linear(config.lip_width, config.window * num_visemes)
        self.of_speech = nn.Linear(config.speech_width, config.window * num_visemes)

    def loss(self, seen: Tensor, heard: Tensor, visemes: Tensor) -> Tensor:
        """Mean squared error of the visemes [B, T, 5] of each window's frames, by `seen` [B, N, C] and by `heard` [B, N, C']."""
        wanted = visemes.unfold(1, self.window, 1).flatten(2)  # [B, N, 5 * window]
        return F.mse_loss(self.of_lips(seen).float(), wanted) + F.mse_loss(self.of_speech(heard).float(), wanted)


def sync_losses(lips: Tensor, speech: Tensor, shape: Tensor, temperature: float) -> SyncLosses:
    """The losses of a batch: false pairs are the same clip at other times, and all other clips.

    Args:
        lips: [B, N, D], embeddings of the batch's windows.
        speech: [B, N, D], of the same windows.
        shape: The loss of ShapeHeads.
        temperature: By which cosines are divided in the ranking.
    """
    batch, num_windows = lips.shape[:2]
    cosine = lips.flatten(0, 1) @ speech.flatten(0, 1).T  # [B * N, B * N]
    target = torch.arange(len(cosine), device=cosine.device)
    logits = cosine / temperature
    rank = (F.cross_entropy(logits, target) + F.cross_entropy(logits.T, target)) / 2
    clip, window = target // num_windows, target % num_windows
    near = (clip[:, None] == clip) & ((window[:, None] - window).abs() <= NEARLY_TOGETHER)
    true = -cosine.diagonal().clamp(min=LEAST).log().mean()
    false = -(1 - cosine[~near]).clamp(min=LEAST).log().mean()
    return SyncLosses(rank, (true + false) / 2, shape)
