"""A recorded voice is still the same voice at the same time."""

from __future__ import annotations

import numpy as np
import pytest

from eadnet_core.synthetic.espeak import Phone, SpokenText
from eadnet_core.synthetic.recording import THROAT_RANGE, another_throat, record, room_noise, uneven

RATE = 16_000


def bursts() -> np.ndarray:
    """Buzzes of 60 ms every 300 ms, float32 [N]."""
    time = np.arange(6 * RATE) / RATE
    buzz = sum(np.sin(2 * np.pi * 150 * k * time) for k in range(1, 20))
    return (0.02 * buzz * (time % 0.3 < 0.06)).astype(np.float32)


@pytest.mark.parametrize("seed", range(25))
def test_recording_delays_nothing(seed: int) -> None:
    clean = bursts()
    recorded = record(np.random.default_rng(seed), clean)
    assert recorded.shape == clean.shape and recorded.dtype == np.float32
    assert np.abs(recorded).max() <= 1 and np.isfinite(recorded).all()
    one, other = (np.sqrt((x.reshape(-1, 80) ** 2).mean(1)) for x in (clean, recorded))  # 5 ms each
    lags = range(-8, 9)
    likeness = [np.corrcoef(np.roll(one, lag)[10:-10], other[10:-10])[0, 1] for lag in lags]
    assert abs(lags[int(np.argmax(likeness))]) <= 2


def test_recordings_differ_in_loudness_and_noise() -> None:
    levels = [np.sqrt(np.mean(record(np.random.default_rng(seed), bursts()) ** 2)) for seed in range(20)]
    assert 20 * np.log10(max(levels) / min(levels)) > 15


def test_room_noise_is_quiet_or_nothing() -> None:
    noises = [room_noise(np.random.default_rng(seed), RATE) for seed in range(30)]
    levels = np.array([np.sqrt(np.mean(noise**2)) for noise in noises])
    assert (levels == 0).any() and (levels > 0).any() and levels.max() < 0.1


def test_another_throat_moves_pitch_and_time_together() -> None:
    time = np.arange(2 * 22_050) / 22_050
    tone = np.sin(2 * np.pi * 300 * time).astype(np.float32)
    stretches = []
    for seed in range(12):
        changed, stretch = another_throat(np.random.default_rng(seed), tone, 22_050)
        assert len(changed) / RATE == pytest.approx(2 * stretch, abs=1 / RATE)
        peak_hz = np.abs(np.fft.rfft(changed * np.hanning(len(changed)))).argmax() * RATE / len(changed)
        assert peak_hz * stretch == pytest.approx(300, abs=1)
        stretches.append(stretch)
    assert THROAT_RANGE[0] - 1e-3 <= min(stretches) < 0.9 and 0.95 < max(stretches) <= THROAT_RANGE[1] + 1e-3


def test_an_uneven_voice_sometimes_loses_the_hum_of_its_first_b() -> None:
    samples = np.full(RATE, 0.1, np.float32)
    said = SpokenText(samples, RATE, (Phone(0, 0.3, ""), Phone(0.3, 0.4, "b"), Phone(0.4, 1.0, "a")))
    quieter = [uneven(np.random.default_rng(seed), said)[int(0.35 * RATE)] / 0.1 for seed in range(30)]
    assert 8 <= sum(gain < 0.35 for gain in quieter) <= 28
    assert all(abs(uneven(np.random.default_rng(seed), said)[int(0.8 * RATE)] / 0.1) > 0.15 for seed in range(30))
