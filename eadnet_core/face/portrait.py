"""Portraits: a picture, the face in it as it is and as it would rest, and who belongs to the person."""

from __future__ import annotations

import logging
from dataclasses import dataclass

import numpy as np

from ..errors import InputError
from .choice import choose_face
from .covered import covered_parts
from .face_model import FaceFit, FaceModel
from .finder import Face, FaceFinder
from .person_mask import person_mask

logger = logging.getLogger(__name__)

COVERED = {
    "eyes": "The eyes in %s seem to be covered; they will neither blink nor look about.",
    "mouth": "The mouth in %s seems to be covered; what lies over it will move as lips do. Better take a picture that shows the mouth.",
}
PROFILE_DEG = 45.0
"""Beyond this yaw half of the face is not seen."""
CUT_SHARE = 0.03
"""Of a face's points, outside the picture, from which it is said that the face is cut."""


@dataclass(frozen=True, eq=False)
class Portrait:
    """A picture in which a face was found.

    Attributes:
        image: uint8 [H, W, 3], RGB, the picture at its own size; never changed.
        face: The face that speaks.
        fit: The same, as the face model sees it.
        matte: float32 [H, W], 0 to 1: how surely each pixel belongs to the person.
        faces: All faces of the picture, in the order of their numbers.
        keep_expression: How much of the face's own expression stays beneath a performance, 0 to 1. Lips part as they are told in any
            case, and a feeling takes the place of the mouth's own.
        covered: Of "eyes" and "mouth", what glasses or a hand lie over: such eyes neither blink nor look about.
    """

    image: np.ndarray
    face: Face
    fit: FaceFit
    matte: np.ndarray
    faces: tuple[Face, ...] = ()
    keep_expression: float = 1.0
    covered: tuple[str, ...] = ()

    @property
    def size(self) -> tuple[int, int]:
        """Width and height in pixels."""
        return self.image.shape[1], self.image.shape[0]

    @property
    def eyes_seen(self) -> bool:
        """Whether nothing covers the eyes."""
        return "eyes" not in self.covered


def make_portrait(
    image: np.ndarray, finder: FaceFinder | None = None, face: int = 0, name: str = "the picture", keep_expression: float = 1.0
) -> Portrait:
    """The portrait of one of the faces in a picture.

    Args:
        image: uint8 [H, W, 3], RGB.
        finder: Finds the faces; None: a new one.
        face: Which face, counted from 0 at the largest; equal ones from left to right.
        name: What errors call the picture, such as its file name.
        keep_expression: See Portrait.

    Raises:
        InputError: There is no face, or none with that number; or `keep_expression` is outside 0 to 1.
    """
    faces = (finder or FaceFinder()).find(image)
    height, width = image.shape[:2]
    number = choose_face(faces, face, (width, height), name)
    if len(faces) > 1:
        logger.info("%s shows %d faces; taking number %d, counted from 0 at the largest.", name, len(faces), number)
    return portrait_of(image, faces[number], tuple(faces), name, keep_expression)


def portrait_of(
    image: np.ndarray, face: Face, faces: tuple[Face, ...] = (), name: str = "the picture", keep_expression: float = 1.0
) -> Portrait:
    """The portrait of a face that is known.

    Raises:
        InputError: The face is too small to be moved, or `keep_expression` is outside 0 to 1.
    """
    if not 0 <= keep_expression <= 1:
        raise InputError(f"keep_expression is {keep_expression}; give 0 (the portrait's own expression is taken off) to 1 (it stays).")
    fit = FaceModel.from_pretrained().fit(face.points)
    if fit.pose.scale < 4:
        raise InputError(f"the face in {name} is {face.size:.0f} pixels large; use a picture in which it has 16 at least.")
    yaw = float(fit.angles_deg[0])
    if abs(yaw) > PROFILE_DEG:
        logger.warning("The face in %s is turned aside by %.0f degrees; what is not seen of it cannot be moved well.", name, abs(yaw))
    outside = np.abs(face.points[:, :2] / np.array(image.shape[1::-1]) - 0.5).max(1) > 0.5
    if outside.mean() > CUT_SHARE:
        logger.warning("The face in %s is cut by the picture's edge; what the picture does not show cannot be moved well.", name)
    covered = covered_parts(image, face.points)
    for part in covered:
        logger.warning(COVERED[part], name)
    return Portrait(image, face, fit, person_mask(image, face.box), faces or (face,), keep_expression, covered)
