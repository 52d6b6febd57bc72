"""The manifest knows what is done; what a kill left half done is removed, and nothing else is."""

from __future__ import annotations

from pathlib import Path

import pytest

from eadnet_core.errors import InputError
from eadnet_core.training.footage.clip import ClipInfo
from eadnet_core.training.footage.manifest import FilmRecord, GroupRecord, Manifest, all_films, group_name
from eadnet_core.training.footage.passage import Dropped, Reason

INFO = ClipInfo("own/a.mp4", "anna", 0, 7, 40, -3, "happy", 1 / 3)


def film(name: str) -> FilmRecord:
    return FilmRecord(name, "anna", 100, 90, 40, 1, -3, 0.25, (Dropped(Reason.NO_FACE, "", 1.0, 2.0),), ("a note",))


def test_records_come_back_as_they_were(tmp_path: Path) -> None:
    manifest = Manifest(tmp_path / "out")
    manifest.open()
    record = GroupRecord((film("own/b.mp4"), film("own/a.mp4")), {"x-000.safetensors": (INFO,)})
    manifest.add("x", record)
    assert manifest.read() == [record]
    assert manifest.done() == {"own/a.mp4", "own/b.mp4"}
    assert [one.source for one in all_films(manifest.read())] == ["own/a.mp4", "own/b.mp4"]


def test_opening_removes_what_a_kill_left_and_keeps_what_is_recorded(tmp_path: Path) -> None:
    manifest = Manifest(tmp_path)
    manifest.open()
    manifest.add("x", GroupRecord((film("a"),), {"x-000.safetensors": (INFO,)}))
    kept = {"x-000.safetensors"}
    for name in (*kept, "x-001.safetensors", "y-000.safetensors", "y-001.safetensors.partial"):
        (manifest.shards / name).write_bytes(b"x")
    (tmp_path / "manifest" / "y.json.partial").write_bytes(b"{")
    (tmp_path / "report.txt").write_text("kept")
    manifest.open()
    assert {path.name for path in manifest.shards.iterdir()} == kept
    assert [path.name for path in (tmp_path / "manifest").iterdir()] == ["x.json"]
    assert (tmp_path / "report.txt").exists()


def test_a_folder_of_something_else_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "shards").mkdir()
    (tmp_path / "shards" / "mine").write_text("x")
    (tmp_path / "letters.doc").write_text("x")
    with pytest.raises(InputError, match="letters.doc"):
        Manifest(tmp_path).open()
    assert (tmp_path / "shards" / "mine").exists()


def test_a_damaged_record_is_named(tmp_path: Path) -> None:
    manifest = Manifest(tmp_path)
    manifest.open()
    for text in ("{", "[]", '{"version": 1}', '{"version": 9, "films": [], "shards": {}}'):
        (tmp_path / "manifest" / "x.json").write_text(text)
        with pytest.raises(InputError, match="x.json"):
            manifest.read()


def test_groups_are_named_by_their_videos() -> None:
    assert group_name(["a", "b"]) == group_name(["a", "b"])
    assert len({group_name(names) for names in (["a", "b"], ["b", "a"], ["a"], ["a\nb", "c"])}) == 4
