"""`evaluate`: a report and its picture are written, or one sentence is said and nothing is left."""

from __future__ import annotations

import json
import re
from pathlib import Path

import cv2
import numpy as np
import pytest

from eadnet_core import cli
from eadnet_core.audio.sound import Sound
from eadnet_core.bench import syllables
from eadnet_core.metrics.report import FIGURES
from eadnet_core.render.video import VideoWriter
from tests.pictures import astronaut


def film(path: Path, seconds: float = 2.2, face: bool = True) -> Path:
    """A face that is lit a little brighter and darker, with syllables."""
    image = astronaut(160) if face else np.full((96, 96, 3), 90, np.uint8)
    sound = syllables(seconds)
    with VideoWriter(path, (image.shape[1], image.shape[0]), sound) as writer:
        for index in range(round(seconds * 25)):
            writer.write((image * (0.9 + 0.1 * np.sin(index / 3))).astype(np.uint8))
    return path


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return film(tmp_path_factory.mktemp("made") / "she_is_happy.mp4")


def run(*words: object) -> int:
    return cli.main(["evaluate", "--device", "cpu", *map(str, words)])


def test_a_report_with_its_picture_and_a_table(made: Path, tmp_path: Path, capsys: pytest.CaptureFixture) -> None:
    real = film(tmp_path / "real.mp4")
    (tmp_path / "real.phones.json").write_text('[[0.1, 0.3, "b"], [0.3, 0.6, "aa"]]')
    out = tmp_path / "report.json"
    assert run("--video", made, "--real", real, "--out", out) == 0
    report = json.loads(out.read_text())
    row, other = report["made"][0], report["real"][0]
    assert (row["name"], other["name"]) == ("she_is_happy.mp4", "real.mp4") and set(row["figures"]) == set(FIGURES)
    figures = row["figures"]
    measured = ("sync_c", "sync_d", "sync_offset", "lips_span", "m_lmd", "psnr", "ssim", "identity_drift", "shake")
    assert all(figures[name] is not None for name in measured) and figures["psnr"] > 40 and figures["face_seen"] == 1
    assert figures["emotion_asked"] == "happy" and report["sets"]["emotion"]["made"]["videos"] == 1
    assert other["figures"]["open_auc"] is not None and figures["open_auc"] is None, "labels lie beside the real one alone"
    assert "sha256" in report["networks"]["sync"] and "by rule" in report["networks"]["emotion"]
    picture = cv2.imread(str(out.with_suffix(".png")))
    assert picture is not None and picture.shape[1] == 1024 and picture.std() > 5
    said = capsys.readouterr()
    assert said.out.splitlines()[-1] == str(out) and "sync_c" in said.out


def refused(capsys: pytest.CaptureFixture, *words: object) -> str:
    """The one sentence that is said."""
    assert run(*words) == 2
    said = capsys.readouterr().err.replace("\r", "\n").splitlines()
    lines = [line for line in said if line.strip() and not re.search(r"frame(/s)?\]", line)]  # without the progress bar
    assert len(lines) == 1 and lines[0].endswith("."), lines
    return lines[0]


def test_what_cannot_be_used_is_said_in_a_sentence_and_leaves_no_file(made: Path, tmp_path: Path, capsys: pytest.CaptureFixture) -> None:
    out = tmp_path / "r.json"
    faceless = film(tmp_path / "none.mp4", 0.4, face=False)
    wrong = tmp_path / "weights.safetensors"
    wrong.write_bytes(b"no weights")
    empty = tmp_path / "empty"
    empty.mkdir()
    cases: list[tuple[str, tuple[object, ...]]] = [
        ("no face found in none.mp4 (10 frames of 96x96)", ("--video", faceless, "--out", out)),
        ("does not exist", ("--video", tmp_path / "missing.mp4", "--out", out)),
        ("holds no videos", ("--video", empty, "--out", out)),
        ("is no .json file", ("--video", made, "--out", tmp_path / "r.txt")),
        ("which is no folder", ("--video", made, "--out", tmp_path / "nowhere" / "r.json")),
        ("--emotion is joyful", ("--video", made, "--out", out, "--emotion", "joyful")),
        ("Phones", ("--video", made, "--out", out, "--phones", wrong)),
        ("give them with --real", ("--video", made, "--out", out, "--frame-features", wrong)),
        ("SyncNet file", ("--video", made, "--out", out, "--syncnet", wrong)),
        ("Recogniser file", ("--video", made, "--out", out, "--recogniser", wrong)),
        ("LPIPS file", ("--video", made, "--real", made, "--out", out, "--lpips", wrong)),
        ("Inception file", ("--video", made, "--real", made, "--out", out, "--frame-features", wrong)),
        ("I3D file", ("--video", made, "--real", made, "--out", out, "--clip-features", wrong)),
        ("config.json", ("--video", made, "--real", made, "--out", out, "--clip-features", empty)),
        ("no whole number", ("--video", made, "--out", out, "--seam-every", "1")),
    ]
    for words, arguments in cases:
        assert words in refused(capsys, *arguments), arguments
        assert not out.exists() and not out.with_suffix(".png").exists()


def test_one_video_of_a_folder_that_cannot_be_measured_is_named(tmp_path: Path, capsys: pytest.CaptureFixture) -> None:
    folder = tmp_path / "videos"
    folder.mkdir()
    film(folder / "a.mp4", 0.4, face=False)
    film(folder / "b.mp4", 0.8)
    (folder / "notes.txt").write_text("no video")
    out = tmp_path / "report.json"
    assert run("--video", folder, "--out", out) == 0
    report = json.loads(out.read_text())
    assert [row["name"] for row in report["made"]] == ["b.mp4"] and "no face found in a.mp4" in report["failures"][0]
    assert "no face found in a.mp4" in capsys.readouterr().err


def test_silence_is_measured(tmp_path: Path) -> None:
    path = tmp_path / "quiet.mp4"
    with VideoWriter(path, (160, 160), Sound(np.zeros((2, 48_000 * 2), np.float32), 48_000)) as writer:
        for _ in range(50):
            writer.write(astronaut(160))
    assert run("--video", path, "--out", tmp_path / "r.json") == 0
    row = json.loads((tmp_path / "r.json").read_text())["made"][0]
    assert row["figures"]["face_seen"] == 1 and row["figures"]["lips_closed"] is not None
