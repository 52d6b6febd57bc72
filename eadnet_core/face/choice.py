"""Which of a picture's faces is meant: by number, by mask or by box."""

from __future__ import annotations

import numpy as np

from ..errors import InputError
from .finder import Face

LEAST_COVERED = 0.2
"""Of a face, by a mask or a box that is to choose it."""


def choose_face(faces: list[Face], face: int, size: tuple[int, int], name: str = "the picture") -> int:
    """The number of a face, once it is sure that there is one.

    Args:
        faces: All that were found.
        face: Which, counted from 0 at the largest.
        size: Width and height of the picture, for what is said.
        name: What errors call the picture.

    Raises:
        InputError: There is no face, or none with that number.
    """
    if not faces:
        raise InputError(
            f"no face found in {name} ({size[0]}x{size[1]}); use a picture that shows a face from the front or half from the side, "
            "at least a fiftieth of the picture high, or set points by hand."
        )
    if not 0 <= face < len(faces):
        raise InputError(f"face is {face}, but {name} shows {len(faces)} ({_places(faces)}); choose from 0 to {len(faces) - 1}.")
    return face


def face_under_mask(faces: list[Face], mask: np.ndarray, name: str = "the picture") -> int:
    """The number of the face that a mask float [H, W], 0 to 1, covers most.

    Raises:
        InputError: It covers none.
    """
    covered = []
    for face in faces:
        left, top, right, bottom = (int(round(value)) for value in face.box)
        part = mask[max(top, 0) : max(bottom, 0), max(left, 0) : max(right, 0)]
        covered.append(float(part.mean()) if part.size else 0.0)
    if not covered or max(covered) < LEAST_COVERED:
        raise InputError(f"the mask covers no face of {name} ({_places(faces) or 'none was found'}); paint over the face that shall speak.")
    return int(np.argmax(covered))


def face_in_box(faces: list[Face], box: tuple[float, float, float, float], name: str = "the picture") -> int:
    """The number of the face that shares most with a box (left, top, right, bottom), pixels.

    Raises:
        InputError: None lies in it.
    """
    shared = [_overlap(face.box, box) for face in faces]
    if not shared or max(shared) < LEAST_COVERED:
        raise InputError(
            f"the box {tuple(round(v) for v in box)} holds no face of {name} ({_places(faces) or 'none was found'}); draw it anew."
        )
    return int(np.argmax(shared))


def _overlap(one: tuple[float, float, float, float], other: tuple[float, float, float, float]) -> float:
    """Common area over the smaller one's."""
    width = min(one[2], other[2]) - max(one[0], other[0])
    height = min(one[3], other[3]) - max(one[1], other[1])
    smaller = min((part[2] - part[0]) * (part[3] - part[1]) for part in (one, other))
    return max(width, 0) * max(height, 0) / max(smaller, 1e-6)


def _places(faces: list[Face]) -> str:
    return ", ".join(f"{i} at {face.middle[0]:.0f},{face.middle[1]:.0f}" for i, face in enumerate(faces))
