"""Where a head is and looks in many frames at once."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.spatial.transform import Rotation

from .pose import Similarity, to_angles

NUM_STEPS = 7
"""Numbers of a small step of a pose: shift x, y, z, logarithm of the scale, turn about x, y, z in radians."""


@dataclass(frozen=True, eq=False)
class PoseTrack:
    """N similarities from the head's frame to pixels: pixels = scale * rotation @ point + shift.

    Attributes:
        scale: float64 [N], above 0.
        rotation: float64 [N, 3, 3].
        shift: float64 [N, 3].
    """

    scale: np.ndarray
    rotation: np.ndarray
    shift: np.ndarray

    @staticmethod
    def between(source: np.ndarray, targets: np.ndarray) -> PoseTrack:
        """The similarities that bring `source` [P, 3] nearest to each of `targets` [N, P, 3], least squares. Source: Umeyama, 1991."""
        middle, middles = source.mean(0), targets.mean(1)
        from_source, from_targets = source - middle, targets - middles[:, None]
        u, singular, vt = np.linalg.svd(np.swapaxes(from_targets, 1, 2) @ from_source)
        signs = np.ones_like(singular)
        signs[:, 2] = np.sign(np.linalg.det(u @ vt))
        rotation = (u * signs[:, None]) @ vt
        scale = (singular * signs).sum(1) / max(float((from_source**2).sum()), 1e-12)
        return PoseTrack(scale, rotation, middles - scale[:, None] * (rotation @ middle))

    def __len__(self) -> int:
        return len(self.scale)

    def __getitem__(self, index: int) -> Similarity:
        return Similarity(float(self.scale[index]), self.rotation[index], self.shift[index])

    @property
    def angles_deg(self) -> np.ndarray:
        """Yaw, pitch and roll, float64 [N, 3] (see pose.to_matrix)."""
        return to_angles(self.rotation)

    def apply(self, points: np.ndarray) -> np.ndarray:
        """Points [N, P, 3] or [P, 3] of the head's frame in pixels, [N, P, 3]."""
        return self.scale[:, None, None] * points @ np.swapaxes(self.rotation, 1, 2) + self.shift[:, None]

    def undo(self, points: np.ndarray) -> np.ndarray:
        """Points [N, P, 3] in pixels in the head's frame."""
        return (points - self.shift[:, None]) @ self.rotation / self.scale[:, None, None]

    def moved(self, steps: np.ndarray) -> PoseTrack:
        """The poses after small steps float [N, 7] within the head's frame, as NUM_STEPS lists them."""
        shift = self.shift + self.scale[:, None] * np.einsum("nij,nj->ni", self.rotation, steps[:, :3])
        turn = Rotation.from_rotvec(steps[:, 4:]).as_matrix()
        return PoseTrack(self.scale * np.exp(steps[:, 3]), self.rotation @ turn, shift)

    def framed(self, unit: float, origin: np.ndarray) -> PoseTrack:
        """The same poses for a head's frame whose unit is `unit` and whose origin is `origin` [3] of the present one."""
        shift = self.shift + self.scale[:, None] * (self.rotation @ origin)
        return PoseTrack(self.scale * unit, self.rotation, shift)


def step_directions(points: np.ndarray) -> np.ndarray:
    """How points [P, 3] move with each number of a step, float64 [7, P, 3]."""
    shifts = np.repeat(np.eye(3)[:, None], len(points), 1)
    turns = np.stack([np.cross(axis, points) for axis in np.eye(3)])
    return np.concatenate([shifts, points[None], turns])
