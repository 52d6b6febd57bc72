"""Batches hold lips, sound and visemes of the same moments, and the store is a ring."""

from __future__ import annotations

import pytest
import torch

from eadnet_core.audio.mel_scale import LOUDEST, SILENCE
from eadnet_core.synthetic.speech_corpus import SpeechCorpus
from eadnet_core.training.sync import supply
from eadnet_core.training.sync.augment import vary_lips
from eadnet_core.training.sync.recipe import SyncRecipe
from eadnet_core.training.sync.supply import Supply


@pytest.fixture
def plain(monkeypatch: pytest.MonkeyPatch) -> None:
    """Lips that are as bright as the mouth is open; nothing is varied."""

    def draw(controls, size, framing_error, shake, generator):  # noqa: ANN001, ANN202
        return (2 * controls.visemes[..., 0] - 1)[..., None, None, None].expand(-1, -1, 3, size, size)

    monkeypatch.setattr(supply, "draw_lips", draw)
    monkeypatch.setattr(supply, "vary_lips", lambda lips, generator: lips)
    monkeypatch.setattr(supply, "vary_mel", lambda mel, generator: mel)


@pytest.mark.usefixtures("plain")
def test_lips_sound_and_visemes_are_of_the_same_moments(recipe: SyncRecipe, corpus: SpeechCorpus) -> None:
    batch = Supply(recipe, corpus, 4, torch.Generator().manual_seed(0)).batch(0)
    assert batch.lips.shape == (4, 8, 3, 4, 4) and batch.mel.shape == (4, 32, 64) and batch.visemes.shape == (4, 8, 5)
    opened = batch.visemes[..., 0]
    torch.testing.assert_close((batch.lips[:, :, 0, 0, 0] + 1) / 2, opened, atol=0.01, rtol=0)
    level = (batch.mel[..., 0] - SILENCE) / (LOUDEST - SILENCE) * 255
    torch.testing.assert_close((level - 20) / 200, opened.repeat_interleave(4, 1), atol=0.02, rtol=0)


@pytest.mark.usefixtures("plain")
def test_new_clips_take_the_place_of_the_oldest(recipe: SyncRecipe, corpus: SpeechCorpus) -> None:
    store = Supply(recipe, corpus, 4, torch.Generator().manual_seed(0))
    first = store.visemes.clone()
    assert store.num_drawn == 6
    for step in range(1, 7):
        store.batch(step)  # two joins of two clips: the ring of eight is full after the first
    assert store.num_drawn == 10
    assert not torch.equal(store.visemes[:2], first[:2]) and torch.equal(store.visemes[2:6], first[2:6])


def test_each_clip_is_seen_through_one_camera_throughout() -> None:
    lips = torch.rand(16, 1, 3, 16, 16, generator=torch.Generator().manual_seed(0)).expand(-1, 3, -1, -1, -1) * 1.6 - 0.8
    varied = vary_lips(lips, torch.Generator().manual_seed(1))
    between, within = (varied - lips).square().mean().sqrt(), varied.diff(dim=1).square().mean().sqrt()
    assert varied.shape == lips.shape and between > 0.15 and within < 0.3 * between  # within a clip only noise differs
