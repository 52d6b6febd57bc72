"""A portrait with what was found on it: all faces with their numbers, the mesh of the one that speaks, and the region that moves."""

from __future__ import annotations

import cv2
import numpy as np

from ..face.portrait import Portrait
from ..face.topology import INNER_LIPS, LEFT_EYE, LOWER_OUTER_LIP, OVAL, RIGHT_EYE, UPPER_OUTER_LIP
from .canvas import ACCENT

_LINES = (120, 220, 255)
_OTHERS = (190, 190, 190)
_LARGEST_SIDE = 1536
_SHIFT = 4
"""OpenCV draws at sixteenths of a pixel."""
_RINGS = (OVAL, RIGHT_EYE, LEFT_EYE, INNER_LIPS, (*UPPER_OUTER_LIP, *reversed(LOWER_OUTER_LIP[1:-1])))
_BROWS = ((46, 53, 52, 65, 55), (276, 283, 282, 295, 285))


def draw_portrait(portrait: Portrait) -> np.ndarray:
    """uint8 [H, W, 3]: the picture, at most 1536 pixels long, with the mesh of the chosen face, and box and number of each."""
    scale = min(1.0, _LARGEST_SIDE / max(portrait.image.shape[:2]))
    sheet = cv2.resize(portrait.image, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA) if scale < 1 else portrait.image.copy()
    width = max(1, round(max(sheet.shape[:2]) / 500))
    points = portrait.face.points[:, :2].astype(np.float64) * scale
    for ring in _RINGS:
        _polyline(sheet, points[list(ring)], _LINES, width, closed=True)
    for brow in _BROWS:
        _polyline(sheet, points[list(brow)], _LINES, width, closed=False)
    for point in points:
        centre = np.rint(point * 2**_SHIFT).astype(int)
        cv2.circle(sheet, (int(centre[0]), int(centre[1])), width << (_SHIFT - 1), ACCENT, -1, cv2.LINE_AA, _SHIFT)
    for number, face in enumerate(portrait.faces):
        chosen = face is portrait.face
        left, top, right, bottom = (value * scale for value in face.box)
        colour = ACCENT if chosen else _OTHERS
        _polyline(sheet, np.array([[left, top], [right, top], [right, bottom], [left, bottom]]), colour, width, closed=True)
        _number(sheet, number, left, top, colour, width)
    return sheet


def _number(sheet: np.ndarray, number: int, left: float, top: float, colour: tuple[int, int, int], width: int) -> None:
    """The face's number on a patch of its colour, above the box or inside where there is no room."""
    size = 0.45 * width + 0.25
    (text_width, text_height), _ = cv2.getTextSize(str(number), cv2.FONT_HERSHEY_SIMPLEX, size, width + 1)
    pad = 2 + width
    x, y = max(int(left), 0), int(top) - pad if top > text_height + 2 * pad else int(max(top, 0)) + text_height + 2 * pad
    cv2.rectangle(sheet, (x, y - text_height - pad), (x + text_width + 2 * pad, y + pad), colour, -1)
    cv2.putText(sheet, str(number), (x + pad, y), cv2.FONT_HERSHEY_SIMPLEX, size, (0, 0, 0), width + 1, cv2.LINE_AA)


def _polyline(sheet: np.ndarray, points: np.ndarray, colour: tuple[int, int, int], width: int, closed: bool) -> None:
    fixed = np.rint(points * 2**_SHIFT).astype(np.int32).reshape(-1, 1, 2)
    cv2.polylines(sheet, [fixed], closed, colour, width, cv2.LINE_AA, _SHIFT)
