"""What options of the command line may be: numbers in a range."""

from __future__ import annotations

import argparse
from collections.abc import Callable


def number(low: float, high: float) -> Callable[[str], float]:
    """Reads a number and holds it to its range."""

    def read(text: str) -> float:
        try:
            value = float(text)
        except ValueError:
            value = float("nan")
        if not low <= value <= high:
            raise argparse.ArgumentTypeError(f"{text} is no number from {low:g} to {high:g}")
        return value

    return read


def whole(low: int, high: int) -> Callable[[str], int]:
    """Reads a whole number and holds it to its range."""

    def read(text: str) -> int:
        try:
            value = int(text)
        except ValueError:
            value = low - 1
        if not low <= value <= high:
            raise argparse.ArgumentTypeError(f"{text} is no whole number from {low} to {high}")
        return value

    return read


def gaze(text: str) -> tuple[float, float]:
    """Reads two numbers from -1 to 1 with a comma between them."""
    parts = text.split(",")
    if len(parts) != 2:
        raise argparse.ArgumentTypeError(f"{text} is not two numbers with a comma between them, such as 0.3,0")
    read = number(-1, 1)
    return read(parts[0]), read(parts[1])
