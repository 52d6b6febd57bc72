"""FACS and ARKit to and from FaceMotion: the shapes that riggers know."""

from __future__ import annotations

from fractions import Fraction

import numpy as np

from ..emotion.arkit import ARKIT_NAMES, from_arkit
from ..errors import InputError
from ..face.face_model import FaceModel
from ..timebase import FRAME_RATE
from .face_motion import FaceMotion
from .space import MotionSpace

RIDGE = 0.004
"""What a shape at 1 must move to be used, root mean square of points, eye distances."""
WIDE_LIDS = -0.6
"""Lids of an eyeWide at 1."""
_ROUNDS = 80
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
    """ARKit blendshapes float32 [T, 52], 0 to 1, that come nearest: bounded, regularised least squares; lids and gaze by rule."""
    model, space = FaceModel.from_pretrained(), MotionSpace.from_pretrained()
    used = np.flatnonzero(~_of_lids()[: len(model.units)])
    units = model.units[used].reshape(len(used), -1)
    target = space.decode(motion.expression).reshape(motion.num_frames, -1).astype(np.float64) @ units.T
    normal = units @ units.T + np.eye(len(used)) * (RIDGE**2 * units.shape[1])
    step, weights = 1 / np.linalg.eigvalsh(normal)[-1], np.zeros_like(target)
    ahead, momentum = weights, 1.0
    for _ in range(_ROUNDS):  # accelerated projected gradient
        following = np.clip(ahead - step * (ahead @ normal - target), 0, 1)
        after = (1 + np.sqrt(1 + 4 * momentum**2)) / 2
        ahead, weights, momentum = following + (momentum - 1) / after * (following - weights), following, after
    shapes = np.zeros((motion.num_frames, len(ARKIT_NAMES)), np.float32)
    shapes[:, used] = weights
    for column, side in enumerate(("Right", "Left")):
        lids = motion.lids[:, column]
        shapes[:, ARKIT_NAMES.index(f"eyeBlink{side}")] = lids.clip(0, 1)
        shapes[:, ARKIT_NAMES.index(f"eyeWide{side}")] = (lids / WIDE_LIDS).clip(0, 1)
        inwards = motion.gaze[:, 0] * (1 if side == "Right" else -1)
        shapes[:, ARKIT_NAMES.index(f"eyeLookIn{side}")] = inwards.clip(0, 1)
        shapes[:, ARKIT_NAMES.index(f"eyeLookOut{side}")] = (-inwards).clip(0, 1)
        shapes[:, ARKIT_NAMES.index(f"eyeLookDown{side}")] = motion.gaze[:, 1].clip(0, 1)
        shapes[:, ARKIT_NAMES.index(f"eyeLookUp{side}")] = (-motion.gaze[:, 1]).clip(0, 1)
    return shapes


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
