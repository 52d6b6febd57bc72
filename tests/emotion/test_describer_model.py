from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest

from eadnet_core.audio.sound import Sound
from eadnet_core.emotion.describer import DEGREES
from eadnet_core.emotion.describer_model import ATTEMPTS, ModelDescriber
from eadnet_core.emotion.language_model import LanguageModel, load_language_model
from eadnet_core.emotion.scene import Scene
from eadnet_core.emotion.vocabulary import EMOTIONS
from tests.emotion.tiny_models import picture, save_llama, save_llava
from tests.emotion.voices import RATE, utterance

SCRIPT = "They have sold our house without asking us. I do not know what to say to the children. Well, come in and sit down here."
SCENE = Scene.of(SCRIPT)
Writing = Callable[[Iterator[str]], list[dict]]


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> LanguageModel:
    return load_language_model(save_llama(tmp_path_factory.mktemp("LLM") / "llama"))


@pytest.fixture
def writing(monkeypatch: pytest.MonkeyPatch) -> Writing:
    """Lets the model write given texts, one after the other, and tells how it was asked."""

    def install(texts: Iterator[str]) -> list[dict]:
        asked: list[dict] = []

        def write(self: LanguageModel, prompt: str, max_tokens: int, seed: int | None = None, *_: object) -> str:
            asked.append({"prompt": prompt, "seed": seed})
            return next(texts)

        monkeypatch.setattr(LanguageModel, "write", write)
        return asked

    return install


@pytest.fixture
def scoring(monkeypatch: pytest.MonkeyPatch) -> Callable[[dict[str, dict[str, float]]], None]:
    """Lets the model find some answers likelier where a line has some words, besides a liking that it always has."""

    def install(likings: dict[str, dict[str, float]]) -> None:
        def score(self: LanguageModel, prompt: str, answers: tuple[str, ...], *_: object) -> np.ndarray:
            scores = np.array([-3.0 * len(answer) for answer in answers])  # a liking for short words
            for words, raised in likings.items():
                if f'The line: "{words}' in prompt:
                    scores += [raised.get(answer, 0.0) for answer in answers]
            return scores

        monkeypatch.setattr(LanguageModel, "score", score)

    return install


def test_any_model_gives_a_valid_track_and_names_what_stood_in(model: LanguageModel) -> None:
    """A random model writes no captions; labels and strengths come from scores all the same."""
    description = ModelDescriber(model).describe(SCENE)
    spans = description.track.spans
    assert [(span.start_s, span.distribution) for span in spans] == [
        (p.start_s, s.distribution) for p, s in zip(SCENE.passages, spans, strict=True)
    ]
    assert all(sum(span.distribution) == pytest.approx(1) and 0 <= span.intensity <= 1 for span in spans)
    for index, span in enumerate(spans, 1):
        named = any(f"Passage {index}: no caption in {ATTEMPTS} attempts" in note for note in description.notes)
        assert named == (span.intensity > 0 and all(caption in EMOTIONS for caption, _ in span.captions))
    again = ModelDescriber(model).describe(SCENE)
    assert again == description


def test_label_is_the_answer_that_the_line_raises_most(model: LanguageModel, scoring: Callable, writing: Writing) -> None:
    scoring({"They have sold": {"contemptuous": 4.0, "sad": 3.6, "strongly": 9.0}, "I do not know": {"sad": 6.0, "slightly": 9.0}})
    writing(itertools.repeat("inner brows raised, eyes down"))
    first, second, third = ModelDescriber(model).describe(SCENE).track.spans
    assert {name for name, share in zip(EMOTIONS, first.distribution, strict=True) if share > 0} == {"contemptuous", "sad"}
    raised = np.exp([4.0, 3.6])
    assert first.distribution[EMOTIONS.index("contemptuous")] == pytest.approx(raised[0] / raised.sum(), rel=1e-3)
    assert first.intensity == pytest.approx(DEGREES["strongly"], abs=0.01)
    assert second.distribution[EMOTIONS.index("sad")] == pytest.approx(1) and second.intensity == pytest.approx(
        DEGREES["slightly"], abs=0.01
    )
    assert first.captions == (("inner brows raised, eyes down", pytest.approx(first.intensity)),)
    assert set(first.action_units) == {"AU1"}


