"""Expressions with exact labels: people who feel one of the eight classes, each in their own way, while they speak, blink and turn."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

from ...emotion.vocabulary import ACTION_UNITS, EMOTIONS
from ...face.deformation import Pose
from ...synthetic.canvas import Dice
from ...synthetic.clip import emotion_action_units

NO_CLASS = -100
"""Label of faces whose Action Units belong to no class; the cross-entropy leaves it out. Source: torch's default."""
UNLABELLED = 0.25
"""Share of faces with Action Units of no class: they teach the units alone."""
LEAST_INTENSITY = 0.45
"""Of a class; what is weaker is neither that class nor neutral to anybody."""
_SPEAKING = 0.65
_LIDS = (ACTION_UNITS.index("AU45R"), ACTION_UNITS.index("AU45L"))


@dataclass(frozen=True)
class Expressions:
    """What N faces do, and what that is called.

    Attributes:
        pose: All that moves.
        labels: int64 [N]: index into EMOTIONS, or NO_CLASS.
        units: float32 [N, 24], 0 to 1: what a coder would see, closed lids included.
    """

    pose: Pose
    labels: Tensor
    units: Tensor


def draw_expressions(dice: Dice) -> Expressions:
    """Random expressions, one a sample of `dice`. Source: EMFACS prototypes with people's spread around them; numbers ours."""
    count, device, generator = dice.batch, dice.device, dice.generator

    def rand(*shape: int) -> Tensor:
        return torch.rand(*shape, generator=generator, device=device)

    labels = torch.randint(0, len(EMOTIONS), (count,), generator=generator, device=device)
    classes = torch.stack([emotion_action_units(name) for name in EMOTIONS]).to(device)
    intensity = LEAST_INTENSITY + (1 - LEAST_INTENSITY) * rand(count, 1)
    units = classes[labels] * intensity * (0.65 + 0.5 * rand(count, len(ACTION_UNITS))) * (rand(count, len(ACTION_UNITS)) > 0.1)
    units = units + 0.3 * rand(count, len(ACTION_UNITS)) * (rand(count, len(ACTION_UNITS)) < 0.08)
    loose = rand(count) < UNLABELLED
    free = rand(count, len(ACTION_UNITS)) * (rand(count, len(ACTION_UNITS)) < 0.18)
    units = torch.where(loose[:, None], free, units).clamp(0, 1)
    units[:, _LIDS] = 0.0

    low_high = ((0.0, 0.9), (0.0, 0.8), (0.0, 0.8), (0.0, 0.0), (0.0, 0.5))
    visemes = torch.cat([dice.uniform(low, high)[:, :, 0] for low, high in low_high], 1)
    shut = rand(count) < 0.2
    visemes[:, 3] = shut.float()
    visemes = visemes * (rand(count, 1) < _SPEAKING)
    spread = (0.13, 0.1, 0.05, 0.0, 0.0, 0.0)
    head = torch.cat([dice.normal(amount)[:, :, 0] if amount else torch.zeros(count, 1, device=device) for amount in spread], 1)
    gaze = torch.cat([dice.normal(0.35)[:, :, 0], dice.normal(0.18)[:, :, 0]], 1).clamp(-1, 1)
    blink = (rand(count, 1) * (rand(count, 1) < 0.15)).expand(-1, 2)
    seen = units.clone()
    seen[:, _LIDS] = blink
    return Expressions(Pose(units, visemes, head.clamp(-0.45, 0.45), gaze, blink), torch.where(loose, NO_CLASS, labels), seen)
