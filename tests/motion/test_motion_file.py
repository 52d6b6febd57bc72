"""Motion as a file: what is written comes back, whole or not at all, and what is wrong is said in a sentence."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path

import numpy as np
import pytest

from eadnet_core.errors import InputError
from eadnet_core.motion.face_motion import CHANNELS
from eadnet_core.motion.motion_file import UNITS, read_motion, write_motion
from tests.motion.performances import same, wandering


@pytest.mark.parametrize("suffix", [".npz", ".json"])
def test_a_file_gives_the_motion_back(tmp_path: Path, suffix: str) -> None:
    motion = wandering(75)
    write_motion(tmp_path / f"m{suffix}", motion)
    back = read_motion(tmp_path / f"m{suffix}")
    assert same(motion, back, 0.02) and back.rate == motion.rate and back.duration_s == motion.duration_s
    assert [path.name for path in tmp_path.iterdir()] == [f"m{suffix}"]


@pytest.mark.parametrize("suffix", [".npz", ".json"])
def test_a_minute_is_at_most_half_a_megabyte(tmp_path: Path, suffix: str) -> None:
    write_motion(tmp_path / f"m{suffix}", wandering(1500))
    assert (tmp_path / f"m{suffix}").stat().st_size <= 500_000


def test_json_may_be_written_by_hand_in_plain_numbers(tmp_path: Path) -> None:
    motion, path = wandering(3), tmp_path / "m.json"
    rows = {name: getattr(motion, name).tolist() for name in CHANNELS}
    path.write_text(json.dumps({"format": "eadnet-motion", "version": 1, "rate": 25, "duration_s": "3/25"} | rows))
    assert same(read_motion(path), motion)


def test_files_that_cannot_be_used_are_said(tmp_path: Path) -> None:
    path = tmp_path / "m.json"
    write_motion(path, wandering(5))
    good = json.loads(path.read_text())
    assert set(UNITS) == set(CHANNELS)
    cases = [
        (good | {"version": 2}, "version 2, but this pack reads version 1"),
        (good | {"format": "other"}, "no motion of EAD-Net"),
        (good | {"lids": [[None, 0]] * 5}, "lids is no number in frame 0"),
        (good | {"lids": [[float("inf"), 0]] * 5}, "lids is no number in frame 0"),
        (good | {"lids": [[0, 0], [0]]}, "lacks or garbles"),
        (good | {"unit": 3}, "lacks or garbles"),
        (good | {"rotation": [[40000, 0, 0]] * 5}, "rotation is 400 in frame 0; at most 180"),
        (good | {"rate": "1000"}, "1000 frames a second"),
        (good | {"rate": "1/0"}, "lacks or garbles"),
        (good | {"duration_s": "60"}, "should last 60 s, but its 5 frames last 0.2 s"),
        (good | {name: [] for name in CHANNELS}, "0 frames"),
        (good | {"expression": [[0.0] * 3] * 5}, "has 3 coefficients"),
        ({key: value for key, value in good.items() if key != "gaze"}, "gaze"),
        ([1, 2], "it holds no table"),
    ]
    for content, words in cases:
        path.write_text(json.dumps(content))
        with pytest.raises(InputError, match=words):
            read_motion(path)
    path.write_text("[" * 100_000)
    with pytest.raises(InputError, match="cannot be read"):
        read_motion(path)


def test_a_damaged_file_is_said(tmp_path: Path) -> None:
    path = tmp_path / "m.npz"
    write_motion(path, wandering(50))
    whole = path.read_bytes()
    with zipfile.ZipFile(path) as archive:
        inside = next(entry.header_offset for entry in archive.infolist() if entry.filename.startswith("expression")) + 200
    for broken in (whole[:200], whole[:-40], whole[:inside] + bytes(90) + whole[inside + 90 :], b"", b"PK"):
        path.write_bytes(broken)
        with pytest.raises(InputError, match=f"{path} cannot be read"):
            read_motion(path)
    np.savez(path, head=np.array({"format": "eadnet-motion"}, dtype=object))  # would have to be unpickled
    with pytest.raises(InputError, match="cannot be read"):
        read_motion(path)


def test_places_that_cannot_be_are_said(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="let it end in .npz or .json or .csv"):
        write_motion(tmp_path / "m.txt", wandering(5))
    with pytest.raises(InputError, match="cannot be written .*choose another place"):
        write_motion(tmp_path / "none" / "m.npz", wandering(5))
    with pytest.raises(InputError, match="does not exist"):
        read_motion(tmp_path / "none.npz")
    (tmp_path / "taken.json").mkdir()
    with pytest.raises(InputError, match="cannot be written"):
        write_motion(tmp_path / "taken.json", wandering(5))
    assert [path.name for path in tmp_path.iterdir()] == ["taken.json"]
