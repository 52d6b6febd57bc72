"""Built-in sync: lips that follow what is heard, shifted, are found shifted; lips of other words have no confidence."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from eadnet_core.audio.features import speech_features
from eadnet_core.audio.sound import Sound, read_sound
from eadnet_core.errors import InputError
from eadnet_core.metrics.heard_lips import HeardLips
from tests.metrics.faces import face, track

SPEECH = Path(__file__).parents[2] / "assets" / "demo_speech.wav"


@pytest.fixture(scope="module")
def network() -> HeardLips:
    return HeardLips.from_pretrained()


@pytest.fixture(scope="module")
def openings(network: HeardLips) -> np.ndarray:
    visemes = network.model.visemes(speech_features(read_sound(SPEECH)).mel)
    return 0.3 * visemes[:, 0] * (1 - visemes[:, 3])


@pytest.mark.parametrize("late", [-4, 0, 3])
def test_lips_that_come_late_are_found_late(network: HeardLips, openings: np.ndarray, late: int) -> None:
    score = network.score(read_sound(SPEECH), track([face(float(gap)) for gap in np.roll(openings, late)], missing=(20, 21)))
    assert score.offset == late and score.distance < 0.1 and score.confidence > 0.5 and score.distances.shape == (31,)


def test_lips_of_other_words_have_no_confidence(network: HeardLips, openings: np.ndarray) -> None:
    own = network.score(read_sound(SPEECH), track([face(float(gap)) for gap in openings]))
    other = network.score(read_sound(SPEECH), track([face(float(gap)) for gap in openings[::-1]]))
    assert other.confidence < 0.6 * own.confidence


def test_too_little_is_said(network: HeardLips) -> None:
    with pytest.raises(InputError, match="sync needs 50"):
        network.score(Sound(np.zeros((1, 16_000), np.float32), 16_000), track([face()] * 25))
