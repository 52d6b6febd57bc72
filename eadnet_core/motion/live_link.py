"""Live Link Face's CSV: 52 blendshapes, head and eyes, frame by frame, as riggers record and read it."""

from __future__ import annotations

import csv
from fractions import Fraction
from pathlib import Path

import numpy as np

from ..emotion.arkit import ARKIT_NAMES
from ..errors import InputError
from .face_motion import FaceMotion
from .facs import motion_from_arkit, motion_to_arkit

SHAPES = (
    "EyeBlinkLeft", "EyeLookDownLeft", "EyeLookInLeft", "EyeLookOutLeft", "EyeLookUpLeft", "EyeSquintLeft", "EyeWideLeft",
    "EyeBlinkRight", "EyeLookDownRight", "EyeLookInRight", "EyeLookOutRight", "EyeLookUpRight", "EyeSquintRight", "EyeWideRight",
    "JawForward", "JawRight", "JawLeft", "JawOpen", "MouthClose", "MouthFunnel", "MouthPucker", "MouthRight", "MouthLeft",
    "MouthSmileLeft", "MouthSmileRight", "MouthFrownLeft", "MouthFrownRight", "MouthDimpleLeft", "MouthDimpleRight",
    "MouthStretchLeft", "MouthStretchRight", "MouthRollLower", "MouthRollUpper", "MouthShrugLower", "MouthShrugUpper",
    "MouthPressLeft", "MouthPressRight", "MouthLowerDownLeft", "MouthLowerDownRight", "MouthUpperUpLeft", "MouthUpperUpRight",
    "BrowDownLeft", "BrowDownRight", "BrowInnerUp", "BrowOuterUpLeft", "BrowOuterUpRight", "CheekPuff", "CheekSquintLeft",
    "CheekSquintRight", "NoseSneerLeft", "NoseSneerRight", "TongueOut",
)  # fmt: skip
"""In the order of the app's file. Source: Epic, Live Link Face."""
HEAD = ("HeadYaw", "HeadPitch", "HeadRoll")
EYES = ("LeftEyeYaw", "LeftEyePitch", "LeftEyeRoll", "RightEyeYaw", "RightEyePitch", "RightEyeRoll")
HEADER = ("Timecode", "BlendShapeCount", *SHAPES, *HEAD, *EYES)
FARTHEST_GAZE_RAD = float(np.deg2rad(35))
_ORDER = [ARKIT_NAMES.index(name[0].lower() + name[1:]) for name in SHAPES]


def write_live_link(path: str | Path, motion: FaceMotion) -> None:
    """Writes a motion as the app does: angles in radians, a timecode a frame.

    Raises:
        InputError: The file cannot be written.
    """
    shapes, head = motion_to_arkit(motion)[:, _ORDER], np.deg2rad(motion.rotation.astype(np.float64))
    rows = []
    for index in range(motion.num_frames):
        yaw, pitch = motion.gaze[index] * FARTHEST_GAZE_RAD
        eyes = (yaw, pitch, 0.0, yaw, pitch, 0.0)
        rows.append([_timecode(index, motion.rate), len(SHAPES), *(f"{value:.6f}" for value in (*shapes[index], *head[index], *eyes))])
    try:
        with Path(path).open("w", newline="", encoding="utf-8") as file:
            csv.writer(file).writerows([HEADER, *rows])
    except OSError as error:
        raise InputError(f"Curves {path} cannot be written ({error.strerror}); choose another place.") from error


def read_live_link(path: str | Path, rate: Fraction | None = None) -> FaceMotion:
    """The motion in a file of the app, or of `write_live_link`.

    Args:
        path: CSV with a header; columns may come in any order, missing ones are at 0.
        rate: Frames a second; None: what the timecodes count to, else 60, as the app is set at first.

    Raises:
        InputError: It is missing, is no such table, or holds what is no number.
    """
    path = Path(path)
    try:
        with path.open(newline="", encoding="utf-8-sig") as file:
            rows = list(csv.DictReader(file))
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise InputError(f"Curves {path} cannot be read ({error}); export them again as CSV.") from error
    names = {name.lower(): name for name in (rows[0] if rows else {}) if name}
    if "jawopen" not in names:
        raise InputError(f"Curves {path} are no table of Live Link Face ({len(rows)} rows without JawOpen); export them again as CSV.")

    def column(name: str) -> list[float]:
        own = names.get(name.lower())
        try:
            return [float(row[own] or 0) if own is not None else 0.0 for row in rows]
        except (TypeError, ValueError) as error:
            raise InputError(f"Curves {path} hold a value of {name} that is no number ({error}); mend or leave out that row.") from error

    shapes = np.array([column(name) for name in ARKIT_NAMES]).T.clip(0, 1)
    head = np.rad2deg(np.array([column(name) for name in HEAD]).T)
    return motion_from_arkit(shapes, rate or _counted_rate(rows, names), head)


def _timecode(index: int, rate: Fraction) -> str:
    seconds, frame = divmod(Fraction(index) / rate, 1)
    hours, minutes = divmod(int(seconds) // 60, 60)
    return f"{hours:02}:{minutes:02}:{int(seconds) % 60:02}:{int(frame * rate):02}.000"


def _counted_rate(rows: list[dict[str, str]], names: dict[str, str]) -> Fraction:
    """Frames a second, as the timecodes HH:MM:SS:FF.mmm of more than a second count them."""
    codes = [str(row.get(names.get("timecode", ""), "")).split(":") for row in rows]
    seconds = {tuple(code[:3]) for code in codes}
    try:
        return Fraction(max(int(float(code[3])) for code in codes) + 1) if len(seconds) > 1 else Fraction(60)
    except (IndexError, ValueError):
        return Fraction(60)
