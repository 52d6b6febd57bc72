"""The public SyncNet's cepstra, restated column by column with loops and scipy's DCT."""

from __future__ import annotations

import math

import numpy as np
import pytest
import scipy.fft

from eadnet_core.metrics.mfcc import mfcc


def hertz(mel: float) -> float:
    return 700 * (10 ** (mel / 2595) - 1)


def reference(pcm: np.ndarray) -> np.ndarray:
    """[13, columns] of 16-bit samples, as python_speech_features describes its defaults."""
    emphasised = [float(pcm[0])] + [float(pcm[n]) - 0.97 * float(pcm[n - 1]) for n in range(1, len(pcm))]
    count = 1 if len(pcm) <= 400 else 1 + math.ceil((len(pcm) - 400) / 160)
    corners = [math.floor(513 * hertz(k * 2595 * math.log10(1 + 8000 / 700) / 27) / 16000) for k in range(28)]
    columns = []
    for index in range(count):
        frame = np.zeros(512)
        part = emphasised[160 * index : 160 * index + 400]
        frame[: len(part)] = part
        power = np.abs(np.fft.rfft(frame)) ** 2 / 512
        bands = np.zeros(26)
        for band in range(26):
            low, peak, high = corners[band : band + 3]
            for b in range(low, peak):
                bands[band] += power[b] * (b - low) / (peak - low)
            for b in range(peak, high):
                bands[band] += power[b] * (high - b) / (high - peak)
        cepstra = scipy.fft.dct(np.log(bands), type=2, norm="ortho")[:13]
        cepstra = [value * (1 + 11 * math.sin(math.pi * n / 22)) for n, value in enumerate(cepstra)]
        columns.append([math.log(power.sum()), *cepstra[1:]])
    return np.array(columns).T


@pytest.mark.parametrize("length", [200, 400, 401, 3000])
def test_it_is_the_published_definition(length: int) -> None:
    pcm = (np.random.default_rng(length).normal(size=length) * 3000).round().clip(-32768, 32767)
    np.testing.assert_allclose(mfcc((pcm / 32768).astype(np.float32)), reference(pcm), rtol=1e-4, atol=1e-4)


def test_level_shifts_the_first_row_by_its_logarithm_and_no_other() -> None:
    """Ten times the amplitude is ln 100 more power; all other cepstra are of the spectrum's form."""
    quiet = np.random.default_rng(1).integers(-300, 300, 4000) / 32768
    rows = mfcc(10 * quiet) - mfcc(quiet)
    np.testing.assert_allclose(rows[0], math.log(100), rtol=1e-4)
    np.testing.assert_allclose(rows[1:], 0, atol=1e-4)


def test_silence_is_finite() -> None:
    assert np.isfinite(mfcc(np.zeros(2000, np.float32))).all()


def test_thirty_seconds_and_more_are_one_piece() -> None:
    """Made in blocks: the columns around a border are those of the part on its own."""
    sound = np.random.default_rng(2).normal(size=16000 * 31) * 0.1
    whole = mfcc(sound)
    np.testing.assert_allclose(whole[:, 2996:3004], mfcc(sound[2995 * 160 :])[:, 1:9], rtol=1e-5)
    assert whole.shape == (13, 1 + math.ceil((16000 * 31 - 400) / 160))
