"""Whether glasses cover the eyes of a face, or a hand its mouth: landmarks are given there all the same."""

from __future__ import annotations

import cv2
import numpy as np

from .topology import LEFT_EYE, LOWER_OUTER_LIP, RIGHT_EYE, UPPER_OUTER_LIP

LEAST_EYE_CONTRAST = 0.22
"""Between the darkest and the lightest of an eye, as a share of the skin's lightness: 0.35 to 1.3 on 22 portraits, paintings and a
statue among them, 0 behind dark glasses. Source: ours."""
LEAST_LIP_DIFFERENCE, LEAST_LIP_CONTRAST = 5.0, 0.24
"""Of lips and the skin around them, in CIELAB, 9 to 95 there and 0 on a hand; and from the darkest to the lightest of the mouth, 0.27 to
1.3 there. Source: ours."""
_CHEEKS = (50, 280, 101, 330, 36, 266)


def covered_parts(image: np.ndarray, points: np.ndarray) -> tuple[str, ...]:
    """Which of "eyes" and "mouth" something lies over.

    Args:
        image: uint8 [H, W, 3], RGB.
        points: float [478, 2 or 3], pixels.
    """
    unit = float(np.linalg.norm(points[33, :2] - points[263, :2]))
    low = np.clip(np.floor(points[:, :2].min(0)).astype(int), 0, (image.shape[1] - 2, image.shape[0] - 2))
    high = np.clip(np.ceil(points[:, :2].max(0)).astype(int), low + 2, image.shape[1::-1])
    lab = cv2.cvtColor(image[low[1] : high[1], low[0] : high[0]], cv2.COLOR_RGB2LAB).astype(np.float32)
    at = points[:, :2] - low
    places = np.clip(np.rint(at[list(_CHEEKS)]).astype(int), 0, np.array(lab.shape[1::-1]) - 1)
    skin = max(float(np.median(lab[places[:, 1], places[:, 0], 0])), 1.0)
    covered = []
    if all(_contrast(lab, _inside(lab, at[list(ring)]), skin) < LEAST_EYE_CONTRAST for ring in (RIGHT_EYE, LEFT_EYE)):
        covered.append("eyes")
    lips = _inside(lab, at[[*UPPER_OUTER_LIP, *reversed(LOWER_OUTER_LIP)]])
    around = _grown(lips, 0.08 * unit) & ~_grown(lips, 0.02 * unit)
    if lips.any() and around.any():
        difference = float(np.linalg.norm(np.median(lab[lips], 0) - np.median(lab[around], 0)))
        if difference < LEAST_LIP_DIFFERENCE and _contrast(lab, lips, skin) < LEAST_LIP_CONTRAST:
            covered.append("mouth")
    return tuple(covered)


def _inside(lab: np.ndarray, polygon: np.ndarray) -> np.ndarray:
    mask = np.zeros(lab.shape[:2], np.uint8)
    cv2.fillPoly(mask, [np.rint(polygon).astype(np.int32)], 1)
    return mask > 0


def _grown(mask: np.ndarray, reach: float) -> np.ndarray:
    size = 2 * max(1, round(reach)) + 1
    return np.asarray(cv2.dilate(mask.astype(np.uint8), np.ones((size, size), np.uint8))) > 0


def _contrast(lab: np.ndarray, mask: np.ndarray, skin: float) -> float:
    """Infinite where too little is seen to say."""
    if mask.sum() < 6:
        return float("inf")
    dark, light = np.percentile(lab[..., 0][mask], (8, 92))
    return float(light - dark) / skin
