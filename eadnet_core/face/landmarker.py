"""The face mesh: 478 points in depth of a face whose place is roughly known."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from .mediapipe import load_net
from .topology import NUM_POINTS

SIDE = 256
"""Pixels of the square crop that the network sees."""
MARGIN = 1.5
"""Of the crop's side over the longer side of the face's box. Source: MediaPipe Face Landmarker."""


@dataclass(frozen=True)
class Crop:
    """A square cut out of a picture.

    Attributes:
        x, y: Its middle in pixels.
        side: Pixels.
        angle: Radians by which it is turned, clockwise as seen in the picture.
    """

    x: float
    y: float
    side: float
    angle: float

    @staticmethod
    def around(box: tuple[float, float, float, float], eye: np.ndarray, other_eye: np.ndarray) -> Crop:
        """The crop of a face in a box, upright by the line from its right eye to its left."""
        left, top, right, bottom = box
        angle = float(np.arctan2(other_eye[1] - eye[1], other_eye[0] - eye[0]))
        return Crop((left + right) / 2, (top + bottom) / 2, max(right - left, bottom - top) * MARGIN, angle)

    @staticmethod
    def of_points(points: np.ndarray) -> Crop:
        """The crop of a face whose points [478, 2 or 3] are known, in pixels."""
        low, high = points[:, :2].min(0), points[:, :2].max(0)
        return Crop.around((low[0], low[1], high[0], high[1]), points[33], points[263])

    def to_picture(self) -> np.ndarray:
        """float64 [2, 3]: from pixels of the network's square to pixels of the picture, both from the corner."""
        scale = self.side / SIDE
        cos, sin = np.cos(self.angle) * scale, np.sin(self.angle) * scale
        half = SIDE / 2
        return np.array([[cos, -sin, self.x - cos * half + sin * half], [sin, cos, self.y - sin * half - cos * half]])


class Landmarker:
    """MediaPipe's face mesh with irises."""

    def __init__(self) -> None:
        self._net = load_net("face_landmarks_detector")
        self._outputs = self._net.getUnconnectedOutLayersNames()

    def look(self, picture: np.ndarray, crop: Crop) -> tuple[np.ndarray, float]:
        """The face in a crop.

        Args:
            picture: uint8 [H, W, 3], RGB.
            crop: Where it is.

        Returns:
            Points float32 [478, 3]: x, y in pixels of the picture, z in the same unit, away from the camera; and how surely
            there is a face, 0 to 1.
        """
        back = crop.to_picture()
        shift = back[:, :2] @ (0.5, 0.5) - 0.5  # warpAffine counts from the middles of pixels
        aligned = np.column_stack([back[:, :2], back[:, 2] + shift])
        source, aligned = _shrunk(picture, crop, aligned)
        flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
        square = cv2.warpAffine(source, aligned, (SIDE, SIDE), flags=flags, borderMode=cv2.BORDER_CONSTANT)
        self._net.setInput(cv2.dnn.blobFromImage(square, 1 / 255))
        values = {np.size(out): np.asarray(out).reshape(-1) for out in self._net.forward(self._outputs)[:2]}
        raw = values[NUM_POINTS * 3].reshape(NUM_POINTS, 3)
        flat = raw[:, :2] @ back[:, :2].T + back[:, 2]
        points = np.column_stack([flat, raw[:, 2] * crop.side / SIDE]).astype(np.float32)
        return points, float(1 / (1 + np.exp(-np.clip(values[1][0], -50, 50))))

    def settle(self, picture: np.ndarray, crop: Crop, rounds: int = 2) -> tuple[np.ndarray, float]:
        """As `look`, the crop cut anew around what was found, so that little hangs on the first one."""
        points, presence = self.look(picture, crop)
        for _ in range(rounds - 1):
            if presence < 0.05 or not np.isfinite(points).all():
                break
            points, presence = self.look(picture, Crop.of_points(points))
        return points, presence


def _shrunk(picture: np.ndarray, crop: Crop, transform: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The part of a picture that holds a large crop, brought down by area averaging so that sampling does not alias."""
    factor = crop.side / SIDE
    if factor < 2:
        return picture, transform
    reach = crop.side * 0.75
    height, width = picture.shape[:2]
    left, top = int(np.clip(crop.x - reach, 0, width - 1)), int(np.clip(crop.y - reach, 0, height - 1))
    right, bottom = int(np.clip(crop.x + reach, left + 1, width)), int(np.clip(crop.y + reach, top + 1, height))
    size = max(1, round((right - left) / factor)), max(1, round((bottom - top) / factor))
    small = cv2.resize(picture[top:bottom, left:right], size, interpolation=cv2.INTER_AREA)
    ratio = np.array([size[0] / (right - left), size[1] / (bottom - top)])
    moved = transform.copy()
    moved[:, 2] = (transform[:, 2] + 0.5 - (left, top)) * ratio - 0.5
    moved[:, :2] *= ratio[:, None]
    return small, moved
