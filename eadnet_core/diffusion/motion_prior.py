"""Head pose, gaze and blinks where nobody asked for any: drawn from a seed, with the statistics of people who talk.

One denoising step averages away whatever is random, so what people do by chance is drawn here and given as a control.
"""

from __future__ import annotations

import numpy as np
import torch
from numpy.random import Generator
from torch import Tensor

from ..audio.prosody import Prosody, read_prosody
from ..errors import InputError
from ..timebase import FRAME_RATE
from ..types import MotionControl, SpeechFeatures

_RATE = float(FRAME_RATE)

SWAY_STD = np.array([np.deg2rad(3.2), np.deg2rad(2.2), np.deg2rad(1.2), 0.009, 0.007, 0.006])
"""Standard deviation of slow head motion: yaw, pitch, roll (radians), x, y (crop units), log scale. Source: ours, after
people in short clips, whose yaw and pitch vary by about 2 degrees and whose eyes wander by 0.03 of the face's height; a tracker
sees a warped picture turn by half to two thirds of its pose, so yaw and pitch are larger here."""
_SLOWEST_HZ, _FASTEST_HZ = 0.08, 0.7
"""Slow head motion in speech lies under 1.8 Hz, most of it far lower. Source: Hadar et al., Head movement correlates, 1983."""
_NUM_WAVES = 24
_SETTLING_S = 1.5
_STILL_SHARE = 0.45
"""Sway of a listener against that of a speaker, who moves more. Source: Hadar et al., 1983; number ours."""

NOD_SHARE = 0.4
_NOD_DEG = (0.8, 2.4)
_NOD_S = (0.32, 0.56)
"""How many accents come with a nod, how deep and how long it is. Source: Graf et al., Visual prosody, 2002; numbers ours."""

BLINKS_PER_MINUTE = 17.0
"""Source: Bentivoglio et al., Analysis of blink rate patterns in normal subjects, 1997: 17 at rest (26 in conversation)."""
_INTERVAL_SPREAD = 0.55
"""Intervals between blinks are log-normal; this is the deviation of their logarithm. Source: ours, after the skewed
distributions in Bentivoglio et al."""
_FIRST_BLINK_S = (0.6, 4.8)
_LEAST_INTERVAL_S = 0.7
_CLOSING_FRAMES, _SHUT_FRAMES, _OPENING_FRAMES = (2, 3), (1, 2), (4, 6)
"""Lids close in about 100 ms and open at half that speed. Source: Trutoiu et al., Modeling and animating eye blinks, 2011."""

_FIXATION_S, _FIXATION_SPREAD = 1.4, 0.5
_GLANCE_SHARE, _GLANCE_SIZE, _GLANCE_S = 0.12, 0.28, (0.4, 0.9)
_WANDER_STD = 0.035
"""Eyes rest on the camera, shift a little every second or two, and now and then glance aside: saccades of log-normal timing.
Source: Lee et al., Eyes Alive, 2002; numbers ours."""


def draw_motion(speech: SpeechFeatures, control: MotionControl, seed: int) -> tuple[Tensor, Tensor, Tensor]:
    """How head, eyes and lids move while this is said.

    The same seed gives the same motion; a longer recording that begins with the same sound begins with the same motion,
    but for the last half second.

    Args:
        speech: N frames.
        control: Scales of head motion and blinks, and a fixed gaze if any.
        seed: 0 or more.

    Returns:
        Head pose float32 [N, 6], gaze float32 [N, 2] and blink float32 [N, 2], as Conditions has them. The first frame has
        the portrait's pose.

    Raises:
        InputError: A scale is outside 0 to 3, the gaze outside -1 to 1, or the seed negative.
    """
    _check(control, seed)
    head_rng, nod_rng, blink_rng, gaze_rng = (np.random.default_rng(s) for s in np.random.SeedSequence(seed).spawn(4))
    num_frames = speech.num_frames
    prosody = read_prosody(speech)
    head = control.head * (_sway(head_rng, prosody) + _nods(nod_rng, prosody))
    if control.gaze is None:
        gaze = _saccades(gaze_rng, num_frames)
    else:
        gaze = np.tile(np.array(control.gaze), (num_frames, 1))
    blink = np.repeat(_blinks(blink_rng, num_frames, control.blinks)[:, None], 2, 1)
    return tuple(torch.from_numpy(x.astype(np.float32)) for x in (head, gaze, blink))  # type: ignore[return-value]


def _check(control: MotionControl, seed: int) -> None:
    for name, value in (("head", control.head), ("blinks", control.blinks)):
        if not 0 <= value <= 3:
            raise InputError(f"{name} is {value}; give 0 (none) to 3, 1 is a person talking.")
    if control.gaze is not None and not all(-1 <= value <= 1 for value in control.gaze):
        raise InputError(f"gaze is {control.gaze}; give x and y from -1 to 1, or none for eyes that move by themselves.")
    if seed < 0:
        raise InputError(f"seed is {seed}; give 0 or more.")


