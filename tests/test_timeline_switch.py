"""A timeline that turns from happy to sad while somebody speaks, performed by the weights that ship, and measured in the motion."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from eadnet_core.audio.features import speech_features
from eadnet_core.audio.sound import Sound, read_sound
from eadnet_core.checkpoint import load_model
from eadnet_core.emotion.timeline import parse_timeline
from eadnet_core.performance import perform
from eadnet_core.timebase import frame_centers
from eadnet_core.types import MotionControl, MotionOptions

SPEECH = Path(__file__).parents[1] / "assets" / "demo_speech.wav"
DURATION_S, SWITCH_S = 2.4, 1.2
WITHIN_S = 0.4
"""How far from the time that is asked for the change may begin and end."""


@pytest.fixture(scope="module")
def flows() -> dict[str, np.ndarray]:
    """Expressions of every frame, float32 [N, K]: happy throughout, sad throughout, and turning from one to the other."""
    model, whole = load_model(), read_sound(SPEECH)
    speech = speech_features(Sound(whole.samples[:, : round(DURATION_S * whole.rate)], whole.rate))
    made = {}
    for name, lines in (("happy", "0 happy"), ("sad", "0 sad"), ("turning", f"0 happy\n{SWITCH_S} sad")):
        made[name] = perform(model, speech, parse_timeline(lines, DURATION_S), MotionControl(), MotionOptions()).expression
    return made


@pytest.fixture(scope="module")
def times(flows: dict[str, np.ndarray]) -> np.ndarray:
    return np.array(frame_centers(0, len(flows["turning"])))


def test_the_face_turns_within_four_tenths_of_a_second_and_at_no_frame_jumps(flows: dict[str, np.ndarray], times: np.ndarray) -> None:
    way = flows["sad"] - flows["happy"]
    gone = ((flows["turning"] - flows["happy"]) * way).sum(1) / np.square(way).sum(1)  # share of the way from happy to sad, [N]
    assert np.abs(gone[times < SWITCH_S - WITHIN_S]).max() < 0.25, "the model contrasts the two"
    assert np.abs(gone[times > SWITCH_S + WITHIN_S] - 1).max() < 0.25
    assert np.diff(gone).max() < 0.4, "a jump would be 1"
    assert np.diff(gone).min() > -0.1


def test_the_turn_is_no_jump(flows: dict[str, np.ndarray], times: np.ndarray) -> None:
    jerk = np.abs(np.diff(flows["turning"], 3, axis=0)).mean(1)
    turning = np.abs((times[1:-2] + times[2:-1]) / 2 - SWITCH_S) < WITHIN_S
    ratio = np.percentile(jerk[turning], 99) / np.percentile(jerk[~turning], 99)
    assert ratio < 5, f"jerk of the turn is {ratio:.2f} times that of the steady part"
