"""Batches of footage look as the denoiser will see it at use, are told what is known, and come back the same when asked for again."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from eadnet_core.cli import RECIPES
from eadnet_core.emotion.tokenizer import encode_captions
from eadnet_core.emotion.vocabulary import EMOTIONS
from eadnet_core.errors import InputError
from eadnet_core.face.align import canonical_points
from eadnet_core.face.landmarks import CANONICAL
from eadnet_core.face.portrait import from_landmarks
from eadnet_core.training.base.recipe import BaseRecipe
from eadnet_core.training.base.world import Alone
from eadnet_core.training.footage.clip import STORED_SIZE
from eadnet_core.training.footage.examples import FootageExamples, Shot, draw_shots, read_example
from eadnet_core.training.footage.library import open_library
from tests.training.footage.made import info, make_footage


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    clips = (info(num_frames=64), info("own/b.mp4", 40, emotion="angry", intensity=2 / 3), info("own/c.mp4", 40, emotion="neutral"))
    return make_footage(tmp_path_factory.mktemp("footage"), *clips)


@pytest.fixture
def recipe() -> BaseRecipe:
    return replace(BaseRecipe.read(RECIPES / "base.json"), clips=((3, 6, 0), (2, 8, 4)), drop=0.0, footage_share=0.5)


def test_the_reference_is_the_portrait_that_use_would_make_of_that_frame(folder: Path) -> None:
    stretch = open_library([folder], 0.0).training[0]
    example = read_example([Shot(stretch, 10, 6, 50)], 128, 0.0, np.random.default_rng(0))
    picture = stretch.pictures([50])[0]
    portrait = from_landmarks(picture, stretch.landmarks()[50] * STORED_SIZE)
    conditions = example.conditions
    torch.testing.assert_close(conditions.reference[0], portrait.crop, atol=0.02, rtol=0)
    torch.testing.assert_close(conditions.landmarks[0], portrait.crop_landmarks, atol=1e-4, rtol=0)
    torch.testing.assert_close(conditions.landmark_maps[0], portrait.landmark_maps, atol=1e-3, rtol=0)
    right, left, mouth = canonical_points(example.clip.landmarks)[0]
    expected = torch.tensor([CANONICAL["right_eye"], CANONICAL["left_eye"], CANONICAL["mouth"]])
    torch.testing.assert_close(torch.stack([right, left, mouth]), expected, atol=0.02, rtol=0)


def test_frames_are_cut_out_by_the_reference_and_heard_in_step(folder: Path) -> None:
    stretch = open_library([folder], 0.0).training[0]
    example = read_example([Shot(stretch, 10, 6, 12)], 64, 0.0, np.random.default_rng(0))
    assert example.clip.frames.shape == (1, 6, 3, 64, 64)
    torch.testing.assert_close(example.clip.frames[0, 2], example.clip.reference[0])  # frame 12 of the clip is the reference itself
    assert example.conditions.mel is not None and example.conditions.head_pose is not None
    assert torch.round(example.conditions.mel[0, ::4, 0] * 64).tolist() == list(range(7, 19))
    assert example.conditions.head_pose.abs().max() < 1e-4  # the made heads keep still


def test_known_feelings_are_told_and_unknown_ones_are_not(folder: Path) -> None:
    unknown, angry, neutral = open_library([folder], 0.0).training
    shots = [Shot(stretch, 0, 4, 0) for stretch in (unknown, angry, neutral) * 30]
    conditions = read_example(shots, 32, 0.0, np.random.default_rng(0)).conditions
    assert conditions.emotion is not None and conditions.text_weights is not None and conditions.text_ids is not None
    assert conditions.given is not None
    for name in ("emotion", "text_ids"):
        given = conditions.given[name].view(-1, 3)
        assert not given[:, 0].any() and given[:, 1:].any() and not given[:, 1:].all()
    told = conditions.given["emotion"] | conditions.given["text_ids"]
    assert told.view(-1, 3)[:, 1:].all()
    assert conditions.emotion[1].sum(0).argmax() == EMOTIONS.index("angry")
    torch.testing.assert_close(conditions.emotion[1].sum(-1), torch.full((4,), 2 / 3))
    assert conditions.emotion[2].abs().sum() == 0
    torch.testing.assert_close(conditions.text_weights[1], torch.tensor([2 / 3, 1 / 3]).expand(4, -1))
    assert torch.equal(conditions.text_ids[1], encode_captions(["angry", "neutral"]))
    alone = read_example(shots[:1], 32, 0.0, np.random.default_rng(0)).conditions
    assert alone.emotion is None and alone.text_ids is None and alone.action_units is None and alone.gaze is None


def test_dropping_takes_controls_away(folder: Path) -> None:
    shots = [Shot(open_library([folder], 0.0).training[0], 0, 4, 0)] * 40
    given = read_example(shots, 32, 0.3, np.random.default_rng(0)).conditions.given
    assert given is not None
    for name in ("mel", "head_pose"):
        assert 0.5 < given[name].float().mean() < 0.9


def test_every_moment_is_as_likely_as_any_other(folder: Path) -> None:
    stretches = open_library([folder], 0.0).training
    shots = draw_shots(stretches, 3000, 32, np.random.default_rng(0))
    starts = np.array([stretches.index(shot.stretch) * 100 + shot.first for shot in shots])
    moments, counts = np.unique(starts, return_counts=True)
    assert len(moments) == 33 + 9 + 9 and counts.max() < 2 * counts.mean()
    assert all(shot.first + 32 <= shot.stretch.stop and 0 <= shot.reference < shot.stretch.stop for shot in shots)


def test_batches_are_the_same_whenever_they_are_asked_for(folder: Path, recipe: BaseRecipe) -> None:
    world = Alone(torch.device("cpu"))
    stretches = open_library([folder], 0.0).training
    through = FootageExamples(stretches, recipe, world)
    batches = [through.example(index) for index in range(12)]
    resumed = FootageExamples(stretches, recipe, world)
    for index in range(7, 12):
        again, before = resumed.example(index), batches[index]
        assert (again is None) == (before is None)
        if again is not None and before is not None:
            assert torch.equal(again.clip.frames, before.clip.frames)
    real = [batch for batch in batches if batch is not None]
    assert 2 < len(real) < 10
    assert {batch.clip.frames.shape[:2] for batch in real} == {(3, 6), (2, 12)}


def test_each_process_has_batches_of_its_own_of_the_same_kind(folder: Path, recipe: BaseRecipe) -> None:
    stretches = open_library([folder], 0.0).training
    first, second = Alone(torch.device("cpu")), Alone(torch.device("cpu"))
    second.rank = 1
    one, other = (FootageExamples(stretches, recipe, world) for world in (first, second))
    for index in range(6):
        a, b = one.example(index), other.example(index)
        assert (a is None) == (b is None)
        assert a is None or b is None or not torch.equal(a.clip.frames, b.clip.frames)


def test_footage_shorter_than_the_recipe_is_refused(folder: Path, recipe: BaseRecipe) -> None:
    with pytest.raises(InputError, match="100 frames"):
        FootageExamples(open_library([folder], 0.0).training, replace(recipe, clips=((1, 80, 20),)), Alone(torch.device("cpu")))
