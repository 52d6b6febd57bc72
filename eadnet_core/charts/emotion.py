"""What is felt when: an emotion track as coloured areas over time."""

from __future__ import annotations

import cv2
import numpy as np

from ..emotion.track import EmotionTrack
from ..emotion.vocabulary import EMOTIONS
from ..timebase import FRAME_RATE
from .canvas import BACKGROUND, GRID, TEXT, Colour, time_chart

COLOURS: dict[str, Colour] = {
    "neutral": (120, 124, 134),
    "happy": (255, 200, 70),
    "sad": (92, 142, 230),
    "angry": (232, 84, 76),
    "fearful": (166, 116, 222),
    "disgusted": (132, 178, 84),
    "surprised": (84, 204, 204),
    "contemptuous": (206, 122, 160),
}
_OPEN_END_S = 2.0
"""Shown of a last span that lasts to the end of a clip whose length is not known."""
_LEGEND_STEP = 112


def draw_emotion(track: EmotionTrack, duration_s: float | None = None) -> np.ndarray:
    """uint8 [H, W, 3]: intensity of each class over time, stacked; a line and a caption where each span starts.

    Args:
        track: The track.
        duration_s: Length of the clip in seconds; None: not known, the last span is shown for two seconds.
    """
    chart = time_chart(duration_s or max(span.start_s for span in track.spans) + _OPEN_END_S)
    num_frames = max(2, round(chart.duration_s * FRAME_RATE))
    emotion = track.sample(num_frames)[0].numpy()  # [N, 8]
    top = np.clip(np.cumsum(emotion, 1), 0, 1)  # [N, 8]: where each class ends, from below
    plot_top = chart.top + 44
    height = chart.bottom - plot_top
    times = (np.arange(chart.left, chart.right) - chart.left) / (chart.right - chart.left) * (num_frames - 1)
    edges = np.stack([np.interp(times, np.arange(num_frames), top[:, index]) for index in range(len(EMOTIONS))], 1)  # [columns, 8]
    rows = chart.bottom - np.rint(edges * height).astype(int)
    for index, name in enumerate(EMOTIONS):
        for x, row in enumerate(rows, chart.left):
            chart.sheet[row[index] : chart.bottom if index == 0 else row[index - 1], x] = COLOURS[name]
        left = chart.left + index * _LEGEND_STEP
        chart.write(name, left + 14, 18, TEXT, 0.42)
        cv2.rectangle(chart.sheet, (left, 9), (left + 9, 18), COLOURS[name], -1)
    for share in (0.5, 1.0):
        y = chart.bottom - round(share * height)
        cv2.line(chart.sheet, (chart.left, y), (chart.right, y), GRID, 1)
    starts = [chart.column(span.start_s) for span in track.spans]
    for index, (span, x) in enumerate(zip(track.spans, starts, strict=True)):
        room = (starts[index + 1] if index + 1 < len(starts) else chart.sheet.shape[1]) - x
        cv2.line(chart.sheet, (x, plot_top - 18), (x, chart.bottom), BACKGROUND if span.start_s else GRID, 2)
        chart.write(span.caption[: max(3, room // 9)], x + 3, plot_top - 8, TEXT, 0.42)
    return chart.sheet
