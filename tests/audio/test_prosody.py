"""Accents are loud syllables, and nobody accents silence."""

from __future__ import annotations

import numpy as np

from eadnet_core.audio.features import speech_features
from eadnet_core.audio.prosody import read_prosody
from eadnet_core.audio.sound import Sound

RATE = 16_000
LOUD_AT_S = (1.0, 2.4, 3.6, 5.2)


def sentence() -> Sound:
    """A murmur in which four syllables are loud."""
    time = np.arange(6 * RATE) / RATE
    buzz = sum(np.sin(2 * np.pi * 140 * k * time) / k for k in range(1, 20))
    gain = 0.04 * (1 + np.sin(2 * np.pi * 4 * time)) / 2 + sum(0.3 * np.exp(-0.5 * ((time - at) / 0.06) ** 2) for at in LOUD_AT_S)
    return Sound((0.3 * gain * buzz)[None].astype(np.float32), RATE)


def test_accents_are_the_loud_syllables() -> None:
    accents = read_prosody(speech_features(sentence())).accents / 25
    for at in LOUD_AT_S:
        assert np.abs(accents - at).min() < 0.08


def test_silence_has_no_accents_and_nobody_speaks() -> None:
    prosody = read_prosody(speech_features(Sound(np.zeros((1, 3 * RATE), np.float32), RATE)))
    assert len(prosody.accents) == 0
    assert (prosody.speaking == 0).all()


def test_one_frame_is_enough() -> None:
    prosody = read_prosody(speech_features(Sound(np.full((1, 320), 0.1, np.float32), RATE)))
    assert prosody.loudness_db.shape == prosody.speaking.shape == (1,)
