from __future__ import annotations

import numpy as np

from eadnet_core.charts.action_units import COLOURS, MOST_LANES, draw_action_units
from eadnet_core.emotion.action_units import ActionUnitTrack
from eadnet_core.emotion.vocabulary import ACTION_UNITS


def count(sheet: np.ndarray, part: str) -> int:
    """Pixels filled with a part's dimmed colour."""
    return int((sheet == np.array([channel // 2 for channel in COLOURS[part]])).all(-1).sum())


def test_the_filled_area_is_the_mean_of_the_curve() -> None:
    times = np.array([0.0, 4.0])
    full, half = (draw_action_units(ActionUnitTrack(times, np.array([[a], [b]], np.float32), ("AU4",))) for a, b in ((1, 1), (0, 1)))
    assert full.shape == (288, 1024, 3) and full.dtype == np.uint8
    assert abs(count(half, "brow") / count(full, "brow") - 0.5) < 0.05
    assert count(full, "mouth") == 0


def test_every_part_has_its_colour_and_the_weakest_units_are_left_out() -> None:
    values = np.linspace(0.3, 1, len(ACTION_UNITS), dtype=np.float32)[None]
    sheet = draw_action_units(ActionUnitTrack(np.zeros(1), values), 3.0)
    assert count(sheet, "mouth") > count(sheet, "nose") == 0 < MOST_LANES
    named = draw_action_units(ActionUnitTrack(np.zeros(1), np.array([[0.5, 0.5, 0.5, 0.5]], np.float32), ("AU1", "AU6", "AU9", "AU26")))
    assert all(count(named, part) > 0 for part in COLOURS)


def test_a_face_at_rest_says_so() -> None:
    still = draw_action_units(ActionUnitTrack(np.zeros(1), np.zeros((1, len(ACTION_UNITS)), np.float32)))
    assert all(count(still, part) == 0 for part in COLOURS) and still.max() > 100
