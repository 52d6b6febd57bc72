"""What a voice tells of a feeling, without its words: pitch, level and rate against the speaker's own.

Sound alone tells how aroused somebody is better than whether they like it: joy and anger are both loud, high and fast. So
`Voice.arousal` can be relied on, and the classes of `Voice.meaning` are a guess that words, or a user, should settle.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import astuple, dataclass

import librosa
import numpy as np

from ..audio.features import mix_down
from ..audio.sound import Sound
from ..timebase import SPEECH_RATE
from .meaning import Meaning
from .passages import Passage
from .vocabulary import EMOTIONS

_HOP = 320
"""Samples between two measurements: 20 ms."""
_FRAME = 1024
_LOWEST_HZ, _HIGHEST_HZ = 60.0, 480.0
_OCTAVE_ST = 12.0
_ACTIVE_DB = 26.0
"""A measurement within so many decibels under the loud parts of the recording is voice."""
_SYLLABLE_GAP_S = 0.12
_SYLLABLE_RISE_DB = 2.0
_BRIDGED = 6
"""Measurements on either side of voice that count as talking."""
_LEAST_HEARD = 10
"""Measurements of voice (0.2 s) without which nothing is said of a passage."""

PITCH_STEP_ST = 3.0
LEVEL_STEP_DB = 5.0
RATE_STEP = 0.3
"""A clear change of each: in semitones, decibels, and octaves of the syllable rate."""
USUAL_RANGE_ST, RANGE_STEP_ST = 5.5, 4.0
"""Between the 10th and the 90th percentile of a calm speaker's pitch, and a clear change of it."""
STRONGEST = 0.85
"""Intensity of a voice at its most aroused, or least: sound alone never says everything."""


@dataclass(frozen=True)
class Voice:
    """How a passage is said, against the median of the recording's passages; 0 is as usual, 1 clearly more.

    Attributes:
        pitch: Median pitch, in steps of PITCH_STEP_ST.
        level: Level of the voice, in steps of LEVEL_STEP_DB.
        rate: Syllables a second, in steps of RATE_STEP octaves.
        liveliness: Range of the pitch, in steps of RANGE_STEP_ST, against USUAL_RANGE_ST (not against the recording).

    Source: the vocal correlates of Scherer (Vocal communication of emotion, 2003); the numbers are ours.
    """

    pitch: float = 0.0
    level: float = 0.0
    rate: float = 0.0
    liveliness: float = 0.0

    @property
    def arousal(self) -> float:
        """-1 (weary) to 1 (beside oneself)."""
        value = 0.35 * self.pitch + 0.35 * self.level + 0.2 * self.rate + 0.2 * self.liveliness
        return float(np.clip(value, -1, 1))

    @property
    def meaning(self) -> Meaning:
        """A guess at the classes, as strong as the voice is away from calm."""
        scores = {
            "happy": 0.7 * self.pitch + 0.6 * self.liveliness + 0.3 * self.level,
            "surprised": 0.9 * self.pitch + 0.5 * self.liveliness - 0.3 * self.rate - 0.5,
            "angry": 1.1 * self.level + 0.3 * self.rate - 0.4 * self.pitch - 0.1,
            "fearful": 0.7 * self.pitch + 0.5 * self.rate - 0.6 * self.level - 0.3,
            "sad": -0.6 * self.level - 0.6 * self.pitch - 0.5 * self.rate - 0.3 * self.liveliness,
        }
        weights = np.exp([2 * np.clip(score, -4, 4) for score in scores.values()])
        shares = dict(zip(scores, weights / weights.sum() * abs(self.arousal) * STRONGEST, strict=True))
        return Meaning(tuple(float(shares.get(name, 0.0)) for name in EMOTIONS))

    def in_words(self) -> str:
        """Such as "louder and higher than usual", for a prompt; "as usual" when nothing stands out."""
        pairs = ((self.level, "louder", "quieter"), (self.pitch, "higher", "lower"), (self.rate, "faster", "slower"))
        words = [more if value > 0 else less for value, more, less in pairs if abs(value) > 0.4]
        words += ["flatter"] if self.liveliness < -0.6 else ["livelier"] if self.liveliness > 0.6 else []
        return f"{' and '.join(words)} than usual" if words else "as usual"


