"""Inception-v3 of 2015 up to its last pooling: the features whose Frechet distance is called FID."""

from __future__ import annotations

from pathlib import Path

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from ...errors import InputError
from .state_file import load_strictly, read_state

SIZE = 299
"""Side in pixels of what the network sees."""
WIDTH = 2048
"""Length of a feature."""
CLASSES = 1008
"""Rows of the classifier that tells this network from others of its name; it takes no part in FID."""


_Sides = int | tuple[int, int]


class _Conv(nn.Module):
    def __init__(self, inputs: int, outputs: int, kernel: _Sides, stride: int = 1, padding: _Sides = 0) -> None:
        super().__init__()
        self.conv = nn.Conv2d(inputs, outputs, kernel, stride, padding, bias=False)
        self.bn = nn.BatchNorm2d(outputs, eps=0.001)

    def forward(self, x: Tensor) -> Tensor:
        return F.relu(self.bn(self.conv(x)), inplace=True)


def _wide(inputs: int, outputs: int) -> _Conv:
    return _Conv(inputs, outputs, (1, 7), padding=(0, 3))


def _high(inputs: int, outputs: int) -> _Conv:
    return _Conv(inputs, outputs, (7, 1), padding=(3, 0))


def _mean_pool(x: Tensor) -> Tensor:
    """Mean over 3 x 3; beyond the border nothing is counted, as TensorFlow does it."""
    return F.avg_pool2d(x, 3, 1, 1, count_include_pad=False)


class _BlockA(nn.Module):
    def __init__(self, inputs: int, pooled: int) -> None:
        super().__init__()
        self.branch1x1 = _Conv(inputs, 64, 1)
        self.branch5x5_1, self.branch5x5_2 = _Conv(inputs, 48, 1), _Conv(48, 64, 5, padding=2)
        self.branch3x3dbl_1, self.branch3x3dbl_2 = _Conv(inputs, 64, 1), _Conv(64, 96, 3, padding=1)
        self.branch3x3dbl_3 = _Conv(96, 96, 3, padding=1)
        self.branch_pool = _Conv(inputs, pooled, 1)

    def forward(self, x: Tensor) -> Tensor:
        twice = self.branch3x3dbl_3(self.branch3x3dbl_2(self.branch3x3dbl_1(x)))
        return torch.cat([self.branch1x1(x), self.branch5x5_2(self.branch5x5_1(x)), twice, self.branch_pool(_mean_pool(x))], 1)


