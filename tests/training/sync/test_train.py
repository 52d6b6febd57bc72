"""The trainer learns what toy clips say, hears one half of the voices, and repeats itself; the shipped weights find true shifts."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
import torch

from eadnet_core.checkpoint import SYNCNET_JUDGE_WEIGHTS, SYNCNET_WEIGHTS, load_syncnet, read_header
from eadnet_core.errors import InputError
from eadnet_core.models.syncnet import SyncNetConfig
from eadnet_core.synthetic.speech_corpus import SpeechCorpus, make_corpus
from eadnet_core.training import fit as fitting
from eadnet_core.training.sync import supply, train
from eadnet_core.training.sync.recipe import SyncRecipe
from eadnet_core.training.sync.report import measure_shifts
from eadnet_core.training.sync.train import train_sync


def test_the_same_seed_makes_the_same_weights(
    recipe: SyncRecipe, config: SyncNetConfig, corpus: SpeechCorpus, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fitting, "TIMED_STEPS", 6)
    nets = [train_sync(replace(recipe, seed=seed), corpus, 0.0, config).net for seed in (3, 3, 4)]
    one, same, other = (torch.cat([p.flatten() for p in net.parameters()]) for net in nets)
    assert torch.equal(one, same) and not torch.equal(one, other)


def test_it_learns_which_sound_belongs_to_which_lips(
    recipe: SyncRecipe, config: SyncNetConfig, corpus: SpeechCorpus, monkeypatch: pytest.MonkeyPatch
) -> None:
    def draw(controls, size, framing_error, shake, generator):  # noqa: ANN001, ANN202
        rows = (torch.arange(size) / size)[:, None] < controls.visemes[..., 0, None, None, None]  # a bar as long as the mouth is open
        return (rows.float() * 2 - 1).expand(-1, -1, 3, -1, size)

    monkeypatch.setattr(supply, "draw_lips", draw)
    monkeypatch.setattr(supply, "vary_lips", lambda lips, generator: lips)
    monkeypatch.setattr(fitting, "TIMED_STEPS", 120)
    told: list[dict[str, float]] = []
    fit = train_sync(recipe, corpus, 0.0, config, progress=lambda step, steps, losses: told.append(losses))
    assert fit.steps == 120
    assert told[-1]["rank"] < told[0]["rank"] - 0.5 and told[-1]["match"] < 0.66 < told[0]["match"]


def test_only_one_half_of_the_voices_is_heard(
    recipe: SyncRecipe, config: SyncNetConfig, corpus: SpeechCorpus, monkeypatch: pytest.MonkeyPatch
) -> None:
    heard: list[SpeechCorpus] = []

    class Listening(supply.Supply):
        def __init__(self, recipe: SyncRecipe, corpus: SpeechCorpus, lip_size: int, generator: torch.Generator) -> None:
            heard.append(corpus)
            super().__init__(recipe, corpus, lip_size, generator)

    monkeypatch.setattr(train, "Supply", Listening)
    recipe = replace(recipe, first_clips=2, batch_size=2)
    monkeypatch.setattr(fitting, "TIMED_STEPS", 1)
    for half in (0, 1):
        train_sync(replace(recipe, voices=half), corpus, 0.0, config)
        assert heard[-1].voices.unique().tolist() == [half]


def test_recipes_name_what_is_wrong(tmp_path: Path, recipe: SyncRecipe) -> None:
    path = tmp_path / "recipe.json"
    path.write_text(json.dumps(recipe.to_dict() | {"sede": 1}))
    with pytest.raises(InputError, match="sede"):
        SyncRecipe.read(path)
    path.write_text(json.dumps(recipe.to_dict() | {"voices": 2}))
    with pytest.raises(InputError, match="voices 2"):
        SyncRecipe.read(path)


def test_what_measures_was_trained_apart_from_what_supervises() -> None:
    made = [read_header(path).provenance["recipe"] for path in (SYNCNET_WEIGHTS, SYNCNET_JUDGE_WEIGHTS)]
    assert made[0]["seed"] != made[1]["seed"] and {recipe["voices"] for recipe in made} == {0, 1}


@pytest.mark.parametrize("path", [SYNCNET_WEIGHTS, SYNCNET_JUDGE_WEIGHTS], ids=["supervises", "measures"])
def test_shipped_weights_find_the_true_shift_of_unseen_clips(path: Path, tmp_path: Path) -> None:
    pytest.importorskip("espeakng_loader", reason="espeakng-loader is not installed (extra: train)")
    corpus = make_corpus(tmp_path / "unheard.npz", 0.7, seed=77)
    found = measure_shifts(load_syncnet(path), corpus, num_clips=24)
    assert found.near >= 0.9
    assert found.true_cosine > found.other_cosine + 0.15
