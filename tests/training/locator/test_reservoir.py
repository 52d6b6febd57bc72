"""The store of finished training pictures."""

from __future__ import annotations

import torch

from eadnet_core.training.locator.reservoir import Reservoir


def test_keeps_the_latest_and_pairs_answers_with_pictures() -> None:
    reservoir = Reservoir(limit=6)
    for start in (0, 4):
        values = torch.arange(start, start + 4)
        reservoir.add((values.view(4, 1, 1, 1).expand(4, 3, 2, 2) / 255, values.float()))
    assert len(reservoir) == 6
    images, answers = reservoir.draw(torch.Generator().manual_seed(0), 100)
    assert set(answers.tolist()) == {2.0, 3.0, 4.0, 5.0, 6.0, 7.0}
    assert torch.allclose(images[:, 0, 0, 0] * 255, answers, atol=1e-4)
