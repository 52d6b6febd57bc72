"""Portraits: a picture, the face in it, and the aligned crop that the denoiser sees."""

from __future__ import annotations

import logging

import numpy as np
import torch

from ..errors import InputError
from ..types import CROP_SIZE, Portrait
from .align import apply_similarity, canonical_points, crop_square, crop_transform, face_box
from .landmarks import LANDMARKS, draw_landmark_maps
from .locator import FaceLocator

logger = logging.getLogger(__name__)


def make_portrait(image: np.ndarray, locator: FaceLocator, face: int = 0, name: str = "the picture") -> Portrait:
    """The portrait of one of the faces in a picture.

    Args:
        image: uint8 [H, W, 3], RGB.
        locator: Finds the faces.
        face: Which face, counted from 0 at the largest.
        name: What errors call the picture, such as its file name.

    Raises:
        InputError: There is no face, or none with that number.
    """
    faces = locator.find(image)
    height, width = image.shape[:2]
    if not faces:
        raise InputError(
            f"no face found in {name} ({width}x{height}); use a picture that shows a face from the front or half from the side, "
            "at least a twelfth of the picture high."
        )
    if not 0 <= face < len(faces):
        raise InputError(f"face is {face}, but {name} shows {len(faces)}; choose from 0 (the largest) to {len(faces) - 1}.")
    if len(faces) > 1:
        logger.info("%s shows %d faces; taking number %d, counted from 0 at the largest.", name, len(faces), face)
    return from_landmarks(image, faces[face].landmarks)


def from_landmarks(image: np.ndarray, landmarks: np.ndarray) -> Portrait:
    """The portrait of the face whose landmarks are given.

    Args:
        image: uint8 [H, W, 3], RGB.
        landmarks: [29, 2] in pixels of the picture, in the order of LANDMARKS.

    Raises:
        InputError: The points are not 29 finite ones, or eyes and mouth lie so close together that they give no scale.
    """
    landmarks = np.asarray(landmarks, dtype=np.float32)
    if landmarks.shape != (len(LANDMARKS), 2) or not np.isfinite(landmarks).all():
        raise InputError(f"landmarks have shape {list(landmarks.shape)}; give [{len(LANDMARKS)}, 2] finite pixel positions.")
    points = torch.from_numpy(landmarks).double()
    spread = (canonical_points(points) - canonical_points(points).mean(0)).norm(dim=-1).max().item()
    if spread < 1.0:
        raise InputError(f"eyes and mouth lie within {spread:.2f} pixels; move the points apart or use a larger picture.")
    to_crop = crop_transform(points)
    pixels = crop_square(image, to_crop.numpy(), CROP_SIZE)
    crop = torch.from_numpy(pixels).permute(2, 0, 1).float() / 127.5 - 1  # [3, S, S]
    maps = draw_landmark_maps(apply_similarity(to_crop, points)[None].float(), CROP_SIZE)[0]
    return Portrait(image, face_box(landmarks), landmarks, to_crop.numpy(), crop, maps)
