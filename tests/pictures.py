"""Pictures of faces that the repository carries, for tests."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

import cv2
import numpy as np

from eadnet_core.face.picture import read_picture

PORTRAITS = Path(__file__).parents[1] / "assets" / "portraits"
ASTRONAUTS_HEAD = np.s_[0:260, 100:360]
"""Rows and columns of the astronaut's head and shoulders."""


@lru_cache(maxsize=8)
def astronaut(size: int = 260) -> np.ndarray:
    """uint8 [size, size, 3]: the astronaut's head, from the front, smiling with bared teeth."""
    return _sized(read_picture(PORTRAITS / "astronaut.jpg")[0][ASTRONAUTS_HEAD], size)


@lru_cache(maxsize=8)
def rendered_head(name: str = "head_409", size: int = 320) -> np.ndarray:
    """uint8 [size, size, 3]: a rendered head, lips shut."""
    return _sized(read_picture(PORTRAITS / f"{name}.jpg")[0], size)


def _sized(picture: np.ndarray, size: int) -> np.ndarray:
    shrink = size < picture.shape[0]
    return cv2.resize(picture, (size, size), interpolation=cv2.INTER_AREA if shrink else cv2.INTER_CUBIC)
