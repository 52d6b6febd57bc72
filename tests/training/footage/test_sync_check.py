"""What is off is the film: its clips decide together; and SyncNet's curve is its cosine at each shift."""

from __future__ import annotations

import numpy as np
import torch

from eadnet_core.models.syncnet import SyncNet, SyncNetConfig, cut_lips
from eadnet_core.training.footage.sync_check import MOST_SHIFT, find_shift
from eadnet_core.training.footage.syncnet_judge import SyncNetJudge


def peak(shift: int, height: float) -> np.ndarray:
    curve = np.full(2 * MOST_SHIFT + 1, 0.1)
    curve[MOST_SHIFT + shift] += height
    return curve


def test_clips_count_by_their_length() -> None:
    """A long clip says 4 frames late, two short ones say otherwise: (200 * 0.5) / 260 above the median."""
    found = find_shift([peak(4, 0.5), peak(-3, 0.6), peak(9, 0.6)], [200, 30, 30])
    assert found.shift == 4
    np.testing.assert_allclose(found.confidence, 200 * 0.5 / 260)


def test_a_shift_is_sure_when_it_stands_out_more_than_chance_would() -> None:
    """The mean of n values of chance spreads as one over the root of n, so that a long film needs a lower peak."""
    assert not find_shift([peak(3, 0.06)], [100]).is_sure
    assert find_shift([peak(3, 0.06)], [400]).is_sure and find_shift([peak(3, 0.2)], [100]).is_sure
    assert not find_shift([peak(0, 0.0)], [10_000]).is_sure
    assert not find_shift([peak(MOST_SHIFT, 0.5)], [100]).is_sure  # the true one may lie beyond


def test_syncnet_compares_the_lips_with_the_sound_of_each_shift() -> None:
    """Index MOST_SHIFT + s is the mean cosine of the lips' embeddings and those of the sound that lies s frames later."""
    torch.manual_seed(0)
    net = SyncNet(SyncNetConfig()).eval()
    num, rng = 12, np.random.default_rng(0)
    faces = rng.integers(0, 256, (num, 64, 64, 3)).astype(np.uint8)
    mel = rng.normal(0, 1, (4 * (num + 2 * MOST_SHIFT), 64)).astype(np.float32)
    curve = SyncNetJudge(net).compare(faces, mel)
    assert curve.shape == (2 * MOST_SHIFT + 1,)
    pixels = torch.from_numpy(faces).permute(0, 3, 1, 2)[None] / 127.5 - 1
    with torch.inference_mode():
        lips = net.embed_lips(cut_lips(pixels, net.config.lip_size))
        for shift in (-MOST_SHIFT, 0, 4, MOST_SHIFT):
            first = 4 * (MOST_SHIFT + shift)
            speech = net.embed_speech(torch.from_numpy(mel[first : first + 4 * num])[None])
            cosine = torch.nn.functional.cosine_similarity(lips, speech, dim=-1).mean().item()
            np.testing.assert_allclose(curve[MOST_SHIFT + shift], cosine, atol=1e-5)