def read_voice(sound: Sound, passages: Sequence[Passage]) -> list[Voice]:
    """How each passage is said; a passage without a voice, and a recording that is even throughout, is as usual.

    Args:
        sound: The recording. Its level does not matter, only the differences within it.
        passages: Of that recording, in seconds.
    """
    mono = mix_down(sound)
    mono = np.pad(mono, (0, max(0, _FRAME - len(mono))))
    level = 20 * np.log10(np.maximum(librosa.feature.rms(y=mono, frame_length=_FRAME, hop_length=_HOP)[0], 1e-7))  # [M]
    heard = level > max(np.percentile(level, 95) - _ACTIVE_DB, -80.0)
    if heard.sum() < _LEAST_HEARD:
        return [Voice() for _ in passages]
    pitch = _pitch(mono, heard, len(level))
    syllables = _syllables(level, heard)
    slots = [slice(round(p.start_s * SPEECH_RATE / _HOP), max(1, round(p.end_s * SPEECH_RATE / _HOP))) for p in passages]
    measured = [_measure(slot, pitch, level, heard, syllables) for slot in slots]
    known = [astuple(one) for one in measured if one is not None]
    if not known:
        return [Voice() for _ in passages]
    usual = _Measured(*np.median(known, axis=0))
    return [_relative(one, usual) for one in measured]


@dataclass(frozen=True)
class _Measured:
    pitch_st: float
    range_st: float
    level_db: float
    syllables_hz: float


def _pitch(mono: np.ndarray, heard: np.ndarray, count: int) -> np.ndarray:
    """Semitones over 1 Hz [M], NaN where there is no voice or the pitch is over an octave from the speaker's."""
    hz = librosa.yin(mono, fmin=_LOWEST_HZ, fmax=_HIGHEST_HZ, sr=SPEECH_RATE, frame_length=_FRAME, hop_length=_HOP)[:count]
    inside = (hz > _LOWEST_HZ * 1.02) & (hz < _HIGHEST_HZ * 0.98) & heard
    semitones = np.where(inside, 12 * np.log2(hz), np.nan)
    if not inside.any():
        return semitones
    return np.where(np.abs(semitones - np.nanmedian(semitones)) < _OCTAVE_ST, semitones, np.nan)


def _syllables(level: np.ndarray, heard: np.ndarray) -> np.ndarray:
    """bool [M]: peaks of the level that stand out of their surroundings, one a syllable."""
    gap = round(_SYLLABLE_GAP_S * SPEECH_RATE / _HOP)
    smooth = np.convolve(np.pad(level, 1, mode="edge"), np.full(3, 1 / 3), "valid")
    peaks = librosa.util.peak_pick(
        smooth, pre_max=gap, post_max=gap + 1, pre_avg=3 * gap, post_avg=3 * gap, delta=_SYLLABLE_RISE_DB, wait=gap
    )
    found = np.zeros(len(level), bool)
    found[peaks] = True
    return found & heard


def _measure(slot: slice, pitch: np.ndarray, level: np.ndarray, heard: np.ndarray, syllables: np.ndarray) -> _Measured | None:
    voiced = heard[slot]
    if voiced.sum() < _LEAST_HEARD:
        return None
    semitones = pitch[slot][voiced]
    semitones = semitones[np.isfinite(semitones)]
    low, middle, high = np.percentile(semitones, (10, 50, 90)) if len(semitones) >= _LEAST_HEARD else (np.nan,) * 3
    talking = np.convolve(voiced, np.ones(2 * _BRIDGED + 1), "same") > 0  # the dips between syllables, too
    rate = (syllables[slot].sum() + 0.5) / (talking.sum() * _HOP / SPEECH_RATE)
    return _Measured(float(middle), float(high - low), float(np.percentile(level[slot][voiced], 75)), float(rate))


def _relative(passage: _Measured | None, usual: _Measured) -> Voice:
    if passage is None:
        return Voice()
    pitch = (passage.pitch_st - usual.pitch_st) / PITCH_STEP_ST
    liveliness = (passage.range_st - USUAL_RANGE_ST) / RANGE_STEP_ST
    rate = np.log2(passage.syllables_hz / usual.syllables_hz) / RATE_STEP
    numbers = (pitch, (passage.level_db - usual.level_db) / LEVEL_STEP_DB, rate, liveliness)
    return Voice(*(float(np.clip(np.nan_to_num(number), -2, 2)) for number in numbers))
