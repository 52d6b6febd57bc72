"""How a clean voice comes to sound recorded: another throat, a room, a microphone, noise, and a loudness."""

from __future__ import annotations

import librosa
import numpy as np
import scipy.fft
from scipy.signal import fftconvolve

from ..timebase import SPEECH_RATE
from .espeak import SpokenText, is_bilabial

Rng = np.random.Generator

THROAT_RANGE = (0.76, 1.12)
"""Length of the throat against espeak-ng's, which is a man's: mostly shorter, as of women and children."""


def record(rng: Rng, samples: np.ndarray) -> np.ndarray:
    """One random recording of a clean voice; nothing is delayed, so phoneme times stay true.

    Args:
        rng: Drawn from.
        samples: float32 [N], 16 kHz, clean.

    Returns:
        float32 [N], -1 to 1.
    """
    voice = _loudness_of(samples)
    sound = samples / max(voice, 1e-4)
    if rng.random() < 0.6:
        sound = _breathe(rng, sound)
    if rng.random() < 0.6:
        sound = _sway(rng, sound)
    if rng.random() < 0.55:
        sound = _reverberate(rng, sound)
    if rng.random() < 0.8:
        sound = _equalise(rng, sound, _curve(rng, spread_db=rng.uniform(1, 5)))
    sound = sound + _noise(rng, len(sound)) * 10 ** (-rng.choice([rng.uniform(8, 22), rng.uniform(22, 60)], p=[0.4, 0.6]) / 20)
    if rng.random() < 0.25:
        sound = _band_limit(rng, sound)
    sound = sound * 10 ** (rng.uniform(-45, -12) / 20)
    if rng.random() < 0.1:
        limit = np.percentile(np.abs(sound), rng.uniform(97, 99.9)) + 1e-6
        sound = limit * np.tanh(sound / limit)
    return np.clip(sound, -1, 1).astype(np.float32)


def uneven(rng: Rng, said: SpokenText) -> np.ndarray:
    """The voice with each phoneme a little louder or softer than espeak-ng has it, and fewer voiced closures.

    A person's b at the start of a phrase is silent until the lips part; espeak-ng's always hums.

    Returns:
        float32 [N], at the rate of `said`.
    """
    gain_db = np.zeros(len(said.samples))
    spread_db = rng.uniform(0, 4)
    for i, phone in enumerate(said.phones):
        own = rng.normal(0, spread_db)
        if is_bilabial(phone) and "b" in phone.ipa and (i == 0 or not said.phones[i - 1].ipa) and rng.random() < 0.6:
            own = -rng.uniform(10, 60)
        gain_db[round(phone.start_s * said.rate) : round(phone.end_s * said.rate)] = own
    window = np.hanning(int(0.012 * said.rate))
    smooth_db = fftconvolve(np.pad(gain_db, len(window), mode="edge"), window / window.sum(), "same")[len(window) : -len(window)]
    return (said.samples * 10 ** (smooth_db / 20)).astype(np.float32)


def room_noise(rng: Rng, num_samples: int) -> np.ndarray:
    """A recording in which nobody speaks, or digital silence: float32 [N]."""
    if rng.random() < 0.2:
        return np.zeros(num_samples, np.float32)
    return np.clip(_noise(rng, num_samples) * 10 ** (rng.uniform(-80, -25) / 20), -1, 1).astype(np.float32)


def _loudness_of(samples: np.ndarray) -> float:
    loud = np.abs(samples) > 0.02 * np.abs(samples).max(initial=0)
    return float(np.sqrt(np.mean(samples[loud] ** 2))) if loud.any() else 0.0


def _breathe(rng: Rng, sound: np.ndarray) -> np.ndarray:
    """Breath in the voice: noise that swells with it, above 1 kHz or so."""
    envelope = np.sqrt(fftconvolve(sound**2, np.hanning(160) / 80, "same").clip(0))
    hiss = rng.standard_normal(len(sound)).astype(np.float32)
    hiss = hiss - fftconvolve(hiss, np.hanning(9) / 4, "same")
    return sound + rng.uniform(0.02, 0.3) * envelope * hiss


