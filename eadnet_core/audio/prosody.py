"""Prosody as a listener sees it on a speaker's head: when somebody speaks, and which syllables stand out."""

from __future__ import annotations

from dataclasses import dataclass

import librosa
import numpy as np

from ..timebase import FRAME_RATE, MELS_PER_FRAME
from ..types import SpeechFeatures
from .mel_scale import FLOOR_DB, SILENCE, UNIT_PER_DB

_VOICE_BANDS = slice(6, 50)
"""Bands of about 280 to 2,400 Hz, in which syllables are loud and hiss is not."""
_ACCENT_SPACING_S = 0.55
_ACCENT_RISE_DB = 2.5
_SPEAKING_SPAN_S = 0.6
_ACCENT_FRAMES, _LOUDNESS_DB = 2.0, 40.0


@dataclass(frozen=True)
class Prosody:
    """Loudness over time and its accents.

    Attributes:
        loudness_db: float32 [N]: level of each frame against active speech, FLOOR_DB or more.
        speaking: float32 [N], 0 to 1: activity, smoothed over half a second.
        accents: int64 [A]: frames at which a syllable stands out, in order.
    """

    loudness_db: np.ndarray
    speaking: np.ndarray
    accents: np.ndarray


def read_prosody(speech: SpeechFeatures) -> Prosody:
    """The prosody of a recording.

    Source: loudness peaks as librosa's `peak_pick` finds them; head nods accompany such accents (Graf et al., Visual prosody, 2002).
    """
    num_frames = speech.num_frames
    level = (speech.mel.numpy()[:, _VOICE_BANDS] - SILENCE) / UNIT_PER_DB + FLOOR_DB  # [4N, 44]
    power = (10 ** (level / 10)).sum(1).reshape(num_frames, MELS_PER_FRAME).mean(1)
    loudness = (10 * np.log10(np.maximum(power, 1e-6))).clip(min=FLOOR_DB).astype(np.float32)
    reach = min(round(_ACCENT_SPACING_S * float(FRAME_RATE)), num_frames)
    accents = np.zeros(0, np.int64)
    if num_frames > 2:
        smooth = np.convolve(np.pad(loudness, 1, mode="edge"), np.full(3, 1 / 3), "valid")
        peaks = librosa.util.peak_pick(
            smooth, pre_max=reach // 2, post_max=reach // 2 + 1, pre_avg=2 * reach, post_avg=2 * reach, delta=_ACCENT_RISE_DB, wait=reach
        )
        accents = peaks[speech.activity.numpy()[peaks] > 0.5].astype(np.int64)
    return Prosody(loudness, _smoothed(speech.activity.numpy()), accents)


def _smoothed(activity: np.ndarray) -> np.ndarray:
    half = round(_SPEAKING_SPAN_S * float(FRAME_RATE)) // 2
    window = np.hanning(2 * half + 3)[1:-1]
    padded = np.pad(activity, half, mode="edge") if len(activity) else np.zeros(2 * half, np.float32)
    return np.convolve(padded, window / window.sum(), "valid").astype(np.float32)[: len(activity)]


def prosody_channels(prosody: Prosody) -> np.ndarray:
    """Prosody as numbers a frame, float32 [N, 3], 0 to 1: loudness, speaking, and a bell over each accent."""
    frames = np.arange(len(prosody.speaking))
    accent = np.zeros(len(frames), np.float32)
    for at in prosody.accents:
        accent = np.maximum(accent, np.exp(-(((frames - at) / _ACCENT_FRAMES) ** 2)))
    return np.stack([(prosody.loudness_db / _LOUDNESS_DB + 1).clip(0, 1), prosody.speaking, accent], 1).astype(np.float32)
