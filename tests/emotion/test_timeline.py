from __future__ import annotations

import math
from pathlib import Path

import pytest

from eadnet_core.emotion.timeline import parse_timeline, read_timeline, write_timeline
from eadnet_core.emotion.track import EmotionSpan, EmotionTrack
from eadnet_core.emotion.vocabulary import EMOTIONS
from eadnet_core.errors import InputError

TEXT = """# a scene
0.0 happy 0.8

2.5 sad 0.6 "quietly, close to tears, brows raised"  # the letter
4 "a bit uneasy"
"""


def test_each_line_lasts_until_the_next() -> None:
    spans = parse_timeline(TEXT, 10).spans
    assert [(span.start_s, span.end_s) for span in spans] == [(0, 2.5), (2.5, 4), (4, math.inf)]
    assert [EMOTIONS[max(range(8), key=span.distribution.__getitem__)] for span in spans] == ["happy", "sad", "fearful"]
    assert [span.intensity for span in spans] == pytest.approx([0.8, 0.6, 0.14])
    assert [span.caption for span in spans] == ["happy", "quietly, close to tears, brows raised", "a bit uneasy"]
    assert set(spans[1].action_units) == {"AU1", "AU2L", "AU2R"}


def test_file_with_a_mark_and_curly_quotes_is_read(tmp_path: Path) -> None:
    path = tmp_path / "scene.txt"
    path.write_text("\ufeff0 \u201cvery happy\u201d 0.5\r\n", encoding="utf-8")
    assert read_timeline(path).spans[0].caption == "very happy"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("0 happy 1.5", "line 1: intensity is 1.5"),
        ("0 happy nan", "line 1: intensity is nan"),
        ("0 happy\n\nsoon sad", "line 3: time is 'soon'"),
        ("1 happy\n1 sad", "line 2: time is 1 s, not after 1 s"),
        ("3 happy\n1 sad", "line 2: time is 1 s, not after 3 s"),
        ("-1 happy", "line 1: time is -1 s"),
        ("9 happy", "below the 5.00 s"),
        ("0 hapy", "line 1: emotion 'hapy' is not known .did you mean happy"),
        ("0 very happy", "line 1: intensity is 'happy'"),
        ("0", "line 1: '0' has 1 parts"),
        ('0 happy 1 "abc', "quotation mark"),
        ('0 happy 1 ""', "caption is empty"),
        ("\n# nothing\n", "no line with an emotion"),
        ("", "no line with an emotion"),
    ],
)
def test_wrong_lines_are_named(text: str, message: str) -> None:
    with pytest.raises(InputError, match=message):
        parse_timeline(text, 5)


def test_unreadable_files_are_named(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="missing.txt cannot be read"):
        read_timeline(tmp_path / "missing.txt")
    (tmp_path / "x.png").write_bytes(b"\x89PNG\xff\xfe")
    with pytest.raises(InputError, match="x.png cannot be read .it is no UTF-8 text"):
        read_timeline(tmp_path / "x.png")


def test_written_lines_are_read_back() -> None:
    track = parse_timeline(TEXT, 10)
    written = write_timeline(track, ["a note\nof two lines"])
    assert written.splitlines()[:3] == [
        "# a note of two lines",
        "0.00 happy 0.80",
        '2.50 sad 0.60 "quietly, close to tears, brows raised"',
    ]
    back = parse_timeline(written, 10)
    assert [(span.start_s, span.end_s) for span in back.spans] == [(span.start_s, span.end_s) for span in track.spans]
    assert [span.intensity for span in back.spans[:2]] == pytest.approx([0.8, 0.6])
    assert back.spans[1].action_units == track.spans[1].action_units and back.spans[1].captions == track.spans[1].captions


def test_gaps_ends_and_mixtures_are_written() -> None:
    spans = (
        EmotionSpan(1, 2, (0, 0, 0.6, 0.4, 0, 0, 0, 0), 0.5, (('said "no" # so', 0.5),)),
        EmotionSpan(3, 4, (1, 0, 0, 0, 0, 0, 0, 0), 0),
    )
    written = write_timeline(EmotionTrack(spans))
    assert written.splitlines() == [
        "0.00 neutral",
        '1.00 "sad and angry" 0.50 "said \'no\' # so"',
        "2.00 neutral",
        "3.00 neutral",
        "4.00 neutral",
    ]
    mixed = parse_timeline(written).spans[1]
    assert mixed.distribution[2] == pytest.approx(0.5) and mixed.distribution[3] == pytest.approx(0.5)
    assert mixed.captions == (("said 'no' # so", 0.5),)


def test_json_is_read_in_place_of_lines(tmp_path: Path) -> None:
    track = parse_timeline(TEXT, 10)
    path = tmp_path / "scene.json"
    path.write_text(track.to_json(), encoding="utf-8")
    assert read_timeline(path, 10) == track
    with pytest.raises(InputError, match="starts at 2.5 s, but the sound ends at 2.00 s"):
        read_timeline(path, 2)
    path.write_text("{", encoding="utf-8")
    with pytest.raises(InputError, match="no JSON"):
        read_timeline(path)
    assert parse_timeline(f"\n{track.to_json()}\n", 10) == track


@pytest.mark.parametrize("line", ["{}", "0 {}", "{}x happy", "0 happy {}", '0 "{}', "{} {} {} {} {}"])
def test_a_line_of_rubbish_is_not_said_back_whole(line: str) -> None:
    with pytest.raises(InputError, match="line 1: ") as refusal:
        parse_timeline(line.replace("{}", "y" * 100_000))
    assert len(str(refusal.value)) < 400
