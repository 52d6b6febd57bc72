"""Motion as a file: JSON to read and edit, NPZ to keep; versioned, checked, written whole or not at all."""

from __future__ import annotations

import json
import os
import tempfile
import zipfile
from fractions import Fraction
from pathlib import Path

import numpy as np

from ..errors import InputError
from .face_motion import CHANNELS, FaceMotion
from .live_link import read_live_link, write_live_link
from .space import MotionSpace

FORMAT, VERSION = "eadnet-motion", 1
SUFFIXES = (".npz", ".json", ".csv")
"""The last is Live Link Face's table, which riggers read: shapes and head, less exact."""
DECIMALS = 4


def write_motion(path: str | Path, motion: FaceMotion) -> None:
    """Writes a motion; NPZ keeps half precision, JSON four decimals.

    Raises:
        InputError: The name ends otherwise, or the file cannot be written.
    """
    path = Path(path)
    if path.suffix.lower() not in SUFFIXES:
        raise InputError(f"Motion {path} is not named as one; let it end in {' or '.join(SUFFIXES)}.")
    if path.suffix.lower() == ".csv":
        write_live_link(path, motion)
        return
    head = {"format": FORMAT, "version": VERSION, "rate": str(motion.rate), "duration_s": str(motion.duration_s)}
    handle, temporary = -1, ""
    try:
        handle, temporary = tempfile.mkstemp(dir=path.parent, suffix=path.suffix)
        with os.fdopen(handle, "wb") as file:
            if path.suffix.lower() == ".npz":
                arrays = {name: getattr(motion, name).astype(np.float16) for name in CHANNELS}
                np.savez_compressed(file, head=np.array(json.dumps(head)), **arrays)
            else:
                rows = {name: np.round(getattr(motion, name).astype(float), DECIMALS).tolist() for name in CHANNELS}
                file.write(json.dumps(head | rows, separators=(",", ":")).encode())
        os.replace(temporary, path)
    except OSError as error:
        raise InputError(f"Motion {path} cannot be written ({error.strerror}); choose another place.") from error
    finally:
        if temporary and os.path.exists(temporary):
            os.unlink(temporary)


def read_motion(path: str | Path) -> FaceMotion:
    """The motion in a file that `write_motion` wrote, or that was edited since.

    Raises:
        InputError: It is missing, damaged, of another version or kind, or holds what no motion is.
    """
    path = Path(path)
    if not path.is_file():
        raise InputError(f"Motion {path} does not exist or is no file; check the path.")
    if path.suffix.lower() == ".csv":
        return read_live_link(path)
    try:
        content = _read_npz(path) if path.suffix.lower() == ".npz" else json.loads(path.read_text(encoding="utf-8"))
        if not isinstance(content, dict):
            raise ValueError("it holds no table")
    except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile) as error:
        raise InputError(f"Motion {path} cannot be read ({error}); save or export it again.") from error
    if content.get("format") != FORMAT:
        raise InputError(f"Motion {path} is no motion of EAD-Net; give a file of `capture`, `animate --save-motion` or EADNetMotionExport.")
    if content.get("version") != VERSION:
        raise InputError(f"Motion {path} is of version {content.get('version')}, but this pack reads version {VERSION}; export it again.")
    try:
        arrays = {name: np.asarray(content[name], np.float32) for name in CHANNELS}
        rate, duration = Fraction(str(content["rate"])), Fraction(str(content["duration_s"]))
    except (KeyError, TypeError, ValueError, ZeroDivisionError) as error:
        raise InputError(f"Motion {path} lacks or garbles {error}; save or export it again.") from error
    width = MotionSpace.from_pretrained().num_coefficients
    if arrays["expression"].ndim == 2 and arrays["expression"].shape[1] != width:
        raise InputError(
            f"Motion {path} has {arrays['expression'].shape[1]} coefficients a frame, but {width} are a face; export it again."
        )
    try:
        return FaceMotion(**arrays, rate=rate, duration_s=duration)
    except InputError as error:
        raise InputError(f"{path}: {error}") from error


def _read_npz(path: Path) -> dict[str, object]:
    with np.load(path, allow_pickle=False) as file:
        return json.loads(str(file["head"])) | {name: file[name] for name in file.files if name != "head"}
