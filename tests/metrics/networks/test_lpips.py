"""LPIPS from its package's state dict: names, and the distance written out by its definition."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch
from safetensors.torch import save_file
from torch import Tensor
from torch.nn import functional as F

from eadnet_core.metrics.networks.lpips import Lpips, load_lpips
from tests.metrics.networks.random_state import randomise

SHAPES = {
    "scaling_layer.shift": (1, 3, 1, 1), "scaling_layer.scale": (1, 3, 1, 1),
    "net.slice1.0.weight": (64, 3, 11, 11), "net.slice1.0.bias": (64,), "net.slice2.3.weight": (192, 64, 5, 5), "net.slice2.3.bias": (192,),
    "net.slice3.6.weight": (384, 192, 3, 3), "net.slice3.6.bias": (384,), "net.slice4.8.weight": (256, 384, 3, 3),
    "net.slice4.8.bias": (256,), "net.slice5.10.weight": (256, 256, 3, 3), "net.slice5.10.bias": (256,),
    "lin0.model.1.weight": (1, 64, 1, 1), "lin1.model.1.weight": (1, 192, 1, 1), "lin2.model.1.weight": (1, 384, 1, 1),
    "lin3.model.1.weight": (1, 256, 1, 1), "lin4.model.1.weight": (1, 256, 1, 1),
}  # fmt: skip


@pytest.fixture(scope="module")
def net() -> Lpips:
    made = Lpips()
    randomise(made)
    state = made.state_dict()
    state["scaling_layer.shift"].copy_(torch.tensor([-0.030, -0.088, -0.188])[None, :, None, None])
    state["scaling_layer.scale"].copy_(torch.tensor([0.458, 0.448, 0.450])[None, :, None, None])
    for number in range(5):
        state[f"lin{number}.model.1.weight"].abs_()
    return made


def pictures() -> Tensor:
    return torch.rand(2, 2, 3, 64, 80, generator=torch.Generator().manual_seed(0)) * 2 - 1


def test_names_and_shapes_are_the_packages(net: Lpips) -> None:
    assert {name: tuple(value.shape) for name, value in net.state_dict().items()} == SHAPES


@torch.inference_mode()
def test_it_is_the_weighted_square_distance_of_unit_features(net: Lpips) -> None:
    """d = sum over layers of the mean over places of sum_c w_c (x_c / |x| - y_c / |y|)^2. Source: Zhang et al., 2018, equation 1."""
    state = net.state_dict()
    layers = [("slice1.0", 4, 2, False), ("slice2.3", 1, 2, True), ("slice3.6", 1, 1, True)]
    layers += [("slice4.8", 1, 1, False), ("slice5.10", 1, 1, False)]
    one, other = pictures()
    x, y = ((p - state["scaling_layer.shift"]) / state["scaling_layer.scale"] for p in (one, other))
    wanted = torch.zeros(2)
    for number, (name, stride, padding, pooled) in enumerate(layers):
        weight, bias = state[f"net.{name}.weight"], state[f"net.{name}.bias"]
        x, y = (F.conv2d(F.max_pool2d(p, 3, 2) if pooled else p, weight, bias, stride, padding).relu() for p in (x, y))
        apart = (x / x.norm(dim=1, keepdim=True) - y / y.norm(dim=1, keepdim=True)) ** 2
        wanted += (state[f"lin{number}.model.1.weight"][0] * apart).sum(1).mean((1, 2))
    torch.testing.assert_close(net(one, other), wanted)


@torch.inference_mode()
def test_nothing_lies_between_a_picture_and_itself(net: Lpips) -> None:
    one, other = pictures()
    assert net(one, one).abs().max() == 0
    torch.testing.assert_close(net(one, other), net(other, one))


def test_the_packages_doubled_names_are_no_hindrance(net: Lpips, tmp_path: Path) -> None:
    path = tmp_path / "lpips.safetensors"
    state = {name: value.contiguous() for name, value in net.state_dict().items()}
    save_file({**state, **{f"lins.{k}.model.1.weight": state[f"lin{k}.model.1.weight"].clone() for k in range(5)}}, path)
    one, other = pictures()
    torch.testing.assert_close(load_lpips(path)(one, other), net(one, other))
