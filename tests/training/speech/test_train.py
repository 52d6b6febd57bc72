"""The speech encoder learns by itself, the rest of the denoiser stays, and the file says what it went on from."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from eadnet_core import cli
from eadnet_core.checkpoint import load_denoiser, read_header, save_checkpoint
from eadnet_core.models.denoiser import Denoiser, DenoiserConfig
from eadnet_core.models.speech_encoder import SpeechEncoder, SpeechEncoderConfig
from eadnet_core.synthetic.speech_corpus import SpeechCorpus
from eadnet_core.training.speech.recipe import SpeechRecipe
from eadnet_core.training.speech.train import measure_visemes, train_speech

RECIPE = SpeechRecipe(seed=1, minutes=0.0, batch_size=4, num_frames=8, learning_rate=5e-3, weight_decay=0.0, ema_decay=0.9)
SMALL = DenoiserConfig(channels=(16, 32, 32), down_blocks=(1, 1, 1), num_heads=(2, 2, 2), fine_channels=8, num_shapes=4)


@pytest.fixture(scope="module")
def corpus() -> SpeechCorpus:
    """Twenty utterances in which each viseme is a band of its own."""
    visemes = torch.rand(200, 5, generator=torch.Generator().manual_seed(0)).repeat_interleave(3, 0)
    bands = visemes.repeat_interleave(4, 0).repeat_interleave(13, 1)[:, :64]
    return SpeechCorpus((bands * 235 + 20).to(torch.uint8), (visemes * 255).to(torch.uint8), torch.arange(30, 601, 30), torch.arange(20))


def test_it_learns_to_hear_and_leaves_what_it_went_on_from(corpus: SpeechCorpus, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("eadnet_core.training.fit.TIMED_STEPS", 80)
    torch.manual_seed(0)
    encoder = SpeechEncoder(SpeechEncoderConfig(width=32)).eval()
    untouched = {name: value.clone() for name, value in encoder.state_dict().items()}
    before = measure_visemes(encoder, corpus.held_out, 8, 32)
    told: list[float] = []
    fit = train_speech(RECIPE, encoder, corpus.training, 0.0, progress=lambda step, steps, losses: told.append(losses["viseme"]))
    after = measure_visemes(fit.net, corpus.held_out, 8, 32)
    assert fit.steps == 80 and not fit.net.training and told[-1] < told[0]
    assert sum(after) / 5 > max(0.5, sum(before) / 5 + 0.3)
    assert all(torch.equal(value, untouched[name]) for name, value in encoder.state_dict().items())


def test_joined_corpora_keep_their_utterances(corpus: SpeechCorpus) -> None:
    both = SpeechCorpus.joined([corpus.training, corpus.held_out, corpus])
    assert both.num_frames == 2 * corpus.num_frames and both.ends.tolist() == list(range(30, 1201, 30))
    assert torch.equal(both.mel[: len(corpus.mel)], corpus.mel) and torch.equal(both.visemes[600:], corpus.visemes)
    assert both.voices.tolist() == 2 * list(range(20))


def test_the_command_changes_the_ears_alone(corpus: SpeechCorpus, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    torch.manual_seed(0)
    net = Denoiser(SMALL)
    save_checkpoint(tmp_path / "base.safetensors", net, SMALL, {"steps": 7})
    speech = tmp_path / "speech.npz"
    np.savez(speech, **{name: getattr(corpus, name).numpy() for name in ("mel", "visemes", "ends", "voices")})
    recipe = tmp_path / "recipe.json"
    recipe.write_text(json.dumps(replace(RECIPE, num_frames=6).to_dict()))
    files = ["--speech", str(speech), str(speech), "--recipe", str(recipe), "--from", str(tmp_path / "base.safetensors")]
    assert cli.main(["train", "speech", *files, "--out", str(tmp_path / "new.safetensors"), "--minutes", "0.01", "--device", "cpu"]) == 0
    assert "open: correlation with what is said" in capsys.readouterr().err
    old, new = (load_denoiser(tmp_path / name).state_dict() for name in ("base.safetensors", "new.safetensors"))
    changed = {name for name in old if not torch.equal(old[name], new[name])}
    assert changed and all(name.startswith("conditioning.speech.") for name in changed)
    said = read_header(tmp_path / "new.safetensors").provenance
    assert said["went_on_from"]["steps"] == 7 and said["recipe"]["num_frames"] == 6 and said["steps"] >= 32
