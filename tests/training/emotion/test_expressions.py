"""Expressions with labels that fit them."""

from __future__ import annotations

import torch

from eadnet_core.emotion.vocabulary import ACTION_UNITS, EMOTION_ACTION_UNITS, EMOTIONS
from eadnet_core.synthetic.canvas import Dice
from eadnet_core.training.emotion.expressions import NO_CLASS, UNLABELLED, draw_expressions

COUNT = 3000
LIDS = [ACTION_UNITS.index("AU45L"), ACTION_UNITS.index("AU45R")]


def test_each_class_shows_its_own_units_and_a_share_has_none() -> None:
    drawn = draw_expressions(Dice(torch.Generator().manual_seed(0), COUNT))
    assert abs(float((drawn.labels == NO_CLASS).float().mean()) - UNLABELLED) < 0.04
    for number, name in enumerate(EMOTIONS):
        mean = drawn.units[drawn.labels == number].mean(0)
        for unit, value in EMOTION_ACTION_UNITS[name].items():
            if value >= 0.5:
                assert mean[ACTION_UNITS.index(unit)] > 0.4 * value, (name, unit)
        others = [k for k, unit in enumerate(ACTION_UNITS) if unit not in EMOTION_ACTION_UNITS[name] and k not in LIDS]
        assert mean[others].max() < 0.05, name


def test_what_a_coder_sees_is_what_the_face_does_with_its_lids() -> None:
    drawn = draw_expressions(Dice(torch.Generator().manual_seed(1), COUNT))
    rest = [k for k in range(len(ACTION_UNITS)) if k not in LIDS]
    assert torch.equal(drawn.units[:, rest], drawn.pose.action_units[:, rest]) and drawn.pose.action_units[:, LIDS].max() == 0
    assert torch.equal(drawn.units[:, LIDS], drawn.pose.blink.flip(1)) and drawn.units[:, LIDS].max() > 0.9
    assert 0 <= drawn.units.min() and drawn.units.max() <= 1
