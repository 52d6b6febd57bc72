"""VideoMAE from a folder: a small random one of the real architecture, and folders that cannot be used."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file, save_file
from transformers import VideoMAEConfig, VideoMAEForPreTraining, VideoMAEModel

from eadnet_core.errors import InputError
from eadnet_core.models.videomae import load_videomae

CONFIG = VideoMAEConfig(
    image_size=32, patch_size=16, num_frames=8, hidden_size=24, num_hidden_layers=1, num_attention_heads=2, intermediate_size=48,
    decoder_hidden_size=12, decoder_num_hidden_layers=1, decoder_num_attention_heads=2, decoder_intermediate_size=24,
)  # fmt: skip


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    torch.manual_seed(0)
    VideoMAEModel(CONFIG).save_pretrained(tmp_path / "mae")
    return tmp_path / "mae"


def test_features_are_the_models_own_of_normalised_frames(folder: Path) -> None:
    encoder = load_videomae(folder)
    frames = torch.rand(1, 8, 3, 32, 32) * 2 - 1
    normal = ((frames + 1) / 2 - torch.tensor([0.485, 0.456, 0.406])[:, None, None]) / torch.tensor([0.229, 0.224, 0.225])[:, None, None]
    expected = VideoMAEModel.from_pretrained(folder).eval()(normal).last_hidden_state
    torch.testing.assert_close(encoder(frames), expected)
    assert expected.shape == (1, 4 * 2 * 2, 24)


def test_clips_of_other_lengths_and_sizes_fit_and_have_a_gradient(folder: Path) -> None:
    encoder = load_videomae(folder)
    twice = torch.rand(1, 4, 3, 32, 32)
    torch.testing.assert_close(encoder(twice), encoder(twice.repeat_interleave(2, 1)))  # each of four frames is seen twice
    frames = torch.rand(1, 5, 3, 80, 80, requires_grad=True)
    encoder(frames).square().sum().backward()
    assert frames.grad is not None and (frames.grad.abs().amax((0, 2, 3, 4)) > 0).all()


def test_what_a_hub_calls_pretraining_weights_loads(tmp_path: Path) -> None:
    VideoMAEForPreTraining(CONFIG).save_pretrained(tmp_path)
    assert load_videomae(tmp_path)(torch.zeros(1, 8, 3, 32, 32)).shape == (1, 16, 24)


def test_folders_that_cannot_be_used_are_refused(folder: Path, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no config.json"):
        load_videomae(tmp_path)
    weights = folder / "model.safetensors"
    whole = load_file(weights)
    lacking = dict(list(whole.items())[1:])
    save_file(lacking, weights, {"format": "pt"})
    with pytest.raises(InputError, match="lacks the weights"):
        load_videomae(folder)
    weights.write_bytes(b"cut off")
    with pytest.raises(InputError, match="cannot be loaded"):
        load_videomae(folder)
    weights.rename(folder / "pytorch_model.bin")
    with pytest.raises(InputError, match="pickles are never opened"):
        load_videomae(folder)
    config = json.loads((folder / "config.json").read_text())
    (folder / "config.json").write_text(json.dumps(config | {"model_type": "bert"}))
    with pytest.raises(InputError, match="of type 'bert'"):
        load_videomae(folder)
    (folder / "config.json").write_text("{")
    with pytest.raises(InputError, match="cannot be read"):
        load_videomae(folder)
