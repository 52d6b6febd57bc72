"""A short training learns, repeats with its seed, and leaves a file that loads."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from torch import Generator
from torch.nn import functional as F

from eadnet_core import cli
from eadnet_core.checkpoint import load_emotion_classifier, read_header
from eadnet_core.emotion.vocabulary import ACTION_UNITS, EMOTIONS
from eadnet_core.models.emotion_classifier import EmotionClassifierConfig
from eadnet_core.training.emotion.report import measure_emotion
from eadnet_core.training.emotion.supply import Supply
from eadnet_core.training.emotion.train import train_emotion
from tests.training.emotion.test_supply import recipe

SMALL = EmotionClassifierConfig(face_size=16, channels=(8, 8, 8, 8), width=16)


def test_it_learns_the_faces_that_it_is_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    """A hundred steps on thirty faces in plain light: the class's loss falls clearly below that of guessing among eight, ln 8 = 2.08."""
    monkeypatch.setattr("eadnet_core.training.fit.TIMED_STEPS", 100)
    monkeypatch.setattr("eadnet_core.training.emotion.supply.disguised", lambda generator, faces: faces)
    few = recipe(first_faces=30, reservoir=30, new_faces=1, steps_between_new_faces=1000, batch_size=16, learning_rate=5e-3)
    told: list[dict[str, float]] = []
    fit = train_emotion(few, 0.0, SMALL, progress=lambda step, steps, losses: told.append(losses))
    assert fit.steps == 100 and not fit.net.training
    faces = Supply(few, SMALL.face_size, Generator().manual_seed(few.seed)).batch(0)
    with torch.inference_mode():
        logits, units = fit.net(faces.pictures)
    assert F.cross_entropy(logits, faces.labels) < 1.7
    assert told[-1]["units"] < 0.7 * told[0]["units"] and F.mse_loss(units, faces.units) < 0.1


def test_the_report_counts_every_class_and_unit() -> None:
    net = train_emotion(recipe(), 0.0, SMALL).net
    report = measure_emotion(net, recipe(), count=48)
    assert len(report.confusion) == len(EMOTIONS) and set(report.unit_correlation) == set(ACTION_UNITS)
    assert all(abs(sum(row) - 1) < 0.01 or sum(row) == 0 for row in report.confusion) and 0 <= report.accuracy <= 1


def test_the_command_writes_weights_that_say_where_they_come_from(tmp_path: Path, capsys, monkeypatch) -> None:  # noqa: ANN001
    from eadnet_core import train_emotion_command

    monkeypatch.setattr(train_emotion_command, "measure_emotion", lambda net, recipe: measure_emotion(net, recipe, count=24))
    settings, out = tmp_path / "recipe.json", tmp_path / "emotion.safetensors"
    settings.write_text(json.dumps(replace(recipe(), minutes=0.0).to_dict()))
    assert cli.main(["train", "emotion", "--recipe", str(settings), "--out", str(out), "--commit", "abc", "--device", "cpu"]) == 0
    provenance = read_header(out).provenance
    assert provenance["commit"] == "abc" and provenance["recipe"]["seed"] == 1 and len(provenance["confusion"]) == len(EMOTIONS)
    net = load_emotion_classifier(out)
    assert net(torch.zeros(1, 3, 64, 64))[0].shape == (1, len(EMOTIONS))
    assert "accuracy" in capsys.readouterr().err
    assert cli.main(["train", "emotion", "--recipe", str(tmp_path / "none.json"), "--out", str(out)]) == 2
