"""Directions: lines that say when the head turns, the eyes look, a blink comes, and for how long; what they leave open stays free."""

from __future__ import annotations

import math
import shlex
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from ..errors import InputError
from ..files import read_text
from ..timebase import frame_centers
from .face_motion import FaceMotion
from .latent import LatentLayout, to_latent
from .mouth_maps import MouthMaps

FORM = "`seconds direction [amount] [for seconds]`, as in `3.5 look left 0.6`, `4.0 nod`, `6.0 turn right 12 for 2`"
SETTLE_S = 0.32
"""How long head, eyes and brows may take to get where a line sends them, and back."""
FREE = "free"
NOD_S, SHAKE_S, NOD_DEG, SHAKE_DEG = 0.8, 1.2, 6.0, 6.0
CLOSING_S, OPENING_S = 0.067, 0.15
"""Of a blink. Source: people on video, medians."""
FARTHEST_TURN, FARTHEST_TILT = 30.0, 20.0
_SIDES = {"left": -1.0, "right": 1.0, "up": -1.0, "down": 1.0}
YAW, PITCH, ROLL = range(3)
Draw = Callable[["Direction", np.ndarray, np.ndarray, np.ndarray, np.ndarray], None]
"""Puts a line into a latent motion and its mask: draw(line, times [N], frames within it [N], motion [N, C], mask [N, C])."""


@dataclass(frozen=True)
class Direction:
    """One line.

    Attributes:
        start_s: When it begins.
        end_s: When it ends; infinity: until another of its kind.
        kind: "gaze", "yaw", "pitch", "roll", "brows", "nod", "shake", "blink" or "wink"; what it moves.
        value: How far, and to which side; None: free again.
    """

    start_s: float
    end_s: float
    kind: str
    value: float | tuple[float, float] | None


@dataclass(frozen=True)
class Directions:
    """Lines in order of time.

    Attributes:
        lines: At least one.
    """

    lines: tuple[Direction, ...]

    def check_within(self, duration_s: float) -> None:
        """Raises:
        InputError: A line begins after the sound's end.
        """
        late = next((line for line in self.lines if line.start_s >= duration_s), None)
        if late is not None:
            raise InputError(f"direction at {late.start_s:g} s ({late.kind}) lies after the sound's end at {duration_s:.2f} s; move it.")

    def latent(self, num_frames: int) -> tuple[np.ndarray, np.ndarray]:
        """What is given of a clip's latent motion and where it is: float32 [N, C] each, the mask 0 or 1."""
        layout, at = LatentLayout.of_face(), np.array(frame_centers(0, num_frames))
        motion, mask = (np.zeros((num_frames, layout.num_channels), np.float32) for _ in range(2))
        for line in self.lines:
            inside = (at >= line.start_s) & (at < line.end_s)
            _DRAW[line.kind](line, at, inside, motion, mask)
        return motion, mask


def read_directions(path: str | Path, duration_s: float = math.inf) -> Directions:
    """The directions in a text file, see parse_directions.

    Raises:
        InputError: The file cannot be read as text, or its contents are wrong.
    """
    return parse_directions(read_text(path, "directions", f"give a text file with lines {FORM}"), duration_s)


def parse_directions(text: str, duration_s: float = math.inf) -> Directions:
    """Directions from lines; empty ones and what follows a # are passed over.

    `look left|right|up|down [0 to 1]`, `look ahead`, `look free`; `turn left|right [degrees]`, `turn up|down [degrees]`,
    `tilt left|right [degrees]`, `turn ahead`, `head free`; `brows up|down [0 to 1]`, `brows free`; `nod [amount]`, `shake [amount]`,
    `blink`, `wink left|right`. Sides are the picture's. Looking, turning, tilting and brows last until the next line of their kind, or as
    long as `for SECONDS` says; what no line speaks of is free.

    Raises:
        InputError: Naming the line: not of this form, not in order, past the end, or an amount out of range.
    """
    lines: list[Direction] = []
    for number, line in enumerate(text.splitlines(), 1):
        try:
            words = _split(line)
            if not words:
                continue
            start_s = _number(words[0], "time", 0, duration_s)
            if lines and start_s < lines[-1].start_s:
                raise InputError(f"time is {start_s:g} s, before {lines[-1].start_s:g} s above; put lines in order of time.")
            lines += _parsed(start_s, [word.lower() for word in words[1:]])
        except InputError as error:
            raise InputError(f"directions line {number}: {error}") from error
    if not lines:
        raise InputError(f"directions have no line; write lines {FORM}.")
    return Directions(tuple(_until_the_next(lines)))


