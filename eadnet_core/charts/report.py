"""A report as one picture: lips against sound, sync by shift, identity and pixel acceleration over time, and the figures."""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np

from ..metrics.report import Report, Row
from ..timebase import FRAME_RATE
from .canvas import ACCENT, BACKGROUND, GRID, QUIET, TEXT, Chart, Colour, time_chart
from .sync import draw_sync

WIDTH = 1024
REAL: Colour = (110, 190, 255)
OTHERS: tuple[Colour, ...] = (ACCENT, (132, 200, 104), (222, 132, 196), (232, 214, 96))
"""Made videos in turn; more than these are in the file alone."""
SEAM: Colour = (92, 58, 58)
_TITLE, _PANEL, _LINE = 30, 190, 20
_SHOWN = (
    ("sync_c", "sync_d", "sync_offset", "sync_v2_c", "sync_v2_d", "sync_v2_offset"),
    ("lips_span", "lips_closed", "lips_closed_gain", "open_auc", "round_auc"),
    ("m_lmd", "f_lmd", "psnr", "ssim", "lpips"),
    ("identity_drift", "identity_noise", "shake", "jerk", "seam_ratio"),
    ("emotion_asked", "emotion_seen", "emotion_probability"),
)
"""Figures that are written under the curves, by lines."""


def draw_report(report: Report) -> np.ndarray:
    """uint8 [H, 1024, 3]: the report's curves and figures; the first made video, the others as far as there is room, and the real one."""
    shown = [(row, colour) for row, colour in zip(report.made, OTHERS, strict=False)]
    shown += [(row, REAL) for row in report.real[:1]]
    first = [shown[0], *shown[len(shown) - len(report.real[:1]) :]]
    parts = [_legend(report, shown), _lips(first)]
    for name in [name for name in ("sync", "sync_v2") if any(name in row.curves for row, _ in shown)] or ["sync"]:
        parts.append(draw_sync([(row.curves[name], colour) for row, colour in shown if name in row.curves], WIDTH, _PANEL + _TITLE))
    parts += [_over_time(shown, "identity", "identity: distance from the first 5 s")]
    parts += [_over_time(first, "acceleration", "pixel acceleration of the face, grey levels; red lines: seams", seams=True)]
    parts += [_figures(row, colour) for row, colour in shown]
    return np.concatenate([*parts, _sets(report)])


def _legend(report: Report, shown: Sequence[tuple[Row, Colour]]) -> np.ndarray:
    sheet = np.full((16 + _LINE * (1 + len(report.networks) + len(shown)), WIDTH, 3), BACKGROUND, np.uint8)
    chart = Chart(sheet, 24, WIDTH - 24, 0, len(sheet), 1.0)
    y = 24
    for row, colour in shown:
        cv2.rectangle(sheet, (24, y - 10), (36, y), colour, -1)
        kind = "real" if colour == REAL else "made"
        chart.write(f"{kind}: {row.name}, {row.seconds:.2f} s, {row.size[0]}x{row.size[1]}", 44, y, TEXT, 0.45)
        y += _LINE
    for key, name in report.networks.items():
        chart.write(f"{key}: {name}", 44, y, QUIET, 0.4)
        y += _LINE
    return sheet


def _lips(shown: Sequence[tuple[Row, Colour]]) -> np.ndarray:
    """Distance of the lips, scaled to its own range as everything here, over the level of the first video's sound."""
    chart = _panel(max(row.seconds for row, _ in shown), "lips (lines) and level of the sound (grey)")
    level = shown[0][0].curves.get("level")
    if level is not None:
        low, high = np.percentile(level, (2, 98))
        heights = (level - low) / max(high - low, 1e-6)
        outline = [(chart.left, chart.bottom), *_points(chart, heights), (chart.column(float(len(level) / FRAME_RATE)), chart.bottom)]
        cv2.fillPoly(chart.sheet, [np.array(outline, np.int32)], GRID)
    for row, colour in shown:
        opening = row.curves["opening"]
        seen = opening[~np.isnan(opening)]
        low, high = np.percentile(seen, (1, 99))
        _draw(chart, _points(chart, (opening - low) / max(high - low, 1e-6)), colour)
    return chart.sheet


