"""Motion by rule: visemes heard, Action Units asked and what happens by chance become a performance, nothing learnt in between."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
from scipy.ndimage import gaussian_filter1d

from ..emotion.arkit import ARKIT_NAMES
from ..emotion.vocabulary import ACTION_UNITS
from ..face.face_model import FaceModel
from ..face.topology import LOWER_INNER_LIP, UPPER_INNER_LIP
from ..timebase import FRAME_RATE
from .face_motion import FaceMotion
from .lips import LipContact
from .prior import PriorMotion
from .space import MotionSpace

OPEN, WIDE, ROUND, CLOSE, TEETH = range(5)
"""Columns of visemes."""

VISEME_SHAPES: dict[int, dict[str, float]] = {
    OPEN: {"jawOpen": 0.58, "mouthLowerDownLeft": 0.18, "mouthLowerDownRight": 0.18, "mouthUpperUpLeft": 0.08, "mouthUpperUpRight": 0.08},
    WIDE: {
        "mouthStretchLeft": 0.50, "mouthStretchRight": 0.50, "mouthSmileLeft": 0.26, "mouthSmileRight": 0.26,
        "mouthLowerDownLeft": 0.10, "mouthLowerDownRight": 0.10,
    },
    ROUND: {"mouthPucker": 0.86, "mouthFunnel": 0.46},
    CLOSE: {"mouthPressLeft": 0.25, "mouthPressRight": 0.25, "mouthRollUpper": 0.18, "mouthRollLower": 0.18},
    TEETH: {"mouthRollLower": 0.35, "mouthUpperUpLeft": 0.18, "mouthUpperUpRight": 0.18, "jawOpen": 0.03},
}  # fmt: skip
"""What lips do for each viseme at 1. Source: ours; sizes so that loud speech spans what people's lips span."""

UNIT_SHAPES: dict[str, dict[str, float]] = {
    "AU1": {"browInnerUp": 4.5, "browOuterUpLeft": -0.3, "browOuterUpRight": -0.3},
    "AU2L": {"browOuterUpLeft": 2.2},
    "AU2R": {"browOuterUpRight": 2.2},
    "AU4": {"browDownLeft": 2.3, "browDownRight": 2.3},
    "AU6": {"cheekSquintLeft": 0.9, "cheekSquintRight": 0.9},
    "AU7": {"eyeSquintLeft": 0.9, "eyeSquintRight": 0.9},
    "AU9": {"noseSneerLeft": 3.0, "noseSneerRight": 3.0, "browDownLeft": -1.4, "browDownRight": -1.4},
    "AU10": {"mouthUpperUpLeft": 1.55, "mouthUpperUpRight": 1.55, "mouthSmileLeft": 0.15, "mouthSmileRight": 0.15},
    "AU12L": {"mouthSmileLeft": 1.0},
    "AU12R": {"mouthSmileRight": 1.0},
    "AU14L": {"mouthDimpleLeft": 0.8},
    "AU14R": {"mouthDimpleRight": 0.8},
    "AU15": {
        "mouthFrownLeft": 1.4,
        "mouthFrownRight": 1.4,
        "mouthStretchLeft": 0.9,
        "mouthStretchRight": 0.9,
        "mouthUpperUpLeft": 0.15,
        "mouthUpperUpRight": 0.15,
    },
    "AU16": {"mouthLowerDownLeft": 0.8, "mouthLowerDownRight": 0.8},
    "AU17": {"mouthShrugLower": 1.1},
    "AU18": {"mouthPucker": 0.8},
    "AU20": {
        "mouthStretchLeft": 2.0,
        "mouthStretchRight": 2.0,
        "mouthFrownLeft": -0.4,
        "mouthFrownRight": -0.4,
        "mouthUpperUpLeft": 0.4,
        "mouthUpperUpRight": 0.4,
        "mouthLowerDownLeft": 0.2,
        "mouthLowerDownRight": 0.2,
    },
    "AU23": {
        "mouthRollUpper": 0.35,
        "mouthRollLower": 0.35,
        "mouthPressLeft": 0.15,
        "mouthPressRight": 0.15,
        "mouthFrownLeft": 0.15,
        "mouthFrownRight": 0.15,
    },
    "AU24": {
        "mouthPressLeft": 0.5,
        "mouthPressRight": 0.5,
        "mouthRollUpper": 0.2,
        "mouthRollLower": 0.2,
        "mouthFrownLeft": 0.25,
        "mouthFrownRight": 0.25,
    },
    "AU25": {"mouthLowerDownLeft": 0.35, "mouthLowerDownRight": 0.35, "mouthUpperUpLeft": 0.12, "mouthUpperUpRight": 0.12},
    "AU26": {"jawOpen": 0.40},
}
"""The shapes that show an Action Unit at 1. Source: FACS descriptions, sizes ours."""
LIDS_OF_UNITS = {"AU5": -0.9, "AU7": 0.12, "AU6": 0.05}
"""How far lids close for a unit at 1."""

OPENING = np.array([1.0, 0.2, -0.2, 0.0, -0.3])
"""What each viseme does to the parting of lips: front vowels part them more than their jaw says, rounding and f, v less."""
OPENING_POWER = 0.65
"""Lips part quickly at first and then less: even consonants that do not shut them leave a gap."""
LIP_SHARPNESS = 0.45
"""How much faster lips move than what is heard says: unsharp masking over 0.12 s, the time constant of people's lips."""
CLOSES_FROM, CLOSES_AT = 0.1, 0.5
"""Closures heard this surely begin, and are whole."""
MOUTH_UNDER_SPEECH = 0.35
"""By how much what a feeling does to the parting of lips gives way where speech parts them."""
REPLACING = ("AU9", "AU10", "AU15", "AU16", "AU17", "AU18", "AU20", "AU23", "AU24")
"""Units of the mouth with which the portrait's own expression of it, mostly a smile, does not go."""
SMILE = ("AU12L", "AU12R")
"""A smile that is asked for takes the place of as much of the portrait's own, so that the two are never one on top of the other."""
FELT_UNITS = 0.7
"""Sum of REPLACING at which the portrait's own mouth has given way altogether."""
BROW_OUTER_SHARE = 0.5
PARTING = ("jawOpen", "mouthLowerDownLeft", "mouthLowerDownRight", "mouthUpperUpLeft", "mouthUpperUpRight")


