"""A store of finished training pictures: drawing and degrading one costs more than a step, so each is used a few times."""

from __future__ import annotations

import torch
from torch import Generator, Tensor


class Reservoir:
    """The latest samples of a stream, each a tuple of tensors whose first is a picture (kept as bytes)."""

    def __init__(self, limit: int) -> None:
        self.limit = limit
        self.stored: list[Tensor] = []

    def add(self, sample: tuple[Tensor, ...]) -> None:
        """Appends a batch: pictures [B, 3, S, S], 0 to 1, then answers [B, ...]; the oldest leave."""
        fresh = [(sample[0] * 255).round().to(torch.uint8), *sample[1:]]
        self.stored = [torch.cat([old, new])[-self.limit :] for old, new in zip(self.stored, fresh, strict=True)] if self.stored else fresh

    def __len__(self) -> int:
        return len(self.stored[0]) if self.stored else 0

    def draw(self, generator: Generator, count: int) -> tuple[Tensor, ...]:
        """A random batch, in the form it was added."""
        chosen = torch.randint(0, len(self), (count,), generator=generator, device=generator.device)
        images, *answers = (tensor[chosen] for tensor in self.stored)
        return (images.float() / 255, *answers)
