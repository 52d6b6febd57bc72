"""Sparse Action Unit tokens: at each fifth of a second only the units that show, as numbers or as text for a language model."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from ..errors import InputError
from .action_units import ActionUnitTrack
from .vocabulary import ACTION_UNITS

TOKEN_RATE = Fraction(5)
"""Steps a second. Source: AUHead."""
NUM_LEVELS = 20
"""Intensities that a token can have, besides 0: steps of 0.05."""
MAX_STEPS = 3600 * int(TOKEN_RATE)
"""Longest plan: an hour. A text that names a later time is a mistake, not a plan."""
FORM = "`seconds: unit intensity, unit intensity` such as `0.4: AU1 0.80, AU4 0.35`, or `0.4: -` for a face at rest"

Step = tuple[tuple[int, int], ...]
"""(index into ACTION_UNITS, level 1 to NUM_LEVELS) of the units that show, by rising index."""

_ITEM = re.compile(r"(AU\d+[LR]?)\s*[ =:]\s*([-+]?(?:\d+\.?\d*|\.\d+))", re.IGNORECASE)


@dataclass(frozen=True)
class ActionUnitTokens:
    """A plan of Action Units, step by step at TOKEN_RATE; step i is at i / TOKEN_RATE seconds.

    Attributes:
        steps: At least one; a unit that a step does not hold is at rest.

    Source: AUHead's (index, intensity) tokens of active units; levels and text form ours.
    """

    steps: tuple[Step, ...]

    @staticmethod
    def from_track(track: ActionUnitTrack) -> ActionUnitTokens:
        """The plan nearest to a track, from 0 to its last row."""
        times = np.arange(math.ceil(track.end_s * float(TOKEN_RATE) - 1e-6) + 1) / float(TOKEN_RATE)
        levels = np.rint(track.at(times) * NUM_LEVELS).astype(int)  # [steps, U]
        index = [ACTION_UNITS.index(unit) for unit in track.units]
        return ActionUnitTokens(tuple(tuple((i, int(n)) for i, n in zip(index, row, strict=True) if n > 0) for row in levels))

    def to_track(self) -> ActionUnitTrack:
        """Curves of all units that run straight from step to step."""
        values = np.zeros((len(self.steps), len(ACTION_UNITS)), np.float32)
        for row, step in zip(values, self.steps, strict=True):
            for index, level in step:
                row[index] = level / NUM_LEVELS
        return ActionUnitTrack(np.arange(len(self.steps)) / float(TOKEN_RATE), values)

    def to_text(self) -> str:
        """One line a step, such as `0.4: AU1 0.80, AU4 0.35`; steps equal to the one before are left out, but not the last."""
        lines = []
        for i, step in enumerate(self.steps):
            if i in (0, len(self.steps) - 1) or step != self.steps[i - 1] or step != self.steps[i + 1]:
                units = ", ".join(f"{ACTION_UNITS[index]} {level / NUM_LEVELS:.2f}" for index, level in step) or "-"
                lines.append(f"{i / float(TOKEN_RATE):.1f}: {units}")
        return "\n".join(lines)

    @staticmethod
    def from_text(text: str) -> ActionUnitTokens:
        """The plan of such lines; steps between two lines lie between them, and times are rounded to steps.

        Raises:
            InputError: Naming the line: not of this form, unknown unit, intensity outside 0 to 1, or time not after the line above.
        """
        rows: dict[int, np.ndarray] = {}
        for number, line in enumerate(text.splitlines(), 1):
            if not line.strip():
                continue
            try:
                step, values = _parse_line(line)
                if rows and step <= max(rows):
                    time = line.split(":")[0].strip()
                    raise InputError(f"time {time} s is no step after the line above; a step is {1 / float(TOKEN_RATE)} s.")
            except InputError as error:
                raise InputError(f"Action Unit line {number}: {error}") from error
            rows[step] = values
        if not rows:
            raise InputError(f"Action Unit text has no line; write {FORM}.")
        track = ActionUnitTrack(np.array(list(rows)) / float(TOKEN_RATE), np.stack(list(rows.values())).astype(np.float32))
        return ActionUnitTokens.from_track(track)


def edit_from_text(text: str) -> ActionUnitTrack:
    """Curves of the units that a text of such lines names anywhere, and of no others: what is laid over another track.

    Raises:
        InputError: See ActionUnitTokens.from_text; or no line names a unit.
    """
    tokens = ActionUnitTokens.from_text(text)
    named = {match[1].upper() for match in _ITEM.finditer(text)}
    if not named:
        raise InputError("Action Unit text names no unit; write `0.0: AU4 0` to set one to rest.")
    return tokens.to_track().only(named)


def _parse_line(line: str) -> tuple[int, np.ndarray]:
    time, colon, rest = line.partition(":")
    try:
        seconds = float(time)
    except ValueError as error:
        raise InputError(f"'{line.strip()[:80]}' does not start with a time; write {FORM}.") from error
    step = round(seconds * TOKEN_RATE) if 0 <= seconds * TOKEN_RATE < MAX_STEPS else -1
    if step < 0 or not colon:
        raise InputError(f"'{line.strip()[:80]}' has no time from 0 to {MAX_STEPS // TOKEN_RATE} s and a colon; write {FORM}.")
    values = np.zeros(len(ACTION_UNITS))
    for item in [] if rest.strip() in ("-", "") else rest.split(","):
        match = _ITEM.fullmatch(item.strip())
        if match is None or match[1].upper() not in ACTION_UNITS:
            raise InputError(f"'{item.strip()[:80]}' is no unit with an intensity; units are {', '.join(ACTION_UNITS)}.")
        values[ACTION_UNITS.index(match[1].upper())] = intensity = float(match[2])
        if not 0 <= intensity <= 1:
            raise InputError(f"intensity of {match[1]} is {match[2]}; give 0 to 1.")
    return step, values
