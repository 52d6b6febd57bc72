"""Pixels fetched from where a map says."""

from __future__ import annotations

import cv2
import numpy as np


def fetch(image: np.ndarray, source: np.ndarray, interpolation: int = cv2.INTER_LINEAR, border: int = cv2.BORDER_REPLICATE) -> np.ndarray:
    """The picture [h, w, ...] whose pixels are those of `image` at `source`.

    OpenCV 5.0 fetches from wrong places when linear and nearest maps come as one array of two channels, so they come as two.

    Args:
        image: [H, W, ...], any type.
        source: float [h, w, 2], x and y, measured from the middle of the first pixel.
        interpolation, border: Of OpenCV's.
    """
    x, y = (np.ascontiguousarray(source[..., i], np.float32) for i in (0, 1))
    return cv2.remap(image, x, y, interpolation, borderMode=border)
