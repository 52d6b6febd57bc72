"""The public SyncNet from a state dict alone: its names, its shapes, and its arithmetic written out layer by layer."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch
from safetensors.torch import save_file
from torch import Tensor
from torch.nn import functional as F

from eadnet_core.errors import InputError
from eadnet_core.metrics.networks.syncnet_v2 import SyncNetV2, load_syncnet_v2
from tests.metrics.networks.random_state import randomise

LIPS = {  # place in the sequence: shape of the kernel; the batch norm follows
    0: (96, 3, 5, 7, 7), 4: (256, 96, 1, 5, 5), 8: (256, 256, 1, 3, 3), 11: (256, 256, 1, 3, 3), 14: (256, 256, 1, 3, 3),
    18: (512, 256, 1, 6, 6),
}  # fmt: skip
SPEECH = {
    0: (64, 1, 3, 3), 4: (192, 64, 3, 3), 8: (384, 192, 3, 3), 11: (256, 384, 3, 3), 14: (256, 256, 3, 3), 18: (512, 256, 5, 4),
}  # fmt: skip


def published_shapes() -> dict[str, tuple[int, ...]]:
    """Names and shapes of syncnet_v2.model."""
    shapes: dict[str, tuple[int, ...]] = {}

    def norm(name: str, width: int) -> None:
        shapes.update({f"{name}.{part}": (width,) for part in ("weight", "bias", "running_mean", "running_var")})

    for prefix, kernels in (("netcnnlip", LIPS), ("netcnnaud", SPEECH)):
        for place, shape in kernels.items():
            shapes |= {f"{prefix}.{place}.weight": shape, f"{prefix}.{place}.bias": shape[:1]}
            norm(f"{prefix}.{place + 1}", shape[0])
    for prefix in ("netfcaud", "netfclip"):
        shapes |= {f"{prefix}.0.weight": (512, 512), f"{prefix}.0.bias": (512,)}
        norm(f"{prefix}.1", 512)
        shapes |= {f"{prefix}.3.weight": (1024, 512), f"{prefix}.3.bias": (1024,)}
    return shapes


@pytest.fixture(scope="module")
def net() -> SyncNetV2:
    made = SyncNetV2()
    randomise(made)
    return made


def state_of(net: SyncNetV2) -> dict[str, Tensor]:
    """Its tensors as old files have them, without counters."""
    return {name: value for name, value in net.state_dict().items() if not name.endswith("num_batches_tracked")}


def test_names_and_shapes_are_the_published_ones(net: SyncNetV2) -> None:
    assert {name: tuple(value.shape) for name, value in state_of(net).items()} == published_shapes()


def norm(x: Tensor, state: dict[str, Tensor], name: str) -> Tensor:
    mean, variance = state[f"{name}.running_mean"], state[f"{name}.running_var"]
    x = F.batch_norm(x, mean, variance, state[f"{name}.weight"], state[f"{name}.bias"], eps=1e-5)
    return x.relu()


def head(x: Tensor, state: dict[str, Tensor], name: str) -> Tensor:
    x = norm(F.linear(x, state[f"{name}.0.weight"], state[f"{name}.0.bias"]), state, f"{name}.1")
    return F.linear(x, state[f"{name}.3.weight"], state[f"{name}.3.bias"])


@torch.inference_mode()
def test_lips_are_what_the_layers_say(net: SyncNetV2) -> None:
    """224 -> 109 -> 54 -> 26 -> 13 -> 6 -> 1, and five frames to one in the first layer."""
    state = state_of(net)

    def conv(x: Tensor, place: int, stride: int, padding: int) -> Tensor:
        weight, bias = state[f"netcnnlip.{place}.weight"], state[f"netcnnlip.{place}.bias"]
        return norm(F.conv3d(x, weight, bias, (1, stride, stride), (0, padding, padding)), state, f"netcnnlip.{place + 1}")

    faces = torch.rand(1, 3, 5, 224, 224, generator=torch.Generator().manual_seed(1)) * 255
    x = conv(faces, 0, 2, 0)
    assert x.shape == (1, 96, 1, 109, 109)
    x = conv(F.max_pool3d(x, (1, 3, 3), (1, 2, 2)), 4, 2, 1)
    assert x.shape == (1, 256, 1, 26, 26)
    x = F.max_pool3d(x, (1, 3, 3), (1, 2, 2), (0, 1, 1))
    for place in (8, 11, 14):
        x = conv(x, place, 1, 1)
    x = conv(F.max_pool3d(x, (1, 3, 3), (1, 2, 2)), 18, 1, 0)
    assert x.shape == (1, 512, 1, 1, 1)
    torch.testing.assert_close(net.embed_lips(faces), head(x.flatten(1), state, "netfclip"))


@torch.inference_mode()
def test_speech_is_what_the_layers_say(net: SyncNetV2) -> None:
    """13 x 20 -> 11 x 9 -> 5 x 4 -> 1 x 1; the first pooling changes nothing."""
    state = state_of(net)

    def conv(x: Tensor, place: int, padding: int = 1) -> Tensor:
        weight, bias = state[f"netcnnaud.{place}.weight"], state[f"netcnnaud.{place}.bias"]
        return norm(F.conv2d(x, weight, bias, 1, padding), state, f"netcnnaud.{place + 1}")

    cepstra = torch.randn(3, 1, 13, 20, generator=torch.Generator().manual_seed(2))
    x = F.max_pool2d(conv(conv(cepstra, 0), 4), 3, (1, 2))
    assert x.shape == (3, 192, 11, 9)
    for place in (8, 11, 14):
        x = conv(x, place)
    x = conv(F.max_pool2d(x, 3, 2), 18, 0)
    assert x.shape == (3, 512, 1, 1)
    torch.testing.assert_close(net.embed_speech(cepstra), head(x.flatten(1), state, "netfcaud"))


def test_a_file_in_half_precision_and_without_counters_loads(net: SyncNetV2, tmp_path: Path) -> None:
    path = tmp_path / "syncnet_v2.safetensors"
    save_file({name: value.half().contiguous() for name, value in state_of(net).items()}, path)
    loaded = load_syncnet_v2(path)
    assert not loaded.training
    torch.testing.assert_close(loaded.netfcaud[0].weight, net.netfcaud[0].weight.half().float())


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda state: {name: state[name] for name in state if name != "netfcaud.0.bias"}, "lacks 1 tensors \\(netfcaud.0.bias\\)"),
        (lambda state: {**state, "more": torch.zeros(1)}, "has 1 others \\(more\\)"),
        (lambda state: {**state, "netfcaud.0.bias": torch.zeros(3)}, "netfcaud.0.bias as \\[3\\], not \\[512\\]"),
    ],
)
def test_another_networks_file_is_refused_by_name(net: SyncNetV2, tmp_path: Path, change: object, words: str) -> None:
    path = tmp_path / "other.safetensors"
    save_file({name: value.contiguous() for name, value in change(state_of(net)).items()}, path)  # type: ignore[operator]
    with pytest.raises(InputError, match=words):
        load_syncnet_v2(path)


def test_pickles_damage_and_absence_are_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="does not exist"):
        load_syncnet_v2(tmp_path / "none.safetensors")
    pickle = tmp_path / "syncnet_v2.model"
    pickle.write_bytes(b"\x80\x02")
    with pytest.raises(InputError, match="pickles are never opened"):
        load_syncnet_v2(pickle)
    broken = tmp_path / "broken.safetensors"
    broken.write_bytes(b"\x10\x00\x00\x00\x00\x00\x00\x00half")
    with pytest.raises(InputError, match="cannot be read"):
        load_syncnet_v2(broken)
