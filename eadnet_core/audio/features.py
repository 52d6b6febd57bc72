"""Speech features: level-normalised log-mel on the exact frame clock, the same for training and for use.

Column k is centred at (k + 1/2) / 100 seconds, so the four columns of frame i lie evenly around its middle, (i + 1/2) / 25.
"""

from __future__ import annotations

from fractions import Fraction

import librosa
import numpy as np
import torch
from librosa.filters import mel as mel_filters

from ..timebase import HOP_LENGTH, MEL_RATE, MELS_PER_FRAME, SPEECH_RATE, frames_in
from ..types import SpeechFeatures
from .mel_scale import CEILING_DB, FLOOR_DB, LOUDEST, NUM_MELS, SILENCE, UNIT_PER_DB
from .sound import Sound

_FFT_LENGTH = 512
_WINDOW_LENGTH = 400
_LOWEST_HZ, _HIGHEST_HZ = 60, 7600
_PREEMPHASIS = 0.97
_QUIETEST_DB = -180.0
_BLOCK_COLUMNS = 3000
"""Columns made at once (30 s), so that memory does not grow with the recording."""

_LEVEL_SPAN_S = 10.0
_SMOOTHING_COLUMNS = 5
_ACTIVE_RANGE_DB = 15.0
_STEADY_DB, _LIVELY_DB = 4.0, 8.0
_STEADY_MARGIN_DB = 36.0
_LEAST_LEVEL_DB = -95.0
_LEAST_OF_RECORDING_DB = 12.0
_ACTIVITY_DB = (-28.0, -16.0)

_USUAL_BAND_DB = -33.0
"""Mean level of a band in active speech under the level of all bands together, measured on voices of both kinds."""
_TIMBRE_BANDS = 5
_MOST_TIMBRE_DB = 15.0
_TIMBRE_COLUMNS = 300
_HEADROOM_DB = 8.0
"""Puts the mean of a band in active speech near the middle of the scale."""


def speech_features(sound: Sound) -> SpeechFeatures:
    """A recording as the speech encoder hears it.

    Args:
        sound: Any rate, any number of channels, at least one sample.

    Returns:
        Features of ceil(seconds * 25) frames; the last is padded with silence.
    """
    num_frames = frames_in(sound.num_samples, sound.rate)
    mono = mix_down(sound)
    level = log_mel(mono)
    columns = num_frames * MELS_PER_FRAME
    level = np.pad(level[:columns], ((0, max(0, columns - len(level))), (0, 0)), constant_values=_QUIETEST_DB)
    mel, activity = normalise_level(level), _activity(level)
    return SpeechFeatures(torch.from_numpy(mel), torch.from_numpy(activity), Fraction(sound.num_samples, sound.rate))


def mix_down(sound: Sound) -> np.ndarray:
    """One channel at 16 kHz, float32 [N]; the loudest channel where channels cancel each other out."""
    mono = sound.samples.mean(0)
    power = np.array([np.vdot(channel, channel) for channel in sound.samples])
    loudest = int(power.argmax())
    if np.vdot(mono, mono) < 0.02 * power[loudest]:
        mono = sound.samples[loudest]
    return librosa.resample(mono, orig_sr=sound.rate, target_sr=SPEECH_RATE, res_type="soxr_hq").astype(np.float32)


def log_mel(mono16k: np.ndarray) -> np.ndarray:
    """Level of each band over time, in decibels of full scale, not normalised.

    Args:
        mono16k: float [N], 16 kHz.

    Returns:
        float32 [cols, 64], a column each 10 ms, whole frames (cols is a multiple of 4), -180 or more.
    """
    num_columns = frames_in(len(mono16k), SPEECH_RATE) * MELS_PER_FRAME
    emphasised = np.append(mono16k[:1], mono16k[1:] - np.float32(_PREEMPHASIS) * mono16k[:-1]).astype(np.float32)
    lead = (_FFT_LENGTH - HOP_LENGTH) // 2  # so that the middle of window k is sample (k + 1/2) * hop
    padded = np.pad(emphasised, (lead, num_columns * HOP_LENGTH - len(mono16k) + _FFT_LENGTH))
    bank = mel_filters(sr=SPEECH_RATE, n_fft=_FFT_LENGTH, n_mels=NUM_MELS, fmin=_LOWEST_HZ, fmax=_HIGHEST_HZ, norm=None)
    level = np.empty((num_columns, NUM_MELS), np.float32)
    for first in range(0, num_columns, _BLOCK_COLUMNS):
        count = min(_BLOCK_COLUMNS, num_columns - first)
        block = padded[first * HOP_LENGTH : (first + count - 1) * HOP_LENGTH + _FFT_LENGTH]
        spectrum = librosa.stft(block, n_fft=_FFT_LENGTH, hop_length=HOP_LENGTH, win_length=_WINDOW_LENGTH, center=False)
        power = bank @ (np.abs(spectrum) ** 2) * (2 / _WINDOW_LENGTH) ** 2
        level[first : first + count] = 10 * np.log10(np.maximum(power.T, 10 ** (_QUIETEST_DB / 10)))
    return level


def normalise_level(level_db: np.ndarray) -> np.ndarray:
    """The same spectrum against the level and the timbre of active speech, as features.

    Level: 0 dB is the mean of what lies within 15 dB of the loudest, over ten seconds at a time, so a speaker who walks away is
    still heard. Sound without the ups and downs of speech (noise, silence) is put 36 dB lower instead, so it stays quiet.
    Timbre: the mean spectrum of active speech, smoothed over bands, is made flat (by at most 15 dB), so that voices and
    microphones differ less: a corpus of synthetic voices then serves for people.

    Args:
        level_db: float [cols, 64], decibels.

    Returns:
        float32 [cols, 64], SILENCE (-2) to LOUDEST (2.8).

    Source: the active speech level of ITU-T P.56 and cepstral mean normalisation in spirit, numbers ours.
    """
    if not len(level_db):
        return np.zeros((0, NUM_MELS), np.float32)
    loudness = _loudness(level_db)
    relative = level_db - (loudness - (under := _under_speech(loudness)))[:, None]
    heard = under > -_ACTIVE_RANGE_DB
    if heard.any():
        timbre = np.pad(relative[heard].mean(0) - _USUAL_BAND_DB, _TIMBRE_BANDS, mode="edge")
        window = np.hanning(2 * _TIMBRE_BANDS + 3)[1:-1]
        timbre = np.convolve(timbre, window / window.sum(), "valid").clip(-_MOST_TIMBRE_DB, _MOST_TIMBRE_DB)
        relative -= timbre * min(1.0, heard.sum() / _TIMBRE_COLUMNS)
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
    return 10 * np.log10(np.maximum(smooth, 10 ** (_QUIETEST_DB / 10)))


def _active_and_floor(loudness: np.ndarray) -> tuple[float, float]:
    top = np.percentile(loudness, 98)
    return float(loudness[loudness >= top - _ACTIVE_RANGE_DB].mean()), float(np.percentile(loudness, 5))


def _steadiness(dynamic_db: float) -> float:
    return float(np.clip((_LIVELY_DB - dynamic_db) / (_LIVELY_DB - _STEADY_DB), 0, 1))


def _activity(level_db: np.ndarray) -> np.ndarray:
    """0 (silence) to 1 (speech) of each frame, float32 [N], from its level under active speech."""
    low, high = _ACTIVITY_DB
    columns = _under_speech(_loudness(level_db)).reshape(-1, MELS_PER_FRAME)
    return ((columns.max(1) - low) / (high - low)).clip(0, 1).astype(np.float32)
