"""Portraits: a picture, the face in it as it is and as it would rest, and who belongs to the person."""

from __future__ import annotations

import logging
from dataclasses import dataclass

import numpy as np

from ..errors import InputError
from .face_model import FaceFit, FaceModel
from .finder import Face, FaceFinder
from .person_mask import person_mask

logger = logging.getLogger(__name__)

PROFILE_DEG = 45.0
"""Beyond this yaw half of the face is not seen."""


@dataclass(frozen=True, eq=False)
class Portrait:
    """A picture in which a face was found.

    Attributes:
        image: uint8 [H, W, 3], RGB, the picture at its own size; never changed.
        face: The face that speaks.
        fit: The same, as the face model sees it.
        matte: float32 [H, W], 0 to 1: how surely each pixel belongs to the person.
    """

    image: np.ndarray
    face: Face
    fit: FaceFit
    matte: np.ndarray

    @property
    def size(self) -> tuple[int, int]:
        """Width and height in pixels."""
        return self.image.shape[1], self.image.shape[0]


def make_portrait(image: np.ndarray, finder: FaceFinder | None = None, face: int = 0, name: str = "the picture") -> Portrait:
    """The portrait of one of the faces in a picture.

    Args:
        image: uint8 [H, W, 3], RGB.
        finder: Finds the faces; None: a new one.
        face: Which face, counted from 0 at the largest; equal ones from left to right.
        name: What errors call the picture, such as its file name.

    Raises:
        InputError: There is no face, or none with that number.
    """
    faces = (finder or FaceFinder()).find(image)
    return portrait_of(image, choose_face(faces, face, image, name), name)


def choose_face(faces: list[Face], face: int, image: np.ndarray, name: str = "the picture") -> Face:
    """The face with a number.

    Raises:
        InputError: There is no face, or none with that number.
    """
    height, width = image.shape[:2]
    if not faces:
        raise InputError(
            f"no face found in {name} ({width}x{height}); use a picture that shows a face from the front or half from the side, "
            "at least a fiftieth of the picture high, or set points by hand."
        )
    if not 0 <= face < len(faces):
        where = ", ".join(f"{i} at {one.middle[0]:.0f},{one.middle[1]:.0f}" for i, one in enumerate(faces))
        raise InputError(f"face is {face}, but {name} shows {len(faces)} ({where}); choose from 0 to {len(faces) - 1}.")
    if len(faces) > 1:
        logger.info("%s shows %d faces; taking number %d, counted from 0 at the largest.", name, len(faces), face)
    return faces[face]


def portrait_of(image: np.ndarray, face: Face, name: str = "the picture") -> Portrait:
    """The portrait of a face that is known.

    Raises:
        InputError: The face is too small to be moved.
    """
    fit = FaceModel.from_pretrained().fit(face.points)
    if fit.pose.scale < 4:
        raise InputError(f"the face in {name} is {face.size:.0f} pixels large; use a picture in which it has 16 at least.")
    yaw = float(fit.angles_deg[0])
    if abs(yaw) > PROFILE_DEG:
        logger.warning("The face in %s is turned aside by %.0f degrees; what is not seen of it cannot be moved well.", name, abs(yaw))
    return Portrait(image, face, fit, person_mask(image, face.box))
