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
FARTHEST_FIRST_DEG = 25.0
"""How far the first frame of a take may look aside from where the head is mostly, for the head to be told from it."""
IRIS_HIDDEN = 0.6
"""How far lids close before a tracker guesses where the iris is."""
LEAST_OPEN = 0.3
"""Of an eye that is to be told from a frame in which it is nearly shut."""


@dataclass(frozen=True, eq=False)
class Capture:
    """A performance, and what was worth saying of it.

    Attributes:
        motion: Expression relative to the performer's own rest, the head to where it is at first.
        rest: Number of the frame in which the performer rests most, or that was asked for.
        notes: One sentence each: frames without a face, cuts.
    """

    motion: FaceMotion
    rest: int
    notes: tuple[str, ...]


def capture(track: FaceTrack, name: str = "the video", portrait: int | None = None) -> Capture:
    """The performance of a tracked face.

    Where the face is missing the frame before it is held; after a cut the head is told from its new place.

    Args:
        track: N frames at 25 a second.
        name: What errors and notes call the video.
        portrait: The frame that is to play it, if one of its own is: head, eyes and brows are told from that frame, and lips so that
            there they stay as they are. None: another face is, and expression is told from this one's rest.

    Raises:
        InputError: The face is never seen, or not in the frame `portrait`.
    """
    seen = np.flatnonzero(track.present)
    if not len(seen):
        raise InputError(
            f"no face found in {name} ({track.num_frames} frames); give a video that shows a face from the front or half aside."
        )
    if portrait is not None and portrait not in seen:
        raise InputError(f"frame {portrait} of {name} ({track.num_frames} frames) shows no face; choose one that does, such as {seen[0]}.")
    notes = []
    if len(seen) < track.num_frames:
        notes.append(f"{track.num_frames - len(seen)} of {track.num_frames} frames of {name} show no face; the one before is held there.")
    if track.num_cuts:
        notes.append(f"{name} has {track.num_cuts} cut{'s' if track.num_cuts > 1 else ''}; after each, head and place begin anew.")
    model, points = FaceModel.from_pretrained(), track.smoothed().points[seen].astype(np.float64)
    fit = model.fit_track(points)
    restless, shots = _restlessness(fit), track.shots[seen]
    rest = int(restless.argmin()) if portrait is None else int(np.searchsorted(seen, portrait))
    homes = {int(shot): _home(fit, np.flatnonzero(shots == shot), restless) for shot in np.unique(shots)}
    if portrait is not None:
        homes[int(shots[rest])] = rest
    motion = _motion(fit, model, shots, homes)
    if portrait is not None:
        motion = _told_from(motion, rest, model.fit(points[rest]).own, model)
    pick = np.maximum(np.searchsorted(seen, np.arange(track.num_frames), side="right") - 1, 0)
    held = {field: getattr(motion, field)[pick] for field in ("expression", "rotation", "translation", "gaze", "lids", "keep")}
    whole = replace(motion, **held, rate=track.rate, duration_s=track.num_frames / track.rate)
    return Capture(whole, int(seen[rest]), tuple(notes))


def _motion(fit: TrackFit, model: FaceModel, shots: np.ndarray, homes: dict[int, int]) -> FaceMotion:
    """The motion of M seen frames, the head's told from one frame of each take."""
    displacement = fit.canonical - fit.neutral
    rotations, scales = fit.poses.rotation, fit.poses.scale
    joints = fit.poses.apply(NECK[None])[:, 0, :2]
    rotation, translation = np.zeros((len(scales), 3)), np.zeros((len(scales), 3))
    for shot, home in homes.items():
        frames = np.flatnonzero(shots == shot)
        upright = to_matrix(np.array([0.0, 0.0, -to_angles(rotations[home])[2]]))
        rotation[frames] = to_angles(upright @ rotations[frames] @ rotations[home].T @ upright.T)
        translation[frames, :2] = (joints[frames] - joints[home]) / scales[home] @ upright[:2, :2].T
        translation[frames, 2] = np.log(scales[frames] / scales[home])
    lids = np.stack([_closing(fit.canonical, ring) for ring in (RIGHT_EYE, LEFT_EYE)], 1)
    return replace(
        FaceMotion.still(len(scales)),
        expression=MotionSpace.from_pretrained().encode(_without_blinks(displacement, model)),
        rotation=rotation,
        translation=translation,
        gaze=_gaze(fit.canonical, lids),
        lids=lids,
        keep=np.zeros(len(scales)),
    )


