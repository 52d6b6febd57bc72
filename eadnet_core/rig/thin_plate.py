"""Thin-plate splines as matrices: what depends on the portrait alone is solved once, a frame is one product."""

from __future__ import annotations

import numpy as np
from scipy.interpolate import RBFInterpolator


def spline_matrix(controls: np.ndarray, at: np.ndarray, smoothing: float = 1e-5) -> np.ndarray:
    """The linear map from values at control points to values of the thin-plate spline through them.

    Args:
        controls: float [N, 2], no two of them equal.
        at: float [G, 2], where the spline is wanted.
        smoothing: How little the spline may miss its controls; keeps it calm where they crowd.

    Returns:
        float32 [G, N]. Source: Bookstein, Principal warps, 1989, as scipy solves it.
    """
    spline = RBFInterpolator(controls, np.eye(len(controls)), kernel="thin_plate_spline", smoothing=smoothing)
    return spline(at).astype(np.float32)


def spread_out(points: np.ndarray, first: list[int], spacing: float) -> list[int]:
    """Indices of a subset that covers all points: those of `first`, then every other point farther than `spacing` from all chosen.

    Args:
        points: float [N, 2].
        first: Indices that are always chosen.
        spacing: In units of the points.
    """
    chosen = list(first)
    nearest = np.linalg.norm(points[:, None] - points[chosen][None], axis=-1).min(1) if chosen else np.full(len(points), np.inf)
    while nearest.max() > spacing:
        farthest = int(nearest.argmax())
        chosen.append(farthest)
        nearest = np.minimum(nearest, np.linalg.norm(points - points[farthest], axis=-1))
    return chosen
