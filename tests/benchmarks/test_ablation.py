"""The ablation: arms are trained and measured once, differ in what they say they differ in, and a stopped run goes on."""

from __future__ import annotations

import json
import sys
from dataclasses import replace
from pathlib import Path

import pytest
import torch

from benchmarks import ablation
from eadnet_core.denoiser.config import DenoiserConfig
from eadnet_core.denoiser.denoiser import Denoiser
from tests.training.files import make_training_files


def test_arms_are_measured_and_not_done_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    _, performances = make_training_files(tmp_path, clips=40)
    monkeypatch.setattr(ablation, "WINDOWS", 3)
    monkeypatch.setattr(ablation, "MINUTE_WINDOWS", 2)
    words = ["--performances", performances, "--critics", tmp_path / "critics", "--work", tmp_path / "work", "--minutes", 0.02]
    arms = ["--windows", 2, "--device", "cpu", "--arms", "without text", ablation.BY_RULE]
    monkeypatch.setattr(sys, "argv", ["ablation", *map(str, [*words, *arms])])
    assert ablation.main() == 0
    figures = json.loads((tmp_path / "work/figures.json").read_text())
    assert set(figures) == {"without text", "by rule"} and figures["without text"]["steps"] > 0
    assert figures["by rule"]["alike"] == pytest.approx(1), "a rule draws nothing"
    assert figures["without text"]["alike"] < 1 and 0 <= figures["without text"]["sync"] <= 1
    assert (tmp_path / "work/ablation.png").is_file() and "| by rule |" in capsys.readouterr().out
    monkeypatch.setattr(ablation, "train_denoiser", None)
    assert ablation.main() == 0, "what is done is not done again"


@pytest.mark.parametrize("name", ["without STDA", "through time only"])
def test_arms_of_attention_have_as_many_parameters(name: str) -> None:
    sizes = [sum(p.numel() for p in Denoiser(replace(DenoiserConfig(), **ablation.ARMS[arm][0])).parameters()) for arm in ("full", name)]
    assert sizes[0] == sizes[1]


def test_a_perfect_motion_fits() -> None:
    motion = torch.randn(4, 64)
    assert ablation._r(motion, 2 * motion + 1) == pytest.approx(1)
