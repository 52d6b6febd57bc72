"""The frozen networks' losses: their closed forms, what counts in them, and that what has no weight needs no network."""

from __future__ import annotations

import math
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from torch import Tensor

from eadnet_core.checkpoint import save_checkpoint
from eadnet_core.errors import InputError
from eadnet_core.models.syncnet import SyncNet, SyncNetConfig
from eadnet_core.models.video_encoder import ClipEncoder, ClipEncoderConfig
from eadnet_core.training.base.recipe import BaseRecipe
from eadnet_core.training.base.supervision import Supervision, load_supervision, noise_weight, sync_loss, trepa_loss
from eadnet_core.types import Conditions

RECIPE = Path(__file__).parents[3] / "eadnet_core" / "training" / "recipes" / "base.json"
SMALL = SyncNetConfig(window=3, lip_size=16, lip_channels=(4, 4, 4, 4), lip_width=8, speech_width=8, embedding_width=8)


def _conditions(batch: int, num_frames: int, **given: Tensor) -> Conditions:
    mel = torch.randn(batch, 4 * (num_frames + 6), 64, generator=torch.Generator().manual_seed(0))
    nothing = torch.zeros(batch, 3, 32, 32)
    return Conditions(nothing, nothing, torch.zeros(batch, 29, 2), mel, given=given or None)


class Angles(SyncNet):
    """A SyncNet whose lips and sound lie 60 degrees apart in the first sample and 0 in the second."""

    def embed_lips(self, lips: Tensor) -> Tensor:
        return torch.tensor([1.0, 0.0]).expand(*lips[:, 2:].shape[:2], 2)

    def embed_speech(self, mel: Tensor) -> Tensor:
        angles = torch.tensor([[math.cos(math.pi / 3), math.sin(math.pi / 3)], [1.0, 0.0]])
        return angles[:, None].expand(2, mel.shape[1] // 4 - 2, 2)


def test_high_noise_counts_half_and_given_frames_a_fifth() -> None:
    weight = noise_weight(torch.tensor([[0.0, 1e-6, 0.5, 1.0]]))
    torch.testing.assert_close(weight, torch.tensor([[0.2, 1.0, 0.75, 0.5]]))


def test_sync_loss_is_minus_the_logarithm_of_the_cosine() -> None:
    net, x0 = Angles(SMALL), torch.zeros(2, 5, 3, 32, 32)
    loss = sync_loss(net, x0, _conditions(2, 5), torch.ones(2, 5))
    torch.testing.assert_close(loss.item(), math.log(2) / 2)  # ln 2 of the first sample, 0 of the second
    loss = sync_loss(net, x0, _conditions(2, 5), torch.tensor([[3.0] * 5, [1.0] * 5]))
    torch.testing.assert_close(loss.item(), 0.75 * math.log(2))


def test_clips_that_do_not_hear_their_sound_are_not_asked_to_follow_it() -> None:
    net, x0 = Angles(SMALL), torch.zeros(2, 5, 3, 32, 32)
    heard = sync_loss(net, x0, _conditions(2, 5, mel=torch.tensor([True, False])), torch.ones(2, 5))
    torch.testing.assert_close(heard.item(), math.log(2))
    assert sync_loss(net, x0, _conditions(2, 5, mel=torch.tensor([False, False])), torch.ones(2, 5)) == 0


def test_the_sound_of_the_clips_own_frames_is_heard() -> None:
    torch.manual_seed(0)
    net, conditions = SyncNet(SMALL).eval(), _conditions(1, 6)
    assert conditions.mel is not None
    other = replace(conditions, mel=torch.cat([torch.zeros(1, 12, 64), conditions.mel[:, 12:-12], torch.ones(1, 12, 64)], 1))
    x0, weight = torch.rand(1, 6, 3, 32, 32), torch.ones(1, 6)
    assert torch.equal(sync_loss(net, x0, conditions, weight), sync_loss(net, x0, other, weight))


def test_trepa_is_the_mean_squared_distance_of_normalised_features() -> None:
    def encoder(frames: Tensor) -> Tensor:
        return frames[:, :, :, 0, 0]  # a token a frame, three channels

    x0, frames = torch.zeros(2, 2, 3, 4, 4), torch.zeros(2, 2, 3, 4, 4)
    x0[:, :, 0], frames[:, :, 0] = 1, 5  # lengths do not count
    frames[1, :, 0], frames[1, :, 1] = 0, 2  # at right angles: the squared distance is 2
    assert trepa_loss(encoder, x0[:1], frames[:1], torch.ones(1, 2)) == 0
    torch.testing.assert_close(trepa_loss(encoder, x0, frames, torch.ones(2, 2)).item(), (0 + 2) / 2)
    torch.testing.assert_close(trepa_loss(encoder, x0, frames, torch.tensor([[1.0, 1.0], [3.0, 3.0]])).item(), 0.75 * 2)


def test_gradients_reach_the_lips_and_only_them() -> None:
    torch.manual_seed(0)
    net = SyncNet(SMALL).eval().requires_grad_(False)
    x0 = torch.rand(1, 5, 3, 64, 64, requires_grad=True)
    Supervision(sync=net).losses(x0, x0.detach(), _conditions(1, 5), torch.ones(1, 5))["sync"].backward()
    assert x0.grad is not None
    moved = x0.grad.abs().sum((0, 1, 2))
    assert moved[40:56, 24:40].min() >= 0 and moved[36:60, 20:44].sum() > 0 and moved[:32].sum() == 0


def test_only_weighted_losses_need_a_network(tmp_path: Path) -> None:
    recipe = replace(BaseRecipe.read(RECIPE), weights={"picture": 1.0, "sync": 0.0})
    nowhere, cpu = tmp_path / "none.safetensors", torch.device("cpu")
    assert load_supervision(recipe, nowhere, None, cpu) == Supervision(None, None)
    assert Supervision().losses(torch.zeros(1, 5, 3, 8, 8), torch.zeros(1, 5, 3, 8, 8), _conditions(1, 5), torch.ones(1, 5)) == {}
    with pytest.raises(InputError, match="none.safetensors"):
        load_supervision(replace(recipe, weights={"sync": 0.1}), nowhere, None, cpu)
    with pytest.raises(InputError, match="--video-encoder"):
        load_supervision(replace(recipe, weights={"trepa": 1.0}), nowhere, None, cpu)


def test_networks_come_frozen_and_clips_must_be_long_enough(tmp_path: Path) -> None:
    sync, video, cpu = tmp_path / "sync.safetensors", tmp_path / "video.safetensors", torch.device("cpu")
    save_checkpoint(sync, SyncNet(SMALL), SMALL, {})
    small = ClipEncoderConfig(size=16, width=8, depth=1, num_heads=2)
    save_checkpoint(video, ClipEncoder(small), small, {})
    recipe = replace(BaseRecipe.read(RECIPE), weights={"sync": 0.1, "trepa": 1.0})
    found = load_supervision(recipe, sync, video, cpu)
    assert found.sync is not None and isinstance(found.video, ClipEncoder)
    assert not any(p.requires_grad for net in (found.sync, found.video) for p in net.parameters())
    with pytest.raises(InputError, match="clips has 2 frames"):
        load_supervision(replace(recipe, clips=((4, 2, 0),)), sync, video, cpu)
