"""ArcFace's residual networks of any depth: names, shapes, and one block written out."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch
from safetensors.torch import save_file
from torch import Tensor
from torch.nn import functional as F

from eadnet_core.errors import InputError
from eadnet_core.metrics.networks.iresnet import IResNet, load_iresnet
from tests.metrics.networks.random_state import randomise


@pytest.fixture(scope="module")
def net() -> IResNet:
    made = IResNet((1, 2, 1, 1))
    randomise(made)
    return made


def test_fifty_layers_have_the_published_number_of_weights() -> None:
    """43.59 million, as the model zoo of insightface gives for r50."""
    with torch.device("meta"):
        assert sum(value.numel() for value in IResNet((3, 4, 14, 3)).parameters()) == pytest.approx(43.59e6, rel=1e-3)


def norm(x: Tensor, state: dict[str, Tensor], name: str) -> Tensor:
    parts = (state[f"{name}.{part}"] for part in ("running_mean", "running_var", "weight", "bias"))
    return F.batch_norm(x, *parts, eps=1e-5)


@torch.inference_mode()
def test_a_block_is_norm_conv_norm_prelu_conv_norm_beside_the_straight_way(net: IResNet) -> None:
    state = {name.removeprefix("layer2."): value for name, value in net.state_dict().items() if name.startswith("layer2.")}
    x = torch.randn(1, 64, 8, 8, generator=torch.Generator().manual_seed(0))
    for block, stride in (("0", 2), ("1", 1)):
        y = F.conv2d(norm(x, state, f"{block}.bn1"), state[f"{block}.conv1.weight"], padding=1)
        y = F.prelu(norm(y, state, f"{block}.bn2"), state[f"{block}.prelu.weight"])
        y = norm(F.conv2d(y, state[f"{block}.conv2.weight"], stride=stride, padding=1), state, f"{block}.bn3")
        if stride == 2:
            x = norm(F.conv2d(x, state["0.downsample.0.weight"], stride=2), state, "0.downsample.1")
        x = x + y
    given = torch.randn(1, 64, 8, 8, generator=torch.Generator().manual_seed(0))
    torch.testing.assert_close(net.get_submodule("layer2")(given), x)


@torch.inference_mode()
def test_a_file_says_its_own_depth(net: IResNet, tmp_path: Path) -> None:
    path = tmp_path / "backbone.safetensors"
    state = {name: value.contiguous() for name, value in net.state_dict().items() if not name.endswith("num_batches_tracked")}
    save_file(state, path)
    faces = torch.rand(2, 3, 112, 112, generator=torch.Generator().manual_seed(1)) * 2 - 1
    torch.testing.assert_close(load_iresnet(path)(faces), net(faces))
    save_file({"fc.weight": torch.zeros(1)}, path)
    with pytest.raises(InputError, match="holds no IResNet"):
        load_iresnet(path)
