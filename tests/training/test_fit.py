"""The loop of the small trainings."""

from __future__ import annotations

import pytest
import torch

from eadnet_core.training import fit as fitting
from eadnet_core.training.average import warmed_average
from eadnet_core.training.fit import Optimisation, fit

HOW = Optimisation(learning_rate=0.05, weight_decay=0.0, warmup_steps=1, clip_norm=1.0, ema_decay=0.9)


def test_it_finds_the_minimum_and_keeps_the_network_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fitting, "TIMED_STEPS", 200)
    torch.manual_seed(0)
    net, helper = torch.nn.Linear(1, 1), torch.nn.Linear(1, 1)
    x = torch.linspace(-1, 1, 9)[:, None]
    found = fit(net, helper, lambda step: {"line": (helper(net(x)) - 3 * x).square().mean()}, {"line": 1.0}, HOW, 0.0, None)
    assert found.steps == 200 and found.losses["line"] < 0.2
    assert set(found.net.state_dict()) == {"weight", "bias"} and not found.net.training


def test_minutes_become_steps_once(monkeypatch: pytest.MonkeyPatch) -> None:
    now = iter([0.0, 4.0, 99.0])  # begun; four seconds for the timed steps; done
    monkeypatch.setattr(fitting.time, "monotonic", lambda: next(now))
    monkeypatch.setattr(fitting, "TIMED_STEPS", 8)
    net, told = torch.nn.Linear(1, 1), list[tuple[int, int]]()
    monkeypatch.setattr(fitting, "REPORT_EVERY", 8)
    loss = lambda step: {"size": net.weight.square().sum()}  # noqa: E731
    found = fit(net, torch.nn.Identity(), loss, {"size": 1.0}, HOW, 0.2, lambda step, steps, losses: told.append((step, steps)))
    assert found.steps == 24 and told == [(8, 24), (16, 24), (24, 24)]  # 12 s at half a second a step


def test_an_average_begins_with_the_latest_and_ends_with_its_decay() -> None:
    average, new = [torch.zeros(1)], [torch.ones(1)]
    warmed_average(0.9)(average, new, 0)
    assert average[0] == 1  # after no steps the latest is all there is
    average = [torch.zeros(1)]
    warmed_average(0.9)(average, new, 10_000)
    torch.testing.assert_close(average[0], torch.tensor([0.1]))