def _split(line: str) -> list[str]:
    try:
        return shlex.split(line, comments=True)
    except ValueError as error:
        raise InputError(f"'{line.strip()[:40]}' has a quotation mark without its pair; write {FORM}.") from error


def _number(word: str, name: str, least: float, most: float) -> float:
    try:
        value = float(word)
    except ValueError as error:
        raise InputError(f"{name} is '{word[:20]}', no number; write {FORM}.") from error
    if not least <= value <= most or (name == "time" and value == most):
        raise InputError(f"{name} is {value:g}; give {least:g} to {most:g}.")
    return value


def _parsed(start_s: float, words: list[str]) -> list[Direction]:
    """What one line says."""
    end_s = math.inf
    if "for" in words:
        place = words.index("for")
        if len(words) != place + 2:
            raise InputError(f"'for' wants one number of seconds behind it; write {FORM}.")
        end_s = start_s + _number(words[place + 1], "length", 0.04, 3600)
        words = words[:place]
    verb, *rest = words or [""]
    if verb in ("nod", "shake"):
        length, size = (NOD_S, NOD_DEG) if verb == "nod" else (SHAKE_S, SHAKE_DEG)
        amount = _number(rest[0], "amount", 0.1, 3) if rest else 1.0
        return [Direction(start_s, start_s + length, verb, amount * size)]
    if verb == "blink" and not rest:
        return [Direction(start_s, start_s + CLOSING_S + OPENING_S + 0.08, "blink", 1.0)]
    if verb == "wink" and rest in (["left"], ["right"]):
        return [Direction(start_s, start_s + 2 * (CLOSING_S + OPENING_S), "wink", _SIDES[rest[0]])]
    place_word = rest[0] if rest else ""
    if (verb, place_word) == ("head", FREE):
        return [Direction(start_s, math.inf, kind, None) for kind in ("yaw", "pitch", "roll")]
    if (verb, place_word) == ("turn", "ahead"):
        return [Direction(start_s, end_s, kind, 0.0) for kind in ("yaw", "pitch", "roll")]
    if place_word == FREE and verb in ("look", "brows"):
        return [Direction(start_s, math.inf, {"look": "gaze", "brows": "brows"}[verb], None)]
    if (verb, place_word) == ("look", "ahead"):
        return [Direction(start_s, end_s, "gaze", (0.0, 0.0))]
    sides = {"look": tuple(_SIDES), "turn": tuple(_SIDES), "tilt": ("left", "right"), "brows": ("up", "down")}
    if place_word not in sides.get(verb, ()) or len(rest) > 2:
        raise InputError(f"'{' '.join(words)[:40]}' is no direction; write {FORM}.")
    side, sideways = _SIDES[place_word], place_word in ("left", "right")
    if verb in ("look", "brows"):
        amount = _number(rest[1], "amount", 0, 1) if len(rest) > 1 else 0.6
        gaze = (side * amount, 0.0) if sideways else (0.0, side * amount)
        return [Direction(start_s, end_s, "gaze", gaze) if verb == "look" else Direction(start_s, end_s, "brows", -side * amount)]
    degrees = _number(rest[1], "degrees", 0, FARTHEST_TURN if sideways and verb == "turn" else FARTHEST_TILT) if len(rest) > 1 else 8.0
    return [Direction(start_s, end_s, "roll" if verb == "tilt" else "yaw" if sideways else "pitch", side * degrees)]


