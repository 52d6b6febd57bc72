"""`prepare` and `train base --data` on the command line: films in, footage, report and weights out."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from tests.training.footage.films import buzz, place, sway, write_film
from tests.training.footage.fixed import fixed_tools
from tests.training.footage.made import info, make_footage

from eadnet_core import cli, prepare_command
from eadnet_core.checkpoint import load_denoiser, read_header, save_checkpoint
from eadnet_core.models.denoiser import Denoiser, DenoiserConfig
from eadnet_core.training.footage.library import open_library

Say = pytest.CaptureFixture[str]


def write_people(folder: Path) -> Path:
    folder.mkdir()
    picture = sway(place(320, 240, 64, 24))
    write_film(folder / "anna.mkv", [picture(k) for k in range(36)], sound=buzz(36 / 25))
    write_film(folder / "mute.mkv", [picture(k) for k in range(36)])
    return folder


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(prepare_command, "make_tools", fixed_tools)


def test_films_become_footage_with_a_report(tmp_path: Path, capsys: Say) -> None:
    people, out = write_people(tmp_path / "people"), tmp_path / "footage"
    words = ["prepare", "--data", str(people), "--out", str(out), "--workers", "1"]
    assert cli.main(words) == 0
    said = capsys.readouterr()
    assert said.out == f"{out}\n" and "1 of 2 videos gave 1 clips" in said.err
    report = json.loads((out / "report.json").read_text())
    assert report["clips"] == 1 and report["dropped"]["no sound"]["videos"] == 1
    assert "mute.mkv" in (out / "report.txt").read_text()
    assert len(open_library([out], 0.0).training) == 1
    before = (out / "report.json").read_text()
    assert cli.main(words) == 0
    assert "2 of 2 videos were prepared before" in capsys.readouterr().err
    assert (out / "report.json").read_text() == before


def refused(capsys: Say, *words: str) -> str:
    assert cli.main(list(words)) == 2
    said = capsys.readouterr().err.splitlines()[-1]
    assert said.endswith("."), said
    return said


def test_what_cannot_be_prepared(tmp_path: Path, capsys: Say) -> None:
    people = write_people(tmp_path / "people")
    (people / "anna.mkv").unlink()
    out = str(tmp_path / "out")
    assert "None of 1 videos" in (said := refused(capsys, "prepare", "--data", str(people), "--out", out)) and "no sound" in said
    assert "no folder" in refused(capsys, "prepare", "--data", str(tmp_path / "none"), "--out", out)
    assert "two videos" in refused(capsys, "prepare", "--data", str(people), str(people), "--out", out)
    assert "no folder" in refused(capsys, "prepare", "--data", str(people), "--out", str(tmp_path / "none" / "out"))
    assert "holds mute.mkv" in refused(capsys, "prepare", "--data", str(people), "--out", str(people))


def test_training_mixes_footage_in_and_says_what_the_weights_saw(tmp_path: Path, capsys: Say) -> None:
    """The whole way of `train base --data --from`, too short to learn anything."""
    footage = make_footage(tmp_path / "footage", info(num_frames=64))
    speech, out, recipe, start = (tmp_path / name for name in ("speech.npz", "trained.safetensors", "recipe.json", "start.safetensors"))
    small = DenoiserConfig(channels=(16, 32, 32), down_blocks=(1, 1, 1), num_heads=(2, 2, 2), fine_channels=8, num_shapes=4)
    save_checkpoint(start, Denoiser(small), small, {"data": "nothing"})
    values = json.loads((cli.RECIPES / "person.json").read_text())
    recipe.write_text(json.dumps(values | {"clips": [[1, 4, 0]], "speech_clips": 1, "speech_frames": 8, "held_out": 0.5}))
    assert cli.main(["synth", "speech", "--out", str(speech), "--minutes", "0.2"]) == 0
    words = ["train", "base", "--speech", str(speech), "--out", str(out), "--recipe", str(recipe), "--minutes", "0.01", "--device", "cpu"]
    words += ["--from", str(start), "--data", str(footage), "--footage-share", "0.6"]
    assert cli.main(words) == 0
    said = capsys.readouterr().err
    assert "held-out footage before training: picture" in said and "held-out footage after training: picture" in said
    assert "footage picture" in said and "flow" in said
    provenance = read_header(out).provenance
    assert provenance["data"] == "drawn faces, synthetic speech, and footage: 1 clips of 1 people, 1 s"
    assert provenance["went_on_from"] == {"data": "nothing"} and provenance["recipe"]["footage_share"] == 0.6
    assert load_denoiser(out).config == small


def test_training_on_a_folder_that_was_not_prepared(tmp_path: Path, capsys: Say) -> None:
    words = ["train", "base", "--speech", "none.npz", "--out", str(tmp_path / "w.safetensors"), "--data", str(tmp_path)]
    assert cli.main(words) == 2
    said = capsys.readouterr().err
    assert said.count("\n") == 1 and "eadnet_core prepare --data" in said
