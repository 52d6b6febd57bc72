from __future__ import annotations

from collections import Counter

import numpy as np

from eadnet_core.emotion.lexicon import FACE_FORM, FEELING_FORMS, MAX_TOKENS, load_lexicon, spell_out
from eadnet_core.emotion.tokenizer import split_words
from eadnet_core.emotion.vocabulary import ACTION_UNITS, EMOTIONS


def strongest(phrase: str) -> str:
    entry = load_lexicon().by_words[tuple(split_words(phrase))]
    return EMOTIONS[int(np.argmax(entry.meaning.emotion))]


def test_lexicon_is_large_and_holds_a_tenth_out() -> None:
    words = load_lexicon().of_form(*FEELING_FORMS, FACE_FORM)
    assert len({entry.phrase for entry in words}) >= 400
    assert 0.07 < sum(entry.held_out for entry in words) / len(words) < 0.13


def test_labels_are_full_strength_and_never_held_out() -> None:
    for label in EMOTIONS[1:]:
        entry = load_lexicon().by_words[(label,)]
        assert strongest(label) == label and entry.meaning.intensity == 1 and not entry.held_out


def test_words_mean_what_they_say() -> None:
    assert strongest("furious") == "angry" and strongest("close to tears") == "sad" and strongest("beaming") == "happy"
    uneasy = load_lexicon().by_words[("uneasy",)].meaning
    assert uneasy.emotion[EMOTIONS.index("fearful")] < 0.6
    assert set(load_lexicon().by_words[("brows", "raised")].meaning.action_units) == {"AU1", "AU2L", "AU2R"}
    assert "AU24" in load_lexicon().by_words[("lips", "pressed", "together")].meaning.action_units


def test_no_phrase_is_given_two_feelings() -> None:
    feelings = load_lexicon().of_form(*FEELING_FORMS, FACE_FORM, "cue")
    meanings: dict[tuple[str, ...], set[str]] = {}
    for entry in feelings:
        for words in spell_out(entry.phrase):
            assert 1 <= len(words) <= MAX_TOKENS, entry
            meanings.setdefault(words, set()).add(entry.meaning.top)
    assert not [words for words, tops in meanings.items() if len(tops) > 1]
    assert [k for k, n in Counter((e.phrase, e.form) for e in feelings).items() if n > 1] == []


def test_choices_are_spelled_out() -> None:
    assert sorted(spell_out("(a|b c) d")) == [("a", "d"), ("b", "c", "d")]
    assert sorted(spell_out("on (very|) thin ice")) == [("on", "thin", "ice"), ("on", "very", "thin", "ice")]
    assert list(spell_out("what?")) == [("what", "?")]


def test_every_action_unit_has_words() -> None:
    named = {unit for entry in load_lexicon().of_form(FACE_FORM) for unit in entry.meaning.action_units}
    assert named == set(ACTION_UNITS)


def test_every_emotion_has_held_out_words_of_some_form() -> None:
    tops = {int(np.argmax(e.meaning.emotion)) for e in load_lexicon().of_form(*FEELING_FORMS) if e.held_out and any(e.meaning.emotion)}
    assert tops == set(range(1, 8))
