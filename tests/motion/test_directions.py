"""Directions: lines become held channels at their times, what they leave open stays free, and what cannot be meant is said."""

from __future__ import annotations

import numpy as np
import pytest

from eadnet_core.audio.features import speech_features
from eadnet_core.audio.sound import Sound
from eadnet_core.checkpoint import load_model
from eadnet_core.errors import InputError
from eadnet_core.motion.directions import SETTLE_S, parse_directions
from eadnet_core.motion.face_motion import FaceMotion
from eadnet_core.motion.latent import LatentLayout, from_latent
from eadnet_core.performance import HeldMotion, neutral, perform
from eadnet_core.types import MotionControl, MotionOptions

LAYOUT = LatentLayout.of_face()


def directed(text: str, frames: int = 100) -> tuple[FaceMotion, np.ndarray]:
    latent, mask = parse_directions(text).latent(frames)
    return from_latent(latent, np.ones(frames, np.float32), FaceMotion.still(frames).duration_s), mask


def test_a_turn_is_held_once_there_was_time_to_get_there() -> None:
    motion, mask = directed("1.0 turn right 12 for 2")
    yaw = LAYOUT.rotation.start
    held = np.flatnonzero(mask[:, yaw])
    assert held[0] == round((1 + SETTLE_S) * 25) and held[-1] == 74
    assert motion.rotation[held] == pytest.approx(np.tile([12, 0, 0], (len(held), 1)), abs=1e-4)
    assert mask[:, np.arange(mask.shape[1]) != yaw].sum() == 0, "all else is free"


def test_sides_are_the_pictures() -> None:
    motion, _ = directed("0 look left 1\n0 turn up 5\n0 tilt right 6\n0 brows up 0.5")
    assert motion.gaze[-1] == pytest.approx([-1, 0]) and motion.rotation[-1] == pytest.approx([0, -5, 6], abs=1e-4)
    lowered, _ = directed("0 brows down 0.5")
    assert motion.expression[-1] == pytest.approx(-lowered.expression[-1]) and np.abs(motion.expression[-1]).max() > 0.5


def test_a_line_lasts_until_the_next_of_its_kind() -> None:
    motion, mask = directed("0 look left\n1 nod\n2 look free")
    assert mask[49, LAYOUT.gaze].all() and not mask[50:, LAYOUT.gaze].any()
    pitch = motion.rotation[25:45, 1]
    assert pitch.max() > 3 and pitch.min() < -3 and abs(pitch[0]) < 1


def test_lids_shut_and_open() -> None:
    motion, mask = directed("1 blink\n2 wink left")
    assert motion.lids[25:33].max(0) == pytest.approx([1, 1]) and mask[25:31, LAYOUT.lids].any()
    assert motion.lids[50:62, 0].max() == pytest.approx(1) and motion.lids[50:62, 1].max() == 0


@pytest.mark.parametrize(("text", "said"), [
    ("1 jump", "line 1: 'jump' is no direction"),
    ("1 turn right 60", "degrees is 60; give 0 to 30"),
    ("1 look left 0.5\n0.5 nod", "line 2: time is 0.5 s, before 1 s"),
    ("soon nod", "time is 'soon'"),
    ("1 look left for ever", "length is 'ever'"),
    ("# nothing", "have no line"),
    ('1 "look', "quotation mark"),
])  # fmt: skip
def test_what_cannot_be_meant_is_said(text: str, said: str) -> None:
    with pytest.raises(InputError, match=said.replace("(", r"\(")):
        parse_directions(text)


def test_past_the_end_is_said() -> None:
    with pytest.raises(InputError, match="give 0 to 2"):
        parse_directions("2 nod", 2.0)
    with pytest.raises(InputError, match="lies after the sound's end"):
        parse_directions("3 nod").check_within(2.0)


def test_a_performance_does_what_it_is_told_and_the_rest_by_itself() -> None:
    model, rng = load_model(), np.random.default_rng(0)
    speech = speech_features(Sound(0.1 * rng.standard_normal((1, 48_000)).astype(np.float32), 16_000))
    told = parse_directions("0.5 turn left 10 for 2\n1 blink")
    still = MotionControl(head=0)
    motion = perform(model, speech, neutral(), still, MotionOptions(steps=2), directions=told)
    free = perform(model, speech, neutral(), still, MotionOptions(steps=2))
    assert motion.rotation[25:60, 0] == pytest.approx(-10, abs=0.1) and np.abs(free.rotation).max() == 0
    assert motion.lids[25:30].min(1).max() == pytest.approx(1)
    assert not np.array_equal(motion.gaze, free.gaze), "eyes go with a turned head"
    with pytest.raises(InputError, match="held by a motion"):
        perform(model, speech, neutral(), still, MotionOptions(), held=HeldMotion(FaceMotion.still(75), ("head",)), directions=told)
