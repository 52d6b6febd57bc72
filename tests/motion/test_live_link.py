"""Live Link Face's table: its own columns in its own order, rates by timecode, dropped frames filled in."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from eadnet_core.emotion.arkit import ARKIT_NAMES
from eadnet_core.errors import InputError
from eadnet_core.motion.facs import motion_from_arkit, motion_to_arkit
from eadnet_core.motion.live_link import HEADER, SHAPES, live_link_text, read_live_link
from eadnet_core.motion.motion_file import read_motion, write_motion
from tests.motion.performances import curves

APP_HEADER = (
    "Timecode,BlendShapeCount,EyeBlinkLeft,EyeLookDownLeft,EyeLookInLeft,EyeLookOutLeft,EyeLookUpLeft,EyeSquintLeft,EyeWideLeft,"
    "EyeBlinkRight,EyeLookDownRight,EyeLookInRight,EyeLookOutRight,EyeLookUpRight,EyeSquintRight,EyeWideRight,JawForward,JawRight,"
    "JawLeft,JawOpen,MouthClose,MouthFunnel,MouthPucker,MouthRight,MouthLeft,MouthSmileLeft,MouthSmileRight,MouthFrownLeft,"
    "MouthFrownRight,MouthDimpleLeft,MouthDimpleRight,MouthStretchLeft,MouthStretchRight,MouthRollLower,MouthRollUpper,"
    "MouthShrugLower,MouthShrugUpper,MouthPressLeft,MouthPressRight,MouthLowerDownLeft,MouthLowerDownRight,MouthUpperUpLeft,"
    "MouthUpperUpRight,BrowDownLeft,BrowDownRight,BrowInnerUp,BrowOuterUpLeft,BrowOuterUpRight,CheekPuff,CheekSquintLeft,"
    "CheekSquintRight,NoseSneerLeft,NoseSneerRight,TongueOut,HeadYaw,HeadPitch,HeadRoll,LeftEyeYaw,LeftEyePitch,LeftEyeRoll,"
    "RightEyeYaw,RightEyePitch,RightEyeRoll"
)


def take(tmp_path: Path, codes: list[str], jaw: list[float]) -> Path:
    """A file of the app in which only the jaw moves."""
    path = tmp_path / "take.csv"
    zeros = ["0"] * len(SHAPES)
    rows = []
    for code, value in zip(codes, jaw, strict=True):
        shapes = zeros.copy()
        shapes[SHAPES.index("JawOpen")] = str(value)
        rows.append(",".join([code, "61", *shapes, "0.1", "-0.2", "0.0", *["0"] * 6]))
    path.write_text("\n".join([APP_HEADER, *rows]) + "\n")
    return path


def test_it_writes_the_apps_columns() -> None:
    motion = replace(motion_from_arkit(curves(), Fraction(60)), rotation=np.full((40, 3), [10.0, -5.0, 2.0]))
    lines = live_link_text(motion).splitlines()
    assert lines[0] == APP_HEADER == ",".join(HEADER) and len(lines) == 41
    assert lines[1].startswith("00:00:00:00.000,61,") and lines[40].startswith("00:00:00:39.000,61,") and "-0.000000" not in lines[1]
    assert all(line.count(",") == 62 for line in lines)


def test_it_reads_what_it_writes(tmp_path: Path) -> None:
    path, motion = tmp_path / "take.csv", replace(motion_from_arkit(curves(90), Fraction(30)), rotation=np.full((90, 3), [10.0, -5.0, 2.0]))
    write_motion(path, motion)
    back = read_motion(path)
    assert back.rate == 30 and back.num_frames == 90 and [entry.name for entry in tmp_path.iterdir()] == ["take.csv"]
    np.testing.assert_allclose(back.rotation, motion.rotation, atol=1e-3)
    assert np.abs(motion_to_arkit(back) - motion_to_arkit(motion)).mean() < 0.02


def test_frames_that_the_app_dropped_are_filled_in(tmp_path: Path) -> None:
    codes = ["14:03:52:58.207", "14:03:52:59.120", "14:03:53:00.300", "14:03:53:02.500", "14:03:53:04.100"]
    motion = read_live_link(take(tmp_path, codes, [0.0, 0.2, 0.4, 0.2, 0.0]))
    jaw = motion_to_arkit(motion)[:, ARKIT_NAMES.index("jawOpen")]
    assert motion.rate == 60 and motion.num_frames == 7 and jaw[2] > jaw[3] > jaw[4] > jaw[5] > jaw[6]
    np.testing.assert_allclose(motion.rotation, np.rad2deg([[0.1, -0.2, 0.0]] * 7), atol=1e-4)


@pytest.mark.parametrize(
    ("codes", "rate"), [(["a", "b", "c"], 60), (["0:0:0:0", "0:0:0:1", "0:0:0:1"], 60), (["0:0:0:29", "0:0:1:0", "0:0:1:1"], 30)]
)
def test_timecodes_tell_the_rate_where_they_can(tmp_path: Path, codes: list[str], rate: int) -> None:
    motion = read_live_link(take(tmp_path, codes, [0.0, 0.5, 0.0]))
    assert motion.rate == rate and motion.num_frames == 3
    assert read_live_link(tmp_path / "take.csv", Fraction(24)).rate == 24


def test_tables_that_are_none_are_said(tmp_path: Path) -> None:
    path = tmp_path / "take.csv"
    cases = {
        "": "is empty",
        "a,b\n1,2\n": "no column JawOpen",
        "JawOpen\n": "no rows",
        "JawOpen,JawOpen\n0,0\n": "has the column 'JawOpen' twice",
        "JawOpen,HeadYaw\n0,x\n": "row 1 of the curve file .* has 'x' as HeadYaw; give a number",
        "JawOpen,HeadYaw\n0\n": "row 1 of the curve file .* has '' as HeadYaw; give a number",
        "JawOpen\nnan\n": "give a finite number",
    }
    for text, words in cases.items():
        path.write_text(text)
        with pytest.raises(InputError, match=words):
            read_live_link(path)
    path.write_bytes(b"\xff\xfe\x00J")
    for broken in (path, tmp_path / "none.csv"):
        with pytest.raises(InputError, match=f"curve file {broken} cannot be read"):
            read_live_link(broken)
