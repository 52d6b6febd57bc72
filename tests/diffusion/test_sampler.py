"""Sampling: the seed decides, longer clips begin alike, what is held is held, steps and guidance mean something, a cancel cancels."""

from __future__ import annotations

from dataclasses import fields, replace

import numpy as np
import pytest
import torch

from eadnet_core.checkpoint import load_model
from eadnet_core.denoiser.conditions import Conditions
from eadnet_core.denoiser.denoiser import Denoiser
from eadnet_core.diffusion.guidance import Guidance
from eadnet_core.diffusion.sampler import HELD_FRAMES, WINDOW_FRAMES, Held, sample
from eadnet_core.model import MotionModel
from eadnet_core.motion.latent import LatentLayout
from tests.denoiser.test_denoiser import told

LAYOUT = LatentLayout.of_face()
MOUTH = torch.from_numpy(LAYOUT.of_part("mouth"))


@pytest.fixture(scope="module")
def model() -> MotionModel:
    return load_model().float()


@pytest.fixture(scope="module")
def net(model: MotionModel) -> Denoiser:
    return model.denoiser


@pytest.fixture(scope="module")
def given(model: MotionModel) -> Conditions:
    return told(model)


def first_frames(given: Conditions, count: int) -> Conditions:
    shorter = {f.name: getattr(given, f.name)[:, :count] for f in fields(given) if f.name not in ("phones", "text", "manner")}
    return replace(given, phones=given.phones[:, : 2 * count], **shorter)


def test_the_seed_decides_heads_and_leaves_lips(net: Denoiser, given: Conditions) -> None:
    one, again, other = (sample(net, given, seed) for seed in (1, 1, 2))
    assert torch.equal(one, again)
    assert np.corrcoef(one[:, LAYOUT.rotation.start], other[:, LAYOUT.rotation.start])[0, 1] < 0.8
    lips = [(motion[:, MOUTH] - motion[:, MOUTH].mean(0)).flatten() for motion in (one, other)]
    assert torch.corrcoef(torch.stack(lips))[0, 1] > 0.8


def test_a_longer_clip_begins_as_a_shorter_one(net: Denoiser, given: Conditions) -> None:
    longer, shorter = sample(net, given, 3), sample(net, first_frames(given, 200), 3)
    torch.testing.assert_close(longer[:WINDOW_FRAMES], shorter[:WINDOW_FRAMES], atol=1e-3, rtol=1e-3)


def test_windows_go_on_without_a_seam(net: Denoiser, given: Conditions) -> None:
    motion = sample(net, given, 0)
    change = motion.diff(dim=0).abs().mean(1)
    seam = change[WINDOW_FRAMES - 1]
    assert seam < 3 * change.mean(), "the first frame of a new window follows the last of the one before"


def test_what_is_held_is_exactly_that_and_the_rest_fits(net: Denoiser, given: Conditions) -> None:
    frames = given.prosody.shape[1]
    mask, motion = torch.zeros(frames, 80), torch.zeros(frames, 80)
    head = torch.from_numpy(LAYOUT.of_part("head"))
    mask[:, head] = 1
    motion[:, LAYOUT.rotation.start] = torch.linspace(-3, 3, frames)
    held = sample(net, given, 0, held=Held(motion, mask))
    assert torch.equal(held[:, head], motion[:, head])
    free = sample(net, given, 0)
    assert not torch.equal(held[:, ~head], free[:, ~head])


def test_everything_held_leaves_nothing_to_decide(net: Denoiser, given: Conditions) -> None:
    motion = torch.randn(given.prosody.shape[1], 80)
    assert torch.equal(sample(net, given, 0, held=Held(motion, torch.ones_like(motion))), motion)


def test_one_step_moves_the_head_less_than_many(net: Denoiser, given: Conditions) -> None:
    spread = [float(sample(net, given, 0, steps)[:, LAYOUT.rotation].std(0).mean()) for steps in (1, 8)]
    assert spread[0] < 0.7 * spread[1]


def test_guidance_of_one_asks_once_and_more_asks_for_differences(given: Conditions) -> None:
    assert [weight for weight, _ in Guidance().variants(given)] == [1.0]
    weights = [weight for weight, _ in Guidance(2.0, 3.0, 1.5).variants(given)]
    assert sum(weights) == pytest.approx(1) and len(weights) == 4


def test_sound_counts_by_its_scale(net: Denoiser, given: Conditions) -> None:
    neutral = first_frames(given.without_feeling(), 120)
    spread = [float(sample(net, neutral, 0, guidance=Guidance(audio=scale))[:, MOUTH].std(0).mean()) for scale in (0.0, 1.0, 2.0)]
    assert spread[0] < spread[1] < spread[2]


def test_progress_is_told_of_every_step_and_can_cancel(net: Denoiser, given: Conditions) -> None:
    told_of: list[tuple[int, int, int]] = []

    def watch(done: int, total: int, first: int, estimate: torch.Tensor) -> None:
        assert estimate.shape == (WINDOW_FRAMES, 80)
        told_of.append((done, total, first))
        if done == 5:
            raise InterruptedError

    with pytest.raises(InterruptedError):
        sample(net, given, 0, 4, watch=watch)
    windows = 1 + -(-(given.prosody.shape[1] - WINDOW_FRAMES) // (WINDOW_FRAMES - HELD_FRAMES))
    assert told_of == [(i, 4 * windows, 0 if i < 5 else WINDOW_FRAMES - HELD_FRAMES) for i in range(1, 6)]
