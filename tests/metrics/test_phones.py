from __future__ import annotations

from pathlib import Path

import pytest

from eadnet_core.errors import InputError
from eadnet_core.metrics.phones import Phone, phones_beside, read_phones


def test_rows_become_phones_in_order_without_stress(tmp_path: Path) -> None:
    path = tmp_path / "a.phones.json"
    path.write_text('[[0.5, 0.7, "AA1"], [0, 0.5, "b"]]')
    assert read_phones(path) == (Phone(0.0, 0.5, "b"), Phone(0.5, 0.7, "aa"))


def test_the_file_beside_a_video_has_its_name(tmp_path: Path) -> None:
    assert phones_beside(tmp_path / "talk.mp4") is None
    (tmp_path / "talk.phones.json").write_text("[]")
    assert phones_beside(tmp_path / "talk.mp4") == tmp_path / "talk.phones.json"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("no json", "cannot be read"),
        ('{"a": 1}', "cannot be read"),
        ('[[0, "b"]]', "cannot be read"),
        ("[]", "is empty"),
        ('[[1, 0.5, "b"]]', "has b from 1 to 0.5 s"),
        ('[[-1, 0.5, "b"]]', "has b from -1"),
    ],
)
def test_other_files_are_refused_with_what_to_give(tmp_path: Path, text: str, words: str) -> None:
    path = tmp_path / "a.phones.json"
    path.write_text(text)
    with pytest.raises(InputError, match=words) as caught:
        read_phones(path)
    assert "ARPAbet" in str(caught.value)
    with pytest.raises(InputError, match="does not exist"):
        read_phones(tmp_path / "none.json")
