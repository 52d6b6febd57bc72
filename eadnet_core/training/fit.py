"""The loop of the small trainings: minutes become a number of steps once, and the averaged weights are what is kept."""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, TypeVar, cast

import torch
from torch import Tensor, nn
from torch.optim.swa_utils import AveragedModel

from .average import warmed_average
from .progress import Progress
from .recipe import Recipe

Net = TypeVar("Net", bound=nn.Module)
TIMED_STEPS = 32
"""Steps after which the minutes that are left are turned into a number of steps, once."""
REPORT_EVERY = 20


@dataclass(frozen=True, kw_only=True)
class Optimisation:
    """How a network learns.

    Attributes:
        learning_rate, weight_decay: Of AdamW; the rate warms up and then falls as half a cosine.
        warmup_steps: Length of the warm-up.
        clip_norm: Bound of the gradient's norm.
        ema_decay: Of the averaged weights.
    """

    learning_rate: float
    weight_decay: float
    warmup_steps: int
    clip_norm: float
    ema_decay: float

    @staticmethod
    def of(recipe: Recipe, warmup_steps: int, clip_norm: float) -> Optimisation:
        """As a recipe says, with what is the same in all trainings of its kind."""
        return Optimisation(
            learning_rate=recipe.learning_rate, weight_decay=recipe.weight_decay, warmup_steps=warmup_steps, clip_norm=clip_norm,
            ema_decay=recipe.ema_decay,
        )  # fmt: skip


@dataclass(frozen=True)
class Fit(Generic[Net]):
    """A finished training.

    Attributes:
        net: The averaged weights, ready to run.
        steps: How many steps were made.
        minutes: How long they took.
        losses: The last smoothed losses.
    """

    net: Net
    steps: int
    minutes: float
    losses: dict[str, float]


def fit(
    net: Net,
    helpers: nn.Module,
    losses: Callable[[int], dict[str, Tensor]],
    weights: dict[str, float],
    how: Optimisation,
    minutes: float,
    progress: Progress | None,
) -> Fit[Net]:
    """Trains a network until the minutes are over.

    Args:
        net: What learns, and is kept.
        helpers: What learns beside it and is not kept.
        losses: Makes a step's losses, by the number of the step.
        weights: Weight of each loss.
        how: How it learns.
        minutes: Budget.
        progress: Told of the losses every 20 steps.
    """
    began = time.monotonic()
    average = AveragedModel(net, multi_avg_fn=warmed_average(how.ema_decay), use_buffers=True)
    parameters = list(nn.ModuleList([net, helpers]).parameters())  # each once: helpers may hold the network
    optimizer = torch.optim.AdamW(parameters, how.learning_rate, (0.9, 0.98), weight_decay=how.weight_decay)
    step, steps, smooth = 0, 0, dict[str, float]()
    while steps == 0 or step < steps:
        for group in optimizer.param_groups:
            group["lr"] = how.learning_rate * _rate(step, steps, how.warmup_steps)
        parts = losses(step)
        optimizer.zero_grad(set_to_none=True)
        torch.stack([weights[name] * loss for name, loss in parts.items()]).sum().backward()
        torch.nn.utils.clip_grad_norm_(parameters, how.clip_norm)
        optimizer.step()
        average.update_parameters(net)
        smooth = {name: 0.98 * smooth.get(name, loss.item()) + 0.02 * loss.item() for name, loss in parts.items()}
        step += 1
        if step == TIMED_STEPS:
            spent = time.monotonic() - began
            steps = step + max(0, int((60 * minutes - spent) * step / spent))
        if progress is not None and step % REPORT_EVERY == 0:
            progress(step, steps, smooth)
    return Fit(cast(Net, average.module).eval(), step, (time.monotonic() - began) / 60, smooth)


def _rate(step: int, steps: int, warmup: int) -> float:
    """Share of the learning rate: a line up, then half a cosine down to a thousandth."""
    done = step / steps if steps else 0.0
    return min(1.0, (step + 1) / warmup) * (1e-3 + 0.5 * (1 + math.cos(math.pi * min(1.0, done))))
