"""A dark sheet with a time axis, on which the charts are drawn."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

Colour = tuple[int, int, int]

BACKGROUND: Colour = (26, 27, 30)
GRID: Colour = (52, 54, 60)
TEXT: Colour = (176, 180, 190)
QUIET: Colour = (104, 110, 122)
ACCENT: Colour = (255, 168, 76)

_SECONDS_BETWEEN_LABELS = (0.1, 0.2, 0.5, 1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 1800, 3600)
_MOST_LABELS = 11


@dataclass(frozen=True)
class Chart:
    """A sheet being drawn on.

    Attributes:
        sheet: uint8 [H, W, 3], RGB.
        left: First pixel column of the plot.
        right: Column after its last.
        top: First pixel row of the plot.
        bottom: Row after its last.
        duration_s: Time at the right edge; 0 is at the left.
    """

    sheet: np.ndarray
    left: int
    right: int
    top: int
    bottom: int
    duration_s: float

    def column(self, time_s: float) -> int:
        """Pixel column of a time."""
        return self.left + round((self.right - self.left) * min(1.0, max(0.0, time_s / self.duration_s)))

    def row(self, share: float) -> int:
        """Pixel row of a height, 0 (bottom) to 1 (top)."""
        return self.bottom - round((self.bottom - self.top) * min(1.0, max(0.0, share)))

    def write(self, text: str, x: int, y: int, colour: Colour = TEXT, scale: float = 0.5) -> None:
        """Puts text with its left end and base line at x, y; letters that the font lacks are left out."""
        plain = text.encode("ascii", "ignore").decode().strip()
        cv2.putText(self.sheet, plain, (x, y), cv2.FONT_HERSHEY_SIMPLEX, scale, colour, 1, cv2.LINE_AA)


def time_chart(duration_s: float, width: int = 1024, height: int = 288) -> Chart:
    """An empty chart with a labelled time axis.

    Args:
        duration_s: Length of the axis; at least one frame is shown.
        width: Width of the sheet in pixels.
        height: Its height.
    """
    sheet = np.full((height, width, 3), BACKGROUND, np.uint8)
    chart = Chart(sheet, 24, width - 24, 20, height - 40, max(duration_s, 0.04))
    step = next((s for s in _SECONDS_BETWEEN_LABELS if chart.duration_s / s <= _MOST_LABELS), _SECONDS_BETWEEN_LABELS[-1])
    for index in range(int(chart.duration_s / step + 1e-6) + 1):
        x = chart.column(index * step)
        cv2.line(sheet, (x, chart.top), (x, chart.bottom), GRID, 1)
        label = f"{index * step:g} s"
        (label_width, _), _ = cv2.getTextSize(label, cv2.FONT_HERSHEY_SIMPLEX, 0.45, 1)
        chart.write(label, min(max(4, x - label_width // 2), width - label_width - 4), chart.bottom + 24, QUIET, 0.45)
    return chart
