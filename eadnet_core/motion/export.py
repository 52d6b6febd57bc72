"""Performances as other programs read them: tables of shapes and Action Units, shape keys, mouth cues."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable

import numpy as np

from ..emotion.action_unit_file import TIME_COLUMN
from ..emotion.arkit import ARKIT_NAMES
from ..emotion.vocabulary import ACTION_UNITS
from ..speech.cues import OCULUS, RHUBARB, Cue, mouth_cues
from .face_motion import FaceMotion
from .facs import motion_to_action_units, motion_to_arkit
from .live_link import FARTHEST_GAZE_RAD, live_link_text


def facs_text(motion: FaceMotion) -> str:
    """CSV: a time in seconds and 24 Action Units, 0 to 1, a row a frame; `--au` reads it."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow((TIME_COLUMN, *ACTION_UNITS))
    for index, row in enumerate(motion_to_action_units(motion)):
        writer.writerow([f"{float((index + 0.5) / motion.rate):.4f}", *(f"{float(value):.4f}" for value in row)])
    return text.getvalue()


def shape_keys_text(motion: FaceMotion) -> str:
    """JSON for a script in Blender: `fps`; `shape_keys`, a list of values for each of the 52 names of ARKit; `head_rotation`, Euler angles
    XYZ in radians of a bone whose y runs up the neck (pitch, yaw, roll); `gaze` aside and down, in radians."""
    shapes, head = motion_to_arkit(motion), np.deg2rad(motion.rotation.astype(np.float64))
    keys = {name: np.round(shapes[:, column], 4).tolist() for column, name in enumerate(ARKIT_NAMES)}
    table = {
        "fps": float(motion.rate), "frames": motion.num_frames, "shape_keys": keys,
        "head_rotation": np.round(np.stack([head[:, 1], head[:, 0], head[:, 2]], 1), 5).tolist(),
        "gaze": np.round(FARTHEST_GAZE_RAD * motion.gaze.astype(np.float64), 5).tolist(),
    }  # fmt: skip
    return json.dumps(table) + "\n"


def rhubarb_json(phones: np.ndarray, duration_s: float, sound: str = "") -> str:
    """Rhubarb Lip Sync's JSON: `metadata` and `mouthCues` with shapes A to H and X."""
    cues = [{**_times(cue), "value": cue.shape} for cue in mouth_cues(phones, RHUBARB, duration_s)]
    return json.dumps({"metadata": {"soundFile": sound, "duration": round(duration_s, 2)}, "mouthCues": cues}, indent=2) + "\n"


def rhubarb_tsv(phones: np.ndarray, duration_s: float, sound: str = "") -> str:
    """Rhubarb Lip Sync's lines: a time, a tab, a shape; the last line shuts the mouth at the end."""
    cues = mouth_cues(phones, RHUBARB, duration_s)
    return "".join(f"{cue.start_s:.2f}\t{cue.shape}\n" for cue in cues) + f"{duration_s:.2f}\tX\n"


def visemes_json(phones: np.ndarray, duration_s: float, sound: str = "") -> str:
    """JSON: the fifteen visemes of Oculus LipSync, `visemes` with start, end and name."""
    cues = [{**_times(cue), "viseme": cue.shape} for cue in mouth_cues(phones, OCULUS, duration_s)]
    return json.dumps({"sound": sound, "duration": round(duration_s, 2), "names": list(OCULUS), "visemes": cues}, indent=2) + "\n"


def _times(cue: Cue) -> dict[str, float]:
    return {"start": round(cue.start_s, 2), "end": round(cue.end_s, 2)}


OF_MOTION: dict[str, tuple[str, Callable[[FaceMotion], str]]] = {
    "arkit": (".csv", live_link_text), "facs": (".csv", facs_text), "shape-keys": (".json", shape_keys_text),
}  # fmt: skip
"""What is made of a motion, and how its file ends."""
OF_SPEECH: dict[str, tuple[str, Callable[[np.ndarray, float, str], str]]] = {
    "rhubarb": (".json", rhubarb_json), "rhubarb-tsv": (".tsv", rhubarb_tsv), "visemes": (".json", visemes_json),
}  # fmt: skip
"""What is made of the phones of a recording: shapes of drawn mouths say more of words than lips do."""
