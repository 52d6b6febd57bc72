"""What people do by chance while they talk: head, gaze, blinks and brows, drawn from a seed with measured statistics."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.random import Generator
from scipy.signal import butter, sosfilt

from ..audio.prosody import Prosody, read_prosody
from ..errors import InputError
from ..timebase import FRAME_RATE
from ..types import MotionControl, SpeechFeatures

_RATE = float(FRAME_RATE)

ANGLE_SD = np.array([3.0, 3.1, 2.9])
"""Deviation of yaw, pitch and roll in the long run, degrees; within a clip of 15 s it is 2.4, 2.8, 2.5. This and all below, unless it
says otherwise: medians of 46 clips of people who talk freely, 10 minutes, tracked at 25 Hz."""
LIVELINESS_SPREAD = 0.20
"""Deviation of the logarithm of how lively a performance is, all axes together; people differ more, but a seed should not freeze a face."""
SLOW_SHARE = np.array([0.74, 0.68, 0.80])
"""Of each axis' variance, in the slow wave; with it 66, 57 and 73 % lie below half a hertz."""
SLOW_HZ, QUICK_HZ = 0.30, (0.32, 0.85)
BURST_SPREAD = 0.4
"""Deviation of the logarithm of how quick a head is at the moment: long calm, short bursts."""
SHIFT_SD = np.array([0.045, 0.035, 0.010])
"""Of the head's joint, x and y in eye distances, log scale; most of how the face wanders comes from its turning."""
NOD_DEG = 0.9
"""Pitch at a syllable that stands out, on the average; with loudness pitch correlates by 0.33."""
PAUSE_SHARE = 0.66
"""Motion in pauses against that in speech: heads are 1.5 times as fast when they talk."""
SETTLING_S = 1.2
"""In which a performance leaves the portrait's pose."""
_WARM_UP_S = 20

BLINKS_PER_MINUTE = 23.0
BLINK_SPREAD, LEAST_BLINK_INTERVAL_S = 0.95, 0.3
"""Intervals between blinks are log-normal; this is the deviation of their logarithm. They come in pairs and after long waits."""
FIRST_BLINK_S = (0.5, 2.5)
_CLOSING, _OPENING = (0.5, 0.95), (0.94, 0.62, 0.30, 0.10)
"""Lids frame by frame: shut within 67 ms, open after 150 ms more."""

FIXATION_S, FIXATION_SPREAD = 0.75, 0.6
GLANCE_SHARE, GLANCE_SIZE, WANDER_SD = 0.10, 0.22, 0.05
"""Eyes rest on the camera, shift a little about every second, and now and then glance aside. Source: Lee et al., Eyes Alive, 2002, for
the kind of motion; its correlation over 0.38 s is measured, the sizes are ours."""

BROW_SD, BROW_S, BROW_ACCENT = 0.16, 0.36, 0.13
"""Inner brows: deviation before the floor at rest, time constant, and what a syllable that stands out adds."""


@dataclass(frozen=True, eq=False)
class PriorMotion:
    """N frames of what happens by chance, relative to rest.

    Attributes:
        rotation: float32 [N, 3]: yaw, pitch, roll in degrees.
        translation: float32 [N, 3]: x, y in eye distances, log scale.
        gaze: float32 [N, 2], -1 to 1.
        lids: float32 [N, 2], 0 to 1.
        brows: float32 [N]: raised inner brows, 0 to 1.
    """

    rotation: np.ndarray
    translation: np.ndarray
    gaze: np.ndarray
    lids: np.ndarray
    brows: np.ndarray


def still(num_frames: int) -> PriorMotion:
    """Nothing moves."""
    head, eyes = np.zeros((num_frames, 3), np.float32), np.zeros((num_frames, 2), np.float32)
    return PriorMotion(head, head, eyes, eyes, np.zeros(num_frames, np.float32))


def draw_motion(speech: SpeechFeatures, control: MotionControl, seed: int) -> PriorMotion:
    """How head, eyes, lids and brows move while this is said.

    The same seed gives the same motion; a longer recording that begins with the same sound begins with the same motion, but for the
    last half second.

    Args:
        speech: N frames.
        control: Scales of head motion and blinks, and a fixed gaze if any.
        seed: 0 or more.

    Raises:
        InputError: A scale is outside 0 to 3, the gaze outside -1 to 1, or the seed negative.
    """
    _check(control, seed)
    head, nods, blinks, eyes, brow = (np.random.default_rng(s) for s in np.random.SeedSequence(seed).spawn(5))
    count, prosody = speech.num_frames, read_prosody(speech)
    rotation, translation = _sway(head, prosody)
    rotation[:, 1] += _nods(nods, prosody)
    gaze = _saccades(eyes, count) if control.gaze is None else np.tile(np.array(control.gaze, np.float64), (count, 1))
    lids = np.repeat(_blinks(blinks, count, control.blinks)[:, None], 2, 1)
    drawn = (control.head * rotation, control.head * translation, gaze, lids, _brows(brow, prosody))
    return PriorMotion(*(part.astype(np.float32) for part in drawn))


def _check(control: MotionControl, seed: int) -> None:
    for name, value in (("head", control.head), ("blinks", control.blinks)):
        if not 0 <= value <= 3:
            raise InputError(f"{name} is {value}; give 0 (none) to 3, 1 is a person talking.")
    if control.gaze is not None and not all(-1 <= value <= 1 for value in control.gaze):
        raise InputError(f"gaze is {control.gaze}; give x and y from -1 to 1, or none for eyes that move by themselves.")
    if seed < 0:
        raise InputError(f"seed is {seed}; give 0 or more.")


