"""Action Unit curves as text: CSV with our own columns or with the blendshapes of ARKit and MediaPipe, or lines of a plan."""

from __future__ import annotations

import re
from fractions import Fraction
from pathlib import Path

import numpy as np

from ..errors import InputError
from ..files import read_text
from ..timebase import FRAME_RATE
from .action_unit_tokens import ActionUnitTokens
from .action_units import ActionUnitTrack
from .arkit import ARKIT_LEFT_OUT, ARKIT_NAMES, ARKIT_OF_ACTION_UNIT, from_arkit
from .curve_table import CurveTable
from .vocabulary import ACTION_UNITS

TIME_COLUMN = "time_s"
PAIRS = {"AU2": ("AU2L", "AU2R"), "AU12": ("AU12L", "AU12R"), "AU14": ("AU14L", "AU14R"), "AU45": ("AU45L", "AU45R")}
"""Columns that stand for both sides."""
IGNORED_ARKIT_COLUMNS = frozenset({"_neutral", "timecode", "blendshapecount", "frame"})
"""MediaPipe's rest shape, what Live Link Face writes beside the shapes, and a count of frames."""
HEAD_COLUMNS = ("head", "lefteye", "righteye")
"""Beginnings of Live Link Face's columns of rotations, which are no blendshapes."""

SEEN = 0.05
"""Value from which a blendshape shows."""
_PLAN_LINE = re.compile(r"\s*[\d.]+\s*:")
_BY_LOWER = {name.lower(): name for name in ARKIT_NAMES}


def read_action_units(path: str | Path) -> ActionUnitTrack:
    """The track of a CSV file; see parse_action_units.

    Raises:
        InputError: The file cannot be read as text, or its contents are wrong.
    """
    return parse_action_units(read_text(path, "Action Unit file", "give a CSV file with a header `time_s,AU1,...`, or a plan"))


def parse_action_units(text: str, rate: Fraction = FRAME_RATE) -> ActionUnitTrack:
    """The track of CSV text with a header `time_s,AU1,AU4,...`: any of ACTION_UNITS, or AU2, AU12, AU14, AU45 for both sides.

    A table of ARKit blendshapes works too (names in either case, as MediaPipe and Live Link Face write them); without
    a column time_s its rows are taken to be frames. Units without a column are not asked for. Lines of a plan (see
    ActionUnitTokens.to_text) are read as well.

    Args:
        text: What the file holds.
        rate: Rows a second of blendshapes without times, 1 to 240.

    Raises:
        InputError: Empty, unknown or repeated columns, cells that are no number from 0 to 1, times that do not rise.
    """
    if not 1 <= rate <= 240:
        raise InputError(f"frame rate is {float(rate):g}; give 1 to 240 rows a second.")
    if _PLAN_LINE.match(text):
        return ActionUnitTokens.from_text(text).to_track()
    table = _table(text)
    if any(name.lower() in _BY_LOWER for name in table.header):
        return _arkit_track(table, rate)
    return _track(table)


def lost_blendshapes(text: str) -> list[str]:
    """Blendshapes of a table that show in it, but that no Action Unit has; empty for other text."""
    if _PLAN_LINE.match(text):
        return []
    table = _table(text)
    left_out = [_BY_LOWER.get(name.lower(), "") for name in table.header]
    lost = [(i, name) for i, name in enumerate(left_out) if name in ARKIT_LEFT_OUT and name != "mouthClose"]
    return [name for i, name in lost if np.abs(table.values(i)).max(initial=0.0) >= SEEN]


def _table(text: str) -> CurveTable:
    return CurveTable.of_text(text, "Action Unit file", "give a header `time_s,AU1,...` and rows of numbers")


def write_action_units(track: ActionUnitTrack) -> str:
    """CSV text that parse_action_units reads back, to four decimals."""
    lines = [",".join((TIME_COLUMN, *track.units))]
    for time, row in zip(track.times_s, track.values, strict=True):
        lines.append(",".join((f"{time:.4f}", *(f"{value:.4f}" for value in row))))
    return "\n".join(lines) + "\n"


def _track(table: CurveTable) -> ActionUnitTrack:
    header = table.header
    if TIME_COLUMN not in header:
        raise InputError(f"Action Unit file lacks the column {TIME_COLUMN} (it has {', '.join(header)}); name seconds so.")
    columns: dict[str, np.ndarray] = {}
    times = np.zeros(0)
    for i, name in enumerate(header):
        values = table.values(i)
        if name == TIME_COLUMN:
            times = values
            continue
        for unit in PAIRS.get(name, (name,)):
            if unit not in ACTION_UNITS:
                raise InputError(f"Action Unit file has the column '{name}'; give {TIME_COLUMN} and any of {', '.join(ACTION_UNITS)}.")
            if unit in columns:
                raise InputError(f"Action Unit file gives {unit} twice, the second time as '{name}'; keep one.")
            columns[unit] = values
    units = tuple(unit for unit in ACTION_UNITS if unit in columns)
    if not units:
        raise InputError(f"Action Unit file has no column but {TIME_COLUMN}; add any of {', '.join(ACTION_UNITS)}.")
    return ActionUnitTrack(times, np.stack([columns[unit] for unit in units], 1).astype(np.float32), units)


def _arkit_track(table: CurveTable, rate: Fraction) -> ActionUnitTrack:
    header, num_rows = table.header, len(table.rows)
    shapes = np.zeros((num_rows, len(ARKIT_NAMES)), np.float32)
    times = np.array([float((i + Fraction(1, 2)) / rate) for i in range(num_rows)])
    for i, name in enumerate(header):
        lower = name.lower()
        if lower in _BY_LOWER:
            values = table.values(i)
            if not ((values >= 0) & (values <= 1)).all():
                raise InputError(f"blendshape {name} is {values[~((values >= 0) & (values <= 1))][0]:g}; give numbers from 0 to 1.")
            shapes[:, ARKIT_NAMES.index(_BY_LOWER[lower])] = values
        elif name == TIME_COLUMN:
            times = table.values(i)
        elif lower not in IGNORED_ARKIT_COLUMNS and not lower.startswith(HEAD_COLUMNS):
            raise InputError(f"blendshape file has the column '{name}'; give {TIME_COLUMN} and names of ARKit such as {ARKIT_NAMES[2]}.")
    given = {_BY_LOWER[name.lower()] for name in header if name.lower() in _BY_LOWER}
    shown = ARKIT_OF_ACTION_UNIT | {"AU25": ("jawOpen",)}
    units = [unit for unit in ACTION_UNITS if given.intersection(shown[unit])]
    if not units:
        raise InputError(f"blendshape file has only {', '.join(sorted(given))}, which no Action Unit has; add {ARKIT_NAMES[2]}.")
    return ActionUnitTrack(times, from_arkit(shapes)).only(units)
