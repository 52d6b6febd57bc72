"""Texts are many, and full of the sounds that lips show."""

from __future__ import annotations

import numpy as np
import pytest

from eadnet_core.synthetic.texts import ENGLISH_SHARE, LATIN, WORDS, draw_text, draw_voice


def test_there_are_many_languages_and_scripts() -> None:
    assert len(WORDS) >= 25
    assert len(set(WORDS) - LATIN) >= 8
    assert set(WORDS) >= LATIN


@pytest.mark.parametrize("voice", sorted(WORDS))
def test_a_text_has_as_many_words_as_wanted(voice: str) -> None:
    rng = np.random.default_rng(0)
    for count in (1, 5, 20):
        assert len(draw_text(rng, voice, count).split()) == count


def test_languages_are_drawn_in_their_shares() -> None:
    rng = np.random.default_rng(0)
    drawn = [draw_voice(rng) for _ in range(3000)]
    english = np.mean([voice.startswith("en") for voice in drawn])
    assert abs(english - (ENGLISH_SHARE + (1 - ENGLISH_SHARE) * 2 / len(WORDS))) < 0.04
    assert set(drawn) == set(WORDS)
