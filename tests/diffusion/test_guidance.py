from __future__ import annotations

from dataclasses import replace
from itertools import product

import pytest
import torch

from eadnet_core.diffusion.guidance import GuidanceScales, GuidedConditions, guide
from eadnet_core.types import Conditions, Warp

AUDIO, EMOTION, UNITS = 1.0, 10.0, 100.0


def _conditions() -> Conditions:
    return Conditions(
        reference=torch.rand(1, 3, 8, 8),
        landmark_maps=torch.rand(1, 5, 8, 8),
        landmarks=torch.rand(1, 29, 2),
        mel=torch.rand(1, 28, 64),
        text_ids=torch.ones(1, 1, 2, 2, dtype=torch.int64),
        text_weights=torch.ones(1, 1, 1),
        emotion=torch.rand(1, 1, 8),
        action_units=torch.rand(1, 1, 24),
        head_pose=torch.rand(1, 1, 6),
    )


def _toy(guided: GuidedConditions) -> Warp:
    """A denoiser whose flow is a sum that tells which controls each sample was given, and their products."""
    conditions, batch = guided.conditions, len(guided.weights)

    def told(name: str, value: float) -> torch.Tensor:
        if getattr(conditions, name) is None:
            return torch.zeros(batch)
        given = (conditions.given or {}).get(name)
        return torch.full((batch,), value) if given is None else given.float() * value

    assert torch.equal(told("emotion", 1), told("text_ids", 1))
    total = told("mel", AUDIO) + told("emotion", EMOTION) + told("action_units", UNITS) + told("mel", 1) * told("action_units", 7)
    flow = total[:, None, None, None, None].expand(-1, 1, 2, 8, 8)
    return Warp(flow, flow[:, :, :1], flow[:, :, :1].expand(-1, -1, 3, -1, -1) / 50)


def _flow(conditions: Conditions, scales: GuidanceScales) -> float:
    guided = guide(conditions, scales)
    return guided.mix(_toy(guided)).flow.unique().item()


@pytest.mark.parametrize(("a", "e", "u"), list(product((0.5, 1.0, 2.0), (1.0, 1.5), (0.25, 1.0, 3.0))))
def test_the_nested_sum(a: float, e: float, u: float) -> None:
    nothing, x_a, x_ae, x_aeu = 0.0, AUDIO, AUDIO + EMOTION, AUDIO + EMOTION + UNITS + 7
    expected = nothing + a * (x_a - nothing) + e * (x_ae - x_a) + u * (x_aeu - x_ae)
    assert _flow(_conditions(), GuidanceScales(audio=a, emotion=e, action_unit=u)) == pytest.approx(expected, rel=1e-5)


def test_a_control_that_is_missing_leaves_the_chain() -> None:
    without = replace(_conditions(), emotion=None, text_ids=None, text_weights=None)
    expected = 2 * AUDIO + 3 * (UNITS + 7)
    assert _flow(without, GuidanceScales(audio=2, emotion=5, action_unit=3)) == pytest.approx(expected)


@pytest.mark.parametrize("scales", [GuidanceScales(audio=2, emotion=0), GuidanceScales(emotion=0)])
def test_scale_zero_is_the_same_as_not_given(scales: GuidanceScales) -> None:
    without = replace(_conditions(), emotion=None, text_ids=None, text_weights=None)
    guided, plain = guide(replace(_conditions(), mel=without.mel), scales), guide(without, scales)
    assert guided.conditions.emotion is None and guided.conditions.text_ids is None and guided.conditions.text_weights is None
    assert torch.equal(guided.weights, plain.weights)
    assert (guided.conditions.given is None) == (plain.conditions.given is None)


def test_all_scales_one_is_a_single_evaluation_of_the_conditions_themselves() -> None:
    conditions = _conditions()
    guided = guide(conditions, GuidanceScales())
    assert guided.conditions is conditions
    assert guided.weights.tolist() == [1.0]


def test_evaluations_that_cancel_out_are_not_made() -> None:
    guided = guide(_conditions(), GuidanceScales(audio=2, emotion=2, action_unit=2))
    assert guided.weights.tolist() == [-1.0, 2.0]
    assert guided.conditions.reference.shape[0] == 2
    assert guided.conditions.landmarks.shape[0] == 2
    assert guided.conditions.head_pose is not None and guided.conditions.head_pose.shape[0] == 2
    assert "head_pose" not in (guided.conditions.given or {})  # what is not guided is given to every evaluation


def test_paint_stays_a_colour() -> None:
    guided = guide(_conditions(), GuidanceScales(action_unit=9))
    assert guided.mix(_toy(guided)).paint.abs().max() <= 1
