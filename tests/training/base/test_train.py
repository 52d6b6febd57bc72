"""The trainer resumes where it stopped, learns, and reports."""

from __future__ import annotations

import resource
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import cv2
import pytest
import torch

from eadnet_core.checkpoint import load_denoiser, save_checkpoint
from eadnet_core.emotion.captions import draw_captions
from eadnet_core.errors import InputError
from eadnet_core.models.denoiser import Denoiser, DenoiserConfig
from eadnet_core.synthetic.speech_corpus import SpeechCorpus
from eadnet_core.training.base import report
from eadnet_core.training.base.recipe import BaseRecipe
from eadnet_core.training.base.report import WordsReport, measure_sync, measure_words, write_sheet
from eadnet_core.training.base.state import TrainingState
from eadnet_core.training.base.train import draw_noise_levels, new_state, train_base
from eadnet_core.training.base.world import Alone

RECIPES = Path(__file__).parents[3] / "eadnet_core" / "training" / "recipes"
SMALL = DenoiserConfig(channels=(16, 32, 32), down_blocks=(1, 1, 1), num_heads=(2, 2, 2), fine_channels=8, num_shapes=4)


def make_recipe() -> BaseRecipe:
    return replace(BaseRecipe.read(RECIPES / "base.json"), size=32, clips=((2, 4, 0), (1, 6, 4)), speech_clips=2, speech_frames=8)


def make_corpus() -> SpeechCorpus:
    """Ten utterances whose loudness follows the opening of the mouth."""
    generator = torch.Generator().manual_seed(0)
    visemes = torch.rand(400, 5, generator=generator).repeat_interleave(2, 0)[:400]
    mel = (visemes[:, :1].repeat_interleave(4, 0) * 200 + 20).expand(-1, 64)
    return SpeechCorpus(mel.to(torch.uint8).contiguous(), (visemes * 255).to(torch.uint8), torch.arange(40, 401, 40), torch.arange(10))


@pytest.fixture
def recipe() -> BaseRecipe:
    return make_recipe()


@pytest.fixture
def corpus() -> SpeechCorpus:
    return make_corpus()


def _weights(state: TrainingState) -> torch.Tensor:
    return torch.cat([value.flatten().float() for value in state.average.module.state_dict().values()])


def test_a_resumed_training_ends_with_the_same_weights(recipe: BaseRecipe, corpus: SpeechCorpus, tmp_path: Path) -> None:
    through = train_base(recipe, corpus, 1.0, tmp_path / "a.state", SMALL, max_steps=8)
    train_base(recipe, corpus, 1.0, tmp_path / "b.state", SMALL, max_steps=4)
    resumed = train_base(recipe, corpus, 1.0, tmp_path / "b.state", SMALL, max_steps=8)
    assert resumed.step == through.step == 8
    assert torch.equal(_weights(resumed), _weights(through))
    untrained = new_state(recipe, SMALL, Alone(torch.device("cpu")))
    assert (_weights(through) - _weights(untrained)).abs().max() > 1e-5


KILLED = """
import sys, torch
from pathlib import Path
from eadnet_core.training.base import train
from tests.training.base.test_train import SMALL, make_corpus, make_recipe
train.SAVE_EVERY_S = 0
torch.set_num_threads(int(sys.argv[2]))
train.train_base(make_recipe(), make_corpus(), 1.0, Path(sys.argv[1]), SMALL, steps=1000)
"""


def test_a_killed_training_goes_on_from_its_last_state(recipe: BaseRecipe, corpus: SpeechCorpus, tmp_path: Path) -> None:
    """SIGKILL in the midst of steps and of writing: the state in the file is a whole one, and leads where an undisturbed training does."""
    path = tmp_path / "a.state"
    threads = str(torch.get_num_threads())
    process = subprocess.Popen([sys.executable, "-c", KILLED, str(path), threads], cwd=RECIPES.parents[2], stderr=subprocess.PIPE)
    states = 0
    while states < 3:  # more than one, so that it is killed while it replaces a file
        assert process.poll() is None, process.communicate()[1].decode()
        seen, states = path.stat().st_mtime_ns if path.exists() else 0, states + 1
        while process.poll() is None and (path.stat().st_mtime_ns if path.exists() else 0) == seen:
            time.sleep(0.002)
    process.kill()
    process.communicate()
    left = new_state(recipe, SMALL, Alone(torch.device("cpu")))
    left.load(path)
    assert 2 <= left.step < 1000
    resumed = train_base(recipe, corpus, 1.0, path, SMALL, max_steps=left.step + 4)
    through = train_base(recipe, corpus, 1.0, tmp_path / "b.state", SMALL, steps=1000, max_steps=left.step + 4)
    assert torch.equal(_weights(resumed), _weights(through)) and not path.with_suffix(".partial").exists()


def test_minutes_become_steps_once(recipe: BaseRecipe, corpus: SpeechCorpus, tmp_path: Path) -> None:
    state = train_base(recipe, corpus, 0.0, tmp_path / "a.state", SMALL)
    assert state.step == state.steps  # no minutes: only the steps that time them
    again = train_base(recipe, corpus, 5.0, tmp_path / "a.state", SMALL)
    assert again.step == state.step


