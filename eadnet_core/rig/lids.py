"""Lids that close over any eye, and open wider than the portrait's."""

from __future__ import annotations

import numpy as np

from ..face.topology import LEFT_EYE, RIGHT_EYE

UPPER_SHARE = 1.22
"""Of the way to closing that the upper lid goes; what the lower lid rises besides is squeezed. Source: ours, after films of blinks."""
LOWER_RISE = 0.06
"""How far the lower lid rises in a blink, as a share of the opening."""
WIDENING = 0.75
"""Of the opening that lids at -1 add above it."""
FOLDS = {
    RIGHT_EYE: ((247, 30, 29, 27, 28, 56, 190), (25, 110, 24, 23, 22, 26, 112)),
    LEFT_EYE: ((467, 260, 259, 257, 258, 286, 414), (255, 339, 254, 253, 252, 256, 341)),
}
"""The first ring of skin above the upper lid and below the lower one."""
UPPER_FOLD_SHARE, LOWER_FOLD_SHARE = 0.38, 0.35
"""How much of its lid's way a fold goes."""
GAZE_DOWN_SHARE, GAZE_UP_SHARE = 0.35, 0.15
"""How far lids follow the eyes when they look down or up; at 1 eyes look as far as they can."""


def lid_displacement(points: np.ndarray, lids: np.ndarray, gaze_y: float) -> np.ndarray:
    """How far each point moves down, float [478].

    Args:
        points: float [478, 2 or 3], the face in its frame, with its expression but open as it is.
        lids: float [2], the person's right and left: 0 as they are, 1 closed, below 0 wider.
        gaze_y: -1 (up) to 1 (down).
    """
    down = np.zeros(len(points))
    follow = GAZE_DOWN_SHARE * max(gaze_y, 0.0) - GAZE_UP_SHARE * max(-gaze_y, 0.0)
    for ring, asked in zip((RIGHT_EYE, LEFT_EYE), lids, strict=True):
        closing = float(np.clip(asked + follow * (1 - max(asked, 0.0)), -1, 1))
        outer, lower, inner, upper = ring[0], list(ring[1:8]), ring[8], list(ring[9:])
        edge = points[[outer, *lower, inner]]
        order = np.argsort(edge[:, 0])
        opening = np.interp(points[upper, 0], edge[order, 0], edge[order, 1]) - points[upper, 1]
        opening = opening.clip(0)
        lift = opening * (closing * UPPER_SHARE if closing > 0 else closing * WIDENING)
        down[upper] += lift
        above, below = (list(fold) for fold in FOLDS[ring])
        rising = np.argsort(points[upper, 0])
        along_x, along_lift, along_opening = points[upper, 0][rising], lift[rising], opening[rising]
        down[above] += UPPER_FOLD_SHARE * np.interp(points[above, 0], along_x, along_lift)
        raised = max(closing, 0.0) * LOWER_RISE
        down[lower] -= raised * np.interp(points[lower, 0], along_x, along_opening)
        down[below] -= LOWER_FOLD_SHARE * raised * np.interp(points[below, 0], along_x, along_opening)
    return down
