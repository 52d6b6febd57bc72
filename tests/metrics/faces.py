"""Faces and tracks whose geometry is known, for tests of measures."""

from __future__ import annotations

import numpy as np

from eadnet_core.face.landmarks import INDEX
from eadnet_core.face.points import AVERAGE_FACE
from eadnet_core.face.track import FaceTrack

EYES = 0.216
"""Eye distance of the average face, crop units: between the middles of the eyes' corners."""


def face(opening: float = 0.0, width: float = 0.0, side: float = 200.0) -> np.ndarray:
    """Landmarks float32 [29, 2] of an average face in a crop of `side` pixels whose lips part by `opening` eye distances and whose
    mouth is wider by `width`."""
    points = AVERAGE_FACE.copy()
    middle = (points[INDEX["upper_lip_bottom"], 1] + points[INDEX["lower_lip_top"], 1]) / 2
    points[INDEX["upper_lip_bottom"], 1] = middle - opening * EYES / 2
    points[INDEX["lower_lip_top"], 1] = middle + opening * EYES / 2
    points[INDEX["mouth_right"], 0] -= width * EYES / 2
    points[INDEX["mouth_left"], 0] += width * EYES / 2
    return (points * side).astype(np.float32)


def track(faces: list[np.ndarray], missing: tuple[int, ...] = (), cuts: tuple[int, ...] = ()) -> FaceTrack:
    """A track of faces; those in `missing` are absent, and a take begins at each of `cuts`."""
    landmarks = np.stack(faces).astype(np.float32)
    landmarks[list(missing)] = np.nan
    shots = np.searchsorted(np.array(sorted(cuts)), np.arange(len(faces)), side="right").astype(np.int64)
    return FaceTrack(landmarks, shots, ~np.isnan(landmarks[:, 0, 0]))
