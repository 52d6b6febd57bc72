from __future__ import annotations

import time

import pytest
import torch

from eadnet_core.emotion.captions import draw_caption, draw_captions
from eadnet_core.emotion.lexicon import FACE_FORM, FEELING_FORMS, load_lexicon
from eadnet_core.emotion.tokenizer import split_words
from eadnet_core.emotion.vocabulary import ACTION_UNITS, EMOTION_ACTION_UNITS, EMOTIONS


def generator(seed: int = 0) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


def contains(caption: str, phrase: str) -> bool:
    return f" {' '.join(split_words(phrase))} " in f" {' '.join(split_words(caption))} "


def in_order(caption: str, phrase: str) -> bool:
    """Whether the phrase's words occur in the caption in order, other words between them ("brows slightly raised")."""
    words = iter(split_words(caption))
    return all(word in words for word in split_words(phrase))


def test_captions_are_varied_and_cover_every_emotion_and_action_unit() -> None:
    g = generator()
    drawn = [draw_caption(g) for _ in range(4000)]
    assert len({caption for caption, _ in drawn}) > 3000
    tops = {EMOTIONS[max(range(8), key=meaning.distribution.__getitem__)] for _, meaning in drawn}
    assert tops == set(EMOTIONS)
    assert {unit for _, meaning in drawn for unit in meaning.action_units} == set(ACTION_UNITS)
    assert {"happy", "neutral", "contemptuous"} <= {caption for caption, _ in drawn}


def test_meanings_are_distributions_and_targets_in_range() -> None:
    g = generator(1)
    for _ in range(1000):
        _, meaning = draw_caption(g)
        assert sum(meaning.distribution) == pytest.approx(1)
        assert 0 <= meaning.intensity <= 1 + 1e-6
        assert all(0 <= value <= 1 for value in meaning.action_units.values())


def test_held_out_words_never_occur_in_training_captions() -> None:
    held_out = [entry.phrase for entry in load_lexicon().of_form(*FEELING_FORMS, FACE_FORM) if entry.held_out]
    trained = [entry.phrase for entry in load_lexicon().of_form(*FEELING_FORMS, FACE_FORM) if not entry.held_out]
    # A held-out word may be part of a longer trained phrase ("worried" of "worried eyebrows"): those are not counted.
    alone = [phrase for phrase in held_out if not any(in_order(other, phrase) for other in trained)]
    assert len(alone) > 60
    g = generator(2)
    captions = [draw_caption(g)[0] for _ in range(3000)]
    found = [(phrase, caption) for caption in captions for phrase in alone if contains(caption, phrase)]
    assert not found


def test_holdout_captions_use_held_out_words_only() -> None:
    words = load_lexicon().of_form(*FEELING_FORMS, FACE_FORM)
    held_out = [entry.phrase for entry in words if entry.held_out]
    g = generator(3)
    for _ in range(300):
        caption, _ = draw_caption(g, holdout=True)
        assert any(in_order(caption, phrase) for phrase in held_out), caption
        assert caption not in EMOTIONS


def test_targets_are_the_emotions_action_units_where_no_other_is_named() -> None:
    g = generator(4)
    text_ids, emotion, units = draw_captions(400, g)
    assert text_ids.shape == (400, 1, 24, 12) and emotion.shape == (400, 8) and units.shape == (400, 24)
    matrix = torch.tensor([[EMOTION_ACTION_UNITS[e].get(u, 0.0) for u in ACTION_UNITS] for e in EMOTIONS])
    same = torch.isclose(units, emotion @ matrix, atol=1e-5).all(1)
    assert 0.4 < same.float().mean() < 0.95
    assert units.min() >= 0 and units.max() <= 1
    assert text_ids.ne(0).any(-1).any(-1).all()


def test_same_generator_same_captions() -> None:
    one, other = draw_captions(16, generator(5)), draw_captions(16, generator(5))
    assert all(torch.equal(a, b) for a, b in zip(one, other, strict=True))
    assert not torch.equal(one[0], draw_captions(16, generator(6))[0])


def test_drawing_a_batch_is_quick() -> None:
    g = generator(7)
    draw_captions(32, g)
    times = []
    for _ in range(20):
        start = time.process_time()
        draw_captions(32, g)
        times.append(time.process_time() - start)
    assert min(times) < 0.005
