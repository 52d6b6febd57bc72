"""Which face of which picture is meant: by number, points, mask or box, as ComfyUI passes them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from torch import Tensor

from ...eadnet_core.errors import InputError

if TYPE_CHECKING:
    from ...eadnet_core.face.portrait import Portrait


def find_portraits(
    pictures: list[np.ndarray],
    face: int,
    points: str,
    mask: Tensor | None,
    box: object,
    keep_expression: float,
) -> list[Portrait]:
    """The portrait of each picture.

    Args:
        pictures: uint8 [H, W, 3] each.
        face: Number of the face where nothing else chooses.
        points: Eyes and mouth set by hand; empty: the face is found.
        mask: MASK [B or 1, H, W] over the face; None: none.
        box: BOUNDING_BOX around the face; None: none.
        keep_expression: See eadnet_core.face.portrait.Portrait.

    Raises:
        InputError: A picture shows no such face.
    """
    from ...eadnet_core.face.choice import choose_face, face_in_box, face_under_mask
    from ...eadnet_core.face.finder import FaceFinder
    from ...eadnet_core.face.points import face_at_points
    from ...eadnet_core.face.portrait import portrait_of

    finder = FaceFinder()
    portraits = []
    for index, picture in enumerate(pictures):
        name = "image" if len(pictures) == 1 else f"picture {index + 1} of the batch"
        if points.strip():
            portraits.append(portrait_of(picture, face_at_points(picture, points, finder), (), name, keep_expression))
            continue
        faces = finder.find(picture)
        size = picture.shape[1], picture.shape[0]
        if mask is not None:
            number = face_under_mask(faces, _resized(mask, index, size), name)
        elif box is not None:
            number = face_in_box(faces, read_box(box, index), name)
        else:
            number = choose_face(faces, face, size, name)
        portraits.append(portrait_of(picture, faces[number], tuple(faces), name, keep_expression))
    return portraits


def read_box(box: object, index: int = 0) -> tuple[float, float, float, float]:
    """(left, top, right, bottom) of a BOUNDING_BOX as packs pass it: {x, y, width, height}, four numbers x, y, width, height, or lists.

    Raises:
        InputError: It is none of these.
    """
    while isinstance(box, list | tuple) and len(box) and isinstance(box[0], list | tuple | dict):
        box = box[min(index, len(box) - 1)]
    try:
        if isinstance(box, dict):
            x, y, width, height = (float(box[key]) for key in ("x", "y", "width", "height"))
        else:
            x, y, width, height = (float(value) for value in box)  # type: ignore[attr-defined]
    except (KeyError, TypeError, ValueError) as error:
        raise InputError(f"box is {box!r}; connect a bounding box with x, y, width and height in pixels.") from error
    return x, y, x + width, y + height


def _resized(mask: Tensor, index: int, size: tuple[int, int]) -> np.ndarray:
    """The mask of one picture, float32 [H, W], at the picture's size."""
    import cv2

    layers = mask.detach().float().cpu().reshape(-1, *mask.shape[-2:]).numpy()
    layer = layers[min(index, len(layers) - 1)]
    return layer if layer.shape[::-1] == size else cv2.resize(layer, size, interpolation=cv2.INTER_LINEAR)
