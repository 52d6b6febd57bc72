"""FACS and ARKit to and from FaceMotion: the shapes that riggers know."""

from __future__ import annotations

from fractions import Fraction

import numpy as np

from ..emotion.arkit import ARKIT_NAMES, from_arkit, to_arkit
from ..emotion.vocabulary import ACTION_UNITS
from ..errors import InputError
from ..face.face_model import FaceModel
from ..timebase import FRAME_RATE
from .face_motion import FaceMotion
from .space import MotionSpace

WIDE_LIDS = -0.6
"""Lids of an eyeWide at 1."""
PARTED = {"mouthLowerDownLeft": 0.35, "mouthLowerDownRight": 0.35, "mouthUpperUpLeft": 0.12, "mouthUpperUpRight": 0.12}
"""Shapes of lips that part over a shut jaw, AU25 at 1."""
_BY_RULE = tuple(name for name in ARKIT_NAMES if name.startswith(("eyeBlink", "eyeWide", "eyeLook"))) + ("tongueOut",)
"""Shapes that lids and gaze say, or that nothing says."""


def motion_from_arkit(
    weights: np.ndarray, rate: Fraction = FRAME_RATE, rotation: np.ndarray | None = None, duration_s: Fraction = Fraction(0)
) -> FaceMotion:
    """The motion of ARKit blendshapes.

    Args:
        weights: float [T, 52], 0 to 1, in the order of ARKIT_NAMES.
        rate: Frames a second.
        rotation: float [T, 3], yaw, pitch, roll of the head in degrees; None: it is still.
        duration_s: Length of the sound; 0: of the frames.

    Raises:
        InputError: The shape is another one.
    """
    shapes = np.asarray(weights, np.float64)
    if shapes.ndim != 2 or shapes.shape[1] != len(ARKIT_NAMES):
        raise InputError(f"ARKit curves have shape {list(shapes.shape)}; give [frames, {len(ARKIT_NAMES)}].")
    model, space = FaceModel.from_pretrained(), MotionSpace.from_pretrained()
    column = {name: shapes[:, i] for i, name in enumerate(ARKIT_NAMES)}
    moved = np.einsum("tu,upc->tpc", np.where(_of_lids(), 0.0, shapes)[:, : len(model.units)], model.units)
    blinks, wides = ([column[f"{name}{side}"] for side in ("Right", "Left")] for name in ("eyeBlink", "eyeWide"))
    lids = [blink + WIDE_LIDS * wide * (1 - blink) for blink, wide in zip(blinks, wides, strict=True)]
    still = FaceMotion.still(len(shapes), rate, duration_s)
    return FaceMotion(
        expression=space.encode(moved),
        rotation=still.rotation if rotation is None else rotation,
        translation=still.translation,
        gaze=_gaze(column),
        lids=np.stack(lids, 1).clip(-1, 1),
        keep=still.keep,
        rate=rate,
        duration_s=still.duration_s,
    )


def motion_to_arkit(motion: FaceMotion) -> np.ndarray:
    """ARKit blendshapes float32 [T, 52], 0 to 1: the likeliest that move the face so (FaceModel.expression_of); lids and gaze by rule."""
    moved = MotionSpace.from_pretrained().decode(motion.expression)
    shapes = np.zeros((motion.num_frames, len(ARKIT_NAMES)), np.float32)
    shapes[:, :-1] = FaceModel.from_pretrained().expression_of(moved)
    for column, side in enumerate(("Right", "Left")):
        lids = motion.lids[:, column]
        inwards = motion.gaze[:, 0] * (1 if side == "Right" else -1)
        told = {"Blink": lids, "Wide": lids / WIDE_LIDS, "LookIn": inwards, "LookOut": -inwards}
        told |= {"LookDown": motion.gaze[:, 1], "LookUp": -motion.gaze[:, 1]}
        for shape, value in told.items():
            shapes[:, ARKIT_NAMES.index(f"eye{shape}{side}")] = value.clip(0, 1)
    return shapes


def motion_from_action_units(action_units: np.ndarray, rate: Fraction = FRAME_RATE, duration_s: Fraction = Fraction(0)) -> FaceMotion:
    """The motion of the 24 FACS channels float [T, 24], 0 to 1, in the order of ACTION_UNITS; the head is still.

    AU25 alone parts lips without a jaw, which no one shape of ARKit's does: lower lip down and upper lip up are taken for it.

    Raises:
        InputError: The shape is another one.
    """
    units = np.asarray(action_units, np.float64)
    if units.ndim != 2 or units.shape[1] != len(ACTION_UNITS):
        raise InputError(f"Action Unit curves have shape {list(units.shape)}; give [frames, {len(ACTION_UNITS)}].")
    shapes = to_arkit(units).astype(np.float64)
    for name, share in PARTED.items():
        column = ARKIT_NAMES.index(name)
        shapes[:, column] = np.maximum(shapes[:, column], share * units[:, ACTION_UNITS.index("AU25")])
    return motion_from_arkit(shapes, rate, duration_s=duration_s)


def motion_to_action_units(motion: FaceMotion) -> np.ndarray:
    """The 24 FACS channels float32 [T, 24], 0 to 1, in the order of ACTION_UNITS."""
    return from_arkit(motion_to_arkit(motion))


def _of_lids() -> np.ndarray:
    return np.array([name in _BY_RULE for name in ARKIT_NAMES])


def _gaze(column: dict[str, np.ndarray]) -> np.ndarray:
    """[T, 2]: the mean of both eyes, the picture's right and down; the person's right eye looks inwards to the picture's right."""
    right = column["eyeLookInRight"] - column["eyeLookOutRight"] + column["eyeLookOutLeft"] - column["eyeLookInLeft"]
    down = sum(column[f"eyeLookDown{side}"] - column[f"eyeLookUp{side}"] for side in ("Right", "Left"))
    return np.stack([right / 2, down / 2], 1).clip(-1, 1)
