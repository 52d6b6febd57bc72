"""Voice-like sounds whose pitch, level and syllable rate are known."""

from __future__ import annotations

import numpy as np

RATE = 16_000


def utterance(seconds: float, pitch_hz: float, level: float = 0.2, syllables_hz: float = 4.0, swing_st: float = 2.0) -> np.ndarray:
    """float32 [N]: harmonics under a vowel-like slope, in syllables, with a pitch that swings by so many semitones either way."""
    time = np.arange(int(seconds * RATE)) / RATE
    hz = pitch_hz * 2 ** (swing_st / 12 * np.sin(2 * np.pi * 0.7 * time))
    phase = 2 * np.pi * np.cumsum(hz) / RATE
    voice = sum(np.sin(k * phase) / k**1.2 for k in range(1, 16))
    syllables = np.sin(np.pi * syllables_hz * time) ** 2 * 0.97 + 0.03
    return (level * voice / np.abs(voice).max() * syllables).astype(np.float32)


def silence(seconds: float) -> np.ndarray:
    return np.zeros(int(seconds * RATE), np.float32)