def _noise(rng: Generator, count: int, sos: np.ndarray, columns: int) -> np.ndarray:
    """Filtered noise [count, columns] of unit variance. It begins in the middle of things, and a longer piece begins like a shorter."""
    warm_up = int(_WARM_UP_S * _RATE)
    drawn = sosfilt(sos, rng.standard_normal((warm_up + count, columns)), axis=0)
    impulse = np.zeros(4000)
    impulse[0] = 1
    return drawn[warm_up:] / np.sqrt((sosfilt(sos, impulse) ** 2).sum())


def _sway(rng: Generator, prosody: Prosody) -> tuple[np.ndarray, np.ndarray]:
    """Turns [N, 3] in degrees and shifts [N, 3]."""
    count = len(prosody.speaking)
    lively = np.exp(rng.normal(0, LIVELINESS_SPREAD))
    axes = np.exp(rng.normal(0, LIVELINESS_SPREAD / 2, 3))
    slow_rng, quick_rng, burst_rng = (np.random.default_rng(s) for s in rng.integers(0, 2**32, 3))
    slow = _noise(slow_rng, count, butter(2, SLOW_HZ, fs=_RATE, output="sos"), 6)
    quick = _noise(quick_rng, count, butter(1, QUICK_HZ, "bandpass", fs=_RATE, output="sos"), 6)
    burst = np.exp(BURST_SPREAD * _noise(burst_rng, count, butter(1, 0.25, fs=_RATE, output="sos"), 1) - BURST_SPREAD**2)
    share = np.concatenate([SLOW_SHARE, [0.7, 0.7, 0.7]])
    wave = np.sqrt(share) * slow + np.sqrt(1 - share) * quick * burst * (PAUSE_SHARE + (1 - PAUSE_SHARE) * prosody.speaking)[:, None]
    settled = np.exp(-np.arange(count) / _RATE / SETTLING_S)[:, None]
    wave = lively * (wave - wave[:1] * settled)
    return wave[:, :3] * ANGLE_SD * axes, wave[:, 3:] * SHIFT_SD


def _nods(rng: Generator, prosody: Prosody) -> np.ndarray:
    """Pitch [N], degrees: small nods with syllables that stand out, down with the syllable, back a little slower."""
    pitch = np.zeros(len(prosody.speaking))
    for accent in prosody.accents:
        depth, duration_s = NOD_DEG * rng.gamma(1.5, 1 / 1.5), rng.uniform(0.32, 0.56)
        offset = (np.arange(len(pitch)) - accent - 1) / (duration_s * _RATE)  # -1/2 to 1 around the deepest point
        pitch += depth * np.where(offset < 0, np.cos(np.pi * offset.clip(-0.5, 0)) ** 2, np.cos(np.pi * offset.clip(0, 1) / 2) ** 2)
    return pitch - pitch[:1]


def _blinks(rng: Generator, count: int, scale: float) -> np.ndarray:
    """Lids over time [N], 0 to 1."""
    lids = np.zeros(count)
    if scale == 0:
        return lids
    mean_s = 60 / (BLINKS_PER_MINUTE * scale)
    curve = np.array([*_CLOSING, 1.0, *_OPENING])
    at_s = rng.uniform(*FIRST_BLINK_S)
    while (first := round(at_s * _RATE)) < count:
        part = curve[: count - first]
        lids[first : first + len(part)] = np.maximum(lids[first : first + len(part)], part)
        at_s += max(LEAST_BLINK_INTERVAL_S / scale, rng.lognormal(np.log(mean_s) - BLINK_SPREAD**2 / 2, BLINK_SPREAD))
    return lids


def _saccades(rng: Generator, count: int) -> np.ndarray:
    """Where the eyes look [N, 2], -1 to 1: fixations with jumps of one frame between."""
    gaze = np.zeros((count, 2))
    frame, target = 0, np.zeros(2)
    while frame < count:
        fixation_s, angle = rng.lognormal(np.log(FIXATION_S), FIXATION_SPREAD), rng.uniform(0, 2 * np.pi)
        size = rng.uniform(0.6, 1) * GLANCE_SIZE if rng.random() < GLANCE_SHARE else abs(rng.normal(0, WANDER_SD))
        last = frame + max(1, round(fixation_s * _RATE))
        gaze[frame:last] = target
        frame, previous = last, target
        target = size * np.array([np.cos(angle), 0.5 * np.sin(angle)])
        if frame < count:
            gaze[frame] = (previous + target) / 2  # a saccade of two frames
            frame += 1
    return gaze


def _brows(rng: Generator, prosody: Prosody) -> np.ndarray:
    """Raised inner brows [N], 0 to 1."""
    count = len(prosody.speaking)
    share = 1 - np.exp(-1 / (BROW_S * _RATE))
    wave = _noise(rng, count, np.array([[share, 0, 0, 1, share - 1, 0]]), 1)[:, 0] * BROW_SD
    for accent in prosody.accents:
        offset = (np.arange(count) - accent) / (0.3 * _RATE)
        wave += BROW_ACCENT * rng.exponential() * np.exp(-(offset**2))
    settled = 1 - np.exp(-np.arange(count) / _RATE / 0.4)
    return np.clip(wave * settled, 0, 1)
