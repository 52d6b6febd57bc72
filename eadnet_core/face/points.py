"""Points set by hand, for faces that cannot be found: two eyes and a mouth say where to look."""

from __future__ import annotations

import json
import re

import numpy as np

from ..errors import InputError
from .align import flat_similarity
from .face_model import FaceModel
from .finder import LEAST_PRESENCE, Face, FaceFinder
from .landmarker import MARGIN, Crop
from .pose import eye_centres
from .topology import LOWER_INNER_LIP, UPPER_INNER_LIP

FORM = "three lines `x y` in pixels: the eye on the picture's left, the eye on its right, the middle of the mouth"
OLDER_FORMS = {5: ((0,), (1,), (3, 4)), 29: ((6, 7, 8, 9), (10, 11, 12, 13), (21, 22))}
"""Numbers of points that version 0.1 asked for, and which of them give eyes and mouth."""
_NUMBER = re.compile(r"[-+]?\d*\.?\d+(?:[eE][-+]?\d+)?")
_FACE_MIDDLE, _FACE_SIDE = 0.47, 2.55
"""Of a face's box, in its frame: how far below the eyes its middle lies, and how high it is."""


def face_at_points(image: np.ndarray, text: str, finder: FaceFinder | None = None) -> Face:
    """The face whose eyes and mouth lie where somebody says.

    The landmark network looks there; where it sees no face (an animal, a mask) the mean face is laid over the three points.

    Args:
        image: uint8 [H, W, 3], RGB.
        text: See `parse_points`.
        finder: Whose landmark network is used; None: a new one.

    Raises:
        InputError: The text cannot be read, a point lies outside the picture, or the points lie on each other.
    """
    eyes_and_mouth = parse_points(text)
    height, width = image.shape[:2]
    outside = [point for point in eyes_and_mouth if not (0 <= point[0] <= width and 0 <= point[1] <= height)]
    if outside:
        raise InputError(f"point {outside[0][0]:g} {outside[0][1]:g} lies outside the {width}x{height} picture; give {FORM}.")
    right, left, mouth = eyes_and_mouth
    across, down = left - right, mouth - (left + right) / 2
    unit = (float(np.hypot(*across)) + float(np.hypot(*down)) / 1.08) / 2
    if unit < 4:
        raise InputError(f"eyes and mouth lie within {unit:.1f} pixels; move the points apart or use a larger picture.")
    middle = (left + right) / 2 + down / max(float(np.hypot(*down)), 1e-6) * _FACE_MIDDLE * unit
    crop = Crop(float(middle[0]), float(middle[1]), _FACE_SIDE * unit * MARGIN, float(np.arctan2(across[1], across[0])))
    points, presence = (finder or FaceFinder()).landmarker.look(image, crop)
    return Face.of_points(points if presence >= LEAST_PRESENCE else _laid_over(eyes_and_mouth), presence)


def parse_points(text: str) -> np.ndarray:
    """Eyes and mouth float32 [3, 2]: one `x y` a line, or the JSON list of {"x": ..., "y": ...} that point editors give.

    Raises:
        InputError: It is neither, or another number of points.
    """
    if text.lstrip().startswith("["):
        try:
            pairs = [(float(entry["x"]), float(entry["y"])) for entry in json.loads(text)]
        except (json.JSONDecodeError, KeyError, TypeError, ValueError) as error:
            raise InputError(f'points is no list of {{"x": ..., "y": ...}} ({error}); give that, or {FORM}.') from error
    else:
        pairs = [_pair(line) for line in text.splitlines() if line.strip()]
    points = np.array(pairs, np.float32).reshape(-1, 2)
    if len(points) in OLDER_FORMS:
        points = np.stack([points[list(part)].mean(0) for part in OLDER_FORMS[len(points)]])
    if len(points) != 3:
        raise InputError(f"points holds {len(points)} points; give {FORM}.")
    return points


def _pair(line: str) -> tuple[float, float]:
    numbers = _NUMBER.findall(line)
    if len(numbers) != 2:
        raise InputError(f"points has the line '{line.strip()}', which is not two numbers; give {FORM}.")
    return float(numbers[0]), float(numbers[1])


def _laid_over(eyes_and_mouth: np.ndarray) -> np.ndarray:
    """The mean face float32 [478, 3] with its eyes and mouth at three points, as well as a similarity can."""
    mean = FaceModel.from_pretrained().mean
    right, left = eye_centres(mean)
    mouth = mean[[*UPPER_INNER_LIP, *LOWER_INNER_LIP]].mean(0)
    lay = flat_similarity(np.stack([right, left, mouth])[:, :2], eyes_and_mouth.astype(np.float64))
    scale = float(np.sqrt(abs(np.linalg.det(lay[:, :2]))))
    return np.column_stack([mean[:, :2] @ lay[:, :2].T + lay[:, 2], mean[:, 2] * scale]).astype(np.float32)
