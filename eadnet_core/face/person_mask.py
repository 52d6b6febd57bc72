"""Which pixels belong to the person."""

from __future__ import annotations

import cv2
import numpy as np

from .mediapipe import load_net

SIDE = 256
"""Pixels of the square that the network sees."""
AROUND_FACE = 6.0
"""Sides of the face's box that are looked at around a small face; the rest of the picture is looked at as a whole."""


def person_mask(picture: np.ndarray, face_box: tuple[float, float, float, float] | None = None) -> np.ndarray:
    """How surely each pixel shows a person, float32 [H, W], 0 to 1.

    Args:
        picture: uint8 [H, W, 3], RGB.
        face_box: (left, top, right, bottom) of a face, pixels: around a small one the mask is made anew, finer.
    """
    net = load_net("selfie_segmentation")
    mask = _segmented(net, picture)
    if face_box is not None and (window := _window(picture, face_box)) is not None:
        rows, columns = window
        mask[rows, columns] = _segmented(net, picture[rows, columns])
    return mask


def _segmented(net: cv2.dnn.Net, picture: np.ndarray) -> np.ndarray:
    height, width = picture.shape[:2]
    square = cv2.resize(picture, (SIDE, SIDE), interpolation=cv2.INTER_AREA)
    net.setInput(cv2.dnn.blobFromImage(square, 1 / 255))
    small = np.asarray(net.forward()).reshape(SIDE, SIDE)
    return _sharpened(cv2.resize(small, (width, height), interpolation=cv2.INTER_LINEAR).clip(0, 1), picture)


def _sharpened(mask: np.ndarray, picture: np.ndarray) -> np.ndarray:
    """The mask with its edges on the picture's: a guided filter. Source: He, Sun and Tang, Guided image filtering, 2010."""
    guide = cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY).astype(np.float32) / 255
    size = 2 * max(1, round(max(mask.shape) / SIDE * 3)) + 1

    def mean(values: np.ndarray) -> np.ndarray:
        return cv2.boxFilter(values, -1, (size, size), borderType=cv2.BORDER_REPLICATE)

    guide_mean, mask_mean = mean(guide), mean(mask)
    slope = (mean(guide * mask) - guide_mean * mask_mean) / (mean(guide * guide) - guide_mean**2 + 1e-3)
    return (mean(slope) * guide + mean(mask_mean - slope * guide_mean)).clip(0, 1)


def _window(picture: np.ndarray, box: tuple[float, float, float, float]) -> tuple[slice, slice] | None:
    """The square around a face, or None where that is most of the picture anyway."""
    height, width = picture.shape[:2]
    side = max(box[2] - box[0], box[3] - box[1]) * AROUND_FACE
    if side > 0.8 * max(height, width):
        return None
    x, y = (box[0] + box[2]) / 2, (box[1] + box[3]) / 2 + 0.08 * side
    left, top = int(np.clip(x - side / 2, 0, max(width - side, 0))), int(np.clip(y - side / 2, 0, max(height - side, 0)))
    return slice(top, min(height, top + round(side))), slice(left, min(width, left + round(side)))
