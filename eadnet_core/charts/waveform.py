"""A recording's waveform, coloured where a mouth will be active."""

from __future__ import annotations

import cv2
import numpy as np

from ..audio.sound import Sound
from ..types import SpeechFeatures
from .canvas import ACCENT, QUIET, time_chart


def draw_waveform(sound: Sound, speech: SpeechFeatures) -> np.ndarray:
    """uint8 [H, W, 3]: the loudest channel's extremes, scaled to the sheet; orange as far as the frame is speech.

    Args:
        sound: The recording.
        speech: Its features, for their activity.
    """
    chart = time_chart(float(speech.duration_s))
    num_columns = chart.right - chart.left
    edges = np.linspace(0, sound.num_samples, num_columns + 1).astype(int)
    loudest = sound.samples[np.abs(sound.samples).max(1).argmax()]
    peak = max(float(np.abs(loudest).max()), 1e-6)
    activity = speech.activity.numpy()
    middle, half = (chart.top + chart.bottom) // 2, (chart.bottom - chart.top) // 2
    for column in range(num_columns):
        block = loudest[edges[column] : max(edges[column + 1], edges[column] + 1)] / peak
        heard = activity[min(len(activity) - 1, column * len(activity) // num_columns)] if len(activity) else 0.0
        colour = tuple(round(float(q + (a - q) * heard)) for q, a in zip(QUIET, ACCENT, strict=True))
        x = chart.left + column
        cv2.line(chart.sheet, (x, middle - round(float(block.max()) * half)), (x, middle - round(float(block.min()) * half)), colour, 1)
    return chart.sheet
