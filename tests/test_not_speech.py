"""What is no speech leaves the lips shut: music, hum, noise in a pause; a voice over music still moves them."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from eadnet_core.audio.features import mix_down, speech_features
from eadnet_core.audio.sound import Sound, read_sound
from eadnet_core.checkpoint import load_model
from eadnet_core.face.face_model import FaceModel
from eadnet_core.motion.space import MotionSpace
from eadnet_core.performance import neutral, perform
from eadnet_core.synthetic.sounds import KINDS
from eadnet_core.types import MotionControl, MotionOptions

OPEN = 0.015
"""Of the face's height: lips that are seen to be apart."""
VOICE = mix_down(read_sound(Path(__file__).parents[1] / "assets" / "demo_speech.wav"))[: 4 * 16_000]


def gaps(samples: np.ndarray) -> np.ndarray:
    """Parting of the lips in each frame, shares of the face's height."""
    speech = speech_features(Sound(samples.astype(np.float32)[None], 16_000))
    motion = perform(load_model(), speech, neutral(), MotionControl(), MotionOptions(steps=1))
    points = FaceModel.from_pretrained().mean + MotionSpace.from_pretrained().decode(motion.expression)
    height = np.linalg.norm(points[:, 152] - points[:, 10], axis=1)
    return np.linalg.norm(points[:, 13] - points[:, 14], axis=1) / height


def loud(kind: str, seconds: float) -> np.ndarray:
    sound = KINDS[kind](np.random.default_rng(7), int(seconds * 16_000))
    return 0.3 * sound / np.abs(sound).max()


@pytest.mark.parametrize("kind", ["noise", "hum", "chords", "melody", "song"])
def test_lips_stay_shut(kind: str) -> None:
    assert (gaps(loud(kind, 3)) > OPEN).mean() <= 0.05


def test_noise_in_the_pauses_of_a_voice_does_not_part_lips() -> None:
    pause = np.zeros(2 * 16_000)
    noise = loud("noise", 8)
    sound = np.concatenate([pause, VOICE, pause])
    noisy = sound + 10 ** (-35 / 20) * np.abs(VOICE).max() * noise / np.abs(noise).max()
    apart = gaps(noisy)
    assert (apart[:45] > OPEN).mean() <= 0.05 and (apart[-38:] > OPEN).mean() <= 0.05 and (apart[50:-50] > OPEN).mean() > 0.3


def test_a_voice_over_music_moves_lips_as_the_voice_alone() -> None:
    music = loud("chords", 4)
    quiet = music * np.sqrt((VOICE**2).mean() / (music**2).mean()) * 10 ** (-12 / 20)
    alone, over = gaps(VOICE), gaps(VOICE + quiet)
    assert np.corrcoef(alone, over)[0, 1] >= 0.75 and np.percentile(alone, 95) > 2 * OPEN
