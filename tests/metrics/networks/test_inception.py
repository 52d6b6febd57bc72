"""The Inception-v3 of FID: as many weights as published, and the places where it differs from others of its name."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch
from safetensors.torch import save_file
from torch import Tensor, nn
from torch.nn import functional as F

from eadnet_core.errors import InputError
from eadnet_core.metrics.networks.inception import Inception, load_inception
from tests.metrics.networks.random_state import randomise

WIDTHS = {  # channels that each block gives. Source: Szegedy et al., 2015, table 1 and figures 5 to 7
    "Mixed_5b": 256, "Mixed_5c": 288, "Mixed_5d": 288, "Mixed_6a": 768, "Mixed_6b": 768, "Mixed_6c": 768, "Mixed_6d": 768,
    "Mixed_6e": 768, "Mixed_7a": 1280, "Mixed_7b": 2048, "Mixed_7c": 2048,
}  # fmt: skip
SIDES = {"Mixed_5b": 35, "Mixed_6a": 17, "Mixed_7a": 8}
TORCHVISION = 27_161_264
"""Parameters of torchvision's inception_v3 with 1000 classes, as its documentation gives them."""
AUXILIARY = 128 * 768 + 2 * 128 + 25 * 128 * 768 + 2 * 768 + 769 * 1000
"""Of its second classifier, which this network lacks."""


@pytest.fixture(scope="module")
def net() -> Inception:
    made = Inception()
    randomise(made)
    return made


def test_it_has_the_published_number_of_weights(net: Inception) -> None:
    """FID's network tells 1008 classes where torchvision's tells 1000."""
    assert sum(value.numel() for value in net.parameters()) == TORCHVISION - AUXILIARY + 8 * 2049


@torch.inference_mode()
def test_blocks_have_the_published_shapes_and_the_feature_is_their_mean(net: Inception) -> None:
    seen: dict[str, Tensor] = {}

    def keep(name: str, block: nn.Module) -> None:
        block.register_forward_hook(lambda module, given, result: seen.update({name: result}))

    for name in WIDTHS:
        keep(name, net.get_submodule(name))
    feature = net(torch.rand(1, 3, 299, 299, generator=torch.Generator().manual_seed(0)) * 2 - 1)
    assert {name: value.shape[1] for name, value in seen.items()} == WIDTHS
    assert all(seen[name].shape[2:] == (side, side) for name, side in SIDES.items())
    torch.testing.assert_close(feature, seen["Mixed_7c"].mean((2, 3)))


@torch.inference_mode()
def test_pooling_counts_no_border_and_the_last_block_takes_maxima(net: Inception) -> None:
    """A constant picture stays constant under a mean that leaves the border out; of random ones the last branch takes the largest."""
    dice = torch.Generator().manual_seed(1)
    for name, inputs, side in (("Mixed_5b", 192, 9), ("Mixed_6c", 768, 9), ("Mixed_7b", 1280, 8)):
        block = net.get_submodule(name)
        constant = torch.rand(1, inputs, 1, 1, generator=dice).expand(-1, -1, side, side)
        pooled = block.get_submodule("branch_pool")(constant)
        torch.testing.assert_close(block(constant)[:, -pooled.shape[1] :], pooled)
    x = torch.rand(1, 2048, 8, 8, generator=dice)
    last = net.Mixed_7c
    torch.testing.assert_close(last(x)[:, -192:], last.branch_pool(F.max_pool2d(x, 3, 1, 1)))


def test_torchvisions_network_is_refused_and_its_own_file_loads(net: Inception, tmp_path: Path) -> None:
    path = tmp_path / "inception.safetensors"
    state = {name: value.half() for name, value in net.state_dict().items() if not name.endswith("num_batches_tracked")}
    save_file(state, path)
    torch.testing.assert_close(load_inception(path).Mixed_7c.branch1x1.conv.weight, net.Mixed_7c.branch1x1.conv.weight.half().float())
    save_file({**state, "fc.weight": torch.zeros(1000, 2048), "fc.bias": torch.zeros(1000)}, path)
    with pytest.raises(InputError, match="knows 1000 classes, as torchvision's network does"):
        load_inception(path)
