"""What a training tells while it runs."""

from __future__ import annotations

import sys
from collections.abc import Callable

Progress = Callable[[int, float, dict[str, float]], None]
"""progress(step, minutes so far, smoothed losses). Raising in it stops the training."""


def print_losses(step: int, minutes: float, losses: dict[str, float]) -> None:
    """A Progress that writes a line to stderr."""
    print(f"step {step}, {minutes:.1f} min", *(f"{name} {value:.4f}" for name, value in losses.items()), file=sys.stderr, flush=True)