def _sway(rng: Rng, sound: np.ndarray) -> np.ndarray:
    """Loudness that wanders by a few decibels, as of a speaker who moves."""
    knots = np.cumsum(rng.normal(0, 2, max(2, len(sound) // SPEECH_RATE + 2)))
    gain_db = np.interp(np.arange(len(sound)), np.linspace(0, len(sound), len(knots)), knots - knots.mean())
    return sound * 10 ** (gain_db.clip(-9, 9) / 20)


def _reverberate(rng: Rng, sound: np.ndarray) -> np.ndarray:
    """A room: the direct sound first, then echoes and a decaying tail."""
    decay_s = rng.uniform(0.08, 0.7)
    time_s = np.arange(int(decay_s * SPEECH_RATE)) / SPEECH_RATE
    tail = rng.standard_normal(len(time_s)) * 10 ** (-3 * time_s / decay_s)
    tail[: int(rng.uniform(0.002, 0.02) * SPEECH_RATE)] = 0
    tail *= 10 ** (rng.uniform(-22, -3) / 20) / np.sqrt((tail**2).sum() + 1e-9)
    tail[0] = 1
    return fftconvolve(sound, tail)[: len(sound)]


def _curve(rng: Rng, spread_db: float) -> np.ndarray:
    """Random smooth gain over frequency, decibels at 257 frequencies from 0 to 8 kHz."""
    octave = np.log2(np.maximum(np.linspace(0, SPEECH_RATE / 2, 257), 60) / 60)
    knots = np.linspace(0, octave[-1], 8)
    return np.interp(octave, knots, rng.normal(0, spread_db, 8)) + rng.normal(0, 0.4 * spread_db) * (octave - octave[-1] / 2)


def _equalise(rng: Rng, sound: np.ndarray, gain_db: np.ndarray) -> np.ndarray:
    """The sound through a zero-delay filter of that gain."""
    taps = np.fft.fftshift(np.fft.irfft(10 ** (np.clip(gain_db, -40, 25) / 20)))[1:] * np.hanning(511)
    return fftconvolve(sound, taps, "same")


def _band_limit(rng: Rng, sound: np.ndarray) -> np.ndarray:
    """A telephone, a small loudspeaker, an old codec."""
    hz = np.linspace(0, SPEECH_RATE / 2, 257)
    low, high = rng.choice([0, rng.uniform(150, 400)]), rng.uniform(3200, 7000)
    return _equalise(rng, sound, np.where((hz < low) | (hz > high), -40.0, 0.0))


def _noise(rng: Rng, num_samples: int) -> np.ndarray:
    """Noise of unit loudness: any colour, steady or slowly changing, sometimes with a hum or tones."""
    noise = rng.standard_normal(num_samples)
    spectrum = scipy.fft.rfft(noise)
    hz = np.maximum(np.fft.rfftfreq(num_samples, 1 / SPEECH_RATE), 30)
    spectrum *= hz ** -rng.choice([0.0, 0.5, 1.0, rng.uniform(-0.3, 1.3)])
    noise = scipy.fft.irfft(spectrum, num_samples)
    noise = _equalise(rng, noise, _curve(rng, 4))
    noise /= np.sqrt(np.mean(noise**2)) + 1e-9
    if rng.random() < 0.3:
        noise = _sway(rng, noise)
    if rng.random() < 0.25:
        time_s = np.arange(num_samples) / SPEECH_RATE
        root = rng.choice([50.0, 60.0, rng.uniform(80, 800)])
        hum = sum(np.sin(2 * np.pi * (k * root * time_s + rng.random())) / k for k in range(1, int(rng.integers(2, 8))))
        noise = noise * rng.uniform(0.2, 1) + hum * rng.uniform(0.2, 1)
        noise /= np.sqrt(np.mean(noise**2)) + 1e-9
    return noise


def another_throat(rng: Rng, samples: np.ndarray, rate: int) -> tuple[np.ndarray, float]:
    """The voice of a larger or smaller person: formants and pitch scaled together, at 16 kHz.

    Args:
        rng: Drawn from.
        samples: float32 [N] at `rate`.
        rate: Samples a second.

    Returns:
        float32 samples at 16 kHz, and by how much all times have grown.
    """
    stretch = float(np.exp(rng.uniform(*np.log(THROAT_RANGE))))
    resampled = librosa.resample(samples, orig_sr=rate, target_sr=SPEECH_RATE * stretch, res_type="soxr_hq")
    return resampled.astype(np.float32), len(resampled) * rate / (len(samples) * SPEECH_RATE)
