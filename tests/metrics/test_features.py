"""Samples of frames for FID and FVD: which frames, at which size, and from which networks."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
import torch
from transformers import Dinov2Config, Dinov2Model, GPT2Config, GPT2Model, VideoMAEConfig, VideoMAEModel

from eadnet_core.errors import InputError
from eadnet_core.metrics.feature_networks import FolderFeatures, StateFeatures, load_clip_features, load_folder, load_frame_features
from eadnet_core.metrics.features import FeatureMeter, squared
from eadnet_core.metrics.frechet import GaussianFit


class Means:
    """A FeatureExtractor by definition: the mean brightness of each frame of a sample."""

    name, size = "means", 4

    def __init__(self, num_frames: int) -> None:
        self.num_frames = num_frames
        self.samples: list[np.ndarray] = []

    def extract(self, samples: np.ndarray) -> np.ndarray:
        assert samples.shape[1:] == (self.num_frames, 4, 4, 3)
        means = samples.mean((2, 3, 4))
        self.samples += list(means)
        return means


@pytest.mark.parametrize(("num_frames", "wanted"), [(1, [[k] for k in range(37)]), (16, [list(range(16)), list(range(16, 32))])])
def test_samples_follow_each_other_without_overlap_and_the_incomplete_one_is_left_out(num_frames: int, wanted: list[list[int]]) -> None:
    extractor, fit = Means(num_frames), GaussianFit()
    meter = FeatureMeter(extractor, fit)
    for index in range(37):
        meter.add(np.full((8, 6, 3), index, np.uint8))
    meter.finish()
    assert [list(map(float, sample)) for sample in extractor.samples] == wanted
    assert fit.count == len(wanted)


def test_two_videos_fit_one_gaussian() -> None:
    fit = GaussianFit()
    for brightness in (10, 30):
        meter = FeatureMeter(Means(1), fit)
        meter.add(np.full((4, 4, 3), brightness, np.uint8))
        meter.finish()
    assert fit.result().mean == pytest.approx([20]) and fit.result().covariance == pytest.approx(np.array([[200]]))


def test_shrinking_averages_and_keeps_the_mean() -> None:
    """Stripes as fine as pixels become grey, not some of the stripes."""
    stripes = np.zeros((64, 96, 3), np.uint8)
    stripes[:, ::2] = 200
    small = squared(stripes, 16)
    assert small.shape == (16, 16, 3) and small.dtype == np.uint8
    assert np.abs(small[:, 2:-2].astype(float) - 100).max() < 4
    assert squared(small, 16) is small


def test_a_state_network_is_fed_from_minus_one_to_one() -> None:
    class Spread(torch.nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.unused = torch.nn.Parameter(torch.zeros(1))

        def forward(self, x: torch.Tensor) -> torch.Tensor:
            return torch.stack([x.flatten(1).amin(1), x.flatten(1).amax(1), torch.full((len(x),), float(x.dim()))], 1)

    samples = np.zeros((2, 16, 4, 4, 3), np.uint8)
    samples[:, 0, 0, 0] = 255
    assert StateFeatures(Spread(), 16, 4, "s").extract(samples).tolist() == [[-1, 1, 5]] * 2
    assert StateFeatures(Spread(), 1, 4, "s").extract(samples[:, :1]).tolist() == [[-1, 1, 4]] * 2


def write_pictures(folder: Path) -> None:
    (folder / "preprocessor_config.json").write_text(json.dumps({"image_mean": [0.5, 0.4, 0.3], "image_std": [0.2, 0.25, 0.3]}))


@pytest.fixture(scope="module")
def videomae(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("videomae")
    torch.manual_seed(0)
    sizes = {"image_size": 32, "patch_size": 16, "num_frames": 4, "tubelet_size": 2}
    config = VideoMAEConfig(**sizes, hidden_size=16, num_hidden_layers=1, num_attention_heads=2, intermediate_size=16)
    VideoMAEModel(config).save_pretrained(folder)
    write_pictures(folder)
    return folder


@pytest.fixture(scope="module")
def dinov2(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("dinov2")
    torch.manual_seed(0)
    config = Dinov2Config(image_size=28, patch_size=14, hidden_size=16, num_hidden_layers=1, num_attention_heads=2)
    Dinov2Model(config).save_pretrained(folder)
    write_pictures(folder)
    return folder


def test_a_video_model_of_a_folder_sees_clips(videomae: Path) -> None:
    extractor = load_clip_features(videomae)
    assert (extractor.num_frames, extractor.size) == (4, 32) and "VideoMAEModel" in extractor.name and videomae.name in extractor.name
    samples = np.random.default_rng(0).integers(0, 255, (2, 4, 32, 32, 3), np.uint8)
    assert isinstance(extractor, FolderFeatures)
    pixels = (samples / 255 - [0.5, 0.4, 0.3]) / [0.2, 0.25, 0.3]
    last = extractor.net(pixel_values=torch.tensor(pixels).float().permute(0, 1, 4, 2, 3)).last_hidden_state
    np.testing.assert_allclose(extractor.extract(samples), last.mean(1).detach().numpy(), atol=1e-5)


def test_a_picture_model_of_a_folder_sees_frames(dinov2: Path) -> None:
    extractor = load_frame_features(dinov2)
    assert (extractor.num_frames, extractor.size) == (1, 28)
    assert extractor.extract(np.zeros((3, 1, 28, 28, 3), np.uint8)).shape == (3, 16)


def test_models_of_the_wrong_kind_are_refused(videomae: Path, dinov2: Path, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="sees clips of 4 frames"):
        load_frame_features(videomae)
    with pytest.raises(InputError, match="sees single pictures"):
        load_clip_features(dinov2)
    with pytest.raises(InputError, match="config.json of model .* is missing"):
        load_folder(tmp_path)
    words = tmp_path / "words"
    GPT2Model(GPT2Config(vocab_size=8, n_embd=8, n_layer=1, n_head=1)).save_pretrained(words)
    write_pictures(words)
    with pytest.raises(InputError, match="does not say image_size"):
        load_folder(words)
    settings = json.loads((words / "config.json").read_text())
    (words / "config.json").write_text(json.dumps({**settings, "image_size": 32}))
    with pytest.raises(InputError, match="GPT2Model, which sees no pictures"):
        load_folder(words)


def test_half_a_model_and_a_pickle_are_refused(dinov2: Path, tmp_path: Path) -> None:
    for name in ("config.json", "preprocessor_config.json"):
        (tmp_path / name).write_text((dinov2 / name).read_text())
    (tmp_path / "pytorch_model.bin").write_bytes(b"\x80\x02")
    with pytest.raises(InputError, match="cannot be loaded"):
        load_folder(tmp_path)
    from safetensors.torch import load_file, save_file

    state = load_file(dinov2 / "model.safetensors")
    save_file({name: value for name, value in state.items() if "attention" not in name}, tmp_path / "model.safetensors", {"format": "pt"})
    with pytest.raises(InputError, match="lacks .* tensors such as"):
        load_folder(tmp_path)
