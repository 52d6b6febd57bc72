"""Colours carried smoothly into places where none is known."""

from __future__ import annotations

import cv2
import numpy as np


def spread_colour(colour: np.ndarray, known: np.ndarray, default: np.ndarray | None = None) -> np.ndarray:
    """float32 [H, W, 3]: `colour` where it is known, elsewhere averages of what is known around, the farther the coarser.

    Args:
        colour: float32 [H, W, 3].
        known: float32 [H, W], 0 to 1.
        default: [3], where nothing at all is known; None: mid-grey.

    Source: pull-push, Gortler et al., The lumigraph, 1996.
    """
    if not (known > 0).any():
        return np.broadcast_to(np.full(3, 128, np.float32) if default is None else default.astype(np.float32), colour.shape).copy()
    levels: list[tuple[np.ndarray, np.ndarray]] = [(colour * known[..., None], known.astype(np.float32))]
    while min(levels[-1][1].shape) > 2:
        levels.append((np.asarray(cv2.pyrDown(levels[-1][0])), np.asarray(cv2.pyrDown(levels[-1][1]))))
    total, weight = levels[-1]
    mean = total.sum((0, 1)) / max(float(weight.sum()), 1e-6)
    found = np.where(weight[..., None] > 1e-4, total / np.maximum(weight, 1e-4)[..., None], mean).astype(np.float32)
    for total, weight in reversed(levels[:-1]):
        found = cv2.resize(found, weight.shape[::-1], interpolation=cv2.INTER_LINEAR)
        share = np.clip(weight * 4, 0, 1)[..., None]
        found = found * (1 - share) + total / np.maximum(weight, 1e-4)[..., None] * share
    return found
