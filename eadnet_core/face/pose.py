"""Where a head is and looks: similarities between sets of points, and turns as three angles."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.spatial.transform import Rotation

from .topology import LEFT_EYE_CORNERS, RIGHT_EYE_CORNERS

NECK = np.array([0.0, 1.2, 1.1])
"""The joint on which a head turns, in its own frame, eye distances: between the ears' lower ends. Source: ours, after the atlas' place."""


@dataclass(frozen=True, eq=False)
class Similarity:
    """target = scale * rotation @ source + shift.

    Attributes:
        scale: Above 0.
        rotation: float64 [3, 3].
        shift: float64 [3].
    """

    scale: float
    rotation: np.ndarray
    shift: np.ndarray

    def apply(self, points: np.ndarray) -> np.ndarray:
        """Points [..., 3] of the source in the target."""
        return self.scale * points @ self.rotation.T + self.shift

    def undo(self, points: np.ndarray) -> np.ndarray:
        """Points [..., 3] of the target in the source."""
        return (points - self.shift) @ self.rotation / self.scale


def similarity(source: np.ndarray, target: np.ndarray, weights: np.ndarray | None = None) -> Similarity:
    """The similarity that brings `source` [N, 3] nearest to `target` [N, 3], least squares. Source: Umeyama, 1991."""
    share = np.full(len(source), 1 / len(source)) if weights is None else weights / weights.sum()
    middle_source, middle_target = share @ source, share @ target
    from_source, from_target = source - middle_source, target - middle_target
    u, singular, vt = np.linalg.svd((from_target * share[:, None]).T @ from_source)
    sign = np.array([1.0, 1.0, np.sign(np.linalg.det(u @ vt))])
    rotation = (u * sign) @ vt
    scale = float((singular * sign).sum() / max((share * (from_source**2).sum(1)).sum(), 1e-12))
    return Similarity(scale, rotation, middle_target - scale * rotation @ middle_source)


def to_matrix(angles_deg: np.ndarray) -> np.ndarray:
    """Rotations [..., 3, 3] of angles [..., 3] in degrees.

    Yaw > 0 turns the nose towards the picture's right, pitch > 0 down, roll > 0 tilts the head clockwise as seen in the picture. Yaw
    turns first, about the head's own vertical, roll last, in the picture.
    """
    angles = np.asarray(angles_deg, np.float64)
    turned = Rotation.from_euler("ZXY", np.stack([angles[..., 2], angles[..., 1], -angles[..., 0]], -1).reshape(-1, 3), degrees=True)
    return turned.as_matrix().reshape(*angles.shape[:-1], 3, 3)


def to_angles(matrix: np.ndarray) -> np.ndarray:
    """Yaw, pitch, roll [..., 3] in degrees of rotations [..., 3, 3]."""
    matrix = np.asarray(matrix, np.float64)
    roll, pitch, yaw = Rotation.from_matrix(matrix.reshape(-1, 3, 3)).as_euler("ZXY", degrees=True).T
    return np.stack([-yaw, pitch, roll], -1).reshape(*matrix.shape[:-2], 3)


def eye_centres(points: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Middles of the corners of the person's right and left eye, [..., 3] each, of points [..., 478, 3]."""
    return points[..., list(RIGHT_EYE_CORNERS), :].mean(-2), points[..., list(LEFT_EYE_CORNERS), :].mean(-2)


def eye_distance(points: np.ndarray) -> np.ndarray:
    """Distance of the eyes' centres [...] of points [..., 478, 3], depth counted."""
    right, left = eye_centres(points)
    return np.linalg.norm(left - right, axis=-1)
