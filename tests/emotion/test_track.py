from __future__ import annotations

import json
import math

import numpy as np
import pytest
import torch

from eadnet_core.emotion.track import EASE_S, EmotionSpan, EmotionTrack, blend
from eadnet_core.emotion.vocabulary import ACTION_UNITS, EMOTIONS
from eadnet_core.errors import InputError

HAPPY, SAD = EMOTIONS.index("happy"), EMOTIONS.index("sad")


def happy_then_sad() -> EmotionTrack:
    return EmotionTrack((EmotionSpan.from_text("happy", 0.8, 0.0, 2.0), EmotionSpan.from_text("sad", 1.0, 2.0)))


def test_label_fills_the_whole_clip() -> None:
    emotion, captions, text_weights = EmotionTrack.from_text("happy", 0.5).sample(10)
    assert emotion.shape == (10, 8) and emotion.dtype == torch.float32
    assert torch.equal(emotion, torch.eye(8)[HAPPY].mul(0.5).expand(10, 8))
    assert captions == ["happy", "neutral"]
    assert torch.allclose(text_weights, torch.tensor([0.5, 0.5]).expand(10, 2))


@pytest.mark.parametrize(("text", "intensity"), [("neutral", 1.0), ("happy", 0.0), ("brows raised, furious", 0.0)])
def test_no_intensity_equals_neutral(text: str, intensity: float) -> None:
    emotion, captions, text_weights = EmotionTrack.from_text(text, intensity).sample(5)
    assert not emotion.any() and captions == ["neutral"] and torch.equal(text_weights, torch.ones(5, 1))


def test_change_is_smooth_complete_and_in_time() -> None:
    emotion, captions, text_weights = happy_then_sad().sample(100)
    times = (np.arange(100) + 0.5) / 25
    before, after = times < 2 - EASE_S / 2, times > 2 + EASE_S / 2
    assert np.allclose(emotion[before, HAPPY], 0.8) and not emotion[before, SAD].any()
    assert np.allclose(emotion[after, SAD], 1.0) and not emotion[after, HAPPY].any()
    crossing = times[(emotion[:, HAPPY] / 0.8 < 0.5).numpy()][0]
    assert abs(crossing - 2) <= 0.04
    assert emotion.diff(dim=0).abs().max() < 0.2  # no jump: a step would be 1
    assert torch.allclose(text_weights.sum(1), torch.ones(100)) and (text_weights >= 0).all()
    assert captions == ["happy", "sad", "neutral"]


def test_gap_between_spans_is_neutral() -> None:
    track = EmotionTrack((EmotionSpan.from_text("happy", 1, 1.0, 2.0), EmotionSpan.from_text("sad", 1, 3.0, 4.0)))
    emotion, captions, weights = track.sample(100)
    assert not emotion[:15].any() and not emotion[58:68].any()
    assert weights[60, captions.index("neutral")] == 1
    assert emotion[99, SAD] == 1  # a span that ends with the clip does not fade


def test_short_spans_never_exceed_their_intensity() -> None:
    spans = tuple(EmotionSpan.from_text("angry", 1, i * 0.1, (i + 1) * 0.1) for i in range(10))
    emotion, _, weights = EmotionTrack(spans).sample(25)
    assert torch.allclose(emotion.sum(1), torch.ones(25)) and torch.allclose(weights.sum(1), torch.ones(25))


def test_named_action_units_join_those_of_the_emotion() -> None:
    assert happy_then_sad().sample_action_units(50) is None
    units = EmotionTrack.from_text("angry, mouth open").sample_action_units(4)
    assert units is not None and units.shape == (4, 24)
    assert units[0, ACTION_UNITS.index("AU4")] == 1 and units[0, ACTION_UNITS.index("AU26")] == pytest.approx(0.8)


def test_blend_is_linear_in_emotion_captions_and_action_units() -> None:
    one, other = happy_then_sad(), EmotionTrack.from_text("surprised, lips pressed together", 0.5)
    a, b, mixed = one.sample(100)[0], other.sample(100)[0], blend(one, other, 0.25)
    assert torch.allclose(mixed.sample(100)[0], 0.75 * a + 0.25 * b, atol=1e-6)
    captions, weights = mixed.sample(100)[1:]
    assert weights[10, captions.index("happy")] == pytest.approx(0.75 * 0.8)
    units = mixed.sample_action_units(100)
    assert units is not None and units[10, ACTION_UNITS.index("AU24")] == pytest.approx(0.25 * 0.45)
    assert blend(one, other, 0) is one and blend(one, other, 1) is other