def _told_from(motion: FaceMotion, frame: int, own: np.ndarray, model: FaceModel) -> FaceMotion:
    """A motion for the face of one of its frames, whose own expression is `own` [478, 3]: what shows there is kept by brows and eyes,
    and made again by the mouth."""
    space = MotionSpace.from_pretrained()
    based = motion.rebased(frame)
    mouth = space.encode(_without_blinks(own[None], model)) * ~space.of_rows("brow", "eye")
    lids = np.clip((motion.lids - motion.lids[frame]) / np.maximum(1 - motion.lids[frame], LEAST_OPEN), -1, 1)
    return replace(based, expression=based.expression + mouth, lids=lids, keep=motion.keep)


def _home(fit: TrackFit, frames: np.ndarray, restless: np.ndarray) -> int:
    """From which of a take's frames the head is told: the first, so that a portrait begins as it is; from the calmest, where the first
    looks far aside."""
    angles = fit.poses.angles_deg
    aside = np.abs(angles[frames[0]] - np.median(angles[frames], 0)).max()
    return int(frames[0] if aside <= FARTHEST_FIRST_DEG else frames[restless[frames].argmin()])


def _restlessness(fit: TrackFit) -> np.ndarray:
    """How far each frame, [M], is from the middle of all poses and from a face without expression."""
    angles = fit.poses.angles_deg
    return np.linalg.norm(angles - np.median(angles, 0), axis=1) / 10 + np.linalg.norm(fit.expression, axis=1)


def _closing(canonical: np.ndarray, ring: tuple[int, ...]) -> np.ndarray:
    """How far an eye is closed, [M]: 0 as at rest, 1 shut, below 0 wider."""
    lower, upper = canonical[:, ring[3:6], 1], canonical[:, ring[13:10:-1], 1]
    opening = (lower - upper).mean(1)
    usual = max(float(np.percentile(opening, OPEN_PERCENTILE)), 1e-3)
    return np.clip((usual - opening) / (usual * (1 - SHUT_SHARE)), -0.8, 1.0)


def _gaze(canonical: np.ndarray, lids: np.ndarray) -> np.ndarray:
    """Where the eyes look, [M, 2], told from where they look most; eyes that are shut look where they did and will."""
    offsets = []
    for ring, iris in ((RIGHT_EYE, RIGHT_IRIS), (LEFT_EYE, LEFT_IRIS)):
        middle = canonical[:, [ring[0], ring[8]], :2].mean(1)
        offsets.append(canonical[:, iris, :2] - middle)
    offset = np.mean(offsets, 0)
    seen = np.flatnonzero(lids.mean(1) < IRIS_HIDDEN)
    if len(seen):
        offset = np.stack([np.interp(np.arange(len(offset)), seen, column[seen]) for column in offset.T], 1)
    return np.clip((offset - np.median(offset, 0)) / GAZE_REACH, -1.5, 1.5)


def _without_blinks(displacement: np.ndarray, model: FaceModel) -> np.ndarray:
    """Displacements [M, 478, 3] less what a blink moves; lids are a channel of their own."""
    blinks = np.stack([model.units[ARKIT_NAMES.index(f"eyeBlink{side}")] for side in ("Left", "Right")])[:, :NUM_SKIN_POINTS].reshape(2, -1)
    flat = displacement[:, :NUM_SKIN_POINTS].reshape(len(displacement), -1)
    left = displacement.copy()
    left[:, :NUM_SKIN_POINTS] -= (flat @ np.linalg.pinv(blinks) @ blinks).reshape(len(displacement), NUM_SKIN_POINTS, 3)
    return left
