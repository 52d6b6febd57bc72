from __future__ import annotations

import time

import numpy as np
import pytest

from eadnet_core.audio.features import speech_features
from eadnet_core.audio.prosody import read_prosody
from eadnet_core.audio.sound import Sound
from eadnet_core.emotion.action_unit_tokens import NUM_LEVELS, ActionUnitTokens
from eadnet_core.emotion.planner import plan_action_units
from eadnet_core.emotion.track import EmotionTrack
from eadnet_core.emotion.vocabulary import ACTION_UNITS
from eadnet_core.types import SpeechFeatures

RATE = 16_000


def babble(seconds: float, quiet_until_s: float = 0.0) -> SpeechFeatures:
    """A voice-like tone complex that says a loud syllable each second, and nothing before a time."""
    t = np.arange(int(seconds * RATE)) / RATE
    voice = sum(np.sin(2 * np.pi * 140 * k * t) / k for k in range(1, 20))
    envelope = 0.15 + 0.85 * np.exp(-0.5 * (((t % 1.0) - 0.5) / 0.08) ** 2)
    samples = (0.2 * voice * envelope * (t >= quiet_until_s)).astype(np.float32)
    return speech_features(Sound(samples[None], RATE))


def column(values: np.ndarray, unit: str) -> np.ndarray:
    return values[:, ACTION_UNITS.index(unit)]


def test_silence_without_feeling_is_a_face_at_rest() -> None:
    speech = speech_features(Sound(np.zeros((1, 2 * RATE), np.float32), RATE))
    assert plan_action_units(EmotionTrack.from_text("neutral"), speech).values.max() == 0


def test_accents_move_the_brows_and_anger_draws_them_together() -> None:
    speech = babble(6)
    accents = read_prosody(speech).accents
    assert len(accents) >= 3
    calm = plan_action_units(EmotionTrack.from_text("neutral"), speech).sample(150).numpy()
    away = [i for i in range(150) if np.abs(i - accents).min() > 10]
    assert column(calm, "AU1")[accents].mean() > column(calm, "AU1")[away].mean() + 0.1
    assert column(calm, "AU4").max() == 0
    angry = plan_action_units(EmotionTrack.from_text("angry", 0.5), speech).sample(150).numpy()
    assert column(angry, "AU4")[accents].mean() > column(angry, "AU4")[away].mean() + 0.03


def test_feeling_shows_more_in_speech_than_before_it_but_lips_are_left_to_speech() -> None:
    track = EmotionTrack.from_text("angry")
    frames = plan_action_units(track, babble(8, quiet_until_s=4)).sample(200).numpy()
    assert column(frames, "AU7")[120:190].mean() > column(frames, "AU7")[10:80].mean() > 0.3
    assert column(frames, "AU24")[120:190].mean() < 0.6 * column(frames, "AU24")[10:80].mean()


def test_stronger_feelings_give_stronger_units() -> None:
    speech = babble(3)
    plans = [plan_action_units(EmotionTrack.from_text("happy", intensity), speech) for intensity in (0, 0.5, 1)]
    means = [float(column(plan.sample(75).numpy(), "AU12L").mean()) for plan in plans]
    assert means[0] == 0 and means[1] == pytest.approx(means[2] / 2, abs=0.06) and means[2] > 0.7


def test_named_units_stay_and_the_plan_is_made_of_tokens() -> None:
    plan = plan_action_units(EmotionTrack.from_text("happy, left brow raised"), babble(3))
    assert column(plan.values, "AU2L").mean() > column(plan.values, "AU2R").mean() + 0.5
    assert np.allclose(plan.values * NUM_LEVELS, np.rint(plan.values * NUM_LEVELS), atol=1e-4)
    assert ActionUnitTokens.from_text(ActionUnitTokens.from_track(plan).to_text()).to_track().values == pytest.approx(plan.values)


def test_a_minute_is_planned_quickly() -> None:
    speech = babble(60)
    track = EmotionTrack.from_text("a bit uneasy")
    plan_action_units(track, babble(1))
    start = time.process_time()
    plan_action_units(track, speech)
    assert time.process_time() - start < 2
