"""The pipeline streams frames, and a performance is what sound, feeling, curves and seed say."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
import torch

from eadnet_core.audio.features import speech_features
from eadnet_core.audio.mel_scale import NUM_MELS
from eadnet_core.audio.sound import Sound, read_sound
from eadnet_core.checkpoint import load_model
from eadnet_core.emotion.action_units import ActionUnitTrack
from eadnet_core.emotion.track import EmotionSpan, EmotionTrack
from eadnet_core.errors import InputError
from eadnet_core.face.portrait import Portrait, make_portrait
from eadnet_core.model import MotionModel
from eadnet_core.motion.face_motion import FaceMotion
from eadnet_core.performance import perform
from eadnet_core.pipeline import Clip
from eadnet_core.types import MotionControl, MotionOptions, SpeechFeatures
from tests.pictures import astronaut

NUM_FRAMES = 12
STILL = MotionControl(head=0, blinks=0, gaze=(0, 0))
SPEECH = Path(__file__).parents[1] / "assets" / "demo_speech.wav"


def silence(num_frames: int = NUM_FRAMES) -> SpeechFeatures:
    return SpeechFeatures(torch.full((4 * num_frames, NUM_MELS), -2.0), torch.zeros(num_frames), Fraction(num_frames, 25))


@pytest.fixture(scope="module")
def model() -> MotionModel:
    return load_model()


@pytest.fixture(scope="module")
def portrait() -> Portrait:
    return make_portrait(astronaut(160))


@pytest.fixture
def clip(portrait: Portrait) -> Clip:
    return Clip(portrait, FaceMotion.still(NUM_FRAMES), Sound(np.zeros((1, NUM_FRAMES * 640), np.float32), 16_000))


def test_report_counts_frames_and_shows_them(clip: Clip) -> None:
    calls: list[tuple[int, int, tuple[int, ...]]] = []

    def report(done: int, total: int, preview: np.ndarray | None) -> None:
        assert preview is not None
        calls.append((done, total, preview.shape))

    list(clip.frames(report))
    assert calls == [(i + 1, NUM_FRAMES, (160, 160, 3)) for i in range(NUM_FRAMES)]


def test_a_cancel_in_report_leaves_no_file(clip: Clip, tmp_path: Path) -> None:
    def report(done: int, total: int, preview: np.ndarray | None) -> None:
        if done == 5:
            raise InterruptedError

    with pytest.raises(InterruptedError):
        clip.save(tmp_path / "a.mp4", report)
    assert list(tmp_path.iterdir()) == []


def test_unwritable_output_is_said(clip: Clip, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no folder"):
        clip.save(tmp_path / "none" / "a.mp4")


def test_at_intensity_0_a_feeling_is_exactly_neutral(model: MotionModel) -> None:
    felt = perform(model, silence(), EmotionTrack.from_text("angry", 0.0), MotionControl(), MotionOptions())
    neutral = perform(model, silence(), EmotionTrack.from_text("neutral"), MotionControl(), MotionOptions())
    assert np.array_equal(felt.expression, neutral.expression) and np.array_equal(felt.lids, neutral.lids)


def test_a_feeling_grows_with_its_intensity(model: MotionModel) -> None:
    sizes = [
        np.linalg.norm(perform(model, silence(), EmotionTrack.from_text("happy", x), STILL, MotionOptions()).expression)
        for x in (0.0, 0.25, 0.5, 1.0)
    ]
    assert np.all(np.diff(sizes) > 0.5)


def test_words_count_beside_their_class(model: MotionModel) -> None:
    one, other = (
        perform(model, silence(), EmotionTrack.from_text(text), STILL, MotionOptions()).expression
        for text in ("happy", "overjoyed, eyes narrow with laughter")
    )
    assert np.linalg.norm(one - other) > 0.05 * np.linalg.norm(one)


def test_expressiveness_scales_the_feeling(model: MotionModel) -> None:
    double = perform(model, silence(), EmotionTrack.from_text("angry", 0.4), MotionControl(0, 0, (0, 0), 2.0), MotionOptions())
    plain = perform(model, silence(), EmotionTrack.from_text("angry", 0.8), STILL, MotionOptions())
    np.testing.assert_allclose(double.expression, plain.expression, atol=0.05)


def test_curves_override_only_the_units_that_they_name(model: MotionModel) -> None:
    curves = ActionUnitTrack(np.array([0.0]), np.array([[1.0]], np.float32), ("AU45L",))
    plain, with_curves = (
        perform(model, silence(), EmotionTrack.from_text("happy"), STILL, MotionOptions(), units) for units in (None, curves)
    )
    assert with_curves.lids[:, 1].min() == pytest.approx(1.0)
    assert np.abs(with_curves.lids[:, 0] - plain.lids[:, 0]).mean() < 0.3
    assert np.linalg.norm(with_curves.expression - plain.expression) < 0.5 * np.linalg.norm(plain.expression)


def test_guidance_at_zero_leaves_nothing_of_sound_and_feeling(model: MotionModel) -> None:
    speech = speech_features(read_sound(SPEECH))
    nothing = MotionOptions(audio_scale=0, emotion_scale=0)
    motion = perform(model, speech, EmotionTrack.from_text("happy, brows raised"), STILL, nothing)
    brows_only = perform(model, speech, EmotionTrack.from_text("neutral"), STILL, nothing)
    assert np.array_equal(motion.expression, brows_only.expression)
    heard = perform(model, speech, EmotionTrack.from_text("neutral"), STILL, MotionOptions())
    assert np.linalg.norm(heard.expression) > 3 * np.linalg.norm(brows_only.expression)


def test_two_seeds_are_two_performances_of_the_same_words(model: MotionModel) -> None:
    speech, neutral = speech_features(read_sound(SPEECH)), EmotionTrack.from_text("neutral")
    one, again, other = (perform(model, speech, neutral, MotionControl(), MotionOptions(seed=seed)) for seed in (1, 1, 2))
    assert all(np.array_equal(getattr(one, name), getattr(again, name)) for name in ("expression", "rotation", "gaze", "lids"))
    assert abs(np.corrcoef(one.rotation[:, 0], other.rotation[:, 0])[0, 1]) < 0.9
    assert one.rotation.std(0).min() > 0.5, "heads turn"


def test_a_feeling_after_the_sounds_end_is_refused(model: MotionModel) -> None:
    track = EmotionTrack((EmotionSpan.from_text("sad", start_s=9.0),))
    with pytest.raises(InputError, match="9 s"):
        perform(model, silence(), track, MotionControl(), MotionOptions())


def test_curves_after_the_sounds_end_are_refused(model: MotionModel) -> None:
    curves = ActionUnitTrack(np.array([9.0]), np.array([[0.3]], np.float32), ("AU4",))
    with pytest.raises(InputError, match="9 s"):
        perform(model, silence(), EmotionTrack.from_text("sad"), MotionControl(), MotionOptions(), curves)
