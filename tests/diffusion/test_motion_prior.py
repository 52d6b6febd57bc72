"""What nobody asked for moves as people do, the same for the same seed, and not at all when told so."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
import torch

from eadnet_core.audio.mel_scale import SILENCE
from eadnet_core.diffusion.motion_prior import BLINKS_PER_MINUTE, draw_motion
from eadnet_core.errors import InputError
from eadnet_core.types import MotionControl, SpeechFeatures


def speech_of(seconds: float, active: bool = True) -> SpeechFeatures:
    """Features of somebody who says a loud syllable each second, or nothing."""
    num_frames = round(seconds * 25)
    mel = torch.full((4 * num_frames, 64), SILENCE)
    if active:
        columns = torch.arange(4 * num_frames)
        mel = mel + (0.5 + 1.5 * torch.exp(-0.5 * ((columns % 100 - 50) / 6.0) ** 2))[:, None]
    return SpeechFeatures(mel, torch.full((num_frames,), float(active)), Fraction(num_frames, 25))


def shut_starts(blink: torch.Tensor) -> np.ndarray:
    """First frame of each blink's full closure."""
    shut = (blink[:, 0] >= 1).numpy()
    return np.flatnonzero(shut & ~np.concatenate([[False], shut[:-1]]))


def test_shapes_and_first_frame() -> None:
    head, gaze, blink = draw_motion(speech_of(4), MotionControl(), 0)
    assert head.shape == (100, 6) and gaze.shape == (100, 2) and blink.shape == (100, 2)
    assert head.dtype == gaze.dtype == blink.dtype == torch.float32
    assert head[0].abs().max() < 1e-6 and gaze[0].abs().max() == 0 and blink[0].abs().max() == 0


def test_one_seed_one_motion() -> None:
    speech = speech_of(8)
    for one, same, other in zip(*(draw_motion(speech, MotionControl(), seed) for seed in (5, 5, 6)), strict=True):
        assert torch.equal(one, same)
        assert not torch.equal(one, other)


def test_a_longer_clip_begins_the_same() -> None:
    short, long = (draw_motion(speech_of(seconds), MotionControl(), 3) for seconds in (20, 40))
    for one, other in zip(short, long, strict=True):
        assert torch.allclose(one[:-20], other[: len(one) - 20], atol=1e-6)


def test_a_warped_head_is_posed_further_than_people_turn() -> None:
    poses = [draw_motion(speech_of(60), MotionControl(), seed)[0] for seed in range(12)]
    yaw, pitch, roll, x, y, log_scale = torch.stack([pose.std(0) for pose in poses]).mean(0).tolist()
    assert 2.4 < np.rad2deg(yaw) < 4.0
    assert 1.7 < np.rad2deg(pitch) < 3.0
    assert 0.8 < np.rad2deg(roll) < 1.6
    assert 0.006 < x < 0.011 and 0.005 < y < 0.01 and log_scale < 0.01


def test_sway_is_slow() -> None:
    head = draw_motion(speech_of(80, active=False), MotionControl(), 1)[0].numpy()[100:]
    power = np.abs(np.fft.rfft((head - head.mean(0)) * np.hanning(len(head))[:, None], axis=0)) ** 2
    hz = np.fft.rfftfreq(len(head), 1 / 25)
    assert (power[hz > 0.9].sum(0) < 0.01 * power.sum(0)).all()


def test_nods_go_down_with_accents() -> None:
    times = []
    for seed in range(40):
        speech = speech_of(20)
        with_voice = draw_motion(speech, MotionControl(), seed)[0][:, 1]
        flat = SpeechFeatures(torch.full_like(speech.mel, 0.0), speech.activity, speech.duration_s)
        nods = with_voice - draw_motion(flat, MotionControl(), seed)[0][:, 1]
        assert nods.min() > -1e-3
        times.append(nods[25:475].reshape(-1, 25).mean(0).numpy())
    syllable = np.mean(times, 0)
    assert abs(int(syllable.argmax()) - 12) <= 3  # the loud syllable is in the middle of each second
    assert syllable.max() > np.deg2rad(0.2)


def test_head_at_zero_is_still_and_scales() -> None:
    speech = speech_of(6)
    assert not draw_motion(speech, MotionControl(head=0), 0)[0].any()
    one, two = (draw_motion(speech, MotionControl(head=scale), 0)[0] for scale in (1, 2))
    assert torch.allclose(2 * one, two)


def test_blinks_are_as_many_as_peoples() -> None:
    counts = [len(shut_starts(draw_motion(speech_of(300), MotionControl(), seed)[2])) for seed in range(6)]
    assert abs(np.mean(counts) / 5 - BLINKS_PER_MINUTE) < 2.5
    twice = [len(shut_starts(draw_motion(speech_of(300), MotionControl(blinks=2), seed)[2])) for seed in range(3)]
    assert np.mean(twice) > 1.6 * np.mean(counts)


def test_every_blink_shuts_and_opens_more_slowly_than_it_closes() -> None:
    for seed in range(5):
        lids = draw_motion(speech_of(60), MotionControl(), seed)[2]
        assert torch.equal(lids[:, 0], lids[:, 1])
        curve = lids[:, 0].numpy()
        for start in shut_starts(lids):
            closing = start - 1 - int(np.flatnonzero(curve[:start] == 0)[-1])
            rest = curve[start:]
            if (rest == 0).any():
                opening = int(np.flatnonzero(rest == 0)[0]) - int((rest[:3] >= 1).sum())
                assert 2 <= closing <= 3 < opening <= 6


@pytest.mark.parametrize("seed", range(30))
def test_six_seconds_hold_a_blink_and_none_at_once(seed: int) -> None:
    blink = draw_motion(speech_of(6), MotionControl(blinks=0.3), seed)[2]
    assert len(shut_starts(blink)) >= 1
    assert not blink[:13].any()


def test_no_blinks_when_told_so() -> None:
    assert not draw_motion(speech_of(60), MotionControl(blinks=0), 0)[2].any()


def test_eyes_rest_on_the_camera_and_dart() -> None:
    gaze = torch.cat([draw_motion(speech_of(60), MotionControl(), seed)[1] for seed in range(5)])
    assert (gaze.norm(dim=1) < 0.12).float().mean() > 0.8
    assert 0.1 < gaze.abs().max() < 0.4
    assert (gaze.diff(dim=0).abs().amax(1) == 0).float().mean() > 0.9


def test_a_fixed_gaze_is_kept() -> None:
    gaze = draw_motion(speech_of(2), MotionControl(gaze=(0.5, -0.25)), 0)[1]
    assert (gaze == torch.tensor([0.5, -0.25])).all()


@pytest.mark.parametrize(
    ("control", "seed", "thing"),
    [(MotionControl(head=4), 0, "head is 4"), (MotionControl(blinks=-1), 0, "blinks is -1"), (MotionControl(gaze=(2, 0)), 0, "gaze"),
     (MotionControl(), -1, "seed is -1")],
)  # fmt: skip
def test_what_nobody_can_do_is_refused(control: MotionControl, seed: int, thing: str) -> None:
    with pytest.raises(InputError, match=thing):
        draw_motion(speech_of(1), control, seed)


def test_one_frame_is_enough() -> None:
    assert [len(x) for x in draw_motion(speech_of(0.04), MotionControl(), 0)] == [1, 1, 1]
