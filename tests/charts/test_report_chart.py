"""The picture of a report: every curve is where its numbers say, and what is missing is said."""

from __future__ import annotations

import numpy as np

from eadnet_core.charts.canvas import ACCENT
from eadnet_core.charts.report import REAL, WIDTH, draw_report
from eadnet_core.charts.sync import draw_sync
from eadnet_core.metrics.report import Report, Row, SetFigures

FRAMES = 100


def row(name: str, **curves: np.ndarray) -> Row:
    given = {"opening": np.sin(np.arange(FRAMES) / 5) ** 2, "acceleration": np.ones(FRAMES), **curves}
    return Row(name, FRAMES / 25, (64, 64), {"sync_c": 3.0}, given, {}, (16, 28), ("A note.",))


def report(made: list[Row], real: list[Row]) -> Report:
    return Report({"sync": "a network"}, tuple(made), tuple(real), SetFigures())


def colour_count(picture: np.ndarray, colour: tuple[int, int, int]) -> int:
    return int((np.abs(picture.astype(int) - colour).max(-1) < 60).sum())


def test_made_and_real_have_their_colours() -> None:
    identity = np.linspace(0, 0.2, FRAMES)
    alone = draw_report(report([row("a", identity=identity)], []))
    both = draw_report(report([row("a", identity=identity)], [row("r", identity=identity / 2)]))
    assert alone.shape[1] == WIDTH and alone.dtype == np.uint8
    assert colour_count(alone, ACCENT) > 500 and colour_count(alone, REAL) < 50 and colour_count(both, REAL) > 500


def test_a_video_without_sound_or_with_few_frames_is_drawn() -> None:
    """No level, no sync, no identity; and a face that is never seen twice."""
    opening = np.full(3, np.nan)
    opening[1] = 0.1
    few = Row("b", 3 / 25, (64, 64), {}, {"opening": opening, "acceleration": np.full(3, np.nan)})
    assert draw_report(report([few], [])).shape[1] == WIDTH


def test_more_videos_than_colours_are_drawn() -> None:
    assert draw_report(report([row(f"v{k}") for k in range(9)], [row("r")])).shape[1] == WIDTH


def test_syncs_dot_is_at_the_least_distance() -> None:
    """A dip at shift +5 of -15 to 15: two thirds of the way from left to right, at the bottom."""
    distances = np.full(31, 2.0)
    distances[20] = 1.0
    picture = draw_sync([(distances, ACCENT)], width=648, height=220)
    rows, columns = np.nonzero((picture == ACCENT).all(-1))
    lowest = columns[rows > rows.max() - 3]
    assert abs(lowest.mean() - (48 + (648 - 24 - 48) * 2 / 3)) < 4
    assert draw_sync([]).shape == (220, 1024, 3)
