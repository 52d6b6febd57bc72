"""The set of phones: every letter has one place, marks are passed over, diphthongs have two parts, classes are thirteen."""

from __future__ import annotations

import numpy as np
import pytest

from eadnet_core.speech.phones import NUM_PHONES, PAUSE, PHONES, SHUT, VISEME_CLASSES, phones_of, viseme_classes
from eadnet_core.speech.timed import UNKNOWN, column_labels, surely_said


def named(ipa: str) -> list[str]:
    return [PHONES[index].name for index in phones_of(ipa)]


@pytest.mark.parametrize(
    ("ipa", "names"),
    [("p", ["p"]), ("ˈaɪ", ["a", "ɪ"]), ("t͡ʃ", ["t", "ʃ"]), ("iː", ["i"]), ("pʰ", ["p"]), ("ɑ̃", ["ɑ"]), ("ʔ", []), ("", [""])],
)
def test_names_become_phones(ipa: str, names: list[str]) -> None:
    assert named(ipa) == names


def test_no_letter_is_in_two_places_and_only_p_b_m_shut() -> None:
    letters = "".join(phone.letters for phone in PHONES)
    assert len(letters) == len(set(letters)) and NUM_PHONES == len(PHONES)
    assert [phone.name for phone, shut in zip(PHONES, SHUT, strict=True) if shut] == ["p", "b", "m"]


def test_there_are_thirteen_classes() -> None:
    assert len(VISEME_CLASSES) == 13 and set(viseme_classes()) == set(range(13))


def test_labels_lie_at_their_times_and_a_stop_without_a_phone_goes_to_what_follows() -> None:
    labels = column_labels([(0.1, 0.2, "m"), (0.2, 0.24, "ʔ"), (0.24, 0.4, "aɪ")], 60)
    assert [PHONES[k].name for k in labels[[5, 12, 22, 30, 38, 50]]] == ["", "m", "a", "a", "ɪ", ""]
    assert labels[5] == PAUSE and (column_labels([], 3) == UNKNOWN).all()
    said = surely_said([(0.1, 0.2, "m")], 10)
    assert said.shape == (20, NUM_PHONES) and np.allclose(said.sum(1), 1)
