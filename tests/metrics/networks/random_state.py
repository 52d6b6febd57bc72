"""Random weights of a kind that lets every layer show: for tests of architectures."""

from __future__ import annotations

import torch
from torch import nn


def randomise(net: nn.Module, seed: int = 0) -> None:
    """Fills parameters and statistics with numbers under which signals neither vanish nor explode."""
    dice = torch.Generator().manual_seed(seed)
    for name, value in net.state_dict().items():
        if name.endswith("running_var"):
            value.copy_(torch.rand(value.shape, generator=dice) + 0.5)
        elif value.dim() > 1:
            value.copy_(torch.randn(value.shape, generator=dice) * (2 / value[0].numel()) ** 0.5)
        elif value.is_floating_point():
            centre = 1.0 if name.endswith("weight") else 0.0
            value.copy_(centre + 0.1 * torch.randn(value.shape, generator=dice))
    net.eval()