def motion_by_rule(
    visemes: np.ndarray, action_units: np.ndarray, prior: PriorMotion, duration_s: Fraction, liveliness: float = 1.0
) -> FaceMotion:
    """The performance of N frames at 25 a second.

    Args:
        visemes: float [N, 5], 0 to 1, in the order of speech.visemes.VISEMES.
        action_units: float [N, 24], 0 to 1, by guidance up to 1.5, in the order of ACTION_UNITS: what feeling and curves ask.
        prior: What happens by chance.
        duration_s: Length of the sound.
        liveliness: Of the brows that go with speech, 0 to 2.
    """
    model, space = FaceModel.from_pretrained(), MotionSpace.from_pretrained()
    heard = articulated(np.asarray(visemes, np.float64))
    units = np.asarray(action_units, np.float64)
    weights = _spoken(heard) + _felt(units, heard)
    brow = liveliness * prior.brows
    weights[:, ARKIT_NAMES.index("browInnerUp")] += brow
    for side in ("Left", "Right"):
        weights[:, ARKIT_NAMES.index(f"browOuterUp{side}")] += BROW_OUTER_SHARE * brow
    displacement = np.einsum("nu,upc->npc", weights, model.units)
    _close(displacement, heard[:, CLOSE], model.mean)
    lids = prior.lids + sum(value * units[:, [ACTION_UNITS.index(unit)]] for unit, value in LIDS_OF_UNITS.items()) * (1 - prior.lids)
    asked = np.stack([units[:, ACTION_UNITS.index(unit)] for unit in ("AU45R", "AU45L")], 1)
    return FaceMotion(
        expression=space.encode(displacement),
        rotation=prior.rotation,
        translation=prior.translation,
        gaze=prior.gaze,
        lids=np.where(asked > lids.clip(0), asked, lids).clip(-1, 1),
        keep=(1 - mouth_felt(units)).astype(np.float32),
        rate=FRAME_RATE,
        duration_s=duration_s,
    )


def articulated(visemes: np.ndarray) -> np.ndarray:
    """What lips make of what is heard, [N, 5]: as quick as people's, closures whole."""
    frames = 0.12 * float(FRAME_RATE)
    sharp = visemes + LIP_SHARPNESS * (visemes - gaussian_filter1d(visemes, frames, axis=0, mode="nearest"))
    sharp = sharp.clip(0, 1.15)
    sharp[:, OPEN] = (sharp @ OPENING).clip(0, 1.15) ** OPENING_POWER
    sharp[:, CLOSE] = np.clip((visemes[:, CLOSE] - CLOSES_FROM) / (CLOSES_AT - CLOSES_FROM), 0, 1)
    return sharp


def _spoken(heard: np.ndarray) -> np.ndarray:
    """Weights of ARKit shapes [N, 51]."""
    weights = np.zeros((len(heard), len(ARKIT_NAMES) - 1))
    parted = 1 - heard[:, CLOSE]
    for viseme, shapes in VISEME_SHAPES.items():
        for name, value in shapes.items():
            weights[:, ARKIT_NAMES.index(name)] += value * heard[:, viseme] * (parted if name in PARTING else 1.0)
    return weights


def _felt(units: np.ndarray, heard: np.ndarray) -> np.ndarray:
    """Weights of ARKit shapes [N, 51]: feelings give way to speech where both part the lips, and nowhere else."""
    weights = np.zeros((len(units), len(ARKIT_NAMES) - 1))
    for unit, shapes in UNIT_SHAPES.items():
        for name, value in shapes.items():
            weights[:, ARKIT_NAMES.index(name)] += value * units[:, ACTION_UNITS.index(unit)]
    yields = 1 - MOUTH_UNDER_SPEECH * np.maximum(heard[:, OPEN], heard[:, CLOSE]).clip(0, 1)
    for name in PARTING:
        weights[:, ARKIT_NAMES.index(name)] *= yields
    return weights


def _close(displacement: np.ndarray, close: np.ndarray, mean: np.ndarray) -> None:
    """Brings the lips together, in place, as far as closures [N] ask, whatever else parts them."""
    contact = LipContact(mean)
    for frame in np.flatnonzero(close > 0.02):
        moved = mean + displacement[frame]
        gaps = displacement[frame, list(LOWER_INNER_LIP), 1] - displacement[frame, list(UPPER_INNER_LIP), 1]
        displacement[frame, :, 1] += contact.correction(moved, gaps.clip(0) * (1 - close[frame]) + _resting(mean))


def _resting(mean: np.ndarray) -> np.ndarray:
    return mean[list(LOWER_INNER_LIP), 1] - mean[list(UPPER_INNER_LIP), 1]


def mouth_felt(units: np.ndarray) -> np.ndarray:
    """How far a feeling has taken over the mouth, [N], 0 to 1."""
    total = units[:, [ACTION_UNITS.index(unit) for unit in REPLACING]].sum(1)
    smile = units[:, [ACTION_UNITS.index(unit) for unit in SMILE]].max(1)
    return np.clip(total / FELT_UNITS + smile, 0, 1)
