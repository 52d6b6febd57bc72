"""Features lie on the exact clock, do not depend on how loud a recording is, and leave silence silent."""

from __future__ import annotations

import tracemalloc
from fractions import Fraction
from math import ceil

import numpy as np
import pytest

from eadnet_core.audio.features import log_mel, mix_down, speech_features
from eadnet_core.audio.mel_scale import LOUDEST, NUM_MELS, SILENCE
from eadnet_core.audio.sound import Sound


def babble(seconds: float, rate: int = 16_000, seed: int = 0) -> np.ndarray:
    """Something with the ups and downs of speech: a buzz in syllables, with pauses; float32 [N]."""
    rng = np.random.default_rng(seed)
    time = np.arange(round(seconds * rate)) / rate
    buzz = sum(np.sin(2 * np.pi * 130 * k * time) / k for k in range(1, 25))
    syllables = np.clip(np.sin(2 * np.pi * 2.2 * time), 0, 1) * (np.sin(2 * np.pi * 0.4 * time + 1) > -0.5)
    return (0.1 * buzz * syllables + 1e-5 * rng.standard_normal(len(time))).astype(np.float32)


@pytest.mark.parametrize(("num_samples", "rate"), [(1, 16_000), (320, 16_000), (44_101, 44_100), (96_000, 96_000), (12_345, 11_025)])
def test_number_of_frames_is_the_clocks(num_samples: int, rate: int) -> None:
    samples = np.random.default_rng(0).standard_normal((1, num_samples)).astype(np.float32).clip(-1, 1)
    speech = speech_features(Sound(samples, rate))
    assert speech.num_frames == ceil(Fraction(num_samples * 25, rate))
    assert speech.mel.shape == (4 * speech.num_frames, NUM_MELS)
    assert speech.activity.shape == (speech.num_frames,)
    assert speech.duration_s == Fraction(num_samples, rate)


@pytest.mark.parametrize("at_s", [0.5, 0.5033, 1.2512, 29.9991, 30.004, 59.5])
def test_a_click_is_where_its_columns_are(at_s: float) -> None:
    sound = np.zeros(16_000 * 61, np.float32)
    sound[round(at_s * 16_000)] = 1
    power = (10 ** (log_mel(sound) / 10)).sum(1)
    middle = np.sum(power * (np.arange(len(power)) + 0.5) / 100) / power.sum()
    assert abs(middle - at_s) < 0.0015


@pytest.mark.parametrize("rate", [8_000, 22_050, 44_100, 48_000, 96_000])
def test_the_clock_does_not_drift_at_any_rate(rate: int) -> None:
    at = 90 * rate + rate // 3
    samples = np.zeros((1, 100 * rate), np.float32)
    samples[0, at : at + rate // 500] = 0.9
    mono = mix_down(Sound(samples, rate))
    power = (10 ** (log_mel(mono) / 10)).sum(1)
    assert abs(np.sum(power * (np.arange(len(power)) + 0.5) / 100) / power.sum() - (at + rate / 1000) / rate) < 0.002


@pytest.mark.parametrize("gain_db", [-50, -30, -10, 6])
def test_loudness_does_not_matter(gain_db: float) -> None:
    sound = babble(6)
    usual = speech_features(Sound(sound[None], 16_000))
    other = speech_features(Sound((sound * 10 ** (gain_db / 20))[None], 16_000))
    assert (usual.mel - other.mel).abs().mean() < 0.01
    assert (usual.activity - other.activity).abs().max() < 0.01


def test_silence_is_the_floor_and_inactive() -> None:
    speech = speech_features(Sound(np.zeros((2, 48_000), np.float32), 48_000))
    assert (speech.mel == SILENCE).all()
    assert (speech.activity == 0).all()


@pytest.mark.parametrize("level", [1e-4, 1e-2, 0.3])
def test_noise_alone_is_not_raised_to_speech(level: float) -> None:
    noise = level * np.random.default_rng(0).standard_normal(16_000 * 8).astype(np.float32)
    speech = speech_features(Sound(noise[None].clip(-1, 1), 16_000))
    spoken = speech_features(Sound(babble(8)[None], 16_000))
    assert (speech.activity == 0).all()
    assert speech.mel.mean() < spoken.mel[spoken.activity.repeat_interleave(4) > 0.9].mean() - 1


def test_activity_follows_the_voice() -> None:
    sound = np.concatenate([np.zeros(16_000), babble(3), np.zeros(16_000)]).astype(np.float32)
    sound += 1e-4 * np.random.default_rng(1).standard_normal(len(sound)).astype(np.float32)
    activity = speech_features(Sound(sound[None], 16_000)).activity
    assert activity[:23].max() == 0 and activity[-23:].max() == 0
    assert activity[25:100].max() == 1


def test_a_speaker_who_walks_away_is_still_heard() -> None:
    near = babble(60)
    far = near * np.where(np.arange(len(near)) < 30 * 16_000, 1, 0.3)
    one, other = (speech_features(Sound(x[None].astype(np.float32), 16_000)) for x in (near, far))
    assert (one.mel[-2000:] - other.mel[-2000:]).abs().mean() < 0.15


def test_features_stay_on_their_scale() -> None:
    mel = speech_features(Sound(babble(5)[None] * 3, 16_000)).mel
    assert mel.min() >= SILENCE and mel.max() <= LOUDEST
    assert 0.3 < mel.std() < 1.5


def test_channels_that_cancel_are_still_heard() -> None:
    sound = babble(2)
    both = speech_features(Sound(np.stack([sound, -sound]), 16_000))
    one = speech_features(Sound(sound[None], 16_000))
    assert (both.mel - one.mel).abs().max() < 1e-3


def test_ten_minutes_need_little_memory() -> None:
    sound = Sound(np.tile(babble(10), 60)[None], 16_000)
    tracemalloc.start()
    speech = speech_features(sound)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert speech.num_frames == 15_000
    assert peak < 300e6


def test_a_fingerprint_is_of_the_first_second() -> None:
    sound = babble(3)
    whole, cut, other = (speech_features(Sound(x[None], 16_000)).fingerprint for x in (sound, sound[:20_000], sound[8000:]))
    assert whole == cut != other
    assert speech_features(Sound(np.zeros((1, 10), np.float32), 16_000)).fingerprint >= 0
