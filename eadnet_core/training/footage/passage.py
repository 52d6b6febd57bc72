"""Passages: stretches of a film in which one face can be trained on, and why the rest cannot."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from itertools import groupby

import numpy as np
import torch
from scipy.signal import savgol_filter

from ...face.align import apply_similarity, crop_transform, eye_distance, invert_similarity
from ...timebase import FRAME_RATE
from .screening import Screening

SHORTEST = 32
"""Frames of the shortest passage: the longest stretch that the base recipe draws (16, and 16 before them that are remembered)."""
LONGEST = 250
"""Frames of the longest passage, which all share one transform; ten seconds."""
STORED_EXTENT = 1.5
"""Side of the square that is kept, in crop units: any frame's own crop lies in it, wherever the head goes."""
SPILL = 0.02
"""Share of the kept square's side by which a frame's own crop may reach over it."""
SMALLEST_EYE_DISTANCE_PX = 14.0
"""In the film; the denoiser's crop has 28."""
LEAST_FOUND = 0.8
"""Share of a passage's frames in which the face is seen and not only bridged."""
LEAST_FRESH = 0.7
"""Share of a passage's frames that are not a repeated one: slower films do not show how lips move."""
SMOOTHING_FRAMES = 5


class Reason(str, Enum):
    """Why footage was dropped."""

    PATH = "path not understood"
    UNREADABLE = "cannot be read"
    NO_SOUND = "no sound"
    NO_FACE = "no face"
    SEVERAL = "several faces"
    UNCLEAR = "face unclear"
    SMALL = "face too small"
    RESTLESS = "face moves too far"
    SLOW = "too few pictures a second"
    SHORT = "too short"
    OUT_OF_SYNC = "lips and sound do not agree"


@dataclass(frozen=True)
class Dropped:
    """A stretch of a film that cannot be used, or a whole film.

    Attributes:
        reason: Why.
        detail: The value that decided.
        start_s, end_s: The stretch in seconds; both 0 for a film of which nothing could be looked at.
    """

    reason: Reason
    detail: str = ""
    start_s: float = 0.0
    end_s: float = 0.0


@dataclass(frozen=True)
class Passage:
    """A stretch of a film with one face and one transform; N frames.

    Attributes:
        first: Frame of the film.
        landmarks: float64 [N, 29, 2], pixels, smoothed over time.
        to_stored: float64 [2, 3], from pixels to the unit square that is kept.
    """

    first: int
    landmarks: np.ndarray
    to_stored: np.ndarray

    @property
    def num_frames(self) -> int:
        return len(self.landmarks)


def plan_passages(seen: Screening, num_heard: int) -> tuple[list[Passage], list[Dropped]]:
    """What of a film can be used.

    Args:
        seen: What its frames show.
        num_heard: Frames that have sound.

    Returns:
        Passages and what was dropped, both in order of time.
    """
    passages: list[Passage] = []
    dropped: list[Dropped] = []
    hindrances = _hindrances(seen, num_heard)
    for (hindrance, _), group in groupby(range(len(hindrances)), lambda frame: (hindrances[frame], int(seen.track.shots[frame]))):
        frames = list(group)
        fault = _dropped(hindrance, frames[0], len(frames)) if hindrance is not None else _fault(seen, frames)
        if fault is None:
            found, restless = _divided(frames[0], _smoothed(seen.track.landmarks[frames]))
            passages += found
            dropped += restless
        else:
            dropped.append(fault)
    return passages, dropped


def _hindrances(seen: Screening, num_heard: int) -> list[Reason | None]:
    """What alone makes a frame useless, for each frame."""
    found: list[Reason | None] = [None] * seen.track.num_frames
    present = seen.track.present
    for frame in range(seen.track.num_frames):
        if frame >= num_heard:
            found[frame] = Reason.NO_SOUND
        elif not present[frame]:
            found[frame] = Reason.NO_FACE
        elif seen.rivals[frame]:
            found[frame] = Reason.SEVERAL
    return found


def _fault(seen: Screening, frames: list[int]) -> Dropped | None:
    """Why a stretch of one face in one shot cannot be used."""
    first, num = frames[0], len(frames)
    if num < SHORTEST:
        return _dropped(Reason.SHORT, first, num, f"{num} frames, {SHORTEST} are needed")
    found = seen.track.found[frames].mean()
    if found < LEAST_FOUND:
        return _dropped(Reason.UNCLEAR, first, num, f"seen in {found:.0%} of its frames")
    fresh = seen.fresh[frames].mean()
    if fresh < LEAST_FRESH:
        return _dropped(Reason.SLOW, first, num, f"{fresh * float(FRAME_RATE):.0f} a second")
    return None


def _divided(first: int, landmarks: np.ndarray) -> tuple[list[Passage], list[Dropped]]:
    """A stretch as passages that are short enough, and in which the head stays in what is kept of the picture."""
    num, to_stored = len(landmarks), _stored_transform(landmarks)
    if num > LONGEST or not _stays_inside(landmarks, to_stored):
        if num < 2 * SHORTEST:
            return [], [_dropped(Reason.RESTLESS, first, num)]
        half = num // 2
        parts = [_divided(first, landmarks[:half]), _divided(first + half, landmarks[half:])]
        return parts[0][0] + parts[1][0], parts[0][1] + parts[1][1]
    apart_px = eye_distance(landmarks.mean(0))
    if apart_px < SMALLEST_EYE_DISTANCE_PX:
        return [], [_dropped(Reason.SMALL, first, num, f"eyes {apart_px:.0f} pixels apart, {SMALLEST_EYE_DISTANCE_PX:.0f} are needed")]
    return [Passage(first, landmarks, to_stored)], []


def _stored_transform(landmarks: np.ndarray) -> np.ndarray:
    """float64 [2, 3], from pixels to the kept square, in whose middle lies the crop of the mean landmarks."""
    to_crop = crop_transform(torch.from_numpy(landmarks.mean(0))).numpy()
    return np.column_stack([to_crop[:, :2] / STORED_EXTENT, (to_crop[:, 2] - 0.5) / STORED_EXTENT + 0.5])


def _stays_inside(landmarks: np.ndarray, to_stored: np.ndarray) -> bool:
    """Whether each frame's own crop lies in the kept square."""
    corners = torch.tensor([[0.0, 0.0], [1.0, 0.0], [0.0, 1.0], [1.0, 1.0]], dtype=torch.float64)
    in_film = apply_similarity(invert_similarity(crop_transform(torch.from_numpy(landmarks))), corners)  # [N, 4, 2]
    stored = apply_similarity(torch.from_numpy(to_stored), in_film.flatten(0, 1)[None])
    return bool((stored > -SPILL).all() and (stored < 1 + SPILL).all())


def _smoothed(landmarks: np.ndarray) -> np.ndarray:
    """float64 [N, 29, 2]: landmarks without what trembles from frame to frame. Source: Savitzky & Golay, 1964."""
    return savgol_filter(landmarks.astype(np.float64), SMOOTHING_FRAMES, 2, axis=0)


def _dropped(reason: Reason, first: int, num: int, detail: str = "") -> Dropped:
    return Dropped(reason, detail, float(first / FRAME_RATE), float((first + num) / FRAME_RATE))
