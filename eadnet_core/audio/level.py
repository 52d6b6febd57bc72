"""The level of speech: its loudness against itself. Needs nothing but NumPy."""

from __future__ import annotations

import numpy as np

from ..timebase import MEL_RATE, MELS_PER_FRAME
from .mel_scale import CEILING_DB, FLOOR_DB, LOUDEST, NUM_MELS, SILENCE, UNIT_PER_DB

QUIETEST_DB = -180.0
"""Level of digital silence."""
_LEVEL_SPAN_S = 10.0
_SMOOTHING_COLUMNS = 5
_ACTIVE_RANGE_DB = 15.0
_STEADY_DB, _LIVELY_DB = 4.0, 8.0
_STEADY_MARGIN_DB = 36.0
_LEAST_LEVEL_DB = -95.0
_LEAST_OF_RECORDING_DB = 12.0
_ACTIVITY_DB = (-28.0, -16.0)

_HEADROOM_DB = 8.0
"""Puts the mean of a band in active speech near the middle of the scale."""


def normalise_level(level_db: np.ndarray) -> np.ndarray:
    """The same spectrum against the level of active speech, as features.

    0 dB is the mean of what lies within 15 dB of the loudest, over ten seconds at a time, so a speaker who walks away is
    still heard. Sound without the ups and downs of speech (noise, silence) is put 36 dB lower instead, so it stays quiet.

    Args:
        level_db: float [cols, 80], decibels.

    Returns:
        float32 [cols, 80], SILENCE (-2) to LOUDEST (2.8).

    Source: the active speech level of ITU-T P.56 in spirit, numbers ours.
    """
    if not len(level_db):
        return np.zeros((0, NUM_MELS), np.float32)
    loudness = _loudness(level_db)
    relative = level_db - (loudness - _under_speech(loudness))[:, None]
    feature = (np.clip(relative + _HEADROOM_DB, FLOOR_DB, CEILING_DB) - FLOOR_DB) * UNIT_PER_DB + SILENCE
    return np.minimum(feature, LOUDEST).astype(np.float32)


def _under_speech(loudness: np.ndarray) -> np.ndarray:
    """How far each column is above the level of active speech around it (mostly negative), decibels [cols]."""
    span = int(_LEVEL_SPAN_S * MEL_RATE)
    num_blocks = max(1, 2 * (len(loudness) // span))
    middles = (np.arange(num_blocks) + 0.5) * len(loudness) / num_blocks
    blocks = [loudness[max(0, int(m) - span // 2) : int(m) + span // 2 + 1] for m in middles] if num_blocks > 1 else [loudness]
    active, floor = np.array([_active_and_floor(block) for block in blocks]).T
    whole = max(active.max(), _LEAST_LEVEL_DB) + _STEADY_MARGIN_DB * _steadiness(active.max() - floor.min())
    steady = np.array([_steadiness(d) for d in active - floor])
    reference = np.clip(steady * whole + (1 - steady) * active, whole - _LEAST_OF_RECORDING_DB, whole)
    return loudness - np.interp(np.arange(len(loudness)), middles, reference)


def _loudness(level_db: np.ndarray) -> np.ndarray:
    """Level over all bands, decibels [cols], smoothed over 50 ms."""
    power = (10 ** (level_db / 10)).sum(1)
    window = np.ones(_SMOOTHING_COLUMNS)
    half = _SMOOTHING_COLUMNS // 2
    smooth = np.convolve(np.pad(power, half, mode="edge"), window / window.sum(), "valid")
    return 10 * np.log10(np.maximum(smooth, 10 ** (QUIETEST_DB / 10)))


def _active_and_floor(loudness: np.ndarray) -> tuple[float, float]:
    top = np.percentile(loudness, 98)
    return float(loudness[loudness >= top - _ACTIVE_RANGE_DB].mean()), float(np.percentile(loudness, 5))


def _steadiness(dynamic_db: float) -> float:
    return float(np.clip((_LIVELY_DB - dynamic_db) / (_LIVELY_DB - _STEADY_DB), 0, 1))


def speech_activity(level_db: np.ndarray) -> np.ndarray:
    """0 (silence) to 1 (speech) of each frame, float32 [N], from its level under active speech."""
    low, high = _ACTIVITY_DB
    columns = _under_speech(_loudness(level_db)).reshape(-1, MELS_PER_FRAME)
    return ((columns.max(1) - low) / (high - low)).clip(0, 1).astype(np.float32)
