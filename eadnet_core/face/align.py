"""Faces cut out upright: where their features belong in a square, and the square's pixels."""

from __future__ import annotations

import cv2
import numpy as np

from .pose import eye_centres, similarity

CANONICAL = np.array([(0.39, 0.45), (0.61, 0.45), (0.5, 0.685)])
"""Where the eyes' centres and the mouth's lie in the unit square of an aligned crop. Source: ours."""
FIVE_POINTS = ("right_eye", "left_eye", "nose_tip", "mouth_right", "mouth_left")


def five_points(points: np.ndarray) -> np.ndarray:
    """Eye centres, nose tip and mouth corners [..., 5, 2] of points [..., 478, 2 or 3], in the order of FIVE_POINTS."""
    flat = points[..., :2]
    right, left = eye_centres(flat)
    return np.stack([right, left, flat[..., 1, :], flat[..., 61, :], flat[..., 291, :]], -2)


def crop_transform(points: np.ndarray) -> np.ndarray:
    """The similarity float64 [2, 3] from pixels to the unit square of the aligned crop, of points [478, 2 or 3]."""
    five = five_points(np.asarray(points, np.float64))
    return flat_similarity(np.stack([five[0], five[1], five[3:].mean(0)]), CANONICAL)


def flat_similarity(source: np.ndarray, target: np.ndarray) -> np.ndarray:
    """The similarity float64 [2, 3] that brings points [N, 2] nearest to others, least squares."""
    lifted = similarity(*(np.column_stack([part, np.zeros(len(part))]) for part in (source, target)))
    return np.column_stack([lifted.scale * lifted.rotation[:2, :2], lifted.shift[:2]])


def crop_square(image: np.ndarray, to_square: np.ndarray, size: int) -> np.ndarray:
    """The square of an image.

    Args:
        image: uint8 [H, W, 3].
        to_square: float [2, 3], from pixels (measured from the corner) to the unit square.
        size: Side in pixels.

    Returns:
        uint8 [size, size, 3]; what lies outside the image is its border's.
    """
    matrix = to_square * size
    matrix[:, 2] += matrix[:, :2] @ (0.5, 0.5) - 0.5  # OpenCV measures from the middle of the first pixel
    shrink = 1 / max(float(np.sqrt(abs(np.linalg.det(matrix[:, :2])))), 1e-9)
    source = cv2.GaussianBlur(image, (0, 0), 0.4 * shrink) if shrink > 1.5 else image
    return cv2.warpAffine(source, matrix, (size, size), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)


def face_box(points: np.ndarray) -> tuple[float, float, float, float]:
    """(left, top, right, bottom) of points [478, 2 or 3], pixels."""
    low, high = points[:, :2].min(0), points[:, :2].max(0)
    return float(low[0]), float(low[1]), float(high[0]), float(high[1])
