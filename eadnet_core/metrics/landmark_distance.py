"""M-LMD and F-LMD: how far a made face's landmarks lie from those of the real one."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch

from ..face.align import apply_similarity, fit_similarity
from ..face.landmarks import INDEX, LANDMARKS
from ..face.track import FaceTrack
from .lips import eye_distance

MOUTH = [INDEX[name] for name in LANDMARKS if name.startswith(("mouth", "upper_lip", "lower_lip"))]
RIGID = [INDEX[name] for name in LANDMARKS if name.endswith(("eye_outer", "eye_inner")) or name.startswith("nose")]
"""Corners of the eyes and the nose, which neither speech nor feeling moves much: faces are laid on each other by them."""


@dataclass(frozen=True)
class LandmarkDistance:
    """Mean distances in percent of the real face's eye distance; lower is better.

    Attributes:
        mouth: M-LMD, over six points of the mouth.
        face: F-LMD, over all 29.
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
    ours, theirs = (torch.from_numpy(track.landmarks[both]).double() for track in (made, real))
    laid_on = apply_similarity(fit_similarity(ours[:, RIGID], theirs[:, RIGID]), ours)
    apart = (laid_on - theirs).norm(dim=-1).numpy() / eye_distance(real.landmarks[both])[:, None]  # [n, 29]
    return LandmarkDistance(100 * float(apart[:, MOUTH].mean()), 100 * float(apart.mean()), len(both))
