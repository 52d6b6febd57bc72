"""Action Units over time: a lane for each unit that shows."""

from __future__ import annotations

import cv2
import numpy as np

from ..emotion.action_unit_names import PART_OF_ACTION_UNIT
from ..emotion.action_units import ActionUnitTrack
from ..timebase import FRAME_RATE
from .canvas import GRID, TEXT, Colour, time_chart

COLOURS: dict[str, Colour] = {"brow": (255, 168, 76), "eye": (84, 204, 204), "nose": (132, 178, 84), "mouth": (232, 104, 122)}
MOST_LANES = 16
_OPEN_END_S = 2.0
_SHOWS = 0.02
_LABEL = 68
"""Width in pixels of a lane's name, at its right end."""


def draw_action_units(track: ActionUnitTrack, duration_s: float | None = None) -> np.ndarray:
    """uint8 [H, W, 3]: the units that show, strongest mean first where there are too many, in the order of the face.

    Args:
        track: The curves.
        duration_s: Length of the clip in seconds; None: not known, the track's own, or two seconds for one that is constant.
    """
    chart = time_chart(duration_s or (track.end_s if len(track.times_s) > 1 and track.end_s > 0 else _OPEN_END_S))
    count = max(2, round(chart.duration_s * FRAME_RATE))
    times = np.linspace(0, chart.duration_s, count)
    curves = dict(zip(track.units, track.at(times).T, strict=True))
    shown = sorted((unit for unit in curves if curves[unit].max() >= _SHOWS), key=lambda unit: -float(curves[unit].mean()))[:MOST_LANES]
    lanes = [(part, unit) for unit, part in PART_OF_ACTION_UNIT.items() if unit in shown]
    if not lanes:
        chart.write("all at rest", chart.left + 4, (chart.top + chart.bottom) // 2, TEXT)
        return chart.sheet
    height = (chart.bottom - chart.top) / len(lanes)
    columns = [chart.column(time) for time in times]
    for lane, (part, unit) in enumerate(lanes):
        base = chart.top + round((lane + 1) * height)
        rows = base - np.rint(curves[unit] * (height - 2)).astype(int)
        outline = np.array([(columns[0], base), *zip(columns, rows, strict=True), (columns[-1], base)], np.int32)
        dimmed = tuple(channel // 2 for channel in COLOURS[part])
        cv2.fillPoly(chart.sheet, [outline], dimmed)
        cv2.polylines(chart.sheet, [outline[1:-1]], False, COLOURS[part], 1, cv2.LINE_AA)
        cv2.line(chart.sheet, (chart.left, base), (chart.right, base), GRID, 1)
        chart.write(unit, chart.right - _LABEL, base - 3, TEXT, 0.4)
    return chart.sheet
