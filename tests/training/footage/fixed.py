"""Quick stand-ins for what looks at footage, for tests of everything around it; importable by other processes."""

from __future__ import annotations

import numpy as np

from eadnet_core.face.locator import Face
from eadnet_core.face.points import AVERAGE_FACE
from eadnet_core.training.footage.film_clips import Tools
from tests.training.footage.films import Judge


class FixedLocator:
    """Sees one face at one place in every picture."""

    def find(self, image: np.ndarray) -> list[Face]:
        points = (AVERAGE_FACE * 100 + 20).astype(np.float32)
        return [Face((20, 20, 120, 120), points, 1.0)]

    def follow(self, image: np.ndarray, landmarks: np.ndarray) -> Face:
        return self.find(image)[0]


def fixed_tools() -> Tools:
    return Tools(FixedLocator(), Judge())  # type: ignore[arg-type]
