"""Files for other programs: they are read again, and hold what they should."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from eadnet_core import cli
from eadnet_core.emotion.action_unit_file import parse_action_units
from eadnet_core.emotion.arkit import ARKIT_NAMES
from eadnet_core.emotion.vocabulary import ACTION_UNITS
from eadnet_core.motion.export import OF_SPEECH, facs_text, shape_keys_text
from eadnet_core.motion.face_motion import FaceMotion
from eadnet_core.motion.facs import motion_from_action_units, motion_from_arkit, motion_to_arkit
from eadnet_core.motion.live_link import read_live_link
from eadnet_core.motion.motion_file import write_motion
from eadnet_core.speech.timed import surely_said

SPEECH = Path(__file__).parents[2] / "assets" / "demo_speech.wav"


def smiling() -> FaceMotion:
    units = np.zeros((50, len(ACTION_UNITS)))
    units[:, ACTION_UNITS.index("AU12L")] = units[:, ACTION_UNITS.index("AU12R")] = np.linspace(0, 0.8, 50)
    motion = motion_from_action_units(units)
    return replace(motion, rotation=np.tile(np.array([[10.0, -5.0, 3.0]], np.float32), (50, 1)))


def test_action_units_are_read_again() -> None:
    track = parse_action_units(facs_text(smiling()))
    curves = track.sample(50, torch.zeros(50, len(ACTION_UNITS)))
    assert curves[-1].argmax() in (ACTION_UNITS.index("AU12L"), ACTION_UNITS.index("AU12R"))
    assert curves[-1].max() > 0.4 and curves[0].max() < 0.1


def test_shape_keys_have_arkits_names_and_the_heads_turns() -> None:
    table = json.loads(shape_keys_text(smiling()))
    assert set(table["shape_keys"]) == set(ARKIT_NAMES) and table["frames"] == 50 and table["fps"] == 25
    assert all(len(values) == 50 and 0 <= min(values) and max(values) <= 1 for values in table["shape_keys"].values())
    assert table["shape_keys"]["mouthSmileLeft"][-1] > 0.5
    assert np.rad2deg(table["head_rotation"][0]) == pytest.approx([-5, 10, 3], abs=0.01)


def test_arkit_goes_there_and_back(tmp_path: Path) -> None:
    first = motion_to_arkit(smiling())
    motion = motion_from_arkit(first)
    write_motion(tmp_path / "m.csv", motion)
    assert np.abs(motion_to_arkit(read_live_link(tmp_path / "m.csv")) - first).max() < 0.15


def test_mouth_cues_have_the_form_of_rhubarbs_files() -> None:
    phones = surely_said([(0.2, 0.4, "m"), (0.4, 0.7, "ɑ")], 25)
    table = json.loads(OF_SPEECH["rhubarb"][1](phones, 1.0, "a.wav"))
    assert table["metadata"] == {"soundFile": "a.wav", "duration": 1.0}
    assert [cue["value"] for cue in table["mouthCues"]] == ["X", "A", "D", "X"] and set(table["mouthCues"][0]) == {"start", "end", "value"}
    lines = OF_SPEECH["rhubarb-tsv"][1](phones, 1.0, "").splitlines()
    assert [line.split("\t")[1] for line in lines] == ["X", "A", "D", "X", "X"] and lines[-1] == "1.00\tX"
    assert [cue["viseme"] for cue in json.loads(OF_SPEECH["visemes"][1](phones, 1.0, ""))["visemes"]] == ["sil", "PP", "aa", "sil"]


@pytest.mark.parametrize("kind", ["arkit", "facs", "shape-keys", "rhubarb", "rhubarb-tsv", "visemes"])
def test_the_command_writes_each(kind: str, tmp_path: Path) -> None:
    write_motion(tmp_path / "m.npz", smiling())
    out = tmp_path / f"out.{dict(arkit='csv', facs='csv').get(kind, 'tsv' if kind.endswith('tsv') else 'json')}"
    assert cli.main(["export", "--motion", str(tmp_path / "m.npz"), "--audio", str(SPEECH), "--as", kind, "--out", str(out)]) == 0
    assert out.stat().st_size > 200 and not list(tmp_path.glob("*.partial"))


@pytest.mark.parametrize(("words", "said"), [
    (["--as", "arkit", "--out", "{}/a.csv"], "give --motion"),
    (["--as", "rhubarb", "--out", "{}/a.json"], "give --audio"),
    (["--as", "facs", "--out", "{}/a.json", "--motion", "m.npz"], "let it end in .csv"),
    (["--as", "facs", "--out", "{}/no/a.csv"], "is no folder"),
])  # fmt: skip
def test_what_is_missing_is_said(words: list[str], said: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["export", *(word.format(tmp_path) for word in words)]) == 2
    assert said in capsys.readouterr().err