def _sway(rng: Generator, prosody: Prosody) -> np.ndarray:
    """Slow head motion [N, 6]: many sines of random frequency and phase, so any moment can be had without the others."""
    share = (np.arange(_NUM_WAVES) + rng.random((6, _NUM_WAVES))) / _NUM_WAVES
    hz = _SLOWEST_HZ * (_FASTEST_HZ / _SLOWEST_HZ) ** share  # [6, waves]
    size = rng.rayleigh(size=hz.shape) / (1 + (hz / 0.3) ** 2)
    size *= np.sqrt(2) * SWAY_STD[:, None] / np.sqrt((size**2).sum(1, keepdims=True))
    phase = rng.uniform(0, 2 * np.pi, hz.shape)
    time_s = np.arange(len(prosody.speaking)) / _RATE
    sway = np.stack([np.sin(2 * np.pi * time_s[:, None] * hz[i] + phase[i]) @ size[i] for i in range(6)], -1)  # [N, 6]
    liveliness = _STILL_SHARE + (1 - _STILL_SHARE) * prosody.speaking
    sway = sway * liveliness[:, None]
    return sway - sway[:1] * np.exp(-time_s / _SETTLING_S)[:, None]


def _nods(rng: Generator, prosody: Prosody) -> np.ndarray:
    """Small nods on some accents [N, 6]: down with the syllable, back a little slower."""
    nods = np.zeros((len(prosody.speaking), 6))
    for accent in prosody.accents:
        chosen, depth_deg, duration_s = rng.random() < NOD_SHARE, rng.uniform(*_NOD_DEG), rng.uniform(*_NOD_S)
        if not chosen:
            continue
        offset = (np.arange(len(nods)) - accent - 1) / (duration_s * _RATE)  # -1/2 to 1 around the deepest point
        shape = np.where(offset < 0, np.cos(np.pi * offset.clip(-0.5, 0)) ** 2, np.cos(np.pi * offset.clip(0, 1) / 2) ** 2)
        nods[:, 1] += np.deg2rad(depth_deg) * shape
    return nods - nods[:1]


def _blinks(rng: Generator, num_frames: int, scale: float) -> np.ndarray:
    """Lids over time [N], 0 to 1."""
    lids = np.zeros(num_frames)
    if scale == 0:
        return lids
    mean_s = 60 / (BLINKS_PER_MINUTE * scale)
    at_s = rng.uniform(*_FIRST_BLINK_S)
    while at_s * _RATE < num_frames:
        curve = _blink_curve(rng)
        first = round(at_s * _RATE)
        curve = curve[: num_frames - first]
        lids[first : first + len(curve)] = np.maximum(lids[first : first + len(curve)], curve)
        at_s += max(_LEAST_INTERVAL_S, rng.lognormal(np.log(mean_s) - _INTERVAL_SPREAD**2 / 2, _INTERVAL_SPREAD))
    return lids


def _blink_curve(rng: Generator) -> np.ndarray:
    """One blink, frame by frame: fast down, shut, slower up."""
    closing, shut, opening = (int(rng.integers(low, high + 1)) for low, high in (_CLOSING_FRAMES, _SHUT_FRAMES, _OPENING_FRAMES))
    down = np.sin(np.pi / 2 * np.arange(1, closing + 1) / (closing + 1)) ** 2
    up = (1 - np.arange(1, opening + 1) / (opening + 1)) ** 1.5
    return np.concatenate([down, np.ones(shut), up])


def _saccades(rng: Generator, num_frames: int) -> np.ndarray:
    """Where the eyes look [N, 2], -1 to 1: fixations with jumps of one frame between."""
    gaze = np.zeros((num_frames, 2))
    frame, target = 0, np.zeros(2)
    while frame < num_frames:
        fixation_s = rng.lognormal(np.log(_FIXATION_S), _FIXATION_SPREAD)
        angle, glance, glance_s = rng.uniform(0, 2 * np.pi), rng.random() < _GLANCE_SHARE, rng.uniform(*_GLANCE_S)
        size = rng.uniform(0.6, 1) * _GLANCE_SIZE if glance else abs(rng.normal(0, _WANDER_STD))
        last = frame + max(1, round((glance_s if glance and frame else fixation_s) * _RATE))
        gaze[frame:last] = target
        frame, previous = last, target
        target = size * np.array([np.cos(angle), 0.5 * np.sin(angle)])
        if frame < num_frames:
            gaze[frame] = (previous + target) / 2  # a saccade of two frames
            frame += 1
    return gaze
