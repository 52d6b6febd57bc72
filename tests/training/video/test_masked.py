"""Masked prediction: only hidden cells are asked for, and guessing nothing costs one."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
import torch

from eadnet_core.models.video_encoder import ClipEncoder, ClipEncoderConfig
from eadnet_core.synthetic.speech_corpus import SpeechCorpus
from eadnet_core.training import fit as fitting
from eadnet_core.training.video import train
from eadnet_core.training.video.masked import MaskedPrediction
from eadnet_core.training.video.recipe import VideoRecipe
from eadnet_core.training.video.train import train_video

RECIPE = Path(__file__).parents[3] / "eadnet_core" / "training" / "recipes" / "video.json"
CONFIG = ClipEncoderConfig(size=16, patch=4, width=32, depth=1, num_heads=2, position_waves=4)


def _task() -> MaskedPrediction:
    torch.manual_seed(0)
    return MaskedPrediction(ClipEncoder(CONFIG), 16, 1)


def test_guessing_nothing_costs_one() -> None:
    task = _task()
    for layer in task.guess.children():
        torch.nn.init.zeros_(layer.weight)
        torch.nn.init.zeros_(layer.bias)
    loss = task(torch.randn(8, 4, 3, 16, 16) * 0.5, 0.75, torch.Generator().manual_seed(0))
    assert 0.85 < loss.item() < 1.0  # a little less: blocks' own deviations are softened so that flat ones stay quiet


def test_what_is_hidden_is_never_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    task, frames = _task(), torch.randn(1, 4, 3, 16, 16)
    seen: list[torch.Tensor] = []
    encode = ClipEncoder.encode
    monkeypatch.setattr(ClipEncoder, "encode", lambda self, tokens: (seen.append(tokens), encode(self, tokens))[1])
    task(frames, 0.75, torch.Generator().manual_seed(0))
    order = torch.rand(1, 16, generator=torch.Generator().manual_seed(0)).argsort(1)
    changed = task.encoder.blocks(frames)
    changed[:, :, order[0, 4:]] += 1  # other pixels in all hidden cells, in all frames
    monkeypatch.setattr(ClipEncoder, "blocks", lambda self, frames: changed)
    task(frames, 0.75, torch.Generator().manual_seed(0))
    assert seen[0].shape == (1, 2 * 4, 32) and torch.equal(*seen)


def test_training_learns_and_repeats_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    def draw(corpus, batch, num_frames, size, generator):  # noqa: ANN001, ANN202
        """Stripes of a random angle that fill the picture: any part tells the rest."""
        angle, phase = torch.rand(2, batch, 1, 1, 1, generator=generator) * 6.28
        axis = torch.arange(size) / 3.0
        wave = torch.sin(axis[:, None] * angle.sin() + axis * angle.cos() + phase)
        return wave[:, :, None].expand(batch, num_frames, 3, size, size)

    monkeypatch.setattr(train, "draw_frames", draw)
    recipe = replace(VideoRecipe.read(RECIPE), batch_size=8, num_frames=2, decoder_width=32, hidden=0.5, learning_rate=3e-3)
    corpus = SpeechCorpus(*(torch.zeros(1) for _ in range(4)))
    told: list[float] = []
    monkeypatch.setattr(fitting, "TIMED_STEPS", 80)
    fit = train_video(recipe, corpus, 0.0, CONFIG, progress=lambda step, steps, losses: told.append(losses["guess"]))
    assert fit.steps == 80 and told[-1] < 0.9 * told[0]
    monkeypatch.setattr(fitting, "TIMED_STEPS", 4)
    one, same = (torch.cat([p.flatten() for p in train_video(recipe, corpus, 0.0, CONFIG).net.parameters()]) for _ in range(2))
    assert torch.equal(one, same)
