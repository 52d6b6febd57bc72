"""Lips that part by what speech asks, whatever the portrait's own do."""

from __future__ import annotations

import numpy as np

from ..face.topology import LOWER_INNER_LIP, NUM_SKIN_POINTS, UPPER_INNER_LIP

UPPER_SHARE = 0.42
"""Of a correction; the rest is the lower lip's."""
UPPER_REACH, LOWER_REACH = 0.32, 0.75
"""How far above and below the lips skin follows them, eye distances: to the nose, and down the chin."""
BEYOND_CORNERS = 0.25
"""Over how much beside the corners a correction fades out, eye distances."""


class LipContact:
    """Brings the inner lips of one face to a wanted distance, eleven pairs of points, and the skin around along with them."""

    def __init__(self, points: np.ndarray) -> None:
        """Args:
        points: float [478, 3], the face in its frame.
        """
        upper, lower = points[list(UPPER_INNER_LIP)], points[list(LOWER_INNER_LIP)]
        x = (upper[:, 0] + lower[:, 0]) / 2
        self._upper = _weights(points, x, upper[:, 1], -1, UPPER_REACH) * UPPER_SHARE  # [478, 11]
        self._lower = _weights(points, x, lower[:, 1], 1, LOWER_REACH) * (1 - UPPER_SHARE)
        lips = (*UPPER_INNER_LIP[1:-1],)
        self._upper[list(LOWER_INNER_LIP[1:-1])] = 0
        self._lower[list(lips)] = 0

    def correction(self, points: np.ndarray, gaps: np.ndarray) -> np.ndarray:
        """How far each point moves down, float [478].

        Args:
            points: float [478, 2 or 3], where the points are now.
            gaps: float [11], 0 or more: wanted distances of the pairs, from the person's right corner to the left.
        """
        missing = gaps - (points[list(LOWER_INNER_LIP), 1] - points[list(UPPER_INNER_LIP), 1])
        missing[[0, -1]] = 0  # the corners are one point each
        return self._lower @ missing - self._upper @ missing


def _weights(points: np.ndarray, x: np.ndarray, edge_y: np.ndarray, side: int, reach: float) -> np.ndarray:
    """How much each point follows each pair, [478, 11]: hat functions along the lips, fading with the distance from their edge."""
    order = np.argsort(x)
    x, edge_y = x[order], edge_y[order]
    weights = np.zeros((len(points), len(x)))
    at = np.clip(points[:NUM_SKIN_POINTS, 0], x[0], x[-1])
    for column in range(len(x)):
        weights[:NUM_SKIN_POINTS, order[column]] = np.interp(at, x, np.eye(len(x))[column])
    beside = np.maximum(x[0] - points[:, 0], points[:, 0] - x[-1]).clip(0)
    away = side * (points[:, 1] - np.interp(points[:, 0], x, edge_y))
    fade = np.clip(1 - away / reach, 0, 1) ** 1.5 * (away > -0.02) * np.clip(1 - beside / BEYOND_CORNERS, 0, 1)
    return weights * fade[:, None]
