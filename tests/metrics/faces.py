"""Faces and tracks whose geometry is known, for tests of measures."""

from __future__ import annotations

from fractions import Fraction

import numpy as np

from eadnet_core.face.face_model import FaceModel
from eadnet_core.face.track import FaceTrack

EYES = 0.22
"""Eye distance of the face, crop units: between the middles of the eyes' corners."""


def face(opening: float = 0.0, width: float = 0.0, side: float = 200.0) -> np.ndarray:
    """Points float32 [478, 3] of the mean face in a crop of `side` pixels whose lips part by `opening` eye distances and whose
    mouth is wider by `width`."""
    points = FaceModel.from_pretrained().mean.copy()
    points[[13, 14], 0] = points[13, 0]
    points[[13, 14], 1] = points[[13, 14], 1].mean() + np.array([-0.5, 0.5]) * opening
    points[[61, 291], 1] = points[61, 1]
    points[61, 0] -= width / 2
    points[291, 0] += width / 2
    return ((points * EYES + (0.5, 0.45, 0)) * side).astype(np.float32)


def track(faces: list[np.ndarray], missing: tuple[int, ...] = (), cuts: tuple[int, ...] = ()) -> FaceTrack:
    """A track of faces; those in `missing` are absent, and a take begins at each of `cuts`."""
    points = np.stack(faces).astype(np.float32)
    points[list(missing)] = np.nan
    shots = np.searchsorted(np.array(sorted(cuts)), np.arange(len(faces)), side="right").astype(np.int64)
    return FaceTrack(points, shots, ~np.isnan(points[:, 0, 0]), Fraction(25))
