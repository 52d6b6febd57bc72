"""`prepare` on the command line: videos of people in, motion and sound out, no picture kept."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from eadnet_core import cli
from eadnet_core.audio.sound import read_sound
from eadnet_core.bench import syllables
from eadnet_core.motion.motion_file import read_motion
from eadnet_core.render.video import VideoWriter
from tests.pictures import astronaut

Say = pytest.CaptureFixture[str]


def write_film(path: Path, face: bool = True, sound: bool = True, seconds: float = 1.4) -> None:
    """The astronaut moving sideways, or grey."""
    with VideoWriter(path, (160, 160), syllables(seconds) if sound else None) as writer:
        for index in range(round(25 * seconds)):
            writer.write(np.roll(astronaut(160), index // 3, 1) if face else np.full((160, 160, 3), 90, np.uint8))


@pytest.fixture
def people(tmp_path: Path) -> Path:
    folder = tmp_path / "people"
    (folder / "anna").mkdir(parents=True)
    write_film(folder / "anna" / "one.mkv")
    write_film(folder / "empty.mkv", face=False)
    write_film(folder / "mute.mkv", sound=False)
    return folder


def test_videos_become_motion_and_sound_with_a_report_and_are_not_done_twice(tmp_path: Path, people: Path, capsys: Say) -> None:
    out = tmp_path / "motion"
    words = ["prepare", "--data", str(people), "--out", str(out), "--workers", "1"]
    assert cli.main(words) == 0
    said = capsys.readouterr()
    assert said.out == f"{out}\n" and "1 of 3 videos kept" in said.err
    report = {row["name"]: row for row in json.loads((out / "report.json").read_text())}
    assert report["anna/one"]["kept"] and "0%" in report["empty"]["why"] and "no sound" in report["mute"]["why"]
    assert read_motion(out / "anna" / "one.npz").num_frames == 35
    assert read_sound(out / "anna" / "one.wav").rate == 16_000
    pictures = [path for path in out.rglob("*") if path.suffix not in (".npz", ".wav", ".json") and path.is_file()]
    assert not pictures
    before = (out / "anna" / "one.npz").stat().st_mtime_ns
    assert cli.main(words) == 0
    assert "3 of 3 videos were prepared before" in capsys.readouterr().err
    assert (out / "anna" / "one.npz").stat().st_mtime_ns == before


def test_folders_that_cannot_be_used(tmp_path: Path, people: Path, capsys: Say) -> None:
    (tmp_path / "none").mkdir()
    for folder, word in ((tmp_path / "nowhere", "nowhere"), (tmp_path / "none", "holds no videos")):
        assert cli.main(["prepare", "--data", str(folder), "--out", str(tmp_path / "out")]) == 2
        assert word in capsys.readouterr().err
    (people / "anna" / "one.mkv").unlink()
    assert cli.main(["prepare", "--data", str(people), "--out", str(tmp_path / "out"), "--workers", "1"]) == 2
    assert "None of 2 videos" in capsys.readouterr().err
