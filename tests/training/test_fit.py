"""The loop: it learns, keeps the average, and goes on where it was interrupted."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch
from torch import nn

from eadnet_core.errors import InputError
from eadnet_core.training.fit import Optimisation, fit

HOW = Optimisation(learning_rate=0.05, weight_decay=0.0, ema_decay=0.9, warmup_steps=5)


def line() -> nn.Linear:
    torch.manual_seed(0)
    return nn.Linear(1, 1)


def losses_of(net: nn.Linear):  # noqa: ANN201
    x = torch.linspace(-1, 1, 32)[:, None]
    return lambda step: {"square": (net(x) - 3 * x).square().mean(), "watched": net.weight.detach().abs().sum()}


def test_a_line_is_learnt_and_what_has_no_weight_is_only_watched() -> None:
    net = line()
    made = fit(net, losses_of(net), {"square": 1.0}, HOW, 0.02)
    assert made.net.weight.item() == pytest.approx(3, abs=0.3) and made.steps > 20 and set(made.losses) == {"square", "watched"}


def test_an_interrupted_training_goes_on(tmp_path: Path) -> None:
    net, state = line(), tmp_path / "state"
    first = fit(net, losses_of(net), {"square": 1.0}, HOW, 0.01, state=state)
    again = line()
    second = fit(again, losses_of(again), {"square": 1.0}, HOW, 0.02, state=state)
    assert second.steps > first.steps and second.minutes >= 0.02
    other = line()
    third = fit(other, losses_of(other), {"square": 1.0}, HOW, 0.02, state=state)
    assert third.steps <= second.steps + 1, "nothing is left of the budget"


def test_a_state_of_another_network_is_said(tmp_path: Path) -> None:
    net = line()
    fit(net, losses_of(net), {"square": 1.0}, HOW, 0.001, state=tmp_path / "state")
    other = nn.Linear(2, 1)
    with pytest.raises(InputError, match="no state of this training"):
        fit(other, lambda step: {"square": other.weight.square().sum()}, {"square": 1.0}, HOW, 0.001, state=tmp_path / "state")
