"""The loop of all trainings: steps until the minutes are over, and the averaged weights are what is kept."""

from __future__ import annotations

import copy
import math
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Generic, TypeVar

import torch
from accelerate import PartialState
from accelerate.utils import broadcast, reduce
from diffusers.training_utils import EMAModel
from torch import Tensor, nn

from .progress import Progress
from .recipe import Recipe
from .state import TrainingState

Net = TypeVar("Net", bound=nn.Module)
REPORT_EVERY = 20
SAVE_EVERY_S = 300.0


@dataclass(frozen=True, kw_only=True)
class Optimisation:
    """How a network learns.

    Attributes:
        learning_rate, weight_decay: Of AdamW; the rate warms up and then falls as half a cosine over the minutes.
        warmup_steps: Length of the warm-up.
        clip_norm: Bound of the gradient's norm.
        ema_decay: Of the averaged weights.
    """

    learning_rate: float
    weight_decay: float
    ema_decay: float
    warmup_steps: int = 100
    clip_norm: float = 1.0

    @staticmethod
    def of(recipe: Recipe) -> Optimisation:
        """As a recipe says, with what is the same in all trainings."""
        return Optimisation(learning_rate=recipe.learning_rate, weight_decay=recipe.weight_decay, ema_decay=recipe.ema_decay)


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
    losses: Callable[[int], dict[str, Tensor]],
    weights: dict[str, float],
    how: Optimisation,
    minutes: float,
    progress: Progress | None = None,
    state: Path | None = None,
) -> Fit[Net]:
    """Trains a network until the minutes are over.

    Under `accelerate launch` every process draws batches of its own (see own_seed) and their gradients are averaged.

    Args:
        net: What learns, and is kept.
        losses: Makes a step's losses, by the number of the step.
        weights: Weight of each loss; one that is missing is watched and teaches nothing.
        how: How it learns.
        minutes: Budget, of all sittings together.
        progress: Told of the losses every 20 steps.
        state: File from which an interrupted training goes on and where it is kept every five minutes; None: nowhere.
    """
    optimizer = torch.optim.AdamW(net.parameters(), how.learning_rate, (0.9, 0.98), weight_decay=how.weight_decay)
    average = EMAModel(net.parameters(), how.ema_decay, use_ema_warmup=True, power=0.75)
    everything, processes = TrainingState(net, optimizer, average), PartialState()
    step, spent_s = everything.load(state) if state is not None and state.is_file() else (0, 0.0)
    smooth: dict[str, Tensor] = {}
    began = saved = time.monotonic()
    begun_s = spent_s
    if processes.num_processes > 1:
        for value in net.state_dict().values():
            broadcast(value)
    while spent_s < 60 * minutes or step == 0:
        for group in optimizer.param_groups:
            group["lr"] = how.learning_rate * _rate(step, spent_s / (60 * minutes), how.warmup_steps)
        parts = losses(step)
        optimizer.zero_grad(set_to_none=True)
        torch.stack([weights[name] * loss for name, loss in parts.items() if name in weights]).sum().backward()
        if processes.num_processes > 1:
            for parameter in net.parameters():
                if parameter.grad is not None:
                    parameter.grad = reduce(parameter.grad, "mean")
        torch.nn.utils.clip_grad_norm_(net.parameters(), how.clip_norm)
        optimizer.step()
        average.step(net.parameters())
        for name, loss in parts.items():
            smooth[name] = 0.98 * smooth.get(name, loss.detach()) + 0.02 * loss.detach()
        step += 1
        spent_s = _agreed(begun_s + time.monotonic() - began, processes)
        if progress is not None and processes.is_main_process and step % REPORT_EVERY == 0:
            progress(step, spent_s / 60, {name: value.item() for name, value in smooth.items()})
        if state is not None and processes.is_main_process and time.monotonic() - saved > SAVE_EVERY_S:
            everything.save(state, step, spent_s)
            saved = time.monotonic()
    if state is not None and processes.is_main_process:
        everything.save(state, step, spent_s)
    kept_net = copy.deepcopy(net)
    average.copy_to(kept_net.parameters())
    return Fit(kept_net.eval(), step, spent_s / 60, {name: value.item() for name, value in smooth.items()})


def own_seed(seed: int) -> int:
    """A seed for what this process draws: of several, each draws something else."""
    return seed + 1_000_003 * PartialState().process_index


def _agreed(spent_s: float, processes: PartialState) -> float:
    """The time that all processes agree on, so that all stop after the same step."""
    if processes.num_processes == 1:
        return spent_s
    return float(reduce(torch.tensor(spent_s, device=processes.device), "mean"))


def _rate(step: int, done: float, warmup: int) -> float:
    """Share of the learning rate: a line up, then half a cosine down to a thousandth."""
    return min(1.0, (step + 1) / warmup) * (1e-3 + 0.5 * (1 + math.cos(math.pi * min(1.0, done))))
