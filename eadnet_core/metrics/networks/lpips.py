"""LPIPS over AlexNet: how different two pictures look, by features weighted as people judged."""

from __future__ import annotations

from pathlib import Path

import torch
from torch import Tensor, nn

from .state_file import load_strictly, read_state

SMALLEST = 35
"""Side in pixels below which AlexNet's last layer sees nothing."""
_WIDTHS = (64, 192, 384, 256, 256)
_TWINS = "lins."
"""The package's state dict names its linear layers twice."""


class Lpips(nn.Module):
    """The network under the names of the package's state dict.

    Source: Zhang et al., "The unreasonable effectiveness of deep features as a perceptual metric", 2018, version 0.1.
    """

    def __init__(self) -> None:
        super().__init__()
        self.scaling_layer = _Scaling()
        layers = (
            (nn.Conv2d(3, 64, 11, 4, 2), nn.ReLU()),
            (nn.MaxPool2d(3, 2), nn.Conv2d(64, 192, 5, padding=2), nn.ReLU()),
            (nn.MaxPool2d(3, 2), nn.Conv2d(192, 384, 3, padding=1), nn.ReLU()),
            (nn.Conv2d(384, 256, 3, padding=1), nn.ReLU()),
            (nn.Conv2d(256, 256, 3, padding=1), nn.ReLU()),
        )
        self.net, first = nn.Module(), 0
        for number, slice_ in enumerate(layers, 1):
            named = nn.Sequential()
            for offset, layer in enumerate(slice_):
                named.add_module(str(first + offset), layer)
            self.net.add_module(f"slice{number}", named)
            first += len(slice_)
        for number, width in enumerate(_WIDTHS):
            self.add_module(f"lin{number}", _Weighted(width))

    def forward(self, one: Tensor, other: Tensor) -> Tensor:
        """Distances [N], 0 or more, of pictures [N, 3, H, W], RGB, -1 to 1, sides of SMALLEST or more."""
        total = one.new_zeros(len(one))
        x, y = self.scaling_layer(one), self.scaling_layer(other)
        for number in range(len(_WIDTHS)):
            layers = self.net.get_submodule(f"slice{number + 1}")
            x, y = layers(x), layers(y)
            apart = (_normalised(x) - _normalised(y)) ** 2
            total = total + self.get_submodule(f"lin{number}")(apart).mean((1, 2, 3))
        return total


class _Scaling(nn.Module):
    shift: Tensor
    scale: Tensor

    def __init__(self) -> None:
        super().__init__()
        for name in ("shift", "scale"):
            self.register_buffer(name, torch.zeros(1, 3, 1, 1))

    def forward(self, x: Tensor) -> Tensor:
        return (x - self.shift) / self.scale


class _Weighted(nn.Module):
    def __init__(self, width: int) -> None:
        super().__init__()
        self.model = nn.Sequential(nn.Identity(), nn.Conv2d(width, 1, 1, bias=False))  # the package has a dropout first

    def forward(self, x: Tensor) -> Tensor:
        return self.model(x)


def _normalised(x: Tensor) -> Tensor:
    return x / (x.norm(dim=1, keepdim=True) + 1e-10)


def load_lpips(path: Path) -> Lpips:
    """The network with the public weights.

    Raises:
        InputError: The file is missing, no safetensors file, or holds something else.
    """
    what = "LPIPS file"
    net = Lpips()
    state = {name: value for name, value in read_state(path, what).items() if not name.startswith(_TWINS)}
    load_strictly(net, state, path, what)
    return net
