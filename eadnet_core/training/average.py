"""The moving average of weights that a training keeps."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import torch
from torch import Tensor


def warmed_average(decay: float) -> Callable[[Sequence[Tensor], Sequence[Tensor], Tensor | int], None]:
    """An exponential average that forgets its first steps: after n of them it spans at most about a tenth of them."""

    @torch.no_grad()
    def update(averaged: Sequence[Tensor], current: Sequence[Tensor], num_averaged: Tensor | int) -> None:
        share = max(1 - decay, 10 / (10 + float(num_averaged)))
        for old, new in zip(averaged, current, strict=True):
            if old.is_floating_point():
                old.lerp_(new, share)
            else:
                old.copy_(new)

    return update
