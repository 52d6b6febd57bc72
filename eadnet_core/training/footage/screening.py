"""A film looked through once: whose face is where, whether somebody else's is as large, and which pictures are new."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from ...face.align import eye_distance
from ...face.locator import FaceLocator
from ...face.track import FaceTrack, FaceTracker
from ...timebase import FRAME_RATE

SEARCH_EVERY = int(FRAME_RATE)
"""Frames between looks at the whole picture."""
RIVAL_SIZE = 0.6
"""Size of another face, against the followed one's, from which it could be the one that speaks."""


@dataclass(frozen=True, eq=False)
class Screening:
    """What was seen in the N frames of a film.

    Attributes:
        track: The followed face.
        rivals: bool [N]: another face is about as large, so that nobody can say who speaks.
        fresh: bool [N]: the file's own picture was not shown before.
    """

    track: FaceTrack
    rivals: np.ndarray
    fresh: np.ndarray


def screen(frames: Iterable[np.ndarray], locator: FaceLocator) -> Screening:
    """Looks through a film.

    Args:
        frames: uint8 [H, W, 3] each, RGB, at FRAME_RATE; the same array again where the file's picture stays.
        locator: Finds faces.
    """
    tracker = FaceTracker(locator)
    looks: dict[int, list[np.ndarray]] = {}
    fresh: list[bool] = []
    before: np.ndarray | None = None
    for index, frame in enumerate(frames):
        tracker.add(frame)
        fresh.append(frame is not before)
        before = frame
        if index % SEARCH_EVERY == 0:
            looks[index] = [face.landmarks for face in locator.find(frame)]
    track = tracker.result()
    return Screening(track, _rivals(track, looks), np.array(fresh, bool))


def _rivals(track: FaceTrack, looks: dict[int, list[np.ndarray]]) -> np.ndarray:
    """bool [N]: what the nearest look within the same shot says of each frame."""
    present = track.present
    crowded = {index: _is_rivalled(track.landmarks[index], faces) for index, faces in looks.items() if present[index]}
    rivals = np.zeros(track.num_frames, bool)
    for shot in np.unique(track.shots):
        inside = np.flatnonzero(track.shots == shot)
        seen = np.array([index for index in crowded if track.shots[index] == shot], np.int64)
        if len(seen):
            nearest = seen[np.abs(inside[:, None] - seen).argmin(1)]
            rivals[inside] = [crowded[index] for index in nearest]
    return rivals


def _is_rivalled(landmarks: np.ndarray, faces: list[np.ndarray]) -> bool:
    size = eye_distance(landmarks)
    away = [face for face in faces if np.linalg.norm(face.mean(0) - landmarks.mean(0)) > size]
    return any(eye_distance(face) > RIVAL_SIZE * size for face in away)
