"""I3D trained on Kinetics-400: the features whose Frechet distance is called FVD."""

from __future__ import annotations

from pathlib import Path

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from .state_file import load_strictly, read_state

FRAMES = 16
"""Frames of a clip in the protocol of FVD."""
SIZE = 224
"""Side in pixels of what the network sees."""
CLASSES = 400
"""Length of a feature: FVD compares logits."""


def _pad_same(x: Tensor, kernel: tuple[int, int, int], stride: tuple[int, int, int]) -> Tensor:
    """Zeros around x [N, C, T, H, W] such that ceil(side / stride) places result, the odd one at the end, as TensorFlow does it."""
    padding: list[int] = []
    for side, width, step in zip(reversed(x.shape[2:]), reversed(kernel), reversed(stride), strict=True):
        missing = max(0, (-(-side // step) - 1) * step + width - side)
        padding += [missing // 2, missing - missing // 2]
    return F.pad(x, padding)


def _pool(x: Tensor, kernel: tuple[int, int, int], stride: tuple[int, int, int]) -> Tensor:
    return F.max_pool3d(_pad_same(x, kernel, stride), kernel, stride)


class _Unit(nn.Module):
    def __init__(self, inputs: int, outputs: int, side: int = 1, stride: int = 1) -> None:
        super().__init__()
        self.kernel, self.stride = (side,) * 3, (stride,) * 3
        self.conv3d = nn.Conv3d(inputs, outputs, self.kernel, self.stride, bias=False)
        self.bn = nn.BatchNorm3d(outputs, eps=0.001)

    def forward(self, x: Tensor) -> Tensor:
        return F.relu(self.bn(self.conv3d(_pad_same(x, self.kernel, self.stride))), inplace=True)


class _Mixed(nn.Module):
    def __init__(self, inputs: int, widths: tuple[int, int, int, int, int, int]) -> None:
        super().__init__()
        self.b0 = _Unit(inputs, widths[0])
        self.b1a, self.b1b = _Unit(inputs, widths[1]), _Unit(widths[1], widths[2], 3)
        self.b2a, self.b2b = _Unit(inputs, widths[3]), _Unit(widths[3], widths[4], 3)
        self.b3b = _Unit(inputs, widths[5])

    def forward(self, x: Tensor) -> Tensor:
        pooled = _pool(x, (3, 3, 3), (1, 1, 1))
        return torch.cat([self.b0(x), self.b1b(self.b1a(x)), self.b2b(self.b2a(x)), self.b3b(pooled)], 1)


class _Logits(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.conv3d = nn.Conv3d(1024, CLASSES, 1)

    def forward(self, x: Tensor) -> Tensor:
        return self.conv3d(x)


class I3D(nn.Module):
    """The network under the names of the public state dict `rgb_imagenet`, which FVD code also calls `i3d_pretrained_400`.

    Source: Carreira & Zisserman, "Quo vadis, action recognition?", 2017; github.com/piergiaj/pytorch-i3d. Its padding rounds as
    TensorFlow's "SAME" does, also where a side is no multiple of the stride.
    """

    def __init__(self) -> None:
        super().__init__()
        self.Conv3d_1a_7x7, self.Conv3d_2b_1x1, self.Conv3d_2c_3x3 = _Unit(3, 64, 7, 2), _Unit(64, 64), _Unit(64, 192, 3)
        self.Mixed_3b, self.Mixed_3c = _Mixed(192, (64, 96, 128, 16, 32, 32)), _Mixed(256, (128, 128, 192, 32, 96, 64))
        self.Mixed_4b, self.Mixed_4c = _Mixed(480, (192, 96, 208, 16, 48, 64)), _Mixed(512, (160, 112, 224, 24, 64, 64))
        self.Mixed_4d, self.Mixed_4e = _Mixed(512, (128, 128, 256, 24, 64, 64)), _Mixed(512, (112, 144, 288, 32, 64, 64))
        self.Mixed_4f = _Mixed(528, (256, 160, 320, 32, 128, 128))
        self.Mixed_5b, self.Mixed_5c = _Mixed(832, (256, 160, 320, 32, 128, 128)), _Mixed(832, (384, 192, 384, 48, 128, 128))
        self.logits = _Logits()

    def forward(self, clips: Tensor) -> Tensor:
        """Logits [N, 400], averaged over time, of clips [N, 3, T, 224, 224], RGB, -1 to 1, T at least 9."""
        x = _pool(self.Conv3d_1a_7x7(clips), (1, 3, 3), (1, 2, 2))
        x = _pool(self.Conv3d_2c_3x3(self.Conv3d_2b_1x1(x)), (1, 3, 3), (1, 2, 2))
        x = _pool(self.Mixed_3c(self.Mixed_3b(x)), (3, 3, 3), (2, 2, 2))
        x = self.Mixed_4f(self.Mixed_4e(self.Mixed_4d(self.Mixed_4c(self.Mixed_4b(x)))))
        x = self.Mixed_5c(self.Mixed_5b(_pool(x, (2, 2, 2), (2, 2, 2))))
        return self.logits(F.avg_pool3d(x, (2, 7, 7), 1)).mean((2, 3, 4))


def load_i3d(path: Path) -> I3D:
    """The network with the public weights.

    Raises:
        InputError: The file is missing, no safetensors file, or holds something else.
    """
    what = "I3D file"
    net = I3D()
    load_strictly(net, read_state(path, what), path, what)
    return net
