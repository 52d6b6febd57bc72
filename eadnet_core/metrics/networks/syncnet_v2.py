"""SyncNet as published (`syncnet_v2`): the network whose distances papers print as Sync-C and Sync-D."""

from __future__ import annotations

from pathlib import Path

from torch import Tensor, nn

from .state_file import load_strictly, read_state

WINDOW = 5
"""Frames that one embedding sees."""
CEPSTRA = 13
COLUMNS = 20
"""MFCC columns of 10 ms that one embedding hears: as long as WINDOW frames."""
FACE_SIZE = 224
"""Side in pixels of the face crops."""
WIDTH = 1024
"""Length of an embedding."""


class SyncNetV2(nn.Module):
    """The two networks under the names of the public state dict.

    Source: Chung & Zisserman, "Out of time: automated lip sync in the wild", 2016; github.com/joonson/syncnet_python.
    """

    def __init__(self) -> None:
        super().__init__()
        self.netcnnaud = nn.Sequential(
            *_conv2d(1, 64), nn.MaxPool2d(1, 1),
            *_conv2d(64, 192), nn.MaxPool2d(3, (1, 2)),
            *_conv2d(192, 384), *_conv2d(384, 256), *_conv2d(256, 256), nn.MaxPool2d(3, 2),
            *_conv2d(256, 512, (5, 4), 0),
        )  # fmt: skip
        self.netcnnlip = nn.Sequential(
            *_conv3d(3, 96, (5, 7, 7), (1, 2, 2), 0), nn.MaxPool3d((1, 3, 3), (1, 2, 2)),
            *_conv3d(96, 256, (1, 5, 5), (1, 2, 2), (0, 1, 1)), nn.MaxPool3d((1, 3, 3), (1, 2, 2), (0, 1, 1)),
            *_conv3d(256, 256, (1, 3, 3), 1, (0, 1, 1)), *_conv3d(256, 256, (1, 3, 3), 1, (0, 1, 1)),
            *_conv3d(256, 256, (1, 3, 3), 1, (0, 1, 1)), nn.MaxPool3d((1, 3, 3), (1, 2, 2)),
            *_conv3d(256, 512, (1, 6, 6), 1, 0),
        )  # fmt: skip
        self.netfcaud, self.netfclip = _head(), _head()

    def embed_lips(self, faces: Tensor) -> Tensor:
        """Embeddings of windows of frames.

        Args:
            faces: float [N, 3, 5, 224, 224], 0 to 255, blue first, as OpenCV reads pictures.

        Returns:
            float [N, 1024], of any length: the protocol compares them as they are.
        """
        return self.netfclip(self.netcnnlip(faces).flatten(1))

    def embed_speech(self, cepstra: Tensor) -> Tensor:
        """Embeddings [N, 1024] of their sound, float [N, 1, 13, 20] (see metrics.mfcc)."""
        return self.netfcaud(self.netcnnaud(cepstra).flatten(1))


def load_syncnet_v2(path: Path) -> SyncNetV2:
    """The network with the public weights.

    Raises:
        InputError: The file is missing, no safetensors file, or holds something else.
    """
    what = "SyncNet file"
    net = SyncNetV2()
    load_strictly(net, read_state(path, what), path, what)
    return net


def _conv2d(inputs: int, outputs: int, kernel: int | tuple[int, int] = 3, padding: int = 1) -> tuple[nn.Module, ...]:
    return nn.Conv2d(inputs, outputs, kernel, padding=padding), nn.BatchNorm2d(outputs), nn.ReLU(inplace=True)


def _conv3d(
    inputs: int, outputs: int, kernel: tuple[int, int, int], stride: int | tuple[int, int, int], padding: int | tuple[int, int, int]
) -> tuple[nn.Module, ...]:
    return nn.Conv3d(inputs, outputs, kernel, stride, padding), nn.BatchNorm3d(outputs), nn.ReLU(inplace=True)


def _head() -> nn.Sequential:
    return nn.Sequential(nn.Linear(512, 512), nn.BatchNorm1d(512), nn.ReLU(inplace=True), nn.Linear(512, WIDTH))
