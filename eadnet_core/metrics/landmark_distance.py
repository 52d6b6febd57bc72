"""M-LMD and F-LMD: how far a made face's landmarks lie from those of the real one."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ..face.align import flat_similarity
from ..face.topology import LOWER_LIP, NUM_SKIN_POINTS, UPPER_LIP
from ..face.track import FaceTrack
from .lips import eye_distance_px

MOUTH = sorted(UPPER_LIP | LOWER_LIP)
RIGID = [33, 133, 362, 263, 168, 6, 197, 195, 5, 4, 1, 98, 327]
"""Corners of the eyes and the nose, which neither speech nor feeling moves much: faces are laid on each other by them."""


@dataclass(frozen=True)
class LandmarkDistance:
    """Mean distances in percent of the real face's eye distance; lower is better.

    Attributes:
        mouth: M-LMD, over all points of the lips.
        face: F-LMD, over all points but the irises.
        num_frames: Frames in which both faces are seen.
    """

    mouth: float
    face: float
    num_frames: int


def landmark_distance(made: FaceTrack, real: FaceTrack) -> LandmarkDistance | None:
    """The distance of two tracks, frame by frame from the start; None where they never show a face at the same time.

    In each frame the made face is turned, scaled and shifted so that eyes' corners and nose lie on the real one's: size, place and
    tilt of the head do not count, a mouth that lies elsewhere in the face does.

    Source: Chen et al., "Lip movements generation at a glance", 2018 (LMD); the split into mouth and face: Ji et al., EAMM, 2022;
        alignment and unit ours.
    """
    count = min(made.num_frames, real.num_frames)
    both = np.flatnonzero(made.present[:count] & real.present[:count])
    if not len(both):
        return None
    ours, theirs = (track.points[both, :NUM_SKIN_POINTS, :2].astype(np.float64) for track in (made, real))
    lay = [flat_similarity(one[RIGID], other[RIGID]) for one, other in zip(ours, theirs, strict=True)]
    laid_on = np.stack([one @ matrix[:, :2].T + matrix[:, 2] for one, matrix in zip(ours, lay, strict=True)])
    apart = np.linalg.norm(laid_on - theirs, axis=-1) / eye_distance_px(real.points[both])[:, None]  # [n, 468]
    return LandmarkDistance(100 * float(apart[:, MOUTH].mean()), 100 * float(apart.mean()), len(both))
