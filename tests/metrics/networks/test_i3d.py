"""The I3D of FVD: as many weights as published, TensorFlow's padding, logits averaged over time."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch
from safetensors.torch import save_file
from torch.nn import functional as F

from eadnet_core.metrics.networks.i3d import I3D, _pad_same, load_i3d
from tests.metrics.networks.random_state import randomise


@pytest.fixture(scope="module")
def net() -> I3D:
    made = I3D()
    randomise(made)
    return made


def test_it_has_the_published_number_of_weights_under_the_published_names(net: I3D) -> None:
    """12,697,264 with 400 classes; the sum over the Inception blocks' widths of Carreira & Zisserman, 2017."""
    assert sum(value.numel() for value in net.parameters()) == 12_697_264
    names = set(net.state_dict())
    assert {"Conv3d_1a_7x7.conv3d.weight", "Mixed_4f.b2b.bn.running_var", "Mixed_5c.b3b.conv3d.weight", "logits.conv3d.bias"} <= names


@pytest.mark.parametrize(
    ("side", "kernel", "stride", "before", "after"),
    # TensorFlow's SAME: max(kernel - stride, 0) where the stride divides the side, else max(kernel - side % stride, 0); less before
    [(224, 7, 2, 2, 3), (225, 7, 2, 3, 3), (112, 3, 2, 0, 1), (7, 3, 2, 1, 1), (8, 2, 2, 0, 0), (9, 1, 2, 0, 0)],
)
def test_padding_is_tensorflows(side: int, kernel: int, stride: int, before: int, after: int) -> None:
    padded = _pad_same(torch.ones(1, 1, side, 1, 1), (kernel, 1, 1), (stride, 1, 1))[0, 0, :, 0, 0]
    assert padded.tolist() == [0.0] * before + [1.0] * side + [0.0] * after


@torch.inference_mode()
def test_first_layer_and_logits_are_what_they_say(net: I3D) -> None:
    clip = torch.rand(1, 3, 10, 224, 224, generator=torch.Generator().manual_seed(0)) * 2 - 1
    seen = {}
    net.Conv3d_1a_7x7.register_forward_hook(lambda module, given, result: seen.update(first=result))
    net.Mixed_5c.register_forward_hook(lambda module, given, result: seen.update(last=result))
    logits = net(clip)
    unit = net.Conv3d_1a_7x7
    x = F.conv3d(F.pad(clip, (2, 3, 2, 3, 2, 3)), unit.conv3d.weight, stride=2)
    scale = unit.bn.weight / (unit.bn.running_var + 0.001).sqrt()
    x = (x - unit.bn.running_mean[:, None, None, None]) * scale[:, None, None, None] + unit.bn.bias[:, None, None, None]
    torch.testing.assert_close(seen["first"], x.relu(), rtol=1e-4, atol=1e-4)
    assert seen["last"].shape == (1, 1024, 2, 7, 7)
    pooled = seen["last"].mean((2, 3, 4))  # two moments of 7 x 7 are one window
    wanted = F.linear(pooled, net.logits.conv3d.weight[:, :, 0, 0, 0], net.logits.conv3d.bias)
    torch.testing.assert_close(logits, wanted, rtol=1e-4, atol=1e-4)


def test_its_file_loads(net: I3D, tmp_path: Path) -> None:
    path = tmp_path / "i3d.safetensors"
    save_file({name: value.half() for name, value in net.state_dict().items()}, path)
    assert torch.equal(load_i3d(path).logits.conv3d.bias, net.logits.conv3d.bias.half().float())