class _BlockB(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.branch3x3 = _Conv(288, 384, 3, 2)
        self.branch3x3dbl_1, self.branch3x3dbl_2, self.branch3x3dbl_3 = _Conv(288, 64, 1), _Conv(64, 96, 3, padding=1), _Conv(96, 96, 3, 2)

    def forward(self, x: Tensor) -> Tensor:
        twice = self.branch3x3dbl_3(self.branch3x3dbl_2(self.branch3x3dbl_1(x)))
        return torch.cat([self.branch3x3(x), twice, F.max_pool2d(x, 3, 2)], 1)


class _BlockC(nn.Module):
    def __init__(self, width: int) -> None:
        super().__init__()
        self.branch1x1 = _Conv(768, 192, 1)
        self.branch7x7_1, self.branch7x7_2, self.branch7x7_3 = _Conv(768, width, 1), _wide(width, width), _high(width, 192)
        self.branch7x7dbl_1, self.branch7x7dbl_2, self.branch7x7dbl_3 = _Conv(768, width, 1), _high(width, width), _wide(width, width)
        self.branch7x7dbl_4, self.branch7x7dbl_5 = _high(width, width), _wide(width, 192)
        self.branch_pool = _Conv(768, 192, 1)

    def forward(self, x: Tensor) -> Tensor:
        once = self.branch7x7_3(self.branch7x7_2(self.branch7x7_1(x)))
        twice = self.branch7x7dbl_3(self.branch7x7dbl_2(self.branch7x7dbl_1(x)))
        twice = self.branch7x7dbl_5(self.branch7x7dbl_4(twice))
        return torch.cat([self.branch1x1(x), once, twice, self.branch_pool(_mean_pool(x))], 1)


class _BlockD(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.branch3x3_1, self.branch3x3_2 = _Conv(768, 192, 1), _Conv(192, 320, 3, 2)
        self.branch7x7x3_1, self.branch7x7x3_2 = _Conv(768, 192, 1), _wide(192, 192)
        self.branch7x7x3_3, self.branch7x7x3_4 = _high(192, 192), _Conv(192, 192, 3, 2)

    def forward(self, x: Tensor) -> Tensor:
        large = self.branch7x7x3_4(self.branch7x7x3_3(self.branch7x7x3_2(self.branch7x7x3_1(x))))
        return torch.cat([self.branch3x3_2(self.branch3x3_1(x)), large, F.max_pool2d(x, 3, 2)], 1)


class _BlockE(nn.Module):
    """Attributes: pools_largest: Whether the last branch pools maxima; in the published network the last block alone does."""

    def __init__(self, inputs: int, pools_largest: bool) -> None:
        super().__init__()
        self.pools_largest = pools_largest
        self.branch1x1 = _Conv(inputs, 320, 1)
        self.branch3x3_1 = _Conv(inputs, 384, 1)
        self.branch3x3_2a, self.branch3x3_2b = _Conv(384, 384, (1, 3), padding=(0, 1)), _Conv(384, 384, (3, 1), padding=(1, 0))
        self.branch3x3dbl_1, self.branch3x3dbl_2 = _Conv(inputs, 448, 1), _Conv(448, 384, 3, padding=1)
        self.branch3x3dbl_3a, self.branch3x3dbl_3b = _Conv(384, 384, (1, 3), padding=(0, 1)), _Conv(384, 384, (3, 1), padding=(1, 0))
        self.branch_pool = _Conv(inputs, 192, 1)

    def forward(self, x: Tensor) -> Tensor:
        once, twice = self.branch3x3_1(x), self.branch3x3dbl_2(self.branch3x3dbl_1(x))
        pooled = F.max_pool2d(x, 3, 1, 1) if self.pools_largest else _mean_pool(x)
        parts = [self.branch3x3_2a(once), self.branch3x3_2b(once), self.branch3x3dbl_3a(twice), self.branch3x3dbl_3b(twice)]
        return torch.cat([self.branch1x1(x), *parts, self.branch_pool(pooled)], 1)


class Inception(nn.Module):
    """The network under the names of the public state dict `pt_inception-2015-12-05`.

    Source: Szegedy et al., "Rethinking the Inception architecture", 2015; pooling as github.com/mseitzer/pytorch-fid describes it.
    """

    def __init__(self) -> None:
        super().__init__()
        self.Conv2d_1a_3x3, self.Conv2d_2a_3x3, self.Conv2d_2b_3x3 = _Conv(3, 32, 3, 2), _Conv(32, 32, 3), _Conv(32, 64, 3, padding=1)
        self.Conv2d_3b_1x1, self.Conv2d_4a_3x3 = _Conv(64, 80, 1), _Conv(80, 192, 3)
        self.Mixed_5b, self.Mixed_5c, self.Mixed_5d = _BlockA(192, 32), _BlockA(256, 64), _BlockA(288, 64)
        self.Mixed_6a, self.Mixed_6b = _BlockB(), _BlockC(128)
        self.Mixed_6c, self.Mixed_6d, self.Mixed_6e = _BlockC(160), _BlockC(160), _BlockC(192)
        self.Mixed_7a, self.Mixed_7b, self.Mixed_7c = _BlockD(), _BlockE(1280, False), _BlockE(2048, True)
        self.fc = nn.Linear(WIDTH, CLASSES)

    def forward(self, pictures: Tensor) -> Tensor:
        """Features [N, 2048] of pictures [N, 3, 299, 299], RGB, -1 to 1."""
        x = self.Conv2d_2b_3x3(self.Conv2d_2a_3x3(self.Conv2d_1a_3x3(pictures)))
        x = self.Conv2d_4a_3x3(self.Conv2d_3b_1x1(F.max_pool2d(x, 3, 2)))
        x = self.Mixed_5d(self.Mixed_5c(self.Mixed_5b(F.max_pool2d(x, 3, 2))))
        x = self.Mixed_6e(self.Mixed_6d(self.Mixed_6c(self.Mixed_6b(self.Mixed_6a(x)))))
        return self.Mixed_7c(self.Mixed_7b(self.Mixed_7a(x))).mean((2, 3))


def load_inception(path: Path) -> Inception:
    """The network with the public weights.

    Raises:
        InputError: The file is missing, no safetensors file, or holds something else, such as torchvision's Inception-v3, whose
            features give other distances than those that papers print.
    """
    what = "Inception file"
    state = read_state(path, what)
    classes = state["fc.bias"].shape[0] if "fc.bias" in state else CLASSES
    if classes != CLASSES:
        raise InputError(
            f"{what} {path} knows {classes} classes, as torchvision's network does, and FID is defined on the one of 2015 that knows "
            f"{CLASSES}; give the file that docs/evaluation.md names."
        )
    net = Inception()
    load_strictly(net, state, path, what)
    return net
