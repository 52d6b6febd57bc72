"""All faces of a picture: large and small, upright and turned, in the order in which people would count them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import cv2
import numpy as np

from .detector import LEAST_SCORE, Detection, Detector
from .landmarker import Crop, Landmarker

DOUBTFUL_SCORE = 0.3
"""Of the detector, where a picture seems to show no face at all."""
LEAST_PRESENCE = 0.5
"""Of the landmark network, for a find to be a face."""
SURE, DOUBTFUL_BESIDE = 0.97, 0.85
"""Presence of a face that is surely one, and below which another find beside it is none."""
TILES = (1, 2, 4, 8, 13)
"""The picture's longer side is looked at whole, then in overlapping tiles of these parts; a face fills a tenth of its tile at least,
so the last ones hold faces of a fiftieth of the picture's height and smaller."""
FIRST_LEVELS = 2
"""Levels that are always looked at; the finer ones only when those show no face."""
TURNS = (90, -90, 45, -45, 180)
"""Degrees by which a picture without an upright face is turned."""
EQUAL_SIZE = 0.10
"""Faces that differ by less are counted from left to right."""
SAME_FACE = 0.6
"""Two finds whose middles lie nearer than this share of their size are one face."""


@dataclass(frozen=True, eq=False)
class Face:
    """A face in a picture.

    Attributes:
        points: float32 [478, 3], pixels of the picture (see topology.py): x right, y down, z away from the camera.
        box: (left, top, right, bottom) of the points, pixels.
        score: How surely it is one, 0 to 1.
    """

    points: np.ndarray
    box: tuple[float, float, float, float]
    score: float

    @staticmethod
    def of_points(points: np.ndarray, score: float) -> Face:
        """The face whose points are known."""
        low, high = points[:, :2].min(0), points[:, :2].max(0)
        return Face(points, (float(low[0]), float(low[1]), float(high[0]), float(high[1])), score)

    @property
    def size(self) -> float:
        """Geometric mean of the box' sides, pixels."""
        return float(np.sqrt(max(self.box[2] - self.box[0], 0) * max(self.box[3] - self.box[1], 0)))

    @property
    def middle(self) -> np.ndarray:
        """Of the box, [2], pixels."""
        return np.array([self.box[0] + self.box[2], self.box[1] + self.box[3]]) / 2


class FaceFinder:
    """The detector and the landmark network; loaded once, for one thread."""

    def __init__(self) -> None:
        self._detector, self.landmarker = Detector(), Landmarker()

    def find(self, picture: np.ndarray) -> list[Face]:
        """Faces, the largest first, those of equal size from left to right.

        Args:
            picture: uint8 [H, W, 3], RGB.
        """
        for look in (self._upright, self._turned, self._small, self._doubtful):
            if found := look(picture):
                return _counted(_without_doubtful(found))
        return []

    def _upright(self, picture: np.ndarray, levels: tuple[int, ...] = TILES[:FIRST_LEVELS], least_score: float = LEAST_SCORE) -> list[Face]:
        found: list[Face] = []
        for parts in levels:
            for left, top, tile in _tiles(picture, parts):
                self._add(found, picture, (_moved(one, left, top) for one in self._detector.detect(tile, least_score)))
        return found

    def _turned(self, picture: np.ndarray) -> list[Face]:
        found: list[Face] = []
        for degrees in TURNS:
            turned, back = _turned(picture, degrees)
            self._add(found, picture, (_through(one, back) for one in self._detector.detect(turned)))
            if found:
                break
        return found

    def _small(self, picture: np.ndarray) -> list[Face]:
        return next((found for parts in TILES[FIRST_LEVELS:] if (found := self._upright(picture, (parts,)))), [])

    def _doubtful(self, picture: np.ndarray) -> list[Face]:
        return self._upright(picture, least_score=DOUBTFUL_SCORE)

    def _add(self, found: list[Face], picture: np.ndarray, detections: Iterator[Detection]) -> None:
        for detection in detections:
            if any(_covers(face, detection) for face in found):
                continue
            points, presence = self.landmarker.settle(picture, Crop.around(detection.box, *detection.eyes))
            if presence < LEAST_PRESENCE or not _is_face(points):
                continue
            face = Face.of_points(points, presence)
            twins = [other for other in found if _same(face, other)]
            if all(face.score > other.score for other in twins):
                found[:] = [other for other in found if other not in twins] + [face]


