"""What happens to a voice before it is heard, on the levels of its bands: another throat, pace, room, microphone, line, noise, music.

Powers add as sounds do on the average, so all of this is quick enough to be drawn anew for every step of a training. Source: ours; in
the spirit of SpecAugment (Park et al., 2019) and of vocal tract length perturbation (Jaitly & Hinton, 2013).
"""

from __future__ import annotations

import numpy as np
from scipy.signal import lfilter

from ..audio.mel_scale import NUM_MELS
from ..timebase import MEL_RATE

Rng = np.random.Generator
QUIET_DB = -110.0
"""Level that nothing falls below."""
_PLACE = np.arange(NUM_MELS) / (NUM_MELS - 1)


def heard(
    rng: Rng, voice_db: np.ndarray, labels: np.ndarray, other_db: np.ndarray | None, keeps_pace: bool = False, strangeness: float = 1.0
) -> tuple[np.ndarray, np.ndarray]:
    """One random recording of a clean voice.

    Args:
        rng: Drawn from.
        voice_db: float [cols, 80], level of each band of a voice, or of silence.
        labels: [cols], what is said in each column; it changes pace with the voice.
        other_db: float [any, 80], a sound that plays beside it; None: noise alone.
        keeps_pace: The voice stays as fast as it is.
        strangeness: How unlike the voice another throat makes it, 1 is as people differ.

    Returns:
        float32 [cols', 80] and labels [cols'].
    """
    pace = rng.uniform(0.82, 1.22) if rng.random() < 0.7 and not keeps_pace else 1.0
    columns = int(len(voice_db) / pace)
    at = np.linspace(0, len(voice_db) - 1, columns)
    level, labels = _between(voice_db, at, 0), labels[np.round(at).astype(int)]
    if rng.random() < 0.8:  # throat and pitch
        low, high = strangeness * rng.uniform(-2, 2), strangeness * rng.uniform(-5.5, 5.5)
        level = _between(level, np.clip(np.arange(NUM_MELS) + low + (high - low) * _PLACE, 0, NUM_MELS - 1), 1)
    loud = np.percentile(level.max(1), 95)
    if rng.random() < 0.5:  # speaking softly or pressed: dynamics
        level = loud + (level - loud) * rng.uniform(0.75, 1.2)
    if rng.random() < 0.3:  # a mean over bands: a voice without clear harmonics
        level = _smeared(level, rng.uniform(0.3, 1.0))
    power = 10 ** (np.maximum(level - loud, QUIET_DB) / 10)
    if rng.random() < 0.6:
        power = _room(rng, power)
    power *= 10 ** (_curve(rng, rng.uniform(0.5, 5)) / 10)
    if rng.random() < 0.5:
        power *= 10 ** (_wander(rng, columns, rng.uniform(1, 5), rng.uniform(0.3, 2))[:, None] / 10)
    power += _noise(rng, columns) * 10 ** (-rng.choice([rng.uniform(5, 20), rng.uniform(20, 75)], p=[0.35, 0.65]) / 10)
    if other_db is not None:
        power += 10 ** (_tiled(rng, other_db, columns) / 10) * 10 ** (-rng.uniform(-2, 35) / 10)
    level = 10 * np.log10(np.maximum(power, 10 ** (QUIET_DB / 10)))
    if rng.random() < 0.35:
        level = _line(rng, level)
    level += rng.uniform(-60, -5) + rng.normal(0, 0.7, level.shape)
    return level.astype(np.float32), labels


def _between(level: np.ndarray, at: np.ndarray, axis: int) -> np.ndarray:
    below = np.minimum(at.astype(int), level.shape[axis] - 2)
    share = (at - below)[:, None] if axis == 0 else at - below
    return np.take(level, below, axis) * (1 - share) + np.take(level, below + 1, axis) * share


def _smeared(level: np.ndarray, share: float) -> np.ndarray:
    padded = np.pad(level, ((0, 0), (1, 1)), mode="edge")
    return (1 - share) * level + share * np.maximum(np.maximum(padded[:, :-2], padded[:, 2:]), level)


def _room(rng: Rng, power: np.ndarray) -> np.ndarray:
    """Reverberation: each band rings on; high ones shorter."""
    decay_s = rng.uniform(0.1, 0.8)
    keep = 10 ** (-6 / (decay_s * float(MEL_RATE)) * (0.8 + 0.6 * rng.uniform(0.5, 1.5)))
    tail = lfilter([1 - keep], [1, -keep], np.pad(power, ((1, 0), (0, 0)))[:-1], axis=0)
    return power + tail * 10 ** (rng.uniform(-20, 0) / 10) * np.linspace(1.3, 0.7, NUM_MELS)


def _curve(rng: Rng, spread_db: float) -> np.ndarray:
    """Gain of a microphone or of somebody's hand on an equaliser, decibels [80]."""
    knots = rng.normal(0, spread_db, 7) + rng.normal(0, spread_db) * np.linspace(-1, 1, 7)
    return np.interp(_PLACE, np.linspace(0, 1, 7), knots)


def _wander(rng: Rng, columns: int, spread_db: float, period_s: float) -> np.ndarray:
    knots = rng.normal(0, spread_db, max(2, int(columns / float(MEL_RATE) / period_s) + 2))
    return np.interp(np.arange(columns), np.linspace(0, columns, len(knots)), knots)


def _noise(rng: Rng, columns: int) -> np.ndarray:
    """Power of noise of any colour, mean 1, with the flutter that noise has in narrow bands."""
    colour = _curve(rng, 7) + rng.uniform(-14, 8) * _PLACE
    flutter = rng.gamma(3.0, 1 / 3, (columns, NUM_MELS))
    steady = 10 ** (_wander(rng, columns, 4 if rng.random() < 0.3 else 0, 1.0)[:, None] / 10)
    return flutter * steady * 10 ** ((colour - colour.max()) / 10)


def _tiled(rng: Rng, other_db: np.ndarray, columns: int) -> np.ndarray:
    """A stretch of another sound, loudest at 0 dB."""
    repeated = np.tile(other_db, (-(-(columns + 1) // len(other_db)) + 1, 1))
    first = rng.integers(0, len(other_db))
    return repeated[first : first + columns] - np.percentile(other_db.max(1), 95)


def _line(rng: Rng, level: np.ndarray) -> np.ndarray:
    """A telephone, a small loudspeaker, a codec: nothing beyond a band, and little that is far below its neighbours."""
    low, high = rng.choice([0, rng.uniform(2, 12)]), rng.uniform(45, 78)
    band = np.arange(NUM_MELS)
    level = np.where((band < low) | (band > high), level.max() - rng.uniform(55, 80), level)
    if rng.random() < 0.5:
        masked = level.max(1, keepdims=True) - rng.uniform(28, 50)
        level = np.where(level < masked, masked - rng.uniform(0, 30), level)
    return level
