"""Alignment: the similarity transform that carries a face to the canonical place in a square crop, and the crop itself."""

from __future__ import annotations

import math

import cv2
import numpy as np
import torch
from torch import Tensor

from .landmarks import CANONICAL, INDEX, LANDMARKS, five_points

_OTHER_SIDE = {"right": "left", "left": "right"}
MIRRORED = [INDEX["_".join(_OTHER_SIDE.get(word, word) for word in name.split("_"))] for name in LANDMARKS]
"""For each landmark the one that takes its place in a mirrored picture."""


def fit_similarity(source: Tensor, target: Tensor) -> Tensor:
    """The rotation, uniform scale and shift (never a reflection) that best carry one point set to another.

    Args:
        source: [..., N, 2] points.
        target: [..., N, 2] where they should lie.

    Returns:
        [..., 2, 3]: `y = matrix[..., :2] @ x + matrix[..., 2]`, least squares over the N points.

    Source: Umeyama, "Least-squares estimation of transformation parameters between two point patterns", 1991; in the
        plane the optimum without reflection is one complex quotient.
    """
    from_mean, to_mean = source.mean(-2, keepdim=True), target.mean(-2, keepdim=True)
    a, b = source - from_mean, target - to_mean
    power = (a**2).sum((-1, -2)).clamp(min=1e-12)
    real = (a * b).sum((-1, -2)) / power
    imag = (a[..., 0] * b[..., 1] - a[..., 1] * b[..., 0]).sum(-1) / power
    linear = torch.stack([torch.stack([real, -imag], -1), torch.stack([imag, real], -1)], -2)  # [..., 2, 2]
    shift = to_mean[..., 0, :] - (linear @ from_mean[..., 0, :, None])[..., 0]
    return torch.cat([linear, shift[..., None]], -1)  # [..., 2, 3]


def apply_similarity(matrix: Tensor, points: Tensor) -> Tensor:
    """`points` [..., N, 2] carried by `matrix` [..., 2, 3]."""
    return points @ matrix[..., :2].mT + matrix[..., None, :, 2]


def invert_similarity(matrix: Tensor) -> Tensor:
    """The transform [..., 2, 3] that undoes `matrix` [..., 2, 3]."""
    linear = torch.linalg.inv(matrix[..., :2])
    return torch.cat([linear, -linear @ matrix[..., 2:]], -1)


def canonical_points(landmarks: Tensor) -> Tensor:
    """Eye centres and mouth centre [..., 3, 2] of landmark sets [..., 29, 2]: what alignment is fitted to."""
    five = five_points(landmarks)
    return torch.stack([five[..., 0, :], five[..., 1, :], (five[..., 3, :] + five[..., 4, :]) / 2], -2)


def crop_transform(landmarks: Tensor) -> Tensor:
    """The similarity transform from the landmarks' unit to crop units that puts eyes and mouth at CANONICAL.

    Args:
        landmarks: [..., 29, 2].

    Returns:
        [..., 2, 3], same device and dtype.
    """
    target = torch.tensor([CANONICAL["right_eye"], CANONICAL["left_eye"], CANONICAL["mouth"]]).to(landmarks)
    return fit_similarity(canonical_points(landmarks), target)


def eye_distance(landmarks: np.ndarray) -> float:
    """Distance of the eyes' centres in landmarks [29, 2], in their unit."""
    five = five_points(torch.from_numpy(np.asarray(landmarks, np.float64)))
    return float((five[0] - five[1]).norm())


def face_box(landmarks: np.ndarray) -> tuple[float, float, float, float]:
    """(left, top, right, bottom) of a face: its landmarks' bounds, raised by the forehead that has no landmark."""
    low, high = landmarks.min(0), landmarks.max(0)
    brow_to_eye = landmarks[INDEX["right_eye_outer"] : INDEX["left_eye_bottom"] + 1, 1].mean() - low[1]
    return float(low[0]), float(low[1] - max(1.5 * brow_to_eye, 0.2 * (high[1] - low[1]))), float(high[0]), float(high[1])


def crop_square(image: np.ndarray, to_square: np.ndarray, size: int) -> np.ndarray:
    """The part of a picture that a transform carries to the unit square.

    Where the crop is smaller than what it shows, the picture is first shrunk by area averaging, so that nothing aliases;
    beyond the picture's border its edge pixels are repeated.

    Args:
        image: [H, W] or [H, W, C], any depth OpenCV can resize.
        to_square: [2, 3], similarity transform from pixel coordinates to the unit square; the first pixel covers 0 to 1.
        size: Side of the result in pixels.

    Returns:
        [size, size] or [size, size, C], the picture's dtype.
    """
    to_square = np.asarray(to_square, dtype=np.float64)
    image, left, top = _surroundings(image, to_square)
    scale = size * math.hypot(to_square[0, 0], to_square[1, 0])  # crop pixels for each pixel of the picture
    height, width = image.shape[:2]
    shrunk_width, shrunk_height = max(1, round(width * min(scale, 1.0))), max(1, round(height * min(scale, 1.0)))
    if (shrunk_width, shrunk_height) != (width, height):
        image = cv2.resize(image, (shrunk_width, shrunk_height), interpolation=cv2.INTER_AREA)
    from_shrunk = np.array([[width / shrunk_width, 0, left], [0, height / shrunk_height, top], [0, 0, 1]])
    pixels = size * to_square @ from_shrunk  # [2, 3]: from the shrunk part to the crop, both measured from the corner
    pixels[:, 2] += pixels[:, :2].sum(1) * 0.5 - 0.5  # OpenCV measures from the first pixel's centre
    return cv2.warpAffine(image, pixels, (size, size), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)


def _surroundings(image: np.ndarray, to_square: np.ndarray) -> tuple[np.ndarray, int, int]:
    """The part of the picture around the square, with a margin, and its left and top."""
    linear = np.linalg.inv(to_square[:, :2])
    corners = (np.array([[0, 0], [1, 0], [0, 1], [1, 1]]) - to_square[:, 2]) @ linear.T
    margin = 4 + 0.05 * np.ptp(corners, axis=0).max()
    limits = np.array([image.shape[1], image.shape[0]])
    low = np.clip(np.floor(corners.min(0) - margin), 0, limits - 1).astype(int)
    high = np.clip(np.ceil(corners.max(0) + margin), low + 1, limits).astype(int)
    return image[low[1] : high[1], low[0] : high[0]], int(low[0]), int(low[1])
