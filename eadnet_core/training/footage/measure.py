"""How near a denoiser comes to footage that it was not trained on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import Generator, Tensor

from ...errors import InputError
from ...face.locator import FaceLocator
from ...face.track import FaceTrack
from ...metrics.landmark_distance import landmark_distance
from ...models.denoiser import Denoiser
from ...models.warp import apply_warp
from ..base.objective import losses
from ..base.report import sample_once
from .examples import Shot, read_example
from .library import Stretch

WINDOW = 16
"""Frames of a measured clip, as the sampler makes them at once."""
MOST_WINDOWS = 24


@dataclass(frozen=True)
class FootageMeasure:
    """Mean over held-out clips, each made in one step from a frame of the training part, its sound and the head's true pose.

    Attributes:
        picture, motion: The losses of those names, see base.objective.
        mouth: M-LMD, see metrics.landmark_distance: percent of the eye distance; NaN where no face is seen in what was made.
        windows: How many clips that was.
    """

    picture: float
    motion: float
    mouth: float
    windows: int


def measure_footage(net: Denoiser, held_out: Sequence[Stretch], locator: FaceLocator, size: int, seed: int = 3) -> FootageMeasure:
    """The measure of a denoiser.

    Args:
        net: On any device.
        held_out: What to measure on; evenly spread windows of it are taken, at most MOST_WINDOWS.
        locator: Sees mouths.
        size: Side of the frames in pixels.
        seed: Of the noise.

    Raises:
        InputError: No stretch is as long as a window.
    """
    shots = _spread(held_out)
    device = next(net.parameters()).device
    generator = Generator(device).manual_seed(seed)
    found = []
    for shot in shots:
        example = read_example([shot], size, 0.0, np.random.default_rng(seed))
        clip = example.clip.to(device)
        warp = sample_once(net, example.conditions.to(device), WINDOW, generator)
        made = apply_warp(clip.reference, warp)
        missed = losses(warp, made, clip, torch.ones(1, WINDOW, device=device))
        mouth = _mouth_distance(clip.frames[0], made[0], example.conditions.landmarks[0], locator)
        found.append((missed.picture.item(), missed.motion.item(), mouth))
    picture, motion, mouth = np.nanmean(found, 0)
    return FootageMeasure(float(picture), float(motion), float(mouth), len(shots))


def _spread(held_out: Sequence[Stretch]) -> list[Shot]:
    """Windows that do not overlap, each with a reference before it, from the part of its clip that was trained on where there is one."""
    shots = [
        Shot(stretch, first, WINDOW, stretch.start // 2)
        for stretch in held_out
        for first in range(stretch.start, stretch.stop - WINDOW + 1, WINDOW)
    ]
    if not shots:
        raise InputError(f"The footage that is held out has no {WINDOW} frames in a row; add videos, or raise held_out in the recipe.")
    chosen = np.linspace(0, len(shots) - 1, min(MOST_WINDOWS, len(shots))).round().astype(int)
    return [shots[i] for i in chosen]


def _mouth_distance(true: Tensor, made: Tensor, landmarks: Tensor, locator: FaceLocator) -> float:
    """M-LMD of frames [T, 3, S, S], -1 to 1, of a face whose landmarks [29, 2] (crop units) are those of the reference."""
    expected = landmarks.double().numpy() * true.shape[-1]
    apart = landmark_distance(_followed(made, expected, locator), _followed(true, expected, locator))
    return float("nan") if apart is None else apart.mouth


def _followed(frames: Tensor, landmarks: np.ndarray, locator: FaceLocator) -> FaceTrack:
    """The face of which it is known where it must be about."""
    seen = np.full((len(frames), *landmarks.shape), np.nan, np.float32)
    for index, frame in enumerate(frames):
        face = locator.follow(_picture(frame), landmarks)
        if face is not None:
            seen[index] = landmarks = face.landmarks
    return FaceTrack(seen, np.zeros(len(frames), np.int64), ~np.isnan(seen[:, 0, 0]))


def _picture(frame: Tensor) -> np.ndarray:
    return ((frame.float() + 1) * 127.5).round().clamp(0, 255).byte().permute(1, 2, 0).cpu().contiguous().numpy()