def _over_time(shown: Sequence[tuple[Row, Colour]], name: str, title: str, seams: bool = False) -> np.ndarray:
    chart = _panel(max(row.seconds for row, _ in shown), title)
    curves = [(row.curves[name], colour) for row, colour in shown if name in row.curves and not np.isnan(row.curves[name]).all()]
    if not curves:
        chart.write("not measured", chart.left + 4, (chart.top + chart.bottom) // 2, QUIET)
        return chart.sheet
    if seams:
        for frame in shown[0][0].seams:
            x = chart.column(float(frame / FRAME_RATE))
            cv2.line(chart.sheet, (x, chart.top), (x, chart.bottom), SEAM, 1)
    top = max(float(np.nanpercentile(curve, 99.5)) for curve, _ in curves)
    chart.write(f"{top:.3g}", 4, chart.top + 4, QUIET, 0.38)
    for curve, colour in reversed(curves):
        _draw(chart, _points(chart, curve / max(top, 1e-9)), colour)
    return chart.sheet


def _figures(row: Row, colour: Colour) -> np.ndarray:
    """The row's figures that were measured, and its notes."""
    lines = ["   ".join(f"{name} {_said(row.figures[name])}" for name in names if row.figures.get(name) is not None) for names in _SHOWN]
    return _text([line for line in lines if line], colour, row.notes)


def _sets(report: Report) -> np.ndarray:
    sets = report.sets
    values = {"FID": sets.fid, "FVD": sets.fvd, "E-FID": sets.e_fid}
    values |= {f"emotion accuracy, {kind}": table.accuracy for kind, table in sets.confusion.items()}
    line = "   ".join(f"{name} {_said(value)}" for name, value in values.items() if value is not None)
    return _text([line] if line else [], TEXT, (*sets.notes, *report.failures))


def _text(lines: Sequence[str], colour: Colour, notes: Sequence[str]) -> np.ndarray:
    sheet = np.full((_LINE * (len(lines) + len(notes)) + 12, WIDTH, 3), BACKGROUND, np.uint8)
    chart = Chart(sheet, 24, WIDTH - 24, 0, len(sheet), 1.0)
    for index, line in enumerate([*lines, *notes]):
        is_note = index >= len(lines)
        chart.write(line[:150], 24, 18 + _LINE * index, QUIET if is_note else colour, 0.38 if is_note else 0.45)
    return sheet


def _panel(duration_s: float, title: str) -> Chart:
    """An empty chart over time with its title."""
    plot = time_chart(duration_s, WIDTH, _PANEL)
    sheet = np.concatenate([np.full((_TITLE, WIDTH, 3), BACKGROUND, np.uint8), plot.sheet])
    chart = Chart(sheet, plot.left, plot.right, plot.top + _TITLE, plot.bottom + _TITLE, plot.duration_s)
    chart.write(title, 24, 20, TEXT, 0.45)
    return chart


def _points(chart: Chart, heights: np.ndarray) -> list[tuple[int, int] | None]:
    """Pixels of a curve over frames, heights 0 to 1; None where it is not measured."""
    middles = (np.arange(len(heights)) + 0.5) / float(FRAME_RATE)
    pairs = zip(middles, heights, strict=True)
    return [None if np.isnan(height) else (chart.column(time), chart.row(height)) for time, height in pairs]


def _draw(chart: Chart, points: Sequence[tuple[int, int] | None], colour: Colour, width: int = 1) -> None:
    """A line through points, broken where one is missing."""
    run: list[tuple[int, int]] = []
    for point in [*points, None]:
        if point is not None:
            run.append(point)
        elif run:
            cv2.polylines(chart.sheet, [np.array(run, np.int32)], False, colour, width, cv2.LINE_AA)
            run = []


def _said(value: object) -> str:
    return f"{value:.4g}" if isinstance(value, float) else str(value)
