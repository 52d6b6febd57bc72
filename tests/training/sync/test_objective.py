"""The losses at the points where their values are known."""

from __future__ import annotations

import math

import torch
import torch.nn.functional as F

from eadnet_core.models.syncnet import SyncNetConfig
from eadnet_core.training.sync.objective import ShapeHeads, sync_losses

NOTHING = torch.zeros(())


def test_a_network_that_tells_nothing_apart_is_stuck_at_the_logarithm_of_two() -> None:
    turned = F.normalize(torch.tensor([1.0, math.sqrt(3.0)]), dim=0)  # 60 degrees from the other: a cosine of one half for every pair
    lips, speech = torch.tensor([1.0, 0.0]).expand(2, 6, 2), turned.expand(2, 6, 2)
    found = sync_losses(lips, speech, NOTHING, 0.1)
    torch.testing.assert_close(found.match.item(), math.log(2))
    torch.testing.assert_close(found.rank.item(), math.log(12))  # twelve moments, all as likely


def test_perfect_embeddings_cost_nothing_and_another_clips_the_most() -> None:
    own = torch.eye(12).view(2, 6, 12)
    right, wrong = (sync_losses(own, speech, NOTHING, 0.05) for speech in (own, own.roll(1, 0)))
    assert right.match < 1e-3 and right.rank < 1e-3
    assert wrong.match > 4 and wrong.rank > 10


def test_neighbouring_windows_are_no_false_pairs() -> None:
    own = torch.eye(6)[None]
    late = own.roll(1, 1)
    alike = F.normalize(own + late, dim=-1)  # each window's sound is half its own and half its neighbour's
    far = F.normalize(own + own.roll(3, 1), dim=-1)
    assert sync_losses(own, alike, NOTHING, 0.1).match < 0.6 * sync_losses(own, far, NOTHING, 0.1).match


def test_shape_heads_are_asked_for_every_frame_of_a_window() -> None:
    heads = ShapeHeads(SyncNetConfig(window=3, lip_width=4, speech_width=6), 5)
    visemes = torch.rand(1, 4, 5)
    for layer in (heads.of_lips, heads.of_speech):
        torch.nn.init.zeros_(layer.weight)
        torch.nn.init.zeros_(layer.bias)
    loss = heads.loss(torch.rand(1, 2, 4), torch.rand(1, 2, 6), visemes)
    windows = torch.stack([visemes[0, 0:3], visemes[0, 1:4]])
    torch.testing.assert_close(loss, 2 * windows.square().mean())
