"""Sounds in which nobody speaks: rooms, hums, music, drums, breath, laughter; made from nothing, so that they can be anybody's."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from scipy.signal import butter, sosfilt

from ..timebase import SPEECH_RATE

Rng = np.random.Generator
_TIMBRES = (
    (1.0, 0.5, 0.33, 0.25, 0.2),
    (1.0, 0.0, 0.33, 0.0, 0.2),
    (1.0, 0.8, 0.6, 0.7, 0.4, 0.3, 0.3, 0.2),
    (1.0, 0.1, 0.05),
    (0.6, 1.0, 0.7, 0.9, 0.5, 0.5),
)
_CHORDS = ((0, 4, 7), (0, 3, 7), (0, 4, 7, 10), (0, 5, 7), (0, 7, 12), (0, 3, 6, 9))


def draw_sound(rng: Rng, seconds: float) -> tuple[str, np.ndarray]:
    """The kind of a random sound and its samples, float32 [N] at 16 kHz, loudest at 1."""
    kind = str(rng.choice(list(KINDS)))
    sound = KINDS[kind](rng, int(seconds * SPEECH_RATE))
    if rng.random() < 0.3 and kind != "silence":
        other = KINDS["noise"](rng, len(sound))
        sound = sound / _peak(sound) + 10 ** (rng.uniform(-40, -6) / 20) * other / _peak(other)
    return kind, (sound / _peak(sound)).astype(np.float32)


def _noise(rng: Rng, count: int) -> np.ndarray:
    """Any colour, steady or slowly changing."""
    spectrum = np.fft.rfft(rng.standard_normal(count))
    hz = np.maximum(np.fft.rfftfreq(count, 1 / SPEECH_RATE), 30)
    octave = np.log2(hz / 30)
    gain = np.interp(octave, np.linspace(0, 8, 9), rng.normal(0, 6, 9)) - 6.02 * octave * rng.choice([0, 0.5, 1.0, rng.uniform(-0.3, 1.3)])
    sound = np.fft.irfft(spectrum * 10 ** (gain / 20), count)
    return sound * 10 ** (_wander(rng, count, 1.0, 4 if rng.random() < 0.4 else 0) / 20)


def _hum(rng: Rng, count: int) -> np.ndarray:
    """Mains, engines, fans: harmonics that hardly change."""
    root = rng.choice([50.0, 60.0, rng.uniform(40, 300)])
    return sum(
        _partial(rng, count, k * root * (1 + 0.002 * _wander(rng, count, 0.5, 1)), 0.05) / k ** rng.uniform(0.3, 1.5) for k in range(1, 12)
    )


def _chords(rng: Rng, count: int) -> np.ndarray:
    """Held chords, some swelling, with vibrato or without."""
    sound, at = np.zeros(count), 0
    timbre, low = _TIMBRES[rng.integers(len(_TIMBRES))], rng.integers(36, 60)
    slow = rng.uniform(0.3, 3)
    while at < count:
        length = int(rng.uniform(0.3, 1) * slow * SPEECH_RATE)
        root = low + rng.integers(0, 12)
        for step in _CHORDS[rng.integers(len(_CHORDS))]:
            _play(rng, sound, at, length, float(root + step), timbre, decay_s=float(rng.choice([0.3, 1.0, 8.0])))
        at += length
    return sound


def _melody(rng: Rng, count: int) -> np.ndarray:
    """One voice of an instrument: plucked, blown or bowed."""
    sound, at, note = np.zeros(count), 0, int(rng.integers(50, 76))
    timbre, decay_s = _TIMBRES[rng.integers(len(_TIMBRES))], float(rng.choice([0.15, 0.5, 5.0]))
    while at < count:
        length = int(rng.choice([0.125, 0.25, 0.5, 1.0]) * rng.uniform(0.6, 1.2) * SPEECH_RATE)
        if rng.random() < 0.85:
            _play(rng, sound, at, length, note, timbre, decay_s)
        note = int(np.clip(note + rng.integers(-5, 6), 45, 84))
        at += length
    return sound


def _drums(rng: Rng, count: int) -> np.ndarray:
    """Kick, snare and hi-hats in a beat."""
    sound, beat = np.zeros(count), int(60 / rng.uniform(70, 170) / 2 * SPEECH_RATE)
    hats = rng.uniform(0.2, 1)
    for step in range(count // beat):
        at = step * beat
        if rng.random() < hats:
            _burst(rng, sound, at, 0.03 if rng.random() < 0.7 else 0.2, 4000, 7800, rng.uniform(0.2, 0.6))
        if step % 4 == 2 and rng.random() < 0.9:
            _burst(rng, sound, at, 0.12, 300, 6000, rng.uniform(0.4, 1))
        if step % 4 == 0 and hats < 0.9:
            time_s = np.arange(min(count - at, SPEECH_RATE // 4)) / SPEECH_RATE
            sound[at : at + len(time_s)] += np.sin(2 * np.pi * (55 * time_s - 8 * np.exp(-time_s / 0.03))) * np.exp(-time_s / 0.08)
    return sound


def _song(rng: Rng, count: int) -> np.ndarray:
    """Chords, a melody and drums together."""
    parts = [_chords(rng, count), _melody(rng, count), _drums(rng, count)]
    return sum(rng.uniform(0.2, 1) * part / _peak(part) for part in parts if rng.random() < 0.8) + np.zeros(count)


def _breath(rng: Rng, count: int) -> np.ndarray:
    """Breathing in and out."""
    sound, at = np.zeros(count), int(rng.uniform(0, 0.5) * SPEECH_RATE)
    while at < count:
        length_s = rng.uniform(0.3, 1.2)
        _swell(rng, sound, at, length_s, rng.uniform(300, 900), rng.uniform(2500, 7000))
        at += int((length_s + rng.uniform(0.1, 1.5)) * SPEECH_RATE)
    return sound


def _laughter(rng: Rng, count: int) -> np.ndarray:
    """Bursts of voice and breath, four or five a second, that fall in pitch."""
    sound, at = np.zeros(count), 0
    while at < count:
        pitch = rng.uniform(120, 420)
        for k in range(int(rng.integers(2, 9))):
            length = int(rng.uniform(0.05, 0.11) * SPEECH_RATE)
            piece = np.zeros(length)
            _play(rng, piece, 0, length, 69 + 12 * np.log2(pitch * 0.96**k / 440), (1, 0.9, 0.8, 0.5, 0.4, 0.3, 0.2, 0.1), 0.08)
            sound[at : at + length] += piece[: max(0, count - at)]
            _swell(rng, sound, at, 0.16, 500, 5000)
            at += int(rng.uniform(0.17, 0.26) * SPEECH_RATE)
        at += int(rng.uniform(0.2, 2) * SPEECH_RATE)
    return sound


def _clicks(rng: Rng, count: int) -> np.ndarray:
    """Keys, steps, claps, crackle."""
    sound = np.zeros(count)
    for at in rng.integers(0, count, int(count / SPEECH_RATE * rng.choice([1, 3, 12])) + 1):
        _burst(rng, sound, int(at), rng.choice([0.004, 0.02, 0.06]), rng.uniform(100, 1500), rng.uniform(2000, 7800), rng.uniform(0.2, 1))
    return sound


KINDS: dict[str, Callable[[Rng, int], np.ndarray]] = {
    "noise": _noise, "hum": _hum, "chords": _chords, "melody": _melody, "drums": _drums, "song": _song, "breath": _breath,
    "laughter": _laughter, "clicks": _clicks, "silence": lambda rng, count: np.zeros(count),
}  # fmt: skip


def _peak(sound: np.ndarray) -> float:
    return float(np.abs(sound).max(initial=0)) or 1.0


def _wander(rng: Rng, count: int, period_s: float, size: float) -> np.ndarray:
    knots = rng.normal(0, size, max(2, int(count / SPEECH_RATE / period_s) + 2))
    return np.interp(np.arange(count), np.linspace(0, count, len(knots)), knots)


def _partial(rng: Rng, count: int, hz: np.ndarray | float, flutter: float) -> np.ndarray:
    phase = np.cumsum(np.broadcast_to(hz, count)) / SPEECH_RATE
    return np.sin(2 * np.pi * (phase + rng.random())) * (1 + flutter * _wander(rng, count, 0.3, 1))


def _play(rng: Rng, sound: np.ndarray, at: int, length: int, note: float, timbre: tuple[float, ...], decay_s: float) -> None:
    count = min(len(sound) - at, length)
    if count < 16:
        return
    time_s = np.arange(count) / SPEECH_RATE
    hz = 440 * 2 ** ((note - 69) / 12) * (1 + rng.choice([0, 0.006]) * np.sin(2 * np.pi * 5.5 * time_s))
    attack = np.minimum(1, time_s / rng.choice([0.005, 0.05])) * np.minimum(1, (count - np.arange(count)) / 160)
    tone = sum(
        size * np.sin(2 * np.pi * (k + 1) * np.cumsum(hz) / SPEECH_RATE) for k, size in enumerate(timbre) if (k + 1) * hz.max() < 7900
    )
    sound[at : at + count] += attack * np.exp(-time_s / decay_s) * tone * rng.uniform(0.5, 1)


def _burst(rng: Rng, sound: np.ndarray, at: int, decay_s: float, low_hz: float, high_hz: float, size: float) -> None:
    count = min(len(sound) - at, int(6 * decay_s * SPEECH_RATE) + 64)
    hiss = sosfilt(butter(2, (low_hz, high_hz), "bandpass", fs=SPEECH_RATE, output="sos"), rng.standard_normal(count))
    sound[at : at + count] += size * hiss * np.exp(-np.arange(count) / SPEECH_RATE / decay_s)


def _swell(rng: Rng, sound: np.ndarray, at: int, length_s: float, low_hz: float, high_hz: float) -> None:
    count = min(len(sound) - at, int(length_s * SPEECH_RATE))
    if count < 64:
        return
    hiss = sosfilt(butter(1, (low_hz, high_hz), "bandpass", fs=SPEECH_RATE, output="sos"), rng.standard_normal(count))
    sound[at : at + count] += hiss * np.hanning(count)
