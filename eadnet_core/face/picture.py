"""Pictures as artists have them: any depth, palette, transparency and orientation become upright 8-bit RGB."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import cv2
import numpy as np

from ..errors import InputError

MAX_SIDE = 2160
"""Longest side, in pixels, that a picture keeps unless the caller asks for more."""
MIN_SIDE = 64
"""Shortest side, in pixels, in which a face can be seen."""
MID_GREY = 128
"""What shows through transparent pixels."""


def read_picture(path: str | Path, max_side: int = MAX_SIDE) -> tuple[np.ndarray, list[str]]:
    """The picture in a file, upright, and what was changed on the way.

    Args:
        path: Any format that OpenCV reads; grey, palette, alpha, 16-bit and EXIF-rotated pictures work.
        max_side: Longest side in pixels; a longer picture is brought down to it.

    Returns:
        uint8 [H, W, 3], RGB, and one sentence for each change worth knowing (transparency, size).

    Raises:
        InputError: The file is missing, is no whole picture, or shows less than MIN_SIDE pixels.
    """
    path = Path(path)
    image, notes = _flatten(_decode(path), path)
    height, width = image.shape[:2]
    if min(height, width) < MIN_SIDE:
        raise InputError(f"Picture {path} is {width}x{height} pixels; give one whose sides are at least {MIN_SIDE} pixels.")
    if max(height, width) > max_side:
        scale = max_side / max(height, width)
        size = (max(1, round(width * scale)), max(1, round(height * scale)))
        image = cv2.resize(image, size, interpolation=cv2.INTER_AREA)
        notes.append(f"Picture {path} is {width}x{height} pixels and was brought to {size[0]}x{size[1]}.")
    return np.ascontiguousarray(image), notes


def _decode(path: Path) -> np.ndarray:
    """The file's bytes, once it is sure that they hold a whole picture."""
    if not path.is_file():
        raise InputError(f"Picture {path} does not exist or is no file; check the path.")
    try:
        data = np.fromfile(path, np.uint8)
    except OSError as error:
        raise InputError(f"Picture {path} cannot be read ({error.strerror}); check its permissions.") from error
    whole = data.size > 0
    if data[:8].tobytes() == b"\x89PNG\r\n\x1a\n":
        whole = b"IEND" in data[8:].tobytes()  # libpng writes to stderr by itself when the end is missing
    if not whole:
        raise InputError(f"Picture {path} is empty or cut short ({data.size} bytes); copy or export it again.")
    return data


def _flatten(data: np.ndarray, path: Path) -> tuple[np.ndarray, list[str]]:
    """uint8 [H, W, 3], RGB, upright and opaque."""
    with _silent_opencv():
        try:
            stored = cv2.imdecode(data, cv2.IMREAD_UNCHANGED)
            transparent = stored is not None and stored.ndim == 3 and stored.shape[2] == 4
            alpha = stored if transparent else None
            del stored
            image = cv2.imdecode(data, cv2.IMREAD_COLOR | cv2.IMREAD_ANYDEPTH)
        except cv2.error:
            image = None
    if image is None:
        raise InputError(f"Picture {path} is not a picture or is cut short ({data.size} bytes); save it again as PNG or JPEG.")
    notes: list[str] = []
    colour = _to_8bit(image)
    if alpha is not None and (opacity := _upright_alpha(alpha, image)).min() < 1:
        colour = np.rint(colour * opacity + MID_GREY * (1 - opacity)).astype(np.uint8)
        notes.append(f"Picture {path} is transparent in places; mid-grey was put behind it.")
    return cv2.cvtColor(colour, cv2.COLOR_BGR2RGB), notes


def _to_8bit(image: np.ndarray) -> np.ndarray:
    if image.dtype == np.uint8:
        return image
    top = np.iinfo(image.dtype).max if np.issubdtype(image.dtype, np.integer) else 1.0
    return np.rint(np.clip(np.nan_to_num(image.astype(np.float32) / top), 0, 1) * 255).astype(np.uint8)


def _upright_alpha(stored: np.ndarray, upright: np.ndarray) -> np.ndarray:
    """Opacity float32 [H, W, 1], 0 to 1, of a picture with alpha, turned as its colours were.

    OpenCV turns a picture by its EXIF orientation only when it drops the alpha channel, so the orientation is the one
    of eight under which the colours agree.
    """
    turned = (np.rot90(flipped, quarter) for flipped in (stored, stored[:, ::-1]) for quarter in range(4))
    match = next((turn for turn in turned if np.array_equal(turn[..., :3], upright)), None)
    opacity = np.ones((*upright.shape[:2], 1)) if match is None else match[..., 3:] / np.float32(np.iinfo(match.dtype).max)
    return opacity.astype(np.float32)


@contextmanager
def _silent_opencv() -> Iterator[None]:
    """Keeps OpenCV's own complaints about damaged files off stderr: the caller says it in one sentence."""
    level = cv2.utils.logging.getLogLevel()
    cv2.utils.logging.setLogLevel(cv2.utils.logging.LOG_LEVEL_SILENT)
    try:
        yield
    finally:
        cv2.utils.logging.setLogLevel(level)
