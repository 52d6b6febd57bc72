"""Performances are composed as said: by the seed, with true conditions, feelings on lips that still shut, held parts."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from eadnet_core.denoiser.config import DenoiserConfig
from eadnet_core.emotion.vocabulary import ACTION_UNITS
from eadnet_core.training import composition
from eadnet_core.training.composition import HELD_FRAMES, Batch, Composer
from eadnet_core.training.performances import Performances
from tests.training.files import make_training_files

NUM_FRAMES = 96


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Performances:
    return Performances.load(make_training_files(tmp_path_factory.mktemp("training"))[1])


def drawn(data: Performances, seed: int = 0, batch: int = 48, tracks: np.ndarray | None = None) -> Batch:
    composer = Composer(data, DenoiserConfig(), NUM_FRAMES, torch.device("cpu"), tracks)
    return composer.draw(torch.Generator().manual_seed(seed), batch)


def test_the_seed_decides(data: Performances) -> None:
    one, again, other = drawn(data, 1), drawn(data, 1), drawn(data, 2)
    assert torch.equal(one.motion, again.motion) and torch.equal(one.given.phones, again.given.phones)
    assert not torch.equal(one.motion, other.motion)


def test_what_is_drawn_is_finite_and_of_the_size_of_a_latent(data: Performances) -> None:
    batch = drawn(data)
    assert torch.isfinite(batch.motion).all() and 0.3 < batch.motion.std() < 5
    assert batch.motion.shape == (48, NUM_FRAMES, 80) and batch.given.phones.shape == (48, 2 * NUM_FRAMES, 42)
    torch.testing.assert_close(batch.given.phones.sum(-1), torch.ones(48, 2 * NUM_FRAMES), atol=0.1, rtol=0)


def test_a_window_that_goes_on_holds_the_end_of_the_one_before(data: Performances) -> None:
    held = drawn(data).held
    begun = (held[:, :HELD_FRAMES].amin((1, 2)) == 1) & (held[:, HELD_FRAMES:].amin(1).amax(-1) == 0)
    assert 0.2 < begun.float().mean() < 0.95
    free = held.amax((1, 2)) == 0
    assert free.any(), "some begin from nothing"
    parts = (held.amin(1).amax(-1) == 1) & (held.amin((1, 2)) == 0)
    assert parts.any(), "now and then a part of the face is given throughout"


def test_idle_faces_move_their_heads_and_not_their_lips(data: Performances, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(composition, "NEUTRAL_SHARE", 1.0)
    monkeypatch.setattr(composition, "UNITS_GIVEN_SHARE", 0.0)
    idle = np.flatnonzero(data.sources == "idle")
    batch = drawn(data, tracks=idle)
    composer = Composer(data, DenoiserConfig(), NUM_FRAMES, torch.device("cpu"), idle)
    assert (batch.motion[..., composer.layout.expression] @ composer.gap).abs().max() < 0.02, "eye distances that lips part"
    assert batch.motion[..., composer.layout.rotation].std() > 0.3


def test_units_that_are_told_are_those_that_show(data: Performances) -> None:
    batch = drawn(data, batch=200)
    shut = ACTION_UNITS.index("AU45L")
    told = (batch.given.units_given[..., shut] > 0) & (batch.given.units[..., shut] > 0.5)
    lids = batch.motion[..., -1][told] * 0.3
    assert told.any() and (lids >= batch.given.units[..., shut][told] - 1e-4).all()
    untold = batch.given.units[batch.given.units_given == 0]
    assert untold.abs().max() == 0


def test_strangers_are_heard_less_surely_and_silence_stays_silence(data: Performances) -> None:
    batch = drawn(data)
    speaking = batch.said[..., 0] < 0.5
    assert batch.given.phones.amax(-1)[speaking].mean() < 0.85 * batch.said.amax(-1)[speaking].mean()
    quiet = batch.said[..., 0] > 0.7
    assert quiet.any() and batch.given.phones[..., 0][quiet].mean() > 0.6
