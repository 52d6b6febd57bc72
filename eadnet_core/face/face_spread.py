"""How the points of faces spread about what a model says of them, and how alike neighbours stray."""

from __future__ import annotations

import numpy as np
from scipy.linalg import cho_factor, cho_solve
from scipy.spatial.distance import cdist

from .topology import LOWER_INNER_LIP, NUM_SKIN_POINTS, UPPER_INNER_LIP

STRETCH = (0.05, 0.06, 0.08)
"""How much wider, longer or deeper faces are than others of the same eye distance, standard deviations as shares. Source: the
breadth and length of faces and the distance of pupils of ANSUR II (2012) vary by 5 to 6 % each; depth by guess."""
PEOPLE = ((0.030, 0.030, 0.035, 0.50), (0.009, 0.009, 0.010, 0.15))
"""How faces stray besides, smoothly: deviations in x, y and z and over how far neighbours stray alike, eye distances. Source: ours."""
PEOPLE_NOISE = (0.008, 0.008, 0.020)
"""What each point of a still picture is off by itself. Source: ours; trackers see depth less surely than place."""
MOVING = ((0.030, 0.030, 0.030, 0.25),)
"""How skin that moves strays from shapes measured on other heads. Source: ours."""
MOVING_NOISE = (0.010, 0.010, 0.030)


class FaceSpread:
    """A normal distribution of displacements of the skin's points, as its inverse applied to them.

    The covariance is one block for each of x, y and z, by which neighbours stray alike, and a few directions along which whole faces
    differ.
    """

    def __init__(
        self,
        points: np.ndarray,
        smooth: tuple[tuple[float, float, float, float], ...],
        noise: tuple[float, float, float],
        directions: np.ndarray,
    ) -> None:
        """Args:
        points: float [468, 3], a face at rest.
        smooth: Deviations in x, y, z and reach of each smooth part.
        noise: Deviations in x, y, z of each point by itself.
        directions: float [R, 468, 3], one standard deviation each.
        """
        apart = cdist(points, points, "sqeuclidean")
        self._blocks = []
        for axis in range(3):
            block = np.eye(len(points)) * noise[axis] ** 2
            for *deviations, reach in smooth:
                block += deviations[axis] ** 2 * np.exp(-apart / (2 * reach**2))
            self._blocks.append(cho_factor(block, overwrite_a=True))
        self._directions = directions.reshape(len(directions), 3 * len(points))
        self._spread = self._within(self._directions)
        self._inner = np.linalg.inv(np.eye(len(directions)) + self._spread @ self._directions.T)

    def weighted(self, displacements: np.ndarray) -> np.ndarray:
        """The inverse covariance times displacements [K, 468 * 3]."""
        flat = self._within(displacements)
        return flat - (displacements @ self._spread.T) @ self._inner @ self._spread

    def _within(self, displacements: np.ndarray) -> np.ndarray:
        """The inverse of the blocks alone times displacements [K, 468 * 3]."""
        parts = displacements.reshape(len(displacements), displacements.shape[1] // 3, 3)
        solved = [cho_solve(block, parts[..., axis].T).T for axis, block in enumerate(self._blocks)]
        return np.stack(solved, -1).reshape(displacements.shape)


def spread_of_people(mean: np.ndarray, identity: np.ndarray) -> FaceSpread:
    """How faces at rest differ from the mean one [478, 3]: by modes of identity [I, 478, 3], in proportion, and smoothly besides.

    Lips at rest are together in every face: what parts them is expression.
    """
    points, modes = mean[:NUM_SKIN_POINTS].copy(), identity[:, :NUM_SKIN_POINTS].copy()
    for shape in (points, modes):
        together = (shape[..., UPPER_INNER_LIP, :] + shape[..., LOWER_INNER_LIP, :]) / 2
        shape[..., UPPER_INNER_LIP, :] = shape[..., LOWER_INNER_LIP, :] = together
    stretches = np.eye(3)[:, None] * points * np.array(STRETCH)[:, None, None]
    return FaceSpread(points, PEOPLE, PEOPLE_NOISE, np.concatenate([modes, stretches]))


def spread_of_motion(mean: np.ndarray) -> FaceSpread:
    """How a moving face strays from what expression shapes say."""
    return FaceSpread(mean[:NUM_SKIN_POINTS], MOVING, MOVING_NOISE, np.zeros((0, NUM_SKIN_POINTS, 3)))