def test_a_caption_that_names_the_face_alone_is_taken_with_any_class(model: LanguageModel, scoring: Callable, writing: Writing) -> None:
    scoring({words: {"angry": 9.0, "strongly": 9.0} for words in ("They", "I do", "Well")})
    writing(itertools.repeat("brows raised, mouth open"))
    description = ModelDescriber(model).describe(SCENE)
    assert [span.captions[0][0] for span in description.track.spans] == ["brows raised, mouth open"] * 3


def test_a_neutral_line_asks_for_no_caption(model: LanguageModel, scoring: Callable, writing: Writing) -> None:
    scoring({words: {"neutral": 9.0} for words in ("They", "I do", "Well")})
    asked = writing(iter(()))
    track = ModelDescriber(model).describe(SCENE).track
    assert [span.intensity for span in track.spans] == [0, 0, 0] and asked == []


def test_captions_are_tried_again_with_other_seeds_and_then_replaced(model: LanguageModel, scoring: Callable, writing: Writing) -> None:
    scoring({words: {"sad": 9.0, "moderately": 9.0} for words in ("They", "I do", "Well")})
    said = "To create a believable character, write dialogue"  # what SmolLM2-135M-Instruct answered
    texts = ["", "悲しい 顔", "sorrowful, eyes down", "beaming and full of joy", said, "x" * 900, "Description: tired, worn"]
    asked = writing(iter(texts))
    description = ModelDescriber(model, seed=100).describe(SCENE)
    captions = [span.captions[0][0] for span in description.track.spans]
    assert captions == ["sorrowful, eyes down", "sad", "tired, worn"]
    assert [entry["seed"] for entry in asked] == [None, 101, 102, None, 104, 105, None]
    assert description.notes == (f"Passage 2: no caption in {ATTEMPTS} attempts, so the names of the classes stand in for it.",)
    assert "sad, moderately" in asked[0]["prompt"] and "They have sold our house" in asked[0]["prompt"]


def test_frames_are_seen_or_it_is_said_that_they_are_not(model: LanguageModel, tmp_path: Path) -> None:
    seeing = ModelDescriber(load_language_model(save_llava(tmp_path / "llava")))
    dark, light = (Scene.of(SCRIPT, None, [picture(seed)] * 4) for seed in (0, 1))
    assert seeing.describe(dark).track != seeing.describe(light).track
    assert len(seeing.describe(Scene.of("", None, [picture(0)] * 100)).track.spans) == 1
    notes = ModelDescriber(model).describe(dark).notes
    assert "The frames were not looked at: llama reads text alone." in notes


def test_the_voice_is_told_to_the_model(model: LanguageModel, scoring: Callable, writing: Writing) -> None:
    scoring({"They": {"sad": 9.0}, "I do": {"sad": 9.0}})
    asked = writing(itertools.repeat("sad, eyes down"))
    sound = Sound(np.concatenate([utterance(4, 110, 0.1), utterance(4, 170, 0.5)])[None], RATE)
    ModelDescriber(model).describe(Scene.of("They have sold our house, all of it. I do not know what to say, I do not.", sound))
    assert "The voice: " in asked[0]["prompt"] and "louder" in asked[-1]["prompt"]


def test_progress_is_told_within_a_passage_and_cancels(model: LanguageModel) -> None:
    seen: list[tuple[int, int]] = []

    def progress(done: int, total: int) -> None:
        seen.append((done, total))
        if len(seen) == 30:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        ModelDescriber(model).describe(SCENE, progress)
    assert seen[0] == (0, 3) and len(seen) == 30
