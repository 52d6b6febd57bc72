"""What paths say of videos: HDTF's and MEAD's layouts, and any other."""

from __future__ import annotations

from pathlib import Path

import pytest

from eadnet_core.errors import InputError
from eadnet_core.training.footage.source import Source, find_sources


def make(folder: Path, *names: str) -> Path:
    for name in names:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(b"x")
    return folder


def only(folder: Path) -> Source:
    (source,) = find_sources(folder)
    return source


def test_hdtf_names_say_who_speaks(tmp_path: Path) -> None:
    found = find_sources(make(tmp_path / "HDTF", "WDA_AdamSchiff_000.mp4", "WDA_AdamSchiff_001.mp4", "RD_Radio10_000.mp4", "notes.txt"))
    assert [source.name for source in found] == ["HDTF/RD_Radio10_000.mp4", "HDTF/WDA_AdamSchiff_000.mp4", "HDTF/WDA_AdamSchiff_001.mp4"]
    assert [source.person for source in found] == ["RD_Radio10", "WDA_AdamSchiff", "WDA_AdamSchiff"]
    assert all(source.emotion is None and source.sound == source.path and not source.fault for source in found)


@pytest.mark.parametrize(
    ("emotion", "level", "label", "intensity"),
    [("angry", 3, "angry", 1.0), ("fear", 1, "fearful", 1 / 3), ("contempt", 2, "contemptuous", 2 / 3), ("neutral", 1, "neutral", 0.0)],
)
def test_mead_paths_say_person_feeling_and_sound(tmp_path: Path, emotion: str, level: int, label: str, intensity: float) -> None:
    """Source: MEAD's folders; levels 1 to 3 are thirds of the full feeling."""
    make(tmp_path / "MEAD", f"M003/video/front/{emotion}/level_{level}/001.mp4", f"M003/audio/{emotion}/level_{level}/001.m4a")
    source = only(tmp_path / "MEAD")
    assert (source.person, source.emotion, source.fault, source.missing) == ("M003", label, "", "")
    assert source.intensity == pytest.approx(intensity)
    assert source.sound == (tmp_path / "MEAD" / f"M003/audio/{emotion}/level_{level}/001.m4a").resolve()


def test_mead_is_known_from_any_of_its_folders(tmp_path: Path) -> None:
    make(tmp_path, "M003/video/front/happy/level_2/001.mp4", "M003/audio/happy/level_2/001.m4a")
    source = only(tmp_path / "M003" / "video" / "front")
    assert (source.person, source.emotion, source.sound.name) == ("M003", "happy", "001.m4a")


@pytest.mark.parametrize(
    ("path", "word"),
    [("front/joy/level_1", "joy"), ("front/sad/level_4", "level_4"), ("front/sad/level_0", "level_0"), ("left_60/sad/level_1", "left_60")],
)
def test_wrong_mead_folders_are_told_by_what_is_wrong(tmp_path: Path, path: str, word: str) -> None:
    source = only(make(tmp_path, f"M003/video/{path}/001.mp4"))
    assert word in source.fault


def test_mead_without_its_audio_folder_says_where_the_sound_should_be(tmp_path: Path) -> None:
    source = only(make(tmp_path, "M003/video/front/sad/level_1/007.mp4"))
    assert source.missing == "M003/audio/sad/level_1/007.m4a" and source.sound == source.path and not source.fault


def test_other_videos_belong_to_their_folder_or_to_themselves(tmp_path: Path) -> None:
    found = find_sources(make(tmp_path / "own", "anna.MOV", "bert/one.mkv", "bert/two.webm", ".hidden.mp4"))
    assert [(source.name, source.person) for source in found] == [
        ("own/anna.MOV", "anna"), ("own/bert/one.mkv", "bert"), ("own/bert/two.webm", "bert"),
    ]  # fmt: skip


@pytest.mark.parametrize(("files", "word"), [((), "0 files"), (("a.txt",), ".mp4"), (("happy/level_1/001.m4a",), "MEAD")])
def test_a_folder_without_videos_is_refused(tmp_path: Path, files: tuple[str, ...], word: str) -> None:
    with pytest.raises(InputError, match=word):
        find_sources(make(tmp_path, *files))
    with pytest.raises(InputError, match="no folder"):
        find_sources(tmp_path / "none")
