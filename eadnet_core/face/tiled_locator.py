"""Looking for faces in large pictures: first in the whole, then, where it shows none, in overlapping tiles of half its size."""

from __future__ import annotations

import numpy as np

from .locator import FINEST_SIDE, Face, FaceLocator

TILES = 3
"""Tiles along each side, each half as long as the side: a face on a border lies whole in a neighbour."""


class TiledLocator(FaceLocator):
    """A locator for people shown from head to foot.

    A locator looks at no more than FINEST_SIDE pixels of the long side, where the smallest face that it knows is a twenty-fifth of the
    side high; a tile makes that a fiftieth.
    """

    def find(self, image: np.ndarray) -> list[Face]:
        """All faces in a picture, largest first.

        Args:
            image: uint8 [H, W, 3], RGB.
        """
        faces = super().find(image)
        height, width = image.shape[:2]
        if faces or max(height, width) <= FINEST_SIDE:
            return faces
        found: list[Face] = []
        for row in range(TILES):
            for column in range(TILES):
                left, top = column * width // (2 * TILES - 2), row * height // (2 * TILES - 2)
                tile = np.ascontiguousarray(image[top : top + (height + 1) // 2, left : left + (width + 1) // 2])
                found += [_shifted(face, left, top) for face in super().find(tile)]
        found.sort(key=lambda face: -face.score)
        distinct = [face for i, face in enumerate(found) if not any(_same(face, better) for better in found[:i])]
        return sorted(distinct, key=lambda face: face.box[1] - face.box[3])


def _shifted(face: Face, left: int, top: int) -> Face:
    box = (face.box[0] + left, face.box[1] + top, face.box[2] + left, face.box[3] + top)
    return Face(box, face.landmarks + np.array([left, top], np.float32), face.score)


def _same(one: Face, other: Face) -> bool:
    """Whether two tiles show the same face: its middles lie within a quarter of its height."""
    middles = np.array([[(face.box[0] + face.box[2]) / 2, (face.box[1] + face.box[3]) / 2] for face in (one, other)])
    return bool(np.linalg.norm(middles[0] - middles[1]) < 0.25 * max(face.box[3] - face.box[1] for face in (one, other)))
