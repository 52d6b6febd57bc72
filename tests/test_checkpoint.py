from __future__ import annotations

import json
from pathlib import Path

import pytest
import torch
from safetensors import safe_open
from safetensors.torch import load_file, save_file

from eadnet_core.checkpoint import load_denoiser, load_syncnet, read_header, save_checkpoint
from eadnet_core.errors import InputError
from eadnet_core.models.denoiser import Denoiser, DenoiserConfig
from eadnet_core.models.syncnet import SyncNet, SyncNetConfig

CONFIG = DenoiserConfig(channels=(8, 16, 16), down_blocks=(1, 1, 1), up_blocks=(1, 1), num_heads=(2, 2, 2), fine_channels=4)
PROVENANCE = {"recipe": "base", "seed": 3, "steps": 7}


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> tuple[Denoiser, Path]:
    torch.manual_seed(0)
    denoiser = Denoiser(CONFIG)
    path = tmp_path_factory.mktemp("weights") / "small.safetensors"
    save_checkpoint(path, denoiser, CONFIG, PROVENANCE)
    return denoiser, path


def _changed(written: Path, target: Path, tensors: dict[str, torch.Tensor] | None = None, **header: str) -> Path:
    """A copy of a checkpoint with other tensors or other header texts."""
    with safe_open(written, "pt") as file:
        texts = file.metadata()
    save_file(load_file(written) if tensors is None else tensors, target, {**texts, **header})
    return target


def test_it_comes_back_in_half_precision_with_its_configuration(written: tuple[Denoiser, Path]) -> None:
    denoiser, path = written
    loaded = load_denoiser(path)
    assert loaded.config == CONFIG
    assert not loaded.training
    state = loaded.state_dict()
    for name, value in denoiser.state_dict().items():
        assert torch.equal(state[name], value.half().float() if value.is_floating_point() else value), name
    assert all(v.dtype == torch.float16 for v in load_file(path).values())


def test_the_header_says_where_the_weights_come_from(written: tuple[Denoiser, Path]) -> None:
    header = read_header(written[1])
    assert header.model == "Denoiser"
    assert header.provenance == PROVENANCE


def test_missing_and_unexpected_weights_are_named(written: tuple[Denoiser, Path], tmp_path: Path) -> None:
    tensors = load_file(written[1])
    tensors["first.colour"] = tensors.pop("first.bias")
    with pytest.raises(InputError, match=r"lacks \['first.bias'\] and has \['first.colour'\]"):
        load_denoiser(_changed(written[1], tmp_path / "w.safetensors", tensors))


def test_a_weight_of_another_shape_is_named(written: tuple[Denoiser, Path], tmp_path: Path) -> None:
    tensors = load_file(written[1])
    tensors["first.bias"] = torch.zeros(9)
    with pytest.raises(InputError, match=r"first.bias \(9,\)"):
        load_denoiser(_changed(written[1], tmp_path / "w.safetensors", tensors))


def test_an_unknown_name_in_the_configuration_is_named(written: tuple[Denoiser, Path], tmp_path: Path) -> None:
    config = {**json.loads(read_header(written[1]).config), "colour": 1}
    with pytest.raises(InputError, match="colour"):
        load_denoiser(_changed(written[1], tmp_path / "w.safetensors", config=json.dumps(config)))


def test_another_version_is_refused(written: tuple[Denoiser, Path], tmp_path: Path) -> None:
    with pytest.raises(InputError, match="format 99"):
        load_denoiser(_changed(written[1], tmp_path / "w.safetensors", format="99"))


def test_weights_of_another_model_are_refused(written: tuple[Denoiser, Path], tmp_path: Path) -> None:
    with pytest.raises(InputError, match="holds a SyncNet"):
        load_denoiser(_changed(written[1], tmp_path / "w.safetensors", model="SyncNet"))


def test_a_syncnet_comes_back(tmp_path: Path) -> None:
    config = SyncNetConfig(window=7, lip_size=16, lip_channels=(4, 4, 4, 4), lip_width=8, speech_width=8, embedding_width=8)
    net, path = SyncNet(config), tmp_path / "sync.safetensors"
    save_checkpoint(path, net, config, PROVENANCE)
    loaded = load_syncnet(path)
    assert loaded.config == config and not loaded.training
    torch.testing.assert_close(loaded.project_lips.weight, net.project_lips.weight, atol=1e-3, rtol=1e-3)
    with pytest.raises(InputError, match="holds a SyncNet"):
        load_denoiser(path)


def test_a_missing_a_foreign_and_a_truncated_file_are_refused(written: tuple[Denoiser, Path], tmp_path: Path) -> None:
    with pytest.raises(InputError, match="missing"):
        load_denoiser(tmp_path / "nothing.safetensors")
    foreign = tmp_path / "foreign.safetensors"
    save_file({"a": torch.zeros(1)}, foreign)
    with pytest.raises(InputError, match="no checkpoint of EAD-Net"):
        load_denoiser(foreign)
    truncated = tmp_path / "truncated.safetensors"
    for size in (0, 5, 4000):
        truncated.write_bytes(written[1].read_bytes()[:size])
        with pytest.raises(InputError, match="cannot be read"):
            load_denoiser(truncated)
        with pytest.raises(InputError, match="cannot be read"):
            read_header(truncated)


def test_broken_weights_are_not_written(tmp_path: Path) -> None:
    layer = torch.nn.Linear(2, 2)
    torch.nn.init.constant_(layer.weight, 1e6)  # more than half precision holds
    with pytest.raises(InputError, match=r"\['weight'\]"):
        save_checkpoint(tmp_path / "w.safetensors", layer, CONFIG, PROVENANCE)
    assert list(tmp_path.iterdir()) == []
