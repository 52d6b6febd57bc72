"""Live Link Face's CSV: 52 blendshapes, head and eyes, frame by frame, as riggers record and read it."""

from __future__ import annotations

import csv
import io
from fractions import Fraction
from pathlib import Path

import numpy as np

from ..emotion.arkit import ARKIT_NAMES
from ..emotion.curve_table import CurveTable
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
NUM_VALUES = len(SHAPES) + len(HEAD) + len(EYES)
"""What the app writes as BlendShapeCount: turns of head and eyes count as shapes."""
FARTHEST_GAZE_RAD = float(np.deg2rad(35))
USUAL_RATE = Fraction(60)
"""As the app is set at first."""
LONGEST_S = 3600
"""Of a take; more says that its timecodes are none."""
_ORDER = [ARKIT_NAMES.index(name[0].lower() + name[1:]) for name in SHAPES]


def live_link_text(motion: FaceMotion) -> str:
    """The text of the app's file: shapes of a motion, its head's and eyes' angles in radians, a timecode a frame."""
    shapes, head = motion_to_arkit(motion)[:, _ORDER], np.deg2rad(motion.rotation.astype(np.float64))
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(HEADER)
    for index in range(motion.num_frames):
        yaw, pitch = motion.gaze[index] * FARTHEST_GAZE_RAD
        values = (*shapes[index], *head[index], *(yaw, pitch, 0.0), *(yaw, pitch, 0.0))
        writer.writerow([_timecode(index, motion.rate), NUM_VALUES, *(f"{round(float(value), 6) + 0.0:.6f}" for value in values)])
    return text.getvalue()


def read_live_link(path: str | Path, rate: Fraction | None = None) -> FaceMotion:
    """The motion in a file of the app, or of `live_link_text`.

    Args:
        path: CSV with a header; columns may come in any order, missing ones are at 0. Frames that the app dropped, as timecodes tell,
            are filled in.
        rate: Frames a second; None: what the timecodes count to, else USUAL_RATE.

    Raises:
        InputError: It is missing, is no such table, or holds what is no number.
    """
    path = Path(path)
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"curve file {path} cannot be read ({error}); export it again as CSV.") from error
    table = CurveTable.of_text(text, f"curve file {path}", "export a take of Live Link Face as CSV")
    places = {name.lower(): column for column, name in enumerate(table.header)}
    if "jawopen" not in places:
        raise InputError(f"curve file {path} has no column JawOpen, so it is no table of Live Link Face; export it again as CSV.")
    codes = _timecodes(table.cells(places["timecode"])) if "timecode" in places else None
    rate = rate or (USUAL_RATE if codes is None else _counted_rate(codes))
    frames = np.arange(len(table.rows)) if codes is None else _frames_of(codes, rate)

    def curves(names: tuple[str, ...]) -> np.ndarray:
        columns = [table.values(places[name.lower()]) if name.lower() in places else np.zeros(len(frames)) for name in names]
        return np.stack([np.interp(np.arange(frames[-1] + 1), frames, column) for column in columns], 1)

    return motion_from_arkit(curves(ARKIT_NAMES).clip(0, 1), rate, np.rad2deg(curves(HEAD)))


def _timecode(index: int, rate: Fraction) -> str:
    seconds, frame = divmod(Fraction(index) / rate, 1)
    hours, minutes = divmod(int(seconds) // 60, 60)
    return f"{hours:02}:{minutes:02}:{int(seconds) % 60:02}:{int(frame * rate):02}.000"


def _timecodes(cells: list[str]) -> np.ndarray | None:
    """Whole seconds and frames of timecodes HH:MM:SS:FF.mmm, float64 [rows, 2]; None where they are others."""
    try:
        codes = np.array([[float(part) for part in cell.split(":")] for cell in cells])
    except ValueError:
        return None
    if codes.ndim != 2 or codes.shape[1] != 4 or not np.isfinite(codes).all():
        return None
    return np.stack([codes[:, :3] @ [3600, 60, 1], codes[:, 3]], 1)


def _counted_rate(codes: np.ndarray) -> Fraction:
    """Frames a second, as timecodes of more than a second count them."""
    return Fraction(int(codes[:, 1].max()) + 1) if len(np.unique(codes[:, 0])) > 1 else USUAL_RATE


def _frames_of(codes: np.ndarray, rate: Fraction) -> np.ndarray:
    """The frame that each row belongs to, int [rows], from 0; one a row where timecodes do not rise."""
    frames = np.round((codes[:, 0] - codes[0, 0]) * float(rate)).astype(np.int64) + np.floor(codes[:, 1]).astype(np.int64)
    frames -= frames[0]
    rising = (np.diff(frames) > 0).all() and frames[-1] <= LONGEST_S * rate
    return frames if rising else np.arange(len(frames))