def test_shift_moves_and_cuts() -> None:
    track = happy_then_sad()
    later, earlier = track.shifted(1.5), track.shifted(-1.5)
    assert [span.start_s for span in later.spans] == [1.5, 3.5]
    assert [(span.start_s, span.end_s) for span in earlier.spans] == [(0, 0.5), (0.5, math.inf)]
    with pytest.raises(InputError, match="shift is -3"):
        EmotionTrack((EmotionSpan.from_text("happy", 1, 0, 2),)).shifted(-3)


def test_scaling_scales_emotion_and_captions() -> None:
    emotion, captions, weights = happy_then_sad().scaled(0.5).sample(100)
    assert emotion[10, HAPPY] == pytest.approx(0.4) and emotion[90, SAD] == pytest.approx(0.5)
    assert weights[90, captions.index("sad")] == pytest.approx(0.5)
    assert happy_then_sad().scaled(2).sample(100)[0].max() == 1
    assert not happy_then_sad().scaled(0).sample(100)[0].any()


def test_json_round_trip() -> None:
    track = blend(happy_then_sad(), EmotionTrack.from_text("a bit uneasy, brows raised \u2013 d\u00e9j\u00e0 vu"), 0.3)
    assert EmotionTrack.from_json(track.to_json()) == track


@pytest.mark.parametrize("intensity", [-0.1, 1.1, math.nan, math.inf])
def test_intensity_out_of_range_is_refused(intensity: float) -> None:
    with pytest.raises(InputError, match="intensity is"):
        EmotionTrack.from_text("happy", intensity)


def test_overlapping_and_backward_spans_are_refused() -> None:
    one, other = EmotionSpan.from_text("happy", 1, 0, 2), EmotionSpan.from_text("sad", 1, 1, 3)
    with pytest.raises(InputError, match="span at 1 s starts before the one at 0 s ends"):
        EmotionTrack((one, other))
    with pytest.raises(InputError, match="in order"):
        EmotionTrack((other, one))
    with pytest.raises(InputError, match="from 2 s to 1 s"):
        EmotionSpan.from_text("happy", 1, 2, 1)
    with pytest.raises(InputError, match="0 spans"):
        EmotionTrack(())


def test_span_past_the_end_is_refused() -> None:
    happy_then_sad().check_within(2.1)
    with pytest.raises(InputError, match="'sad' starts at 2 s, but the sound ends at 1.90 s"):
        happy_then_sad().check_within(1.9)


def test_values_of_a_span_are_checked() -> None:
    even = (0.125,) * 8
    with pytest.raises(InputError, match="distribution"):
        EmotionSpan(0, 1, (0.5,) * 8, 1)
    with pytest.raises(InputError, match="distribution"):
        EmotionSpan(0, 1, (math.nan,) * 8, 1)
    with pytest.raises(InputError, match="caption shares"):
        EmotionSpan(0, 1, even, 1, (("a", 0.7), ("b", 0.7)))
    with pytest.raises(InputError, match="Action Unit AU99"):
        EmotionSpan(0, 1, even, 1, action_units={"AU99": 0.5})
    with pytest.raises(InputError, match="Action Unit AU4 is 1.5"):
        EmotionSpan(0, 1, even, 1, action_units={"AU4": 1.5})


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda c: c.update(format="other"), "format"),
        (lambda c: c["spans"][0]["emotion"].update(joyous=1), "'joyous' is no class"),
        (lambda c: c["spans"][0].pop("end_s"), "end_s"),
        (lambda c: c["spans"][0].update(intensity=7), "intensity is 7"),
        (lambda c: c.update(spans=3), "cannot be read"),
        (lambda c: c["spans"][0].update(start_s="soon"), "cannot be read"),
    ],
)
def test_broken_json_is_refused(change, message: str) -> None:  # noqa: ANN001
    content = json.loads(happy_then_sad().to_json())
    change(content)
    with pytest.raises(InputError, match=message):
        EmotionTrack.from_json(json.dumps(content))
    for text in ("{", '{"a":' * 100_000, '{"version": ' + "1" * 5_000 + "}"):
        with pytest.raises(InputError, match="no JSON"):
            EmotionTrack.from_json(text)
