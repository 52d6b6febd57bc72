"""Sync by shift: how far apart lips and sound are when one is moved against the other."""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np

from .canvas import BACKGROUND, GRID, QUIET, TEXT, Chart, Colour

_TITLE_ROWS = 30
_SHIFTS_BETWEEN_LABELS = 5


def draw_sync(curves: Sequence[tuple[np.ndarray, Colour]], width: int = 1024, height: int = 220) -> np.ndarray:
    """uint8 [height, width, 3]: a line for each curve with a dot at its minimum; a clear dip at 0 is a clip in sync.

    Args:
        curves: Mean distances float [2 * K + 1] for shifts from -K to K frames, and the colour of each.
        width: Of the sheet in pixels.
        height: Likewise.
    """
    sheet = np.full((height, width, 3), BACKGROUND, np.uint8)
    chart = Chart(sheet, 48, width - 24, _TITLE_ROWS + 8, height - 40, 1.0)
    chart.write("sync: distance of lips and sound by shift of the sound, frames", 24, 20, TEXT, 0.45)
    if not curves:
        chart.write("not measured", chart.left, (chart.top + chart.bottom) // 2, QUIET)
        return sheet
    reach = len(curves[0][0]) // 2
    for shift in range(-reach, reach + 1, _SHIFTS_BETWEEN_LABELS):
        x = chart.column((shift + reach) / (2 * reach))
        cv2.line(sheet, (x, chart.top), (x, chart.bottom), GRID, 1)
        chart.write(f"{shift:+d}" if shift else "0", x - 10, chart.bottom + 22, QUIET, 0.42)
    low, high = min(float(curve.min()) for curve, _ in curves), max(float(curve.max()) for curve, _ in curves)
    range_ = max(high - low, 1e-9)
    for value in (low, high):
        chart.write(f"{value:.3g}", 4, chart.row((value - low) / range_) + 4, QUIET, 0.38)
    for curve, colour in curves:
        points = [(chart.column(k / (2 * reach)), chart.row((float(value) - low) / range_)) for k, value in enumerate(curve)]
        cv2.polylines(sheet, [np.array(points, np.int32)], False, colour, 2, cv2.LINE_AA)
        cv2.circle(sheet, points[int(curve.argmin())], 5, colour, -1, cv2.LINE_AA)
    return sheet
