from __future__ import annotations

import json
from pathlib import Path

import pytest
import torch
from safetensors import safe_open
from safetensors.torch import load_file, save_file

from eadnet_core.checkpoint import load_model, read_header, save_checkpoint
from eadnet_core.emotion.text_encoder import TextEncoderConfig
from eadnet_core.errors import InputError
from eadnet_core.model import MotionModel, MotionModelConfig
from eadnet_core.speech.encoder import SpeechEncoderConfig

CONFIG = MotionModelConfig(speech=SpeechEncoderConfig(width=8), text=TextEncoderConfig(num_buckets=16, word_width=6, width=8))
PROVENANCE = {"recipe": "base", "seed": 3, "steps": 7}


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> tuple[MotionModel, Path]:
    torch.manual_seed(0)
    model = MotionModel(CONFIG)
    path = tmp_path_factory.mktemp("weights") / "small.safetensors"
    save_checkpoint(path, model, CONFIG, PROVENANCE)
    return model, path


def _changed(written: Path, target: Path, tensors: dict[str, torch.Tensor] | None = None, **header: str) -> Path:
    """A copy of a checkpoint with other tensors or other header texts."""
    with safe_open(written, "pt") as file:
        texts = file.metadata()
    save_file(load_file(written) if tensors is None else tensors, target, {**texts, **header})
    return target


def test_it_comes_back_in_half_precision_with_its_configuration(written: tuple[MotionModel, Path]) -> None:
    model, path = written
    loaded = load_model(path)
    assert loaded.config == CONFIG
    assert not loaded.training
    state = loaded.state_dict()
    for name, value in model.state_dict().items():
        assert torch.equal(state[name], value.half().float() if value.is_floating_point() else value), name
    assert all(v.dtype == torch.float16 for v in load_file(path).values())


def test_the_header_says_where_the_weights_come_from(written: tuple[MotionModel, Path]) -> None:
    header = read_header(written[1])
    assert header.model == "MotionModel"
    assert header.provenance == PROVENANCE


def test_missing_and_unexpected_weights_are_named(written: tuple[MotionModel, Path], tmp_path: Path) -> None:
    tensors = load_file(written[1])
    tensors["speech.norm.colour"] = tensors.pop("speech.to_phones.bias")
    with pytest.raises(InputError, match=r"lacks \['speech.to_phones.bias'\] and has \['speech.norm.colour'\]"):
        load_model(_changed(written[1], tmp_path / "w.safetensors", tensors))


def test_a_weight_of_another_shape_is_named(written: tuple[MotionModel, Path], tmp_path: Path) -> None:
    tensors = load_file(written[1])
    tensors["speech.to_phones.bias"] = torch.zeros(9)
    with pytest.raises(InputError, match=r"speech.to_phones.bias \(9,\)"):
        load_model(_changed(written[1], tmp_path / "w.safetensors", tensors))


def test_an_unknown_name_in_the_configuration_is_named(written: tuple[MotionModel, Path], tmp_path: Path) -> None:
    config = {**json.loads(read_header(written[1]).config), "colour": 1}
    with pytest.raises(InputError, match="colour"):
        load_model(_changed(written[1], tmp_path / "w.safetensors", config=json.dumps(config)))


def test_another_version_is_refused(written: tuple[MotionModel, Path], tmp_path: Path) -> None:
    with pytest.raises(InputError, match="format 99"):
        load_model(_changed(written[1], tmp_path / "w.safetensors", format="99"))


def test_weights_of_another_model_are_refused(written: tuple[MotionModel, Path], tmp_path: Path) -> None:
    with pytest.raises(InputError, match="holds a Painter"):
        load_model(_changed(written[1], tmp_path / "w.safetensors", model="Painter"))


def test_weights_of_version_0_1_are_refused_with_what_to_take(written: tuple[MotionModel, Path], tmp_path: Path) -> None:
    with pytest.raises(InputError, match="eadnet-base.safetensors"):
        load_model(_changed(written[1], tmp_path / "w.safetensors", format="1", model="Denoiser"))


def test_a_missing_a_foreign_and_a_truncated_file_are_refused(written: tuple[MotionModel, Path], tmp_path: Path) -> None:
    with pytest.raises(InputError, match="missing"):
        load_model(tmp_path / "nothing.safetensors")
    foreign = tmp_path / "foreign.safetensors"
    save_file({"a": torch.zeros(1)}, foreign)
    with pytest.raises(InputError, match="no checkpoint of EAD-Net"):
        load_model(foreign)
    truncated = tmp_path / "truncated.safetensors"
    for size in (0, 5, 4000):
        truncated.write_bytes(written[1].read_bytes()[:size])
        with pytest.raises(InputError, match="cannot be read"):
            load_model(truncated)
        with pytest.raises(InputError, match="cannot be read"):
            read_header(truncated)


def test_broken_weights_are_not_written(tmp_path: Path) -> None:
    layer = torch.nn.Linear(2, 2)
    torch.nn.init.constant_(layer.weight, 1e6)  # more than half precision holds
    with pytest.raises(InputError, match=r"\['weight'\]"):
        save_checkpoint(tmp_path / "w.safetensors", layer, CONFIG, PROVENANCE)
    assert list(tmp_path.iterdir()) == []
