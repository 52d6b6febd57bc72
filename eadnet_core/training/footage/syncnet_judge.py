"""SyncNet as the judge of footage."""

from __future__ import annotations

import numpy as np
import torch

from ...checkpoint import load_syncnet
from ...models.syncnet import SyncNet, cut_lips
from .sync_check import MOST_SHIFT

BLOCK = 64
"""Frames whose lips are looked at at once."""


class SyncNetJudge:
    """Compares embeddings of lips and sound, see SyncJudge. Source: Chung & Zisserman, "Out of time", 2016."""

    def __init__(self, net: SyncNet) -> None:
        self._net = net.eval()

    @staticmethod
    def from_pretrained() -> SyncNetJudge:
        """The judge with the weights of the pack.

        Raises:
            InputError: The weights are missing or damaged.
        """
        return SyncNetJudge(load_syncnet())

    @torch.inference_mode()
    def compare(self, faces: np.ndarray, mel: np.ndarray) -> np.ndarray:
        """See SyncJudge.compare."""
        lips = torch.cat([self._cut(faces[first : first + BLOCK]) for first in range(0, len(faces), BLOCK)], 1)
        seen = self._net.embed_lips(lips)[0]  # [N, D], N windows
        heard = self._net.embed_speech(torch.from_numpy(mel)[None].float())[0]  # [N + 2 * MOST_SHIFT, D]
        num = len(seen)
        return np.array([float((seen * heard[shift : shift + num]).sum(-1).mean()) for shift in range(2 * MOST_SHIFT + 1)])

    def _cut(self, faces: np.ndarray) -> torch.Tensor:
        pixels = torch.from_numpy(faces).permute(0, 3, 1, 2)[None].float() / 127.5 - 1  # [1, T, 3, S, S]
        return cut_lips(pixels, self._net.config.lip_size)
