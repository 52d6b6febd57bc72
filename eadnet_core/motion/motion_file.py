"""Motion as a file: JSON to read and edit, NPZ to keep; versioned, checked, written whole or not at all."""

from __future__ import annotations

import io
import json
import zipfile
import zlib
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np

from ..errors import InputError
from ..files import write_whole
from .face_motion import CHANNELS, FaceMotion
from .live_link import live_link_text, read_live_link
from .space import MotionSpace

FORMAT, VERSION = "eadnet-motion", 1
SUFFIXES = (".npz", ".json", ".csv")
"""The last is Live Link Face's table, which riggers read: shapes and head, less exact."""
UNITS = {"expression": 0.01, "rotation": 0.01, "translation": 0.0001, "gaze": 0.01, "lids": 0.01, "keep": 0.01}
"""What a whole number means in JSON, so that a minute of it stays below half a megabyte."""


def write_motion(path: str | Path, motion: FaceMotion) -> None:
    """Writes a motion; NPZ keeps half precision, JSON whole numbers of UNITS, a line a frame.

    Raises:
        InputError: The name ends otherwise, or the file cannot be written.
    """
    path = Path(path)
    if path.suffix.lower() not in SUFFIXES:
        raise InputError(f"Motion {path} is not named as one; let it end in {' or '.join(SUFFIXES)}.")
    content = {".npz": _npz, ".json": _json, ".csv": lambda motion: live_link_text(motion).encode()}[path.suffix.lower()](motion)
    write_whole(path, content, "Motion")


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
    except (OSError, ValueError, KeyError, EOFError, RecursionError, zipfile.BadZipFile, zlib.error) as error:
        raise InputError(f"Motion {path} cannot be read ({error}); save or export it again.") from error
    if content.get("format") != FORMAT:
        raise InputError(f"Motion {path} is no motion of EAD-Net; give a file of `capture`, `animate --save-motion` or EADNetMotionExport.")
    if content.get("version") != VERSION:
        raise InputError(f"Motion {path} is of version {content.get('version')}, but this pack reads version {VERSION}; export it again.")
    try:
        units = content.get("unit", {})
        arrays = {name: np.asarray(content[name], np.float32) * np.float32(units.get(name, 1)) for name in CHANNELS}
        rate, duration = Fraction(str(content["rate"])), Fraction(str(content["duration_s"]))
    except (KeyError, TypeError, ValueError, AttributeError, ZeroDivisionError) as error:
        raise InputError(f"Motion {path} lacks or garbles {error}; save or export it again.") from error
    width = MotionSpace.from_pretrained().num_coefficients
    if arrays["expression"].ndim == 2 and arrays["expression"].shape[1] != width:
        raise InputError(
            f"Motion {path} has {arrays['expression'].shape[1]} coefficients a frame, but {width} are a face; export it again."
        )
    try:
        motion = FaceMotion(**arrays, rate=rate, duration_s=duration)
    except InputError as error:
        raise InputError(f"{path}: {error}") from error
    if motion.duration_s > (motion.num_frames + 1) / motion.rate:
        raise InputError(
            f"Motion {path} should last {float(duration):g} s, but its {motion.num_frames} frames last "
            f"{float(motion.num_frames / motion.rate):g} s; export it again."
        )
    return motion


def _head(motion: FaceMotion) -> dict[str, Any]:
    return {"format": FORMAT, "version": VERSION, "rate": str(motion.rate), "duration_s": str(motion.duration_s)}


def _npz(motion: FaceMotion) -> bytes:
    file = io.BytesIO()
    arrays = {name: getattr(motion, name).astype(np.float16) for name in CHANNELS}
    np.savez_compressed(file, head=np.array(json.dumps(_head(motion))), **arrays)
    return file.getvalue()


def _json(motion: FaceMotion) -> bytes:
    lines = [f'"{name}":{json.dumps(value)}' for name, value in (_head(motion) | {"unit": UNITS}).items()]
    for name, unit in UNITS.items():
        whole = np.round(getattr(motion, name).astype(np.float64) / unit).astype(np.int64).tolist()
        rows = ",\n".join(json.dumps(row, separators=(",", ":")) for row in whole)
        lines.append(f'"{name}":[\n{rows}]')
    return ("{" + ",\n".join(lines) + "}\n").encode()


def _read_npz(path: Path) -> dict[str, Any]:
    with np.load(path, allow_pickle=False) as file:
        return json.loads(str(file["head"])) | {name: file[name] for name in file.files if name != "head"}
