"""The residual networks of ArcFace, which say whose face a picture shows."""

from __future__ import annotations

from pathlib import Path

from torch import Tensor, nn

from ...errors import InputError
from .state_file import load_strictly, read_state

SIZE = 112
"""Side in pixels of the aligned faces."""
WIDTH = 512
"""Length of an embedding."""
_WIDTHS = (64, 128, 256, 512)


class _Block(nn.Module):
    def __init__(self, inputs: int, outputs: int, stride: int) -> None:
        super().__init__()
        self.bn1, self.conv1 = nn.BatchNorm2d(inputs), nn.Conv2d(inputs, outputs, 3, padding=1, bias=False)
        self.bn2, self.prelu = nn.BatchNorm2d(outputs), nn.PReLU(outputs)
        self.conv2, self.bn3 = nn.Conv2d(outputs, outputs, 3, stride, 1, bias=False), nn.BatchNorm2d(outputs)
        self.downsample: nn.Module | None = None
        if stride > 1:
            self.downsample = nn.Sequential(nn.Conv2d(inputs, outputs, 1, stride, bias=False), nn.BatchNorm2d(outputs))

    def forward(self, x: Tensor) -> Tensor:
        straight = x if self.downsample is None else self.downsample(x)
        return straight + self.bn3(self.conv2(self.prelu(self.bn2(self.conv1(self.bn1(x))))))


class IResNet(nn.Module):
    """The network under the names of the public state dicts of arcface_torch (r18, r34, r50, r100, r200).

    Args:
        depths: Blocks at each of the four resolutions, 1 or more; r50 has 3, 4, 14, 3.

    Source: Deng et al., "ArcFace", 2019; github.com/deepinsight/insightface, recognition/arcface_torch.
    """

    def __init__(self, depths: tuple[int, ...]) -> None:
        super().__init__()
        self.conv1, self.bn1, self.prelu = nn.Conv2d(3, 64, 3, padding=1, bias=False), nn.BatchNorm2d(64), nn.PReLU(64)
        inputs = 64
        for number, (width, depth) in enumerate(zip(_WIDTHS, depths, strict=True), 1):
            blocks = [_Block(inputs if i == 0 else width, width, 2 if i == 0 else 1) for i in range(depth)]
            self.add_module(f"layer{number}", nn.Sequential(*blocks))
            inputs = width
        self.bn2 = nn.BatchNorm2d(512)
        self.fc, self.features = nn.Linear(512 * (SIZE // 16) ** 2, WIDTH), nn.BatchNorm1d(WIDTH)

    def forward(self, faces: Tensor) -> Tensor:
        """Embeddings [N, 512] of aligned faces [N, 3, 112, 112], RGB, -1 to 1; their cosine says whether two are the same person."""
        x = self.prelu(self.bn1(self.conv1(faces)))
        for number in range(1, len(_WIDTHS) + 1):
            x = self.get_submodule(f"layer{number}")(x)
        return self.features(self.fc(self.bn2(x).flatten(1)))


def load_iresnet(path: Path) -> IResNet:
    """The network with public weights of any depth.

    Raises:
        InputError: The file is missing, no safetensors file, or holds something else.
    """
    what = "Recogniser file"
    state = read_state(path, what)
    depths = tuple(len({name.split(".")[1] for name in state if name.startswith(f"layer{number}.")}) for number in range(1, 5))
    if 0 in depths:
        raise InputError(f"{what} {path} holds no IResNet; give the file that docs/evaluation.md names.")
    net = IResNet(depths)
    load_strictly(net, state, path, what)
    return net