def _until_the_next(lines: list[Direction]) -> list[Direction]:
    """Lines that last until another of their kind begins."""
    ended = []
    for index, line in enumerate(lines):
        after = next((other.start_s for other in lines[index + 1 :] if other.kind == line.kind), math.inf)
        ended.append(Direction(line.start_s, min(line.end_s, after), line.kind, line.value))
    return ended


def _still(**changes: Any) -> np.ndarray:  # noqa: ANN401
    """The latent [C] of a face that rests but for these fields [...] of a FaceMotion."""
    fields: dict[str, Any] = {name: np.asarray(value, np.float32)[None] for name, value in changes.items()}
    return to_latent(replace(FaceMotion.still(1), **fields))[0]


def _hold(
    line: Direction, at: np.ndarray, inside: np.ndarray, motion: np.ndarray, mask: np.ndarray, channels: np.ndarray, rest: np.ndarray
) -> None:
    """Holds channels where they are in `rest` [C], once there was time to get there."""
    settled = np.ix_(inside & (at >= min(line.start_s + SETTLE_S, line.end_s - 0.02)), channels)
    motion[settled], mask[settled] = rest[channels], 1


def _gaze(line: Direction, at: np.ndarray, inside: np.ndarray, motion: np.ndarray, mask: np.ndarray) -> None:
    if line.value is not None:
        gaze = LatentLayout.of_face().gaze
        _hold(line, at, inside, motion, mask, np.arange(gaze.start, gaze.stop), _still(gaze=line.value))


def _turned(axis: int) -> Draw:
    def draw(line: Direction, at: np.ndarray, inside: np.ndarray, motion: np.ndarray, mask: np.ndarray) -> None:
        if isinstance(line.value, float):
            channel = np.array([LatentLayout.of_face().rotation.start + axis])
            _hold(line, at, inside, motion, mask, channel, _still(rotation=line.value * np.eye(3)[axis]))

    return draw


def _gesture(axis: int, swings: float) -> Draw:
    """A nod or a shake: some swings under a bell, around where the head is held or at rest."""

    def draw(line: Direction, at: np.ndarray, inside: np.ndarray, motion: np.ndarray, mask: np.ndarray) -> None:
        channel = LatentLayout.of_face().rotation.start + axis
        share = (at[inside] - line.start_s) / (line.end_s - line.start_s)
        assert isinstance(line.value, float)
        unit = float(_still(rotation=np.eye(3)[axis])[channel])
        motion[inside, channel] += unit * line.value * np.sin(np.pi * share) * np.sin(2 * np.pi * swings * share)
        mask[inside, channel] = 1

    return draw


def _lids(line: Direction, at: np.ndarray, inside: np.ndarray, motion: np.ndarray, mask: np.ndarray) -> None:
    """Lids that shut and open; of a wink one, and longer."""
    layout, since = LatentLayout.of_face(), at[inside] - line.start_s
    hold = (line.end_s - line.start_s) - CLOSING_S - OPENING_S
    shut = np.minimum(since / CLOSING_S, (CLOSING_S + hold + OPENING_S - since) / OPENING_S).clip(0, 1)
    columns = (0, 1) if line.kind == "blink" else (0,) if line.value == _SIDES["left"] else (1,)
    unit = float(_still(lids=(1, 1))[layout.lids.start])
    for column in columns:
        motion[inside, layout.lids.start + column], mask[inside, layout.lids.start + column] = unit * shut, 1


def _brows(line: Direction, at: np.ndarray, inside: np.ndarray, motion: np.ndarray, mask: np.ndarray) -> None:
    if isinstance(line.value, float):
        channels = np.flatnonzero(LatentLayout.of_face().of_part("brows"))
        _hold(line, at, inside, motion, mask, channels, _still(expression=line.value * MouthMaps.of_face().brows))


_DRAW: dict[str, Draw] = {
    "gaze": _gaze, "yaw": _turned(YAW), "pitch": _turned(PITCH), "roll": _turned(ROLL), "nod": _gesture(PITCH, 1.0),
    "shake": _gesture(YAW, 2.0), "blink": _lids, "wink": _lids, "brows": _brows,
}  # fmt: skip
