"""Somebody's performance, seen in a video, as a FaceMotion that any portrait can play."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from ..emotion.arkit import ARKIT_NAMES
from ..errors import InputError
from ..face.face_model import FaceModel, TrackFit
from ..face.pose import NECK, to_angles, to_matrix
from ..face.topology import LEFT_EYE, LEFT_IRIS, NUM_SKIN_POINTS, RIGHT_EYE, RIGHT_IRIS
from ..face.track import FaceTrack
from .face_motion import FaceMotion
from .space import MotionSpace

GAZE_REACH = 0.115
"""Way of an iris at a gaze of 1, eye distances: 35 degrees of an eyeball of 12 mm radius."""
OPEN_PERCENTILE, SHUT_SHARE = 70, 0.22
"""Lids at rest are as far apart as in this percentile of frames; a tracker sees a shut eye open by this share of it."""
LEAST_FRAMES = 1


@dataclass(frozen=True, eq=False)
class Capture:
    """A performance, and what was worth saying of it.

    Attributes:
        motion: Relative to the frame in which the performer rests most.
        rest: Number of that frame.
        notes: One sentence each: frames without a face, cuts.
    """

    motion: FaceMotion
    rest: int
    notes: tuple[str, ...]


def capture(track: FaceTrack, name: str = "the video") -> Capture:
    """The performance of a tracked face.

    Where the face is missing the frame before it is held; after a cut the head is told from its new place.

    Args:
        track: N frames at 25 a second.
        name: What errors and notes call the video.

    Raises:
        InputError: The face is never seen.
    """
    seen = np.flatnonzero(track.present)
    if len(seen) < LEAST_FRAMES:
        raise InputError(
            f"no face found in {name} ({track.num_frames} frames); give a video that shows a face from the front or half aside."
        )
    notes = []
    if len(seen) < track.num_frames:
        notes.append(f"{track.num_frames - len(seen)} of {track.num_frames} frames of {name} show no face; the one before is held there.")
    if track.num_cuts:
        notes.append(f"{name} is cut {track.num_cuts} times; head and place begin anew after each cut.")
    model = FaceModel.from_pretrained()
    fit = model.fit_track(track.smoothed().points[seen].astype(np.float64))
    motion, rest = _motion(fit, model, track.shots[seen])
    pick = np.maximum(np.searchsorted(seen, np.arange(track.num_frames), side="right") - 1, 0)
    held = {field: getattr(motion, field)[pick] for field in ("expression", "rotation", "translation", "gaze", "lids", "keep")}
    whole = replace(motion, **held, rate=track.rate, duration_s=track.num_frames / track.rate)
    return Capture(whole, int(seen[rest]), tuple(notes))


def _motion(fit: TrackFit, model: FaceModel, shots: np.ndarray) -> tuple[FaceMotion, int]:
    """The motion of M seen frames, and which of them is at rest."""
    displacement = fit.canonical - fit.neutral
    rotations, scales = fit.poses.rotation, fit.poses.scale
    joints = fit.poses.apply(NECK[None])[:, 0, :2]
    rest = _most_at_rest(rotations, fit.expression)
    rotation, translation = np.zeros((len(scales), 3)), np.zeros((len(scales), 3))
    for shot in np.unique(shots):
        frames = np.flatnonzero(shots == shot)
        home = rest if shots[rest] == shot else int(frames[0])
        upright = to_matrix(np.array([0.0, 0.0, -to_angles(rotations[home])[2]]))
        rotation[frames] = to_angles(upright @ rotations[frames] @ rotations[home].T @ upright.T)
        translation[frames, :2] = (joints[frames] - joints[home]) / scales[home] @ upright[:2, :2].T
        translation[frames, 2] = np.log(scales[frames] / scales[home])
    still = FaceMotion.still(len(scales))
    return replace(
        still,
        expression=MotionSpace.from_pretrained().encode(_without_blinks(displacement, model)),
        rotation=rotation,
        translation=translation,
        gaze=_gaze(fit.canonical),
        lids=np.stack([_closing(fit.canonical, ring) for ring in (RIGHT_EYE, LEFT_EYE)], 1),
        keep=np.zeros(len(scales)),
    ), rest


def _most_at_rest(rotations: np.ndarray, expression: np.ndarray) -> int:
    """The frame that looks most like the middle of all, with least expression."""
    angles = to_angles(rotations)
    aside = np.linalg.norm(angles - np.median(angles, 0), axis=1) / 10
    return int((aside + np.linalg.norm(expression, axis=1)).argmin())


def _closing(canonical: np.ndarray, ring: tuple[int, ...]) -> np.ndarray:
    """How far an eye is closed, [M]: 0 as at rest, 1 shut, below 0 wider."""
    lower, upper = canonical[:, ring[3:6], 1], canonical[:, ring[13:10:-1], 1]
    opening = (lower - upper).mean(1)
    usual = max(float(np.percentile(opening, OPEN_PERCENTILE)), 1e-3)
    return np.clip((usual - opening) / (usual * (1 - SHUT_SHARE)), -0.8, 1.0)


def _gaze(canonical: np.ndarray) -> np.ndarray:
    """Where the eyes look, [M, 2], told from where they look most."""
    offsets = []
    for ring, iris in ((RIGHT_EYE, RIGHT_IRIS), (LEFT_EYE, LEFT_IRIS)):
        middle = canonical[:, [ring[0], ring[8]], :2].mean(1)
        offsets.append(canonical[:, iris, :2] - middle)
    offset = np.mean(offsets, 0)
    return np.clip((offset - np.median(offset, 0)) / GAZE_REACH, -1.5, 1.5)


def _without_blinks(displacement: np.ndarray, model: FaceModel) -> np.ndarray:
    """Displacements [M, 478, 3] less what a blink moves; lids are a channel of their own."""
    blinks = np.stack([model.units[ARKIT_NAMES.index(f"eyeBlink{side}")] for side in ("Left", "Right")])[:, :NUM_SKIN_POINTS].reshape(2, -1)
    flat = displacement[:, :NUM_SKIN_POINTS].reshape(len(displacement), -1)
    left = displacement.copy()
    left[:, :NUM_SKIN_POINTS] -= (flat @ np.linalg.pinv(blinks) @ blinks).reshape(len(displacement), NUM_SKIN_POINTS, 3)
    return left
