"""A recipe, a network and a corpus small enough for tests."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
import torch

from eadnet_core.models.syncnet import SyncNetConfig
from eadnet_core.synthetic.speech_corpus import SpeechCorpus
from eadnet_core.training.sync.recipe import SyncRecipe

RECIPES = Path(__file__).parents[3] / "eadnet_core" / "training" / "recipes"


@pytest.fixture
def recipe() -> SyncRecipe:
    whole = SyncRecipe.read(RECIPES / "sync.json")
    return replace(whole, clip_frames=10, first_clips=6, new_clips=2, reservoir=8, batch_size=4, num_frames=8)


@pytest.fixture
def config() -> SyncNetConfig:
    return SyncNetConfig(window=3, lip_size=16, lip_channels=(8, 8, 8, 16), lip_width=16, speech_width=16, embedding_width=16)


@pytest.fixture
def corpus() -> SpeechCorpus:
    """Forty utterances of two voices, whose loudness follows the opening of the mouth."""
    visemes = torch.rand(800, 5, generator=torch.Generator().manual_seed(0))
    mel = (visemes[:, :1].repeat_interleave(4, 0) * 200 + 20).expand(-1, 64)
    ends = torch.arange(20, 801, 20)
    return SpeechCorpus(mel.to(torch.uint8).contiguous(), (visemes * 255).to(torch.uint8), ends, torch.arange(40) % 2)
