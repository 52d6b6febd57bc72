"""FACEGOOD-Audio2Face: eleven minutes of Mandarin as mouth shapes. Source: the public repository of that name, MIT."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path

import numpy as np

from ...audio.features import mix_down
from ...audio.sound import read_sound
from ...emotion.arkit import ARKIT_NAMES
from ...errors import InputError
from ...face.face_model import FaceModel
from ...motion.space import MotionSpace
from ...timebase import FRAME_RATE, SPEECH_RATE, frames_in
from .recording import MotionRecording

SHAPES: dict[str, dict[str, float]] = {
    "mouth_stretch_c": {"jawOpen": 1.0},
    "mouth_oh_c": {"jawOpen": 0.35, "mouthFunnel": 0.7},
    "mouth_pucker": {"mouthPucker": 1.0},
    "mouth_funnel_u": {"mouthFunnel": 0.25},
    "mouth_funnel_d": {"mouthFunnel": 0.25},
    "mouth_lowerLipDepress": {"mouthLowerDown": 1.0},
    "mouth_upperLipRaise": {"mouthUpperUp": 1.0},
    "mouth_press": {"mouthPress": 1.0},
    "mouth_suck_d": {"mouthRollLower": 0.5},
    "mouth_suck_u": {"mouthRollUpper": 0.5},
    "mouth_lipStretch": {"mouthStretch": 1.0},
}
"""What each of its shapes is in ARKit's; sides apart where both have them. Source: the names, sizes ours."""
_WHOLE = ("mouthPucker", "mouthFunnel", "mouthRollLower", "mouthRollUpper", "jawOpen")


def read_facegood(folder: Path) -> Iterator[MotionRecording]:
    """The takes of a folder with NAME.npz and NAME.opus.

    Raises:
        InputError: A file is missing or of another kind.
    """
    model, space = FaceModel.from_pretrained(), MotionSpace.from_pretrained()
    for path in sorted(folder.glob("mouth_*.npz")):
        try:
            with np.load(path, allow_pickle=False) as parts:
                names, weights = [str(name) for name in parts["names_shifted"]], parts["weights"].astype(np.float64)
                rate = Fraction(float(parts["fps"])).limit_denominator(1001)
        except (ValueError, KeyError, OSError) as error:
            raise InputError(f"{path} is no take of FACEGOOD ({error}); copy it again.") from error
        samples = mix_down(read_sound(path.with_suffix(".opus")))
        frames = frames_in(len(samples), SPEECH_RATE)
        at = (np.arange(frames) + 0.5) / float(FRAME_RATE) * float(rate) - 0.5
        arkit = weights @ _to_arkit(names)
        arkit = np.stack([np.interp(at, np.arange(len(arkit)), column) for column in arkit.T], 1)
        displacement = np.einsum("nu,upc->npc", arkit, model.units)
        yield MotionRecording(f"facegood_{path.stem}", "facegood", np.round(samples * 32767).astype(np.int16), space.encode(displacement))


def _to_arkit(names: list[str]) -> np.ndarray:
    """Weights of ARKit shapes [51] for each of its shapes [116]."""
    matrix = np.zeros((len(names), len(ARKIT_NAMES) - 1))
    for row, name in enumerate(names):
        side = {"l": "Left", "r": "Right"}.get(name[-1], "")
        stem = name[:-1].rstrip("_")
        for shape, value in SHAPES.get(name if name in SHAPES else stem, {}).items():
            if shape in _WHOLE:
                matrix[row, ARKIT_NAMES.index(shape)] += value * (0.5 if side else 1.0)
            else:
                for part in [side] if side else ["Left", "Right"]:
                    matrix[row, ARKIT_NAMES.index(shape + part)] += value
    return matrix
