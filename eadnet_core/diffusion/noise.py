"""Noise from a seed: the same on every device, window by window, so that a longer clip begins as a shorter one does."""

from __future__ import annotations

import torch
from torch import Tensor


def window_noise(seed: int, window: int, shape: tuple[int, ...]) -> Tensor:
    """Normal noise float32 of a window, on the CPU.

    Args:
        seed: 0 or more.
        window: Its number in the clip.
        shape: Of the noise.
    """
    generator = torch.Generator().manual_seed((seed * 0x9E3779B1 + window * 0x85EBCA77) % 2**63)
    return torch.randn(shape, generator=generator)
