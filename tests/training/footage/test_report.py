"""The report adds up, for machines and for people."""

from __future__ import annotations

import json

from eadnet_core.training.footage.manifest import FilmRecord
from eadnet_core.training.footage.passage import Dropped, Reason
from eadnet_core.training.footage.report import FootageReport

LOST = (Dropped(Reason.NO_FACE, "", 8.0, 9.0), Dropped(Reason.NO_FACE, "", 9.5, 10.0))
FILMS = (
    FilmRecord("own/a.mp4", "anna", 250, 240, 200, 2, 4, 0.3, LOST, ()),
    FilmRecord("own/b.mp4", "bert", 150, 110, 0, 0, 0, 0.01, (Dropped(Reason.OUT_OF_SYNC, "confidence 0.01", 0.0, 6.0),), ("a note",)),
    FilmRecord("own/c.mp4", "carl", 0, 0, 0, 0, 0, 0.0, (Dropped(Reason.NO_SOUND, "It has none."),), ()),
)


def test_sums() -> None:
    said = json.loads(FootageReport(FILMS).to_json())
    assert (said["videos"], said["videos_kept"], said["people"], said["clips"], said["sound_shifted"]) == (3, 1, 1, 2, 1)
    assert (said["seconds"], said["seconds_kept"], said["seen_share"]) == (16.0, 8.0, 0.875)
    assert said["dropped"] == {
        "no sound": {"videos": 1, "seconds": 0.0},
        "no face": {"videos": 1, "seconds": 1.5},
        "lips and sound do not agree": {"videos": 1, "seconds": 6.0},
    }
    assert [film["source"] for film in said["films"]] == ["own/a.mp4", "own/b.mp4", "own/c.mp4"]


def test_text_says_what_where_and_why() -> None:
    text = FootageReport(FILMS).to_text()
    assert text.startswith("1 of 3 videos gave 2 clips, 8 of 16 s; a face was seen in 87.5% of the frames.")
    for line in ("4 frames late", "8.00 to 9.00 s: no face", "agree (confidence 0.01)", "no sound (It has none)", "a note"):
        assert line in text


def test_nothing_at_all() -> None:
    report = FootageReport(())
    assert report.kept_s == 0 and report.seen_share == 0 and json.loads(report.to_json())["dropped"] == {}