def find_faces(picture: np.ndarray) -> list[Face]:
    """All faces of a picture uint8 [H, W, 3], RGB, the largest first (see FaceFinder.find)."""
    return FaceFinder().find(picture)


def _tiles(picture: np.ndarray, parts: int) -> Iterator[tuple[int, int, np.ndarray]]:
    """Left, top and pixels of square tiles that overlap by half."""
    height, width = picture.shape[:2]
    if parts == 1:
        yield 0, 0, picture
        return
    side = int(np.ceil(max(height, width) / parts))
    if side < 24:
        return
    for top in _starts(height, side):
        for left in _starts(width, side):
            yield left, top, picture[top : top + side, left : left + side]


def _starts(length: int, side: int) -> list[int]:
    if length <= side:
        return [0]
    count = int(np.ceil((length - side) / (side / 2))) + 1
    return [round(i * (length - side) / (count - 1)) for i in range(count)]


def _turned(picture: np.ndarray, degrees: float) -> tuple[np.ndarray, np.ndarray]:
    """The picture turned about its middle, uncut, and the way back, float64 [2, 3]."""
    height, width = picture.shape[:2]
    matrix = cv2.getRotationMatrix2D((width / 2, height / 2), degrees, 1.0)
    reach = np.abs(matrix[:, :2]) @ (width, height)
    matrix[:, 2] += reach / 2 - (width / 2, height / 2)
    size = int(np.ceil(reach[0])), int(np.ceil(reach[1]))
    return cv2.warpAffine(picture, matrix, size), cv2.invertAffineTransform(matrix)


def _moved(one: Detection, left: int, top: int) -> Detection:
    box = (one.box[0] + left, one.box[1] + top, one.box[2] + left, one.box[3] + top)
    return Detection(box, one.eyes + np.array([left, top], np.float32), one.score)


def _through(one: Detection, back: np.ndarray) -> Detection:
    """A detection in the picture before it was turned; its box stays square to the picture, about the same middle."""
    middle = back[:, :2] @ ((one.box[0] + one.box[2]) / 2, (one.box[1] + one.box[3]) / 2) + back[:, 2]
    half = max(one.box[2] - one.box[0], one.box[3] - one.box[1]) / 2
    box = (middle[0] - half, middle[1] - half, middle[0] + half, middle[1] + half)
    return Detection(box, (one.eyes @ back[:, :2].T + back[:, 2]).astype(np.float32), one.score)


def _is_face(points: np.ndarray) -> bool:
    """Whether points have a face's extent: what is no face sometimes gives a heap or a line."""
    if not np.isfinite(points).all():
        return False
    spread = np.linalg.svd(points[:, :2] - points[:, :2].mean(0), compute_uv=False)
    return bool(spread[0] > 1 and spread[1] > 0.3 * spread[0])


def _covers(face: Face, detection: Detection) -> bool:
    """Whether a face is surely what was detected, so that it need not be looked at again."""
    left, top, right, bottom = detection.box
    off = float(np.linalg.norm(face.middle - ((left + right) / 2, (top + bottom) / 2)))
    return face.score > 0.95 and off < 0.3 * face.size and 0.6 < (right - left) / max(face.size, 1) < 1.6


def _same(one: Face, other: Face) -> bool:
    return float(np.linalg.norm(one.middle - other.middle)) < SAME_FACE * min(one.size, other.size)


def _without_doubtful(faces: list[Face]) -> list[Face]:
    """Beside a face that is surely one, finds that are not are left out: hands, folds and leaves sometimes look like one."""
    sure = any(face.score > SURE for face in faces)
    return [face for face in faces if face.score >= DOUBTFUL_BESIDE or not sure]


def _counted(faces: list[Face]) -> list[Face]:
    """Faces by size; runs of nearly equal size by place."""
    rest = sorted(faces, key=lambda face: -face.size)
    ordered: list[Face] = []
    while rest:
        alike = [face for face in rest if face.size >= (1 - EQUAL_SIZE) * rest[0].size]
        ordered += sorted(alike, key=lambda face: face.middle[0])
        rest = rest[len(alike) :]
    return ordered
