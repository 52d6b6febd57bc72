"""The ablation: arms lack what they say and nothing else, figures are compared clip by clip, and a second run makes nothing again."""

from __future__ import annotations

import json
from dataclasses import asdict, replace
from pathlib import Path

import cv2
import numpy as np
import pytest
import torch

from benchmarks import ablation
from benchmarks.ablation import RECIPE, Ablation
from benchmarks.ablation_arms import RIG_ALONE, make_arms, rig_alone
from benchmarks.ablation_measures import BETTER, NUM_FRAMES, OVERLAP, WINDOW, draw_held_out, measure, measure_truth, sample_clip
from benchmarks.ablation_report import difference, draw_plot, write_judged_table, write_table
from eadnet_core.models.denoiser import Denoiser, DenoiserConfig
from eadnet_core.models.syncnet import SyncNet, SyncNetConfig
from eadnet_core.synthetic.speech_corpus import SpeechCorpus
from eadnet_core.training import fit as fitting
from eadnet_core.training.base import train
from eadnet_core.training.base.recipe import BaseRecipe

SMALL = DenoiserConfig(channels=(16, 32, 32), down_blocks=(1, 1, 1), num_heads=(2, 2, 2), fine_channels=8, num_shapes=4)


@pytest.fixture(scope="module")
def corpus() -> SpeechCorpus:
    visemes = torch.rand(600, 5, generator=torch.Generator().manual_seed(0))
    mel = (visemes[:, :1].repeat_interleave(4, 0) * 200 + 20).expand(-1, 64)
    ends = torch.arange(30, 601, 30)
    return SpeechCorpus(mel.to(torch.uint8).contiguous(), (visemes * 255).to(torch.uint8), ends, torch.arange(20))


def test_each_arm_lacks_what_it_says_and_nothing_else() -> None:
    recipe, config = BaseRecipe.read(RECIPE), DenoiserConfig()
    full, *others = make_arms(recipe, config)
    assert full.recipe == recipe and full.config == config
    assert recipe.weights["sync"] > 0 and recipe.weights["trepa"] > 0 and recipe.captions > 0
    lacking = {}
    for arm in others:
        what = {name for name, value in asdict(arm.recipe).items() if value != asdict(recipe)[name]}
        what |= {name for name, value in asdict(arm.config).items() if value != asdict(config)[name]}
        lacking[arm.name] = what
        assert arm.recipe.seed == recipe.seed
    assert lacking == {
        "without SyncNet": {"weights"}, "without TREPA": {"weights"}, "without STDA": {"directions"}, "without TFRM": {"graph"},
        "without text": {"captions", "conditioning"},
    }  # fmt: skip
    parameters = [sum(p.numel() for p in Denoiser(arm.config).parameters()) for arm in (full, others[2])]
    assert parameters[0] == parameters[1]  # spatial and temporal attention cost as many as strips


def test_the_rig_alone_is_what_the_network_answered_before_it_was_trained(corpus: SpeechCorpus) -> None:
    torch.manual_seed(0)
    trained = Denoiser(SMALL).eval()
    example = draw_held_out(corpus, 1, 32, seed=1)[0]
    before = sample_clip(trained, example.conditions, torch.Generator().manual_seed(0))
    with torch.no_grad():
        for parameter in trained.head.parameters():
            parameter.add_(torch.randn_like(parameter) * 0.05)
    after = sample_clip(trained, example.conditions, torch.Generator().manual_seed(0))
    alone = sample_clip(rig_alone(trained), example.conditions, torch.Generator().manual_seed(0))
    assert not torch.equal(after.flow, before.flow)
    torch.testing.assert_close(alone.stacked(), before.stacked())


def test_differences_are_of_the_same_clips() -> None:
    full: dict[str, list[float | None]] = {"lips": [1.0, 5.0, None, 2.0]}
    arm: dict[str, list[float | None]] = {"lips": [2.0, 5.0, 7.0, None]}
    change, error = difference(arm, full, "lips")
    assert change == 0.5  # of the two clips that both have
    assert error == pytest.approx(np.std([1.0, 0.0], ddof=1) / 2**0.5)


