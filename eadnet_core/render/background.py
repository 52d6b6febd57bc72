"""What stands behind the person: it stays where it is, and is guessed where the person hides it."""

from __future__ import annotations

import cv2
import numpy as np

from .fetch import fetch
from .spread import spread_colour

BAND = 0.14
"""Eye distances around the person that move along: a mask is never exact, and fine hair lies outside it."""
SOFT = 0.10
"""Width of the edge between what moves and what stays, eye distances."""
SURE = 0.5
GRAIN, MOST_GRAIN, DEEPEST_GRAIN = 0.06, 14.0, 0.6
"""Size (eye distances), strength (of 255) and reach behind the person's edge (eye distances) of texture carried on from beside it."""
_SMALL_SIDE = 256


def standing_mask(matte: np.ndarray, unit_px: float) -> np.ndarray:
    """How far each pixel moves with the person, uint8 [H, W]: the matte, grown by a band with a soft edge.

    Args:
        matte: float32 [H, W], 0 to 1: the person.
        unit_px: The eye distance in pixels.
    """
    person = (matte > SURE).astype(np.uint8)
    distance = cv2.distanceTransform(1 - person, cv2.DIST_L2, 5) / unit_px
    share = np.clip((BAND + SOFT - distance) / SOFT, 0, 1)
    return np.rint(share * share * (3 - 2 * share) * 255).astype(np.uint8)


def filled_behind(image: np.ndarray, follows: np.ndarray, unit_px: float) -> np.ndarray:
    """The picture with what is behind the person guessed: colours carried on smoothly, with the texture mirrored at the person's edge.

    Args:
        image: uint8 [H, W, 3].
        follows: uint8 [H, W], from `standing_mask`.
        unit_px: The eye distance in pixels.

    Returns:
        uint8 [H, W, 3]; where `follows` is 0 it is the picture itself.
    """
    hidden = (follows > 0).astype(np.uint8)
    if not hidden.any() or hidden.all():
        return image
    distance, labels = cv2.distanceTransformWithLabels(hidden, cv2.DIST_L2, 5, labelType=cv2.DIST_LABEL_PIXEL)
    rows, columns = np.nonzero(hidden == 0)
    place = np.zeros((labels.max() + 1, 2), np.float32)
    place[labels[rows, columns]] = np.stack([columns, rows], -1)
    height, width = hidden.shape
    here = np.stack(np.meshgrid(np.arange(width, dtype=np.float32), np.arange(height, dtype=np.float32)), -1)
    corner = np.array([width - 1, height - 1], np.float32)
    beyond = np.clip(2 * place[labels] - here, 0, corner)  # mirrored at the nearest pixel that is seen
    smooth = _inpainted(image, hidden)
    grain = image - cv2.GaussianBlur(image, (0, 0), GRAIN * unit_px).astype(np.float32)
    mirrored = fetch(np.clip(grain, -MOST_GRAIN, MOST_GRAIN), beyond)
    mirrored *= np.clip(1 - distance / (DEEPEST_GRAIN * unit_px), 0, 1)[..., None]
    return np.where(hidden[..., None] > 0, np.clip(np.rint(smooth + mirrored), 0, 255), image).astype(np.uint8)


def _inpainted(image: np.ndarray, hidden: np.ndarray) -> np.ndarray:
    """float32 [H, W, 3]: the hidden part filled smoothly from all sides, at a small size."""
    height, width = hidden.shape
    shrink = min(1.0, _SMALL_SIDE / max(height, width))
    size = max(8, round(width * shrink)), max(8, round(height * shrink))
    seen = (1 - hidden).astype(np.float32)
    weight = cv2.resize(seen, size, interpolation=cv2.INTER_AREA)
    total = cv2.resize(image * seen[..., None], size, interpolation=cv2.INTER_AREA)
    colour = spread_colour(total / np.maximum(weight, 1e-3)[..., None], weight)
    return cv2.resize(colour, (width, height), interpolation=cv2.INTER_LINEAR)
