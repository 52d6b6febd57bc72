"""A motion as curves: where the head looks, how far the lips part, how far the lids close."""

from __future__ import annotations

import cv2
import numpy as np

from ..face.topology import LOWER_INNER_LIP, UPPER_INNER_LIP
from ..motion.face_motion import FaceMotion
from ..motion.space import MotionSpace
from .canvas import ACCENT, TEXT, Colour, time_chart

_YAW, _PITCH, _ROLL, _LIDS = (110, 190, 255), (132, 200, 104), (222, 132, 196), (232, 214, 96)
_HEAD_DEG, _GAP = 15.0, 0.45
"""What fills the chart: degrees either way, and eye distances between the lips."""


def draw_motion(motion: FaceMotion) -> np.ndarray:
    """uint8 [H, W, 3]: yaw, pitch and roll about the middle, lips and lids from below."""
    chart = time_chart(float(motion.duration_s))
    times = (np.arange(motion.num_frames) + 0.5) / float(motion.rate)
    moved = MotionSpace.from_pretrained().decode(motion.expression)
    gap = moved[:, LOWER_INNER_LIP[5], 1] - moved[:, UPPER_INNER_LIP[5], 1]
    curves: list[tuple[str, Colour, np.ndarray]] = [
        ("yaw", _YAW, 0.5 + motion.rotation[:, 0] / (2 * _HEAD_DEG)),
        ("pitch", _PITCH, 0.5 - motion.rotation[:, 1] / (2 * _HEAD_DEG)),
        ("roll", _ROLL, 0.5 + motion.rotation[:, 2] / (2 * _HEAD_DEG)),
        ("lids", _LIDS, 0.3 * motion.lids.mean(1)),
        ("lips", ACCENT, gap / _GAP),
    ]
    for number, (name, colour, heights) in enumerate(curves):
        points = [(chart.column(float(t)), chart.row(float(np.clip(h, 0, 1)))) for t, h in zip(times, heights, strict=True)]
        cv2.polylines(chart.sheet, [np.array(points, np.int32)], False, colour, 1, cv2.LINE_AA)
        left = chart.left + 90 * number
        cv2.rectangle(chart.sheet, (left, 9), (left + 9, 18), colour, -1)
        chart.write(name, left + 14, 18, TEXT, 0.42)
    return chart.sheet