def test_only_certain_differences_are_bold_and_good_is_right() -> None:
    rng = np.random.default_rng(0)
    base = {name: list(rng.normal(1, 0.3, 50)) for name in BETTER}
    worse = {name: [v - BETTER[name] * 0.2 + rng.normal(0, 0.01) for v in values] for name, values in base.items()}
    alike = {name: [v + rng.normal(0, 0.01) for v in values] for name, values in base.items()}
    arms = {"full": base, "worse": worse, "alike": alike}
    table = write_table(arms, {"lips": [0.9]}, {"full": 9, "worse": 8, "alike": 7})
    lines = {line.split("|")[1].strip(): line for line in table.splitlines()}
    assert lines["worse"].count("**") == 2 * len(BETTER) and lines["full"].count("**") == 0 and lines["alike"].count("**") <= 4
    assert "0.900" in lines["*the drawn clips themselves*"]
    sheet = draw_plot(arms)
    assert sheet.dtype == np.uint8 and sheet.shape[2] == 3
    assert "| a | 0.5 |  |" in write_judged_table({"a": {"closed": 0.5, "outside": None}})


def test_two_windows_are_made_as_the_sampler_does(corpus: SpeechCorpus) -> None:
    torch.manual_seed(0)
    net = Denoiser(SMALL).eval()
    with torch.no_grad():
        for parameter in net.parameters():
            parameter.add_(torch.randn_like(parameter) * 0.05)
    example = draw_held_out(corpus, 1, 32, seed=1)[0]
    made = sample_clip(net, example.conditions, torch.Generator().manual_seed(0))
    assert made.flow.shape == (1, NUM_FRAMES, 2, 32, 32)
    noise = torch.randn(1, NUM_FRAMES, 3, 32, 32, generator=torch.Generator().manual_seed(0))[:, :WINDOW]
    with torch.inference_mode(), torch.autocast("cpu", torch.bfloat16):
        first = net(noise, torch.ones(1, WINDOW), example.conditions.between(0, WINDOW))
    torch.testing.assert_close(made.flow[:, :WINDOW], first.warp.flow)
    assert OVERLAP == 4 and WINDOW == 16  # as SamplerOptions says


def test_every_clip_has_its_figures_and_true_clips_are_seamless(corpus: SpeechCorpus) -> None:
    torch.manual_seed(0)
    judge = SyncNet(SyncNetConfig(lip_size=16, lip_channels=(4, 4, 4, 4), lip_width=8, speech_width=8, embedding_width=8)).eval()
    examples = draw_held_out(corpus, 6, 32, seed=3)
    found, true = measure(Denoiser(SMALL).eval(), judge, examples, seed=0), measure_truth(judge, examples)
    assert set(found) == set(BETTER) and all(values.shape == (6,) for values in found.values())
    assert torch.isfinite(torch.stack([found[name] for name in ("cosine", "shift", "flow_px", "mouth_db", "motion", "seam")])).all()
    assert torch.isnan(found["words_px"]).any()  # clips without a caption say nothing of words
    assert true["lips"].nanmean() > 0.7 and (true["seam"] == 1).all()


def test_one_command_makes_all_arms_and_a_second_run_makes_none_again(
    corpus: SpeechCorpus, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    speech, out = tmp_path / "speech.npz", tmp_path / "out"
    np.savez(speech, **{name: getattr(corpus, name).numpy() for name in ("mel", "visemes", "ends", "voices")})
    for module, steps in ((fitting, 1), (train, 2)):
        monkeypatch.setattr(module, "TIMED_STEPS", steps)
    recipe = replace(BaseRecipe.read(RECIPE), minutes=0.0, size=32, clips=((1, 6, 0),), speech_clips=1, speech_frames=8, captions=4)
    made = Ablation(speech=speech, out=out, recipe=recipe, config=SMALL, video_minutes=0.0, num_clips=8, judge=None)
    made.run()
    kept = json.loads((out / "ablation.json").read_text())
    assert list(kept["figures"]) == [*(arm.name for arm in make_arms(recipe, SMALL)), RIG_ALONE] and kept["full"]["steps"] == 2
    assert cv2.imread(str(out / "ablation.png")) is not None and "without STDA" in (out / "ablation.md").read_text()
    weights = {path: path.stat().st_mtime_ns for path in out.glob("*.safetensors")}
    assert len(weights) == 7 and not list(out.glob("*.state"))
    (out / "without-TFRM.safetensors").unlink()
    monkeypatch.setattr(ablation, "train_video", None)  # would fail if it were called
    made.run()
    again = {path.name for path, time in weights.items() if path.stat().st_mtime_ns != time}
    assert again == {"without-TFRM.safetensors"}
