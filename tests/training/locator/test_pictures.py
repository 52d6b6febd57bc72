"""Backgrounds, degradations and pools: in range, varied, and the same for the same seed."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import torch
from torch import Generator, Tensor

from eadnet_core.face.align import canonical_points
from eadnet_core.face.landmarks import CANONICAL
from eadnet_core.training.locator.backgrounds import draw_backgrounds
from eadnet_core.training.locator.photography import _blocks, occlude, photograph, relight, render_medium
from eadnet_core.training.locator.pool import BackgroundPool, FacePool

CHANGES: dict[str, Callable[[Generator, Tensor], Tensor]] = {
    "relight": relight,
    "render_medium": render_medium,
    "photograph": photograph,
    "occlude": lambda generator, images: occlude(generator, images, images.flip(0)),
}


@pytest.mark.parametrize("name", CHANGES)
def test_changes_stay_in_range_and_follow_the_seed(name: str) -> None:
    images = torch.rand(12, 3, 48, 48, generator=Generator().manual_seed(9))
    first = CHANGES[name](Generator().manual_seed(1), images)
    assert first.shape == images.shape and first.min() >= 0 and first.max() <= 1 and first.isfinite().all()
    assert torch.equal(first, CHANGES[name](Generator().manual_seed(1), images))
    assert not torch.equal(first, CHANGES[name](Generator().manual_seed(2), images))


def test_blocks_without_rounding_are_the_picture() -> None:
    images = torch.rand(2, 3, 32, 32)
    assert (_blocks(images, torch.full((2, 1, 1, 1), 1e-5)) - images).abs().max() < 1e-3
    coarse = _blocks(images, torch.full((2, 1, 1, 1), 50.0))
    assert coarse.abs().max() < 1e-3  # every coefficient rounds to nothing


def test_backgrounds_differ() -> None:
    drawn = draw_backgrounds(Generator().manual_seed(0), 8, 32)
    assert drawn.shape == (8, 3, 32, 32) and drawn.min() >= 0 and drawn.max() <= 1
    assert (drawn[:-1] - drawn[1:]).abs().mean((1, 2, 3)).min() > 0.02


def test_pools_hold_the_latest_in_canonical_units() -> None:
    def draw(generator: Generator, count: int) -> tuple[Tensor, Tensor]:
        return torch.rand(count, 3, 16, 16, generator=generator), torch.rand(count, 29, 2, generator=generator)

    generator = Generator().manual_seed(0)
    pool = FacePool.drawn(draw, generator, 5)
    joined = pool.joined(FacePool.drawn(draw, generator, 3), limit=6)
    assert len(joined) == 6 and torch.equal(joined.pictures[:3], pool.pictures[2:])
    centre = torch.tensor(list(CANONICAL.values())).mean(0)
    assert torch.allclose(canonical_points(joined.landmarks).mean(1), centre.expand(6, 2), atol=1e-4)
    sampled = BackgroundPool.drawn(generator, 4, 32, joined).sample(generator, 7, 24)
    assert sampled.shape == (7, 3, 24, 24) and sampled.min() >= 0 and sampled.max() <= 1
