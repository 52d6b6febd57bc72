"""Faces through a video: where the points of one are in every frame, and where the picture is cut."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from fractions import Fraction

import cv2
import numpy as np

from ..types import Report
from .finder import LEAST_PRESENCE, Face, FaceFinder
from .landmarker import Crop
from .one_euro import smooth_recorded
from .pose import eye_distance
from .topology import NUM_POINTS

_THUMBNAIL = (48, 27)
CUT_DIFFERENCE = 16.0
"""Mean absolute change (of 255) from one frame's thumbnail to the next that is a cut; people who talk change it by 0.5 to 4."""
CUT_JUMP = 0.5
"""Sizes of a face that it may move in a frame; what jumps farther is another take or another person."""
STEADY_FRAMES = 13
"""Half a second: longer than a syllable, shorter than a turn of the head. Source: syncnet_python's median filter of its boxes."""
LONGEST_GAP = 5
"""Frames without a face that are bridged by straight lines between their neighbours."""
LONGEST_PATIENCE = 25
"""A face that is gone for longer is looked for after 8, 16 and 25 frames, then in every 25th: looking is ten times following."""


@dataclass(frozen=True, eq=False)
class FaceTrack:
    """Where a face is in each of N frames.

    Attributes:
        points: float32 [N, 478, 3], pixels (see topology.py); NaN where there is no face.
        shots: int64 [N]: number of the take, counted from 0; it rises at each cut.
        found: bool [N]: the face was seen; False where it is missing or only bridged.
        rate: Frames a second.
        size: Width and height of the frames, pixels.
    """

    points: np.ndarray
    shots: np.ndarray
    found: np.ndarray
    rate: Fraction
    size: tuple[int, int] = (0, 0)

    @property
    def num_frames(self) -> int:
        return len(self.shots)

    @property
    def present(self) -> np.ndarray:
        """bool [N]: there are points."""
        return ~np.isnan(self.points[:, 0, 0])

    @property
    def num_cuts(self) -> int:
        return int(self.shots[-1]) if len(self.shots) else 0

    def unbroken(self, length: int) -> np.ndarray:
        """First frames, int64, of all stretches of `length` frames that lie within one take and show the face throughout."""
        starts = np.arange(max(0, self.num_frames - length + 1))
        absent = np.concatenate([[0], np.cumsum(~self.present)])
        whole = absent[starts + length] == absent[starts]
        return starts[whole & (self.shots[starts] == self.shots[starts + length - 1])]

    def steady(self, width: int = STEADY_FRAMES) -> np.ndarray:
        """Points float32 [N, 478, 3], each the median of `width` frames (odd) around it in its take: a moving mouth does not move it."""
        steady = np.full_like(self.points, np.nan)
        for shot in np.unique(self.shots):
            frames = np.flatnonzero((self.shots == shot) & self.present)
            for index in frames:
                near = frames[np.abs(frames - index) <= width // 2]
                steady[index] = np.median(self.points[near], 0)
        return steady

    def stretches(self) -> Iterator[slice]:
        """Runs of frames within one take that show the face throughout."""
        start = None
        for i in range(self.num_frames + 1):
            whole = i < self.num_frames and bool(self.present[i])
            if start is not None and (not whole or self.shots[i] != self.shots[start]):
                yield slice(start, i)
                start = None
            if start is None and whole:
                start = i

    def smoothed(self) -> FaceTrack:
        """The track without the tracker's jitter, each stretch for itself, as much of it as motion allows."""
        points = self.points.copy()
        for stretch in self.stretches():
            unit = float(np.median(eye_distance(points[stretch])))
            points[stretch] = smooth_recorded(points[stretch] / unit, float(self.rate)) * unit
        return FaceTrack(points, self.shots, self.found, self.rate, self.size)


class FaceTracker:
    """Follows one face through frames that come one by one: the chosen one of the first that show any, then the nearest to it."""

    def __init__(self, finder: FaceFinder | None = None, face: int = 0) -> None:
        """Args:
        finder: Finds and follows; None: a new one.
        face: Which face of the first frame that shows any, counted as find_faces does; of fewer, the last.
        """
        self._finder, self._chosen = finder or FaceFinder(), face
        self._thumbnail: np.ndarray | None = None
        self._last: np.ndarray | None = None
        self._seen: Face | None = None
        self._points: list[np.ndarray | None] = []
        self._shots: list[int] = []
        self._missed = 0
        self._size = (0, 0)

    def add(self, frame: np.ndarray) -> np.ndarray | None:
        """Points [478, 3] of the next frame, uint8 [H, W, 3], RGB; None where no face is seen."""
        self._size = (frame.shape[1], frame.shape[0])
        shot = self._shots[-1] if self._shots else 0
        if self._is_cut(frame):
            shot, self._last, self._missed = shot + 1, None, 0
        found = self._look(frame)
        if found is not None and self._seen is not None and shot == (self._shots[-1] if self._shots else 0):
            if _jump(self._seen, found) > CUT_JUMP * (1 + self._missed):
                shot += 1
        self._missed = 0 if found is not None else self._missed + 1
        self._last, self._seen = None if found is None else found.points, self._seen if found is None else found
        self._points.append(None if found is None else found.points)
        self._shots.append(shot)
        return None if found is None else found.points

    def result(self, rate: Fraction) -> FaceTrack:
        """The track so far, of frames at `rate` a second; short gaps are bridged."""
        points = np.full((len(self._shots), NUM_POINTS, 3), np.nan, np.float32)
        for index, one in enumerate(self._points):
            if one is not None:
                points[index] = one
        found, shots = ~np.isnan(points[:, 0, 0]), np.array(self._shots, np.int64)
        seen = np.flatnonzero(found)
        for before, after in zip(seen[:-1], seen[1:], strict=True):
            if 1 < after - before <= LONGEST_GAP + 1 and shots[before] == shots[after]:
                share = np.linspace(0, 1, after - before + 1, dtype=np.float32)[1:-1, None, None]
                points[before + 1 : after] = points[before] * (1 - share) + points[after] * share
        return FaceTrack(points, shots, found, rate, self._size)

    def _is_cut(self, frame: np.ndarray) -> bool:
        before, self._thumbnail = self._thumbnail, cv2.resize(frame, _THUMBNAIL, interpolation=cv2.INTER_AREA).astype(np.float32)
        return (
            before is not None and before.shape == self._thumbnail.shape and float(np.abs(self._thumbnail - before).mean()) > CUT_DIFFERENCE
        )

    def _look(self, frame: np.ndarray) -> Face | None:
        if self._last is not None:
            points, presence = self._finder.landmarker.look(frame, Crop.of_points(self._last))
            if presence >= LEAST_PRESENCE:
                return Face.of_points(points, presence)
        if self._missed > LONGEST_GAP and self._missed & (self._missed - 1) and self._missed % LONGEST_PATIENCE:
            return None
        faces = self._finder.find(frame)
        if not faces:
            return None
        if self._seen is None:
            return faces[min(self._chosen, len(faces) - 1)]
        seen = self._seen
        return min(faces, key=lambda face: _jump(seen, face))


def track_face(
    frames: Iterable[np.ndarray],
    rate: Fraction,
    face: int = 0,
    finder: FaceFinder | None = None,
    total: int = 0,
    report: Report | None = None,
) -> FaceTrack:
    """The track of one face through all frames.

    Args:
        frames: uint8 [H, W, 3] each, RGB; only one is held at a time.
        rate: Frames a second.
        face: Which face of the first frame that shows any.
        finder: Finds and follows; None: a new one.
        total: Number of frames, as far as it is known, for the progress.
        report: Called after each frame; raising in it cancels.
    """
    tracker = FaceTracker(finder, face)
    for index, frame in enumerate(frames, 1):
        tracker.add(frame)
        if report is not None:
            report(index, max(index, total), None)
    return tracker.result(rate)


def _jump(before: Face, after: Face) -> float:
    """How far a face moved, in its sizes."""
    return float(np.linalg.norm(after.middle - before.middle)) / max(before.size, 1e-6)
