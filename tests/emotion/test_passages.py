from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
import torch

from eadnet_core.emotion.passages import (
    LETTERS_PER_SECOND,
    MAX_PASSAGE_S,
    MAX_SCRIPT_LETTERS,
    MIN_PASSAGE_S,
    cut_passages,
    find_pauses,
    split_sentences,
)
from eadnet_core.errors import InputError
from eadnet_core.types import SpeechFeatures

SCRIPT = "I got the job, can you believe it? I never thought they would even call me back!\nBut my father will not see it any more."


def speech(*parts: tuple[float, float]) -> SpeechFeatures:
    """Features of (seconds, activity) one after the other."""
    activity = np.concatenate([np.full(round(seconds * 25), level, np.float32) for seconds, level in parts])
    mel = torch.from_numpy(activity).repeat_interleave(4)[:, None].expand(-1, 64) * 3 - 2
    return SpeechFeatures(mel.contiguous(), torch.from_numpy(activity), Fraction(len(activity), 25))


def check_chain(passages: tuple, end_s: float) -> None:
    assert passages[0].start_s == 0 and passages[-1].end_s == pytest.approx(end_s)
    assert all(one.end_s == other.start_s for one, other in zip(passages, passages[1:], strict=False))
    assert all(passage.duration_s > 0 for passage in passages)


def test_sentences_end_at_marks_and_lines_but_not_in_numbers() -> None:
    assert split_sentences('He paid 3.50 for it. "Really?" she asked!\n\n***\nNo…  Yes') == [
        "He paid 3.50 for it.", '"Really?', "she asked!", "No…", "Yes",
    ]  # fmt: skip
    assert split_sentences(" \n ... \n") == []


def test_a_script_alone_is_timed_by_its_letters() -> None:
    passages = cut_passages(SCRIPT)
    check_chain(passages, sum(map(len, split_sentences(SCRIPT))) / LETTERS_PER_SECOND)
    assert [passage.text for passage in passages] == split_sentences(SCRIPT)


def test_short_sentences_are_joined() -> None:
    passages = cut_passages("No. No! I said that I will not go there with you again. Never.")
    assert len(passages) == 1 and passages[0].text.endswith("Never.")
    assert all(passage.duration_s >= MIN_PASSAGE_S for passage in cut_passages(SCRIPT * 4))


def test_directions_in_brackets_take_no_time() -> None:
    directed = SCRIPT.replace("I got", "(beaming, out of breath) I got").replace("But", "[sighs, looks down]\nBut")
    assert [passage.end_s for passage in cut_passages(directed)] == pytest.approx([passage.end_s for passage in cut_passages(SCRIPT)])
    assert cut_passages(directed)[0].text.startswith("(beaming") and cut_passages(directed)[-1].text.startswith("[sighs")
    assert len(cut_passages("(laughs) (cries)")) == 1


def test_sentences_of_a_recording_end_in_its_pauses() -> None:
    recording = speech((0.4, 0), (2.6, 1), (0.6, 0), (3.4, 1), (0.8, 0), (3.0, 1), (0.2, 0))
    passages = cut_passages(SCRIPT, recording)
    check_chain(passages, 11)
    assert [passage.end_s for passage in passages[:2]] == pytest.approx([3.3, 7.4], abs=0.05)
    assert find_pauses(recording) == [pytest.approx((3.0, 3.6)), pytest.approx((7.0, 7.8))]


def test_a_recording_alone_is_cut_at_pauses_and_long_speech_where_it_is_weakest() -> None:
    passages = cut_passages("", speech((4.0, 1), (1.0, 0), (5.0, 1)))
    check_chain(passages, 10)
    assert [passage.end_s for passage in passages] == pytest.approx([4.5, 10])
    long = cut_passages("", speech((4.0, 1), (0.08, 0.6), (26.0, 1)))
    check_chain(long, 30.08)
    assert long[0].end_s == pytest.approx(4.0, abs=0.1)
    assert all(passage.duration_s <= MAX_PASSAGE_S + 1e-6 for passage in long)


def test_silence_and_a_click_are_one_passage() -> None:
    assert len(cut_passages("", speech((8.0, 0)))) == 1
    assert len(cut_passages("", speech((0.04, 1)))) == 1
    check_chain(cut_passages(SCRIPT, speech((6.0, 0))), 6)


def test_a_script_longer_than_its_recording_still_fits_in() -> None:
    check_chain(cut_passages(SCRIPT * 20, speech((0.6, 1))), 0.6)


@pytest.mark.parametrize(
    ("script", "message"), [("", "nothing to describe"), (" \n", "nothing"), ("a" * (MAX_SCRIPT_LETTERS + 1), "letters")]
)
def test_what_cannot_be_cut(script: str, message: str) -> None:
    with pytest.raises(InputError, match=message):
        cut_passages(script)