def test_a_foreign_state_is_refused(recipe: BaseRecipe, corpus: SpeechCorpus, tmp_path: Path) -> None:
    path = tmp_path / "a.state"
    path.write_bytes(b"not a state")
    with pytest.raises(InputError, match="no training state"):
        train_base(recipe, corpus, 1.0, path, SMALL)
    train_base(recipe, corpus, 1.0, tmp_path / "b.state", SMALL, max_steps=2)
    with pytest.raises(InputError, match="another network"):
        train_base(recipe, corpus, 1.0, tmp_path / "b.state", replace(SMALL, channels=(16, 32, 48)))


def test_training_goes_on_from_averaged_weights_alone(recipe: BaseRecipe, corpus: SpeechCorpus, tmp_path: Path) -> None:
    """A file of half-precision weights, without optimizer or step count, is where the first step starts."""
    first = train_base(recipe, corpus, 1.0, tmp_path / "a.state", SMALL, max_steps=4)
    net = first.average.module
    assert isinstance(net, Denoiser)
    save_checkpoint(tmp_path / "a.safetensors", net, SMALL, {})
    loaded = load_denoiser(tmp_path / "a.safetensors")
    other = replace(recipe, seed=1)  # new weights of this seed lie far away
    again = train_base(other, corpus, 1.0, tmp_path / "b.state", loaded, max_steps=0)
    torch.testing.assert_close(_weights(again), _weights(first), rtol=2e-3, atol=1e-6)
    moved = train_base(other, corpus, 1.0, tmp_path / "b.state", loaded, max_steps=2)
    fresh = new_state(other, SMALL, Alone(torch.device("cpu")))
    assert 0 < (_weights(moved) - _weights(first)).norm() < 0.05 * (_weights(fresh) - _weights(first)).norm()


def test_a_state_that_cannot_be_written_is_said(recipe: BaseRecipe, corpus: SpeechCorpus, tmp_path: Path) -> None:
    """A disk that takes only so many bytes of a file (here by the process' own limit) leaves the earlier state as it was."""
    path = tmp_path / "a.state"
    train_base(recipe, corpus, 1.0, path, SMALL, max_steps=2)
    before, limits = path.read_bytes(), resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (len(before) // 2, limits[1]))
    try:
        with pytest.raises(InputError, match="free space"):
            train_base(recipe, corpus, 1.0, path, SMALL, max_steps=4)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    assert path.read_bytes() == before and list(tmp_path.iterdir()) == [path]


def test_known_frames_come_first_and_the_rest_share_a_level(recipe: BaseRecipe) -> None:
    sigma = draw_noise_levels(400, 8, recipe, torch.Generator().manual_seed(0))
    known = sigma == 0
    assert (known.int().diff(dim=1) <= 0).all()
    assert known.sum(1).max() == recipe.known_frames
    assert 0.3 < (known.sum(1) > 0).float().mean() < 0.5  # half of the samples, a fifth of them with no frame
    last = sigma[:, -1]
    assert abs((last == 1).float().mean() - recipe.full_noise) < 0.08


def test_recipe_names_wrong_keys(tmp_path: Path) -> None:
    path = tmp_path / "wrong.json"
    path.write_text('{"sede": 1}')
    with pytest.raises(InputError, match="sede"):
        BaseRecipe.read(path)


def test_report_measures_drawn_mouths(recipe: BaseRecipe, corpus: SpeechCorpus, tmp_path: Path) -> None:
    net = new_state(recipe, SMALL, Alone(torch.device("cpu"))).net
    found = measure_sync(net, corpus, 64, num_clips=6, num_frames=8)
    assert found.truth > 0.8  # the visible inside of the mouth follows the distance of the lips
    assert abs(found.made) < 0.8 * found.truth  # an untrained net does not
    write_sheet(net, corpus, 32, tmp_path / "sheet.png")
    assert cv2.imread(str(tmp_path / "sheet.png")).shape == (16 * 32, 9 * 32, 3)


def test_captions_alone_teach_the_text_encoder(recipe: BaseRecipe, corpus: SpeechCorpus, tmp_path: Path) -> None:
    quick = replace(recipe, clips=((1, 1, 0),), reuse=60, captions=64, learning_rate=3e-3, warmup_steps=5)
    costs: list[float] = []

    def follow(step: int, steps: int, losses: dict[str, float]) -> None:
        costs.append(losses["caption"])

    train_base(quick, corpus, 0.0, tmp_path / "a.state", SMALL, progress=follow, steps=1000, max_steps=60)
    assert costs[-1] < 0.8 * costs[0], costs  # smoothed over 50 steps


def test_words_report_is_one_for_what_is_asked_and_nothing_for_the_usual(monkeypatch: pytest.MonkeyPatch) -> None:
    net = Denoiser(SMALL)
    asked: list[torch.Tensor] = []

    def remembered(*arguments: object) -> tuple[torch.Tensor, ...]:
        drawn = draw_captions(*arguments)  # type: ignore[arg-type]
        asked.append(drawn[2])
        return drawn

    monkeypatch.setattr(report, "draw_captions", remembered)
    monkeypatch.setattr(net.conditioning.text, "units", lambda _: asked[-1][:, None])
    assert measure_words(net, 64) == WordsReport(pytest.approx(1.0), pytest.approx(1.0))
    monkeypatch.setattr(net.conditioning.text, "units", lambda _: asked[-1].mean(0).expand(64, 1, -1))
    assert measure_words(net, 64) == WordsReport(pytest.approx(0.0, abs=1e-6), pytest.approx(0.0, abs=1e-6))
