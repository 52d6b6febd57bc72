"""Emotion, then Action Units: what a speaker's face does from syllable to syllable while feeling something."""

from __future__ import annotations

import numpy as np

from ..audio.prosody import read_prosody
from ..timebase import FRAME_RATE
from ..types import SpeechFeatures
from .action_unit_tokens import ActionUnitTokens
from .action_units import ActionUnitTrack
from .meaning import ACTION_UNITS_OF_EMOTIONS
from .track import EmotionTrack
from .vocabulary import ACTION_UNITS, EMOTIONS

PAUSE_LEVEL = 0.8
"""Strength of a feeling between words, where it is 1 in speech of usual level."""
LEVEL_SLOPE = 0.025
"""How much stronger a feeling shows for each decibel above the usual level of the speech."""
LEVEL_REACH_DB = 10.0
LEVEL_SPAN_S = 1.0
"""Seconds over which the level counts: a phrase, not a syllable."""
ACCENT_RISE = 0.22
"""What a stressed syllable adds to the brows of an expressive speaker."""
ACCENT_WIDTH_S = 0.16
LIP_UNITS = ("AU17", "AU18", "AU23", "AU24", "AU25", "AU26")
"""Units that close, purse or part the lips, which speech needs for itself."""
LIP_SHARE = 0.35
"""What is left of them while somebody speaks."""


def plan_action_units(track: EmotionTrack, speech: SpeechFeatures) -> ActionUnitTrack:
    """Action Units of a recording spoken with a feeling: those of the emotion, alive with the voice.

    Feelings show more in loud phrases and less in pauses, stressed syllables lift the brows (or, in anger, draw them
    together), and lips are left to the speech while it lasts. The plan is made of tokens at 5 Hz, so that it can be
    read, edited and written as text (`ActionUnitTokens.from_track`).

    Returns:
        All 24 units, straight between steps of a fifth of a second.

    Source: emotion first, then Action Units, as in AUHead; the rules are ours.
    """
    num_frames = speech.num_frames
    emotion = track.sample(num_frames)[0].numpy()  # [N, 8]
    named = track.sample_action_units(num_frames)
    units = emotion @ ACTION_UNITS_OF_EMOTIONS if named is None else named.numpy()  # [N, 24]
    prosody = read_prosody(speech)
    units = units * _strength(prosody.loudness_db, prosody.speaking)[:, None]
    brows = _accents(prosody.accents, num_frames) * ACCENT_RISE  # [N]
    frowning = emotion[:, EMOTIONS.index("angry")]
    for unit in ("AU1", "AU2L", "AU2R"):
        units[:, ACTION_UNITS.index(unit)] += brows * (1 - frowning)
    units[:, ACTION_UNITS.index("AU4")] += brows * frowning
    lips = [ACTION_UNITS.index(unit) for unit in LIP_UNITS]
    units[:, lips] *= 1 - (1 - LIP_SHARE) * prosody.speaking[:, None]
    return ActionUnitTokens.from_track(ActionUnitTrack.from_frames(units.clip(0, 1))).to_track()


def _strength(loudness_db: np.ndarray, speaking: np.ndarray) -> np.ndarray:
    """Factor on what is felt, around 1: [N]."""
    usual = np.average(loudness_db, weights=speaking + 1e-6)
    span = round(LEVEL_SPAN_S * float(FRAME_RATE)) | 1
    padded = np.pad(loudness_db - usual, span // 2, mode="edge")
    level = np.convolve(padded, np.full(span, 1 / span), "valid").clip(-LEVEL_REACH_DB, LEVEL_REACH_DB)
    return PAUSE_LEVEL + (1 + LEVEL_SLOPE * level - PAUSE_LEVEL) * speaking


def _accents(frames: np.ndarray, num_frames: int) -> np.ndarray:
    """Bumps of height 1 at the accents: [N], 0 to 1."""
    apart = (np.arange(num_frames)[:, None] - frames) / (ACCENT_WIDTH_S * float(FRAME_RATE))  # [N, A]
    return np.exp(-0.5 * apart**2).max(1, initial=0.0)
