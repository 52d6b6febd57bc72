"""The ablation's figures as a table and a picture."""

from __future__ import annotations

import math
from collections.abc import Mapping

import cv2
import numpy as np

from eadnet_core.charts.canvas import ACCENT, BACKGROUND, GRID, QUIET, TEXT, Colour

from .ablation_measures import BETTER

Figures = Mapping[str, list[float | None]]
"""A measure's name to its value for every clip, None where it does not apply."""
NAMES = {
    "lips": "lips follow (r)", "shift": "shift found", "cosine": "cosine", "flow_px": "flow, px", "words_px": "flow by words, px",
    "mouth_db": "mouth, dB", "motion": "motion, /255", "seam": "seam",
}  # fmt: skip
GOOD, BAD = (84, 204, 160), (232, 104, 122)
LEFT, PANEL, ROW, TOP = 170, 150, 34, 64


def difference(figures: Figures, full: Figures, name: str) -> tuple[float, float]:
    """Mean of an arm's figure minus the full model's over the clips that both have, and the standard error of that mean."""
    pairs = [(a, b) for a, b in zip(figures[name], full[name], strict=True) if a is not None and b is not None]
    change = np.array([a - b for a, b in pairs])
    return float(change.mean()), float(change.std(ddof=1) / math.sqrt(len(change)))


def mean(figures: Figures, name: str) -> float | None:
    """Of the clips that have the figure; None where the arm has it not at all."""
    values = [value for value in figures.get(name, []) if value is not None]
    return float(np.mean(values)) if values else None


def write_table(arms: Mapping[str, Figures], truth: Figures, costs: Mapping[str, int]) -> str:
    """Markdown: an arm a line; differences from the full model that exceed two standard errors are bold.

    Args:
        arms: By name; the first is the full model.
        truth: Of the true clips.
        costs: By arm that is a network of its own: CPU time of a window, milliseconds.
    """
    full = next(iter(arms.values()))
    lines = ["| | " + " | ".join(NAMES.values()) + " | CPU ms a window |", "|---" * (len(NAMES) + 2) + "|"]
    for arm, figures in arms.items():
        cells = []
        for name in NAMES:
            value = mean(figures, name)
            assert value is not None
            change, error = difference(figures, full, name)
            certain = figures is not full and abs(change) > 2 * error
            cells.append(f"**{value:.3f}**" if certain else f"{value:.3f}")
        lines.append(f"| {arm} | " + " | ".join(cells) + f" | {costs.get(arm, '')} |")
    true = ["" if (value := mean(truth, name)) is None else f"{value:.3f}" for name in NAMES]
    return "\n".join([*lines, "| *the drawn clips themselves* | " + " | ".join(true) + " | |"]) + "\n"


def write_judged_table(arms: Mapping[str, Mapping[str, float | None]]) -> str:
    """Markdown: real_eval.py's figures, an arm a line."""
    names = list(next(iter(arms.values())))
    lines = ["| | " + " | ".join(names) + " |", "|---" * (len(names) + 1) + "|"]
    for arm, figures in arms.items():
        lines.append(f"| {arm} | " + " | ".join("" if (v := figures[name]) is None else f"{v:g}" for name in names) + " |")
    return "\n".join(lines) + "\n"


def draw_plot(arms: Mapping[str, Figures]) -> np.ndarray:
    """uint8 [H, W, 3], RGB: for each arm and measure the difference from the full model with two standard errors; right is better."""
    full, others = next(iter(arms.values())), list(arms)[1:]
    sheet = np.full((TOP + ROW * len(others) + 30, LEFT + PANEL * len(NAMES) + 20, 3), BACKGROUND, np.uint8)
    _write(sheet, "difference from the full model; right is better; bars are two standard errors over clips", 16, 22, QUIET)
    for row, arm in enumerate(others):
        _write(sheet, arm, 16, TOP + ROW * row + 22, TEXT)
    for column, (name, title) in enumerate(NAMES.items()):
        changes = [tuple(BETTER[name] * v if i == 0 else v for i, v in enumerate(difference(arms[arm], full, name))) for arm in others]
        reach = max(abs(change) + 2 * error for change, error in changes) or 1.0
        middle, half = LEFT + PANEL * column + PANEL // 2, PANEL // 2 - 12
        _write(sheet, title, middle - half, TOP - 14, TEXT)
        cv2.line(sheet, (middle, TOP), (middle, TOP + ROW * len(others)), GRID, 1)
        _write(sheet, f"+-{reach:.2g}", middle - 20, TOP + ROW * len(others) + 18, QUIET)
        for row, (change, error) in enumerate(changes):
            y = TOP + ROW * row + 17
            low, high = (middle + round(half * (change + side * 2 * error) / reach) for side in (-1, 1))
            colour: Colour = ACCENT if low <= middle <= high else GOOD if change > 0 else BAD
            cv2.line(sheet, (low, y), (high, y), colour, 2, cv2.LINE_AA)
            cv2.circle(sheet, (middle + round(half * change / reach), y), 4, colour, -1, cv2.LINE_AA)
    return sheet


def _write(sheet: np.ndarray, text: str, x: int, y: int, colour: Colour) -> None:
    cv2.putText(sheet, text, (x, y), cv2.FONT_HERSHEY_SIMPLEX, 0.42, colour, 1, cv2.LINE_AA)
