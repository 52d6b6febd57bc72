"""One face through a video: where its landmarks are in every frame, and where the picture is cut."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import cv2
import numpy as np
import torch

from ..types import Report
from .align import canonical_points
from .locator import Face, FaceLocator

_THUMBNAIL = (48, 27)
CUT_DIFFERENCE = 16.0
"""Mean absolute change (of 255) from one frame's thumbnail to the next that is a cut; people who talk change it by 0.5 to 4."""
CUT_JUMP = 0.75
"""Eye distances that a face may move in a frame; what jumps farther is another take or another person."""
LONGEST_GAP = 5
"""Frames without a face that are bridged by straight lines between their neighbours."""
STEADY_FRAMES = 13
"""Half a second: longer than a syllable, shorter than a turn of the head. Source: syncnet_python's median filter of its boxes."""
_LONGEST_PATIENCE = 25
"""A face that is gone for longer is looked for after 8, 16 and 25 frames, then in every 25th: looking is ten times following."""


@dataclass(frozen=True, eq=False)
class FaceTrack:
    """Where a face is in each of N frames.

    Attributes:
        landmarks: float32 [N, 29, 2] in pixels, in the order of face.landmarks.LANDMARKS; NaN where there is no face.
        shots: int64 [N]: number of the take, counted from 0; it rises at each cut.
        found: bool [N]: the face was seen; False where it is missing or only bridged.
    """

    landmarks: np.ndarray
    shots: np.ndarray
    found: np.ndarray

    @property
    def num_frames(self) -> int:
        return len(self.shots)

    @property
    def present(self) -> np.ndarray:
        """bool [N]: there are landmarks."""
        return ~np.isnan(self.landmarks[:, 0, 0])

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
        """Landmarks float32 [N, 29, 2], each the median of `width` frames (odd) around it in its take: a moving mouth does not move it."""
        steady = np.full_like(self.landmarks, np.nan)
        for shot in np.unique(self.shots):
            frames = np.flatnonzero((self.shots == shot) & self.present)
            for index in frames:
                near = frames[np.abs(frames - index) <= width // 2]
                steady[index] = np.median(self.landmarks[near], 0)
        return steady


class FaceTracker:
    """Follows one face through frames that come one by one: the largest of the first that show any, then the nearest to it."""

    def __init__(self, locator: FaceLocator) -> None:
        self._locator = locator
        self._thumbnail: np.ndarray | None = None
        self._last: np.ndarray | None = None
        self._seen: np.ndarray | None = None
        self._landmarks: list[np.ndarray | None] = []
        self._shots: list[int] = []
        self._missed = 0

    def add(self, frame: np.ndarray) -> np.ndarray | None:
        """Landmarks [29, 2] of the next frame, uint8 [H, W, 3], RGB; None where no face is seen."""
        shot = self._shots[-1] if self._shots else 0
        if self._is_cut(frame):
            shot, self._last, self._seen, self._missed = shot + 1, None, None, 0
        found = self._look(frame)
        if found is not None and self._seen is not None and _jump(self._seen, found) > CUT_JUMP * (1 + self._missed):
            shot += 1
        self._missed = 0 if found is not None else self._missed + 1
        self._last, self._seen = found, self._seen if found is None else found
        self._landmarks.append(found)
        self._shots.append(shot)
        return found

    def result(self) -> FaceTrack:
        """The track so far; short gaps are bridged."""
        count = len(self._shots)
        landmarks = np.full((count, 29, 2), np.nan, np.float32)
        for index, points in enumerate(self._landmarks):
            if points is not None:
                landmarks[index] = points
        found, shots = ~np.isnan(landmarks[:, 0, 0]), np.array(self._shots, np.int64)
        seen = np.flatnonzero(found)
        for before, after in zip(seen[:-1], seen[1:], strict=True):
            if 1 < after - before <= LONGEST_GAP + 1 and shots[before] == shots[after]:
                share = np.linspace(0, 1, after - before + 1, dtype=np.float32)[1:-1, None, None]
                landmarks[before + 1 : after] = landmarks[before] * (1 - share) + landmarks[after] * share
        return FaceTrack(landmarks, shots, found)

    def _is_cut(self, frame: np.ndarray) -> bool:
        before, self._thumbnail = self._thumbnail, cv2.resize(frame, _THUMBNAIL, interpolation=cv2.INTER_AREA).astype(np.float32)
        return before is not None and float(np.abs(self._thumbnail - before).mean()) > CUT_DIFFERENCE

    def _look(self, frame: np.ndarray) -> np.ndarray | None:
        if self._last is not None:
            followed = self._locator.follow(frame, self._last)
            if followed is not None:
                return followed.landmarks
        missed = self._missed
        if missed > LONGEST_GAP and missed & (missed - 1) and missed % _LONGEST_PATIENCE:
            return None
        faces = self._locator.find(frame)
        if not faces:
            return None
        return faces[0].landmarks if self._seen is None else _nearest(faces, self._seen).landmarks


def track_face(frames: Iterable[np.ndarray], locator: FaceLocator, total: int = 0, report: Report | None = None) -> FaceTrack:
    """The track of one face through all frames.

    Args:
        frames: uint8 [H, W, 3] each, RGB; only one is held at a time.
        locator: Finds and follows the face.
        total: Number of frames, as far as it is known, for the progress.
        report: Called after each frame; raising in it cancels.
    """
    tracker = FaceTracker(locator)
    for index, frame in enumerate(frames, 1):
        tracker.add(frame)
        if report is not None:
            report(index, max(index, total), None)
    return tracker.result()


def _center_and_size(landmarks: np.ndarray) -> tuple[np.ndarray, float]:
    """Middle of eyes and mouth, and the eye distance, in pixels."""
    points = canonical_points(torch.from_numpy(landmarks)).numpy()
    return points.mean(0), float(np.linalg.norm(points[1] - points[0]))


def _jump(before: np.ndarray, after: np.ndarray) -> float:
    """How far a face moved, in its eye distances."""
    (old, size), (new, _) = _center_and_size(before), _center_and_size(after)
    return float(np.linalg.norm(new - old)) / max(size, 1e-6)


def _nearest(faces: list[Face], landmarks: np.ndarray) -> Face:
    return min(faces, key=lambda face: _jump(landmarks, face.landmarks))
