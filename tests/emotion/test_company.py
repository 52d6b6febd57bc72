from __future__ import annotations

import math

import pytest

from eadnet_core.emotion.company import keep_company, load_company
from eadnet_core.emotion.vocabulary import EMOTIONS


@pytest.mark.parametrize(
    ("words", "label"), [("maggot soup", "disgusted"), ("birthday kiss", "happy"), ("widow grave", "sad"), ("knife dark", "fearful")]
)
def test_words_stand_in_the_company_of_their_feeling(words: str, label: str) -> None:
    company = keep_company(words.split())
    assert EMOTIONS[company.index(max(company))] == label


def test_company_is_the_ratio_of_two_distributions() -> None:
    # The ratios P(word | class) / P(word) average to 1 under P(class), so that no word is likelier, or less likely, with every class.
    assert all(any(value > 0 for value in ratios) and any(value < 0 for value in ratios) for ratios in load_company().values())


def test_logarithms_add_up_over_words_once_each() -> None:
    one, other = keep_company(["grave"]), keep_company(["birthday"])
    assert keep_company(["grave", "birthday", "graves"]) == pytest.approx([math.fsum(pair) for pair in zip(one, other, strict=True)])
    assert keep_company(["qqqq"]) == (0.0,) * len(EMOTIONS)
