"""The denoiser: from noise, from what is heard, felt, held and remembered, to how the face moves."""

from __future__ import annotations

import math
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from ..motion.latent import LatentLayout
from .block import Block
from .conditions import ConditionEncoder, Conditions
from .config import FRAMES_PER_TOKEN, DenoiserConfig
from .frame_graph import Memory

_NOISE_RATES = 32


@dataclass(frozen=True)
class Past:
    """What happened before a window.

    Attributes:
        motion: float [B, R * 25, C]: latent of the frames before it, the last one second before the window's start at the latest.
        known: bool [B, R]: which of its seconds there are.
    """

    motion: Tensor
    known: Tensor

    def to(self, other: Tensor) -> Past:
        """On the device and in the precision of a tensor."""
        return Past(self.motion.to(other), self.known.to(other.device))

    @staticmethod
    def none(config: DenoiserConfig, like: Tensor) -> Past:
        """Nothing happened yet; B as of `like`."""
        shape = (len(like), config.num_memory * config.memory_frames, config.num_channels)
        return Past(like.new_zeros(shape), torch.zeros(len(like), config.num_memory, dtype=torch.bool, device=like.device))


class Denoiser(nn.Module):
    """Estimates clean motion (x0) from noisy motion.

    Motion [B, N, C] becomes tokens [B, N / 2, 16 cells, D]: two frames of one part of the face each, with a mask that says what is held.
    """

    def __init__(self, config: DenoiserConfig) -> None:
        super().__init__()
        self.config = config
        layout = LatentLayout.of_face()
        assert config.num_channels == layout.num_channels, config
        width, slots = config.width, FRAMES_PER_TOKEN * layout.width
        place = torch.from_numpy(layout.cell * layout.width + layout.slot)
        self.place: Tensor
        self.register_buffer("place", place, persistent=False)
        self.num_slots, self.slot_width = layout.num_cells * layout.width, layout.width
        self.into = nn.Parameter(torch.randn(layout.num_cells, 2 * slots, width) / (2 * slots) ** 0.5)
        self.cell = nn.Parameter(torch.randn(layout.num_cells, width) * 0.3)
        self.conditions = ConditionEncoder(config)
        self.hear = nn.Linear(width, width)
        self.level = nn.Sequential(nn.Linear(2 * _NOISE_RATES, width), nn.SiLU(), nn.Linear(width, width))
        self.memory = Memory(config)
        self.blocks = nn.ModuleList(Block(config) for _ in range(config.num_blocks))
        self.norm = nn.LayerNorm(width)
        self.out = nn.Parameter(torch.randn(layout.num_cells, width, slots) * 0.2 / width**0.5)

    def forward(self, noisy: Tensor, sigma: Tensor, held: Tensor, given: Conditions, past: Past) -> Tensor:
        """Clean motion float32 [B, N, C].

        Args:
            noisy: float [B, N, C]: (1 - sigma) * motion + sigma * noise; clean where held. N is even.
            sigma: float [B, N]: noise of each frame, 0 (none) to 1; 0 where all is held.
            held: float [B, N, C]: 1 where `noisy` is given and not to be decided.
            given: What is heard, felt, wanted.
            past: What happened before.
        """
        keys, bias, heard, manner = self.conditions(given)
        x = torch.cat([self._cells(noisy), self._cells(held)], -1)  # [B, T, 16, 2 * slots]
        x = torch.einsum("btcs,csd->btcd", x, self.into) + self.cell + self.hear(heard)[:, :, None]
        level = self._level(sigma) + manner[:, None]
        memory = self.memory(past.motion)
        for block in self.blocks:
            x = block(x, level, memory, past.known, keys, bias)
        # The last product in single precision: half of it is a tremble of the head.
        return self._frames(torch.einsum("btcd,cds->btcs", self.norm(x).float(), self.out.float()))

    def _cells(self, frames: Tensor) -> Tensor:
        """[B, T, 16, slots] of [B, N, C]."""
        batch, count, _ = frames.shape
        slots = frames.new_zeros(batch, count, self.num_slots)
        slots[..., self.place] = frames
        grid = slots.unflatten(-1, (-1, self.slot_width)).unflatten(1, (-1, FRAMES_PER_TOKEN))  # [B, T, 2, 16, w]
        return grid.transpose(2, 3).flatten(3)

    def _frames(self, cells: Tensor) -> Tensor:
        """[B, N, C] of [B, T, 16, slots]."""
        grid = cells.unflatten(-1, (FRAMES_PER_TOKEN, self.slot_width)).transpose(2, 3)
        return grid.flatten(1, 2).flatten(2)[..., self.place]

    def _level(self, sigma: Tensor) -> Tensor:
        """[B, T, D] of the noise of each frame [B, N]."""
        rates = torch.exp(torch.arange(_NOISE_RATES, device=sigma.device) * (-math.log(1000) / (_NOISE_RATES - 1)))
        angle = sigma.unflatten(1, (-1, FRAMES_PER_TOKEN)).mean(2).float()[..., None] * rates * 30
        return self.level(torch.cat([angle.sin(), angle.cos()], -1).to(self.cell.dtype))
