"""The prior moves as people do: measured medians, determinism, the same beginning for the same sound."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
import torch

from eadnet_core.audio.features import speech_features
from eadnet_core.audio.sound import Sound, read_sound
from eadnet_core.errors import InputError
from eadnet_core.motion.prior import draw_motion
from eadnet_core.types import MotionControl, SpeechFeatures

SPEECH = Path(__file__).parents[2] / "assets" / "demo_speech.wav"


def talking(num_frames: int) -> SpeechFeatures:
    """Somebody who talks all the time, without accents."""
    return SpeechFeatures(torch.zeros(4 * num_frames, 80), torch.ones(num_frames), Fraction(num_frames, 25))


def test_heads_and_lids_move_as_people_do() -> None:
    """Medians over 60 clips of 10 s against those of people: deviation, speed, energy, blinks."""
    rows = []
    for seed in range(60):
        motion = draw_motion(talking(250), MotionControl(), seed)
        turn = motion.rotation.astype(float)
        smooth = np.stack([np.convolve(np.pad(turn[:, a], 2, mode="edge"), np.ones(5) / 5, "valid") for a in range(3)], 1)
        speed = np.linalg.norm(np.diff(smooth, axis=0), axis=1) * 25
        hz, energy = np.fft.rfftfreq(250, 0.04), np.abs(np.fft.rfft(turn[:, 0] - turn[:, 0].mean())) ** 2
        shut = motion.lids[:, 0] > 0.4
        rows.append([*turn.std(0), np.median(speed), energy[hz < 0.5].sum() / energy.sum(), (shut[1:] & ~shut[:-1]).sum() * 6.0])
    yaw, pitch, roll, speed, slow, blinks = np.median(rows, 0)
    for found, people in ((yaw, 2.7), (pitch, 2.8), (roll, 2.7), (speed, 11.0), (blinks, 23.0)):
        assert 0.7 * people < found < 1.35 * people
    assert 0.5 < slow < 0.8


def test_the_same_seed_is_the_same_motion_and_a_longer_sound_begins_alike() -> None:
    whole = read_sound(SPEECH)
    long, short = speech_features(whole), speech_features(Sound(whole.samples[:, : 4 * whole.rate], whole.rate))
    one, other = (draw_motion(speech, MotionControl(), 7) for speech in (long, short))
    known = short.num_frames - 15
    np.testing.assert_allclose(one.rotation[:known, [0, 2]], other.rotation[:known, [0, 2]], atol=0.02)
    assert np.abs(one.rotation[:known, 1] - other.rotation[:known, 1]).mean() < 0.15, "accents are told against the whole sound"
    assert np.array_equal(one.lids[:known], other.lids[:known]) and np.array_equal(one.gaze[:known], other.gaze[:known])


def test_it_begins_at_rest_and_does_not_wander_off() -> None:
    motion = draw_motion(talking(25 * 180), MotionControl(), 3)
    assert np.abs(motion.rotation[0]).max() < 1e-5 and np.abs(motion.translation[0]).max() < 1e-5
    minutes = motion.rotation.reshape(3, -1, 3)
    assert np.abs(minutes.mean(1)).max() < 3.0 and np.abs(motion.translation).max() < 0.4


def test_controls_scale_and_hold() -> None:
    still = draw_motion(talking(200), MotionControl(head=0, blinks=0, gaze=(0.3, -0.2)), 1)
    assert not still.rotation.any() and not still.lids.any() and np.allclose(still.gaze, [0.3, -0.2])
    one, double = (draw_motion(talking(200), MotionControl(head=scale), 1) for scale in (1, 2))
    np.testing.assert_allclose(double.rotation, 2 * one.rotation, rtol=1e-4)


@pytest.mark.parametrize("control", [MotionControl(head=4), MotionControl(blinks=-1), MotionControl(gaze=(2, 0))])
def test_values_that_cannot_be_used(control: MotionControl) -> None:
    with pytest.raises(InputError):
        draw_motion(talking(10), control, 0)
