"""Speech features: level-normalised log-mel on the exact frame clock, the same for training and for use.

Column k is centred at (k + 1/2) / 100 seconds, so the four columns of frame i lie evenly around its middle, (i + 1/2) / 25.
"""

from __future__ import annotations

import zlib
from fractions import Fraction

import librosa
import numpy as np
import torch
from librosa.filters import mel as mel_filters

from ..timebase import HOP_LENGTH, MELS_PER_FRAME, SPEECH_RATE, frames_in
from ..types import SpeechFeatures
from .level import QUIETEST_DB, normalise_level, speech_activity
from .mel_scale import NUM_MELS
from .sound import Sound

_FFT_LENGTH = 512
_WINDOW_LENGTH = 400
_LOWEST_HZ, _HIGHEST_HZ = 40, 7600
_PREEMPHASIS = 0.97
_BLOCK_COLUMNS = 3000
"""Columns made at once (30 s), so that memory does not grow with the recording."""


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
    level = np.pad(level[:columns], ((0, max(0, columns - len(level))), (0, 0)), constant_values=QUIETEST_DB)
    mel, activity = normalise_level(level), speech_activity(level)
    return SpeechFeatures(
        torch.from_numpy(mel), torch.from_numpy(activity), Fraction(sound.num_samples, sound.rate), fingerprint=fingerprint(mono)
    )


def fingerprint(mono16k: np.ndarray) -> int:
    """A number of a sound's first second, told from its loudness in steps of a decibel and 50 ms; a longer sound that begins alike has the
    same."""
    first = np.pad(mono16k[:SPEECH_RATE], (0, max(0, SPEECH_RATE - len(mono16k)))).reshape(20, -1)
    loudness = np.round(10 * np.log10((first.astype(np.float64) ** 2).mean(1) + 1e-10))
    return zlib.crc32(loudness.astype(np.int16).tobytes())


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
        float32 [cols, 80], a column each 10 ms, whole frames (cols is a multiple of 4), -180 or more.
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
        level[first : first + count] = 10 * np.log10(np.maximum(power.T, 10 ** (QUIETEST_DB / 10)))
    return level
