from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from eadnet_core.emotion.action_unit_file import lost_blendshapes, parse_action_units, read_action_units, write_action_units
from eadnet_core.emotion.action_unit_tokens import ActionUnitTokens
from eadnet_core.emotion.action_units import ActionUnitTrack
from eadnet_core.emotion.vocabulary import ACTION_UNITS
from eadnet_core.errors import InputError


def test_columns_in_any_order_and_pairs_for_both_sides() -> None:
    track = parse_action_units("\ufeffAU12, time_s ,AU4\n0.5,0,0\n\n1.0,2,0.25\n".lstrip("\ufeff"))
    assert track.units == ("AU4", "AU12L", "AU12R")
    assert track.times_s.tolist() == [0, 2] and track.values.tolist() == [[0, 0.5, 0.5], [0.25, 1, 1]]


def test_written_text_reads_back(tmp_path: Path) -> None:
    track = ActionUnitTrack.from_frames(np.random.default_rng(1).random((30, 24)))
    path = tmp_path / "curves.csv"
    path.write_text("\ufeff" + write_action_units(track), encoding="utf-8")
    again = read_action_units(path)
    assert again.units == ACTION_UNITS
    assert np.allclose(again.values, track.values, atol=1e-4) and np.allclose(again.times_s, track.times_s, atol=1e-4)


def test_blendshapes_of_mediapipe_and_live_link_are_converted() -> None:
    track = parse_action_units("time_s,_neutral,browInnerUp,mouthSmileLeft\n0,0,0.5,0.25\n1,0,1,0")
    assert track.units == ("AU1", "AU12L") and track.values.tolist() == [[0.5, 0.25], [1, 0]]
    live = parse_action_units("Timecode,BlendshapeCount,EyeBlinkLeft,HeadYaw,LeftEyePitch\n10:00:00:01,61,1,-0.3,0.1\n10:00:00:02,61,0,0,0")
    assert live.units == ("AU45L",) and live.values.tolist() == [[1], [0]] and np.allclose(live.times_s, [0.02, 0.06])
    jaw = parse_action_units("time_s,jawOpen,mouthClose,tongueOut\n0,0.6,0.4,1\n")
    assert jaw.units == ("AU25", "AU26") and jaw.values[0] == pytest.approx([0.2, 0.6])


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "is empty"),
        (" \n \n", "is empty"),
        ("time_s,AU4\n", "no rows"),
        ("time_s\n0\n", "no column but time_s"),
        ("AU4\n0.5\n", "lacks the column time_s"),
        ("time_s,AU3\n0,0.5\n", "column 'AU3'; give time_s and any of AU1"),
        ("time_s,AU4,AU4\n0,0,0\n", "'AU4' twice"),
        ("time_s,AU12,AU12L\n0,0,0\n", "gives AU12L twice"),
        ("time_s,AU4\n0,1.5\n", "AU4 at 0 s is 1.5"),
        ("time_s,AU4\n0,-1\n", "AU4 at 0 s is -1"),
        ("time_s,AU4\n0,nan\n", "row 1 .* has 'nan' as AU4"),
        ("time_s,AU4\n0,0\n1,much\n", "row 2 .* has 'much' as AU4"),
        ("time_s,AU4\n0,0\n1\n", "row 2 .* has '' as AU4"),
        ("time_s,AU4\n1,0\n0,0\n", "do not rise"),
        ("time_s,browInnerUp,AU4\n0,0,0\n", "column 'AU4'"),
        ("time_s,browInnerUp\n0,7\n", "browInnerUp is 7"),
        ("time_s,tongueOut,jawLeft\n0,0,0\n", "only jawLeft, tongueOut, which no Action Unit has"),
    ],
)
def test_wrong_files_are_refused(text: str, message: str) -> None:
    with pytest.raises(InputError, match=message):
        parse_action_units(text)


def test_unreadable_files_are_named(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="none.csv cannot be read"):
        read_action_units(tmp_path / "none.csv")
    (tmp_path / "x.bin").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(InputError, match="no UTF-8"):
        read_action_units(tmp_path / "x.bin")


def test_rows_of_blendshapes_come_at_the_rate_that_is_given() -> None:
    table = "frame,browInnerUp\n0,0\n1,1\n"
    assert parse_action_units(table, Fraction(50)).times_s.tolist() == [0.01, 0.03]
    assert parse_action_units("time_s,browInnerUp\n0,0\n1,1\n", Fraction(50)).times_s.tolist() == [0, 1]
    with pytest.raises(InputError, match="frame rate is 0; give 1 to 240"):
        parse_action_units(table, Fraction(0))


def test_lines_of_a_plan_are_read_too(tmp_path: Path) -> None:
    plan = "0.0: AU4 0.80\n1.0: -"
    (tmp_path / "plan.txt").write_text(plan)
    track = read_action_units(tmp_path / "plan.txt")
    assert track.at(np.array([0.5]))[0, ACTION_UNITS.index("AU4")] == pytest.approx(0.4, abs=0.03)
    assert ActionUnitTokens.from_track(track).to_text() == ActionUnitTokens.from_text(plan).to_text()


def test_blendshapes_that_are_lost_are_named() -> None:
    table = "time_s,browInnerUp,jawLeft,mouthClose,CheekPuff,tongueOut\n0,1,0.2,0.9,0.01,0\n1,0,0,0,0.5,0\n"
    assert lost_blendshapes(table) == ["jawLeft", "cheekPuff"]
    assert lost_blendshapes("time_s,AU4\n0,1\n") == lost_blendshapes("0.0: AU4 1") == []


def test_text_that_is_no_csv_is_refused() -> None:
    with pytest.raises(InputError, match="is no CSV"):
        parse_action_units("time_s,AU4\n0," + "1" * 200_000)
