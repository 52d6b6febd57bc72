"""What a training tells while it runs."""

from __future__ import annotations

import sys
from collections.abc import Callable

Progress = Callable[[int, int, dict[str, float]], None]
"""progress(step, steps, smoothed losses); steps is 0 while still unknown. Raising in it stops the training."""


def print_losses(step: int, steps: int, losses: dict[str, float]) -> None:
    """A Progress that writes a line to stderr."""
    print(f"step {step}/{steps or '?'}", *(f"{name} {value:.4f}" for name, value in losses.items()), file=sys.stderr)
