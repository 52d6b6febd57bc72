"""The pipeline streams: a window is made only when its first frame is asked for; a performance is what the track and the curves say."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
import torch

from eadnet_core import pipeline
from eadnet_core.audio.mel_scale import NUM_MELS
from eadnet_core.audio.sound import Sound
from eadnet_core.diffusion.sampler import SamplerOptions
from eadnet_core.emotion.action_units import ActionUnitTrack
from eadnet_core.emotion.track import EmotionSpan, EmotionTrack
from eadnet_core.emotion.vocabulary import ACTION_UNITS, EMOTION_ACTION_UNITS, EMOTIONS
from eadnet_core.errors import InputError
from eadnet_core.models.denoiser import Denoiser, DenoiserConfig
from eadnet_core.pipeline import Clip, perform
from eadnet_core.types import CROP_SIZE, MotionControl, Performance, Portrait, SpeechFeatures

WINDOW, NUM_WINDOWS = 4, 3
NUM_FRAMES = WINDOW * NUM_WINDOWS


def silence(num_frames: int = NUM_FRAMES) -> SpeechFeatures:
    return SpeechFeatures(torch.full((4 * num_frames, NUM_MELS), -2.0), torch.zeros(num_frames), Fraction(num_frames, 25))


@pytest.fixture
def made(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Windows made so far, by a sampler that moves nothing."""
    windows: list[int] = []

    def still(*_: object) -> Iterator[np.ndarray]:
        for window in range(NUM_WINDOWS):
            windows.append(window)
            channels = np.zeros((WINDOW, 6, CROP_SIZE, CROP_SIZE), np.float16)
            channels[:, 2] = -30
            yield channels

    monkeypatch.setattr(pipeline, "sample_motion", still)
    return windows


@pytest.fixture
def clip() -> Clip:
    image = np.random.default_rng(0).integers(0, 255, (96, 96, 3), np.uint8)
    to_crop = np.array([[1 / 80, 0, -0.1], [0, 1 / 80, -0.1]])
    portrait = Portrait(image, (0, 0, 96, 96), np.zeros((29, 2), np.float32), to_crop, torch.zeros(3, 8, 8), torch.zeros(5, 8, 8))
    sound = Sound(np.zeros((1, NUM_FRAMES * 640), np.float32), 16_000)
    with torch.device("meta"):
        denoiser = Denoiser(DenoiserConfig())
    return Clip(denoiser, portrait, sound, silence(), Performance(), SamplerOptions())


def test_nothing_is_made_before_it_is_asked_for(made: list[int], clip: Clip) -> None:
    frames = clip.frames()
    assert made == []
    for number, _ in enumerate(frames):
        assert len(made) == number // WINDOW + 1
    assert number + 1 == clip.num_frames == NUM_FRAMES


def test_frames_of_a_still_motion_are_the_portrait(made: list[int], clip: Clip) -> None:
    assert all(np.array_equal(frame, clip.portrait.image) for frame in clip.frames())


def test_report_counts_frames_and_shows_them(made: list[int], clip: Clip) -> None:
    calls: list[tuple[int, int, tuple[int, ...]]] = []

    def report(done: int, total: int, preview: np.ndarray | None) -> None:
        assert preview is not None
        calls.append((done, total, preview.shape))

    list(clip.frames(report))
    assert calls == [(i + 1, NUM_FRAMES, (96, 96, 3)) for i in range(NUM_FRAMES)]


def test_a_cancel_in_report_leaves_no_file(made: list[int], clip: Clip, tmp_path: Path) -> None:
    def report(done: int, total: int, preview: np.ndarray | None) -> None:
        if done == 5:
            raise InterruptedError

    with pytest.raises(InterruptedError):
        clip.save(tmp_path / "a.mp4", report)
    assert made == [0, 1] and list(tmp_path.iterdir()) == []


def test_unwritable_output_is_said_before_any_window(made: list[int], clip: Clip, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no folder"):
        clip.save(tmp_path / "none" / "a.mp4")
    assert made == []


def test_performance_has_a_row_for_each_frame() -> None:
    performance = perform(silence(), EmotionTrack.from_text("happy", 0.5), MotionControl(), SamplerOptions())
    assert performance.emotion is not None and performance.text_weights is not None
    assert torch.allclose(performance.emotion[:, EMOTIONS.index("happy")], torch.tensor(0.5))
    assert torch.allclose(performance.text_weights.sum(1), torch.ones(NUM_FRAMES))
    assert performance.action_units is None
    lengths = {len(getattr(performance, name)) for name in ("emotion", "text_weights", "head_pose", "gaze", "blink")}
    assert lengths == {NUM_FRAMES}


def test_expressiveness_scales_the_feeling() -> None:
    performance = perform(silence(), EmotionTrack.from_text("angry", 0.4), MotionControl(expressiveness=2.0), SamplerOptions())
    assert performance.emotion is not None
    assert torch.allclose(performance.emotion[:, EMOTIONS.index("angry")], torch.tensor(0.8))


def test_curves_override_only_the_units_that_they_name() -> None:
    curves = ActionUnitTrack(np.array([0.0]), np.array([[0.3]], np.float32), ("AU4",))
    units = perform(silence(), EmotionTrack.from_text("happy"), MotionControl(), SamplerOptions(), curves).action_units
    assert units is not None
    expected = EMOTION_ACTION_UNITS["happy"] | {"AU4": 0.3}
    assert torch.allclose(units[5], torch.tensor([expected.get(name, 0.0) for name in ACTION_UNITS]), atol=1e-5)


def test_an_emotion_at_scale_zero_leaves_nothing_in_the_action_units_either() -> None:
    curves = ActionUnitTrack(np.array([0.0]), np.array([[0.3]], np.float32), ("AU4",))
    track, ignored = EmotionTrack.from_text("happy, brows raised"), SamplerOptions(emotion_scale=0.0)
    units = perform(silence(), track, MotionControl(), ignored, curves).action_units
    neutral = perform(silence(), EmotionTrack.from_text("neutral"), MotionControl(), SamplerOptions(), curves).action_units
    assert units is not None and neutral is not None and torch.equal(units, neutral)
    assert perform(silence(), track, MotionControl(), ignored).action_units is None


def test_a_feeling_after_the_sounds_end_is_refused() -> None:
    track = EmotionTrack((EmotionSpan.from_text("sad", start_s=9.0),))
    with pytest.raises(InputError, match="9 s"):
        perform(silence(), track, MotionControl(), SamplerOptions())


def test_curves_after_the_sounds_end_are_refused() -> None:
    curves = ActionUnitTrack(np.array([9.0]), np.array([[0.3]], np.float32), ("AU4",))
    with pytest.raises(InputError, match="9 s"):
        perform(silence(), EmotionTrack.from_text("sad"), MotionControl(), SamplerOptions(), curves)
