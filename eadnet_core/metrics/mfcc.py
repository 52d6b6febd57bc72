"""The thirteen cepstra that the public SyncNet hears, number for number."""

from __future__ import annotations

import numpy as np

from ..timebase import SPEECH_RATE

CEPSTRA, BANDS = 13, 26
WINDOW, STEP, FFT = 400, 160, 512
"""Samples at 16 kHz: 25 ms, 10 ms, and the length of the transform."""
_FULL_SCALE = 32768
"""The protocol reads sound as 16-bit numbers and takes logarithms of their power: the level counts."""
_PREEMPHASIS = 0.97
_LIFTER = 22
_BLOCK = 3000
"""Columns made at once (30 s), so that memory does not grow with the recording."""


def mfcc(mono16k: np.ndarray) -> np.ndarray:
    """Mel-frequency cepstra of a recording.

    Args:
        mono16k: float [N], -1 to 1, 16 kHz, N at least 1.

    Returns:
        float32 [13, columns], a column each 10 ms, from the first sample on; the first row is the logarithm of the power.

    Source: the defaults of python_speech_features 0.6, which github.com/joonson/syncnet_python calls: a rectangular window, 26
        triangles on the scale 2595 log10(1 + f / 700), an orthonormal DCT-II, and sines that lift high cepstra.
    """
    pcm = np.clip(np.round(mono16k.astype(np.float64) * _FULL_SCALE), -_FULL_SCALE, _FULL_SCALE - 1)
    emphasised = np.append(pcm[:1], pcm[1:] - _PREEMPHASIS * pcm[:-1])
    columns = 1 + max(0, -(-(len(pcm) - WINDOW) // STEP))
    padded = np.pad(emphasised, (0, (columns - 1) * STEP + WINDOW - len(pcm)))
    frames = np.lib.stride_tricks.sliding_window_view(padded, WINDOW)[::STEP]  # [columns, 400]
    return np.concatenate([_cepstra(frames[first : first + _BLOCK]) for first in range(0, columns, _BLOCK)]).T.astype(np.float32)


def _cepstra(frames: np.ndarray) -> np.ndarray:
    """[columns, 13] of frames [columns, 400]."""
    power = np.abs(np.fft.rfft(frames, FFT)) ** 2 / FFT
    tiny = np.finfo(float).eps  # what silence has instead of no power
    bands = np.maximum(power @ _triangles().T, tiny)
    cepstra = np.log(bands) @ _cosines().T
    cepstra *= 1 + _LIFTER / 2 * np.sin(np.pi * np.arange(CEPSTRA) / _LIFTER)
    cepstra[:, 0] = np.log(np.maximum(power.sum(1), tiny))
    return cepstra


def _triangles() -> np.ndarray:
    """[26, 257]: how much of each bin is in each band; corners lie on whole bins."""
    top = 2595 * np.log10(1 + SPEECH_RATE / 2 / 700)
    corners_hz = 700 * (10 ** (np.linspace(0, top, BANDS + 2) / 2595) - 1)
    corners = np.floor((FFT + 1) * corners_hz / SPEECH_RATE)
    bins = np.arange(FFT // 2 + 1)
    low, peak, high = (corners[k : k + BANDS, None] for k in range(3))
    rising, falling = (bins - low) / (peak - low), (high - bins) / (high - peak)
    return np.where((bins >= low) & (bins < peak), rising, np.where((bins >= peak) & (bins < high), falling, 0.0))


def _cosines() -> np.ndarray:
    """[13, 26]: the first rows of the orthonormal DCT-II."""
    rows, places = np.arange(CEPSTRA)[:, None], np.arange(BANDS)
    matrix = np.cos(np.pi * rows * (2 * places + 1) / (2 * BANDS)) * np.sqrt(2 / BANDS)
    matrix[0] /= np.sqrt(2)
    return matrix
