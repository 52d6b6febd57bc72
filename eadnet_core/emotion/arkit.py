"""Action Units and the 52 blendshapes of ARKit, which MediaPipe and Live Link Face write too."""

from __future__ import annotations

import numpy as np

from .vocabulary import ACTION_UNITS

ARKIT_NAMES = (
    "browDownLeft", "browDownRight", "browInnerUp", "browOuterUpLeft", "browOuterUpRight", "cheekPuff", "cheekSquintLeft",
    "cheekSquintRight", "eyeBlinkLeft", "eyeBlinkRight", "eyeLookDownLeft", "eyeLookDownRight", "eyeLookInLeft", "eyeLookInRight",
    "eyeLookOutLeft", "eyeLookOutRight", "eyeLookUpLeft", "eyeLookUpRight", "eyeSquintLeft", "eyeSquintRight", "eyeWideLeft",
    "eyeWideRight", "jawForward", "jawLeft", "jawOpen", "jawRight", "mouthClose", "mouthDimpleLeft", "mouthDimpleRight",
    "mouthFrownLeft", "mouthFrownRight", "mouthFunnel", "mouthLeft", "mouthLowerDownLeft", "mouthLowerDownRight", "mouthPressLeft",
    "mouthPressRight", "mouthPucker", "mouthRight", "mouthRollLower", "mouthRollUpper", "mouthShrugLower", "mouthShrugUpper",
    "mouthSmileLeft", "mouthSmileRight", "mouthStretchLeft", "mouthStretchRight", "mouthUpperUpLeft", "mouthUpperUpRight",
    "noseSneerLeft", "noseSneerRight", "tongueOut",
)  # fmt: skip
"""In alphabetical order; Left and Right are the person's own, as L and R of Action Units. Source: ARKit's BlendShapeLocation."""

ARKIT_OF_ACTION_UNIT: dict[str, tuple[str, ...]] = {
    "AU1": ("browInnerUp",), "AU2L": ("browOuterUpLeft",), "AU2R": ("browOuterUpRight",), "AU4": ("browDownLeft", "browDownRight"),
    "AU5": ("eyeWideLeft", "eyeWideRight"), "AU6": ("cheekSquintLeft", "cheekSquintRight"), "AU7": ("eyeSquintLeft", "eyeSquintRight"),
    "AU9": ("noseSneerLeft", "noseSneerRight"), "AU10": ("mouthUpperUpLeft", "mouthUpperUpRight"), "AU12L": ("mouthSmileLeft",),
    "AU12R": ("mouthSmileRight",), "AU14L": ("mouthDimpleLeft",), "AU14R": ("mouthDimpleRight",),
    "AU15": ("mouthFrownLeft", "mouthFrownRight"), "AU16": ("mouthLowerDownLeft", "mouthLowerDownRight"), "AU17": ("mouthShrugLower",),
    "AU18": ("mouthPucker",), "AU20": ("mouthStretchLeft", "mouthStretchRight"), "AU23": ("mouthRollLower", "mouthRollUpper"),
    "AU24": ("mouthPressLeft", "mouthPressRight"), "AU26": ("jawOpen",), "AU45L": ("eyeBlinkLeft",), "AU45R": ("eyeBlinkRight",),
}  # fmt: skip
"""The blendshapes that show a unit; where there are several, their mean is the unit. Source: FACS descriptions; the pairing is ours."""

ARKIT_LEFT_OUT = tuple(name for name in ARKIT_NAMES if not any(name in names for names in ARKIT_OF_ACTION_UNIT.values()))
"""Blendshapes that no Action Unit of this project has: gaze, jaw and mouth sideways, funnel, puff, tongue. mouthClose counts for AU25."""

ACTION_UNITS_LEFT_OUT = ("AU25",)
"""Units that no blendshape has: lips that part show in ARKit only as a jaw that opens without mouthClose."""

ACTION_UNITS_WITHOUT_SIDES = tuple(
    unit for unit, names in ARKIT_OF_ACTION_UNIT.items() if any(name.endswith("Left") for name in names) and len(names) == 2
)
"""Units whose left and right blendshapes are averaged, so that a one-sided brow or frown comes back on both sides at half its strength."""


def to_arkit(action_units: np.ndarray) -> np.ndarray:
    """Blendshapes [..., 52] in the order of ARKIT_NAMES of Action Units [..., 24], 0 to 1. AU25 is lost."""
    units = np.asarray(action_units, np.float32)
    shapes = np.zeros((*units.shape[:-1], len(ARKIT_NAMES)), np.float32)
    for unit, names in ARKIT_OF_ACTION_UNIT.items():
        for name in names:
            shapes[..., ARKIT_NAMES.index(name)] = units[..., ACTION_UNITS.index(unit)]
    return shapes


def from_arkit(blendshapes: np.ndarray) -> np.ndarray:
    """Action Units [..., 24], 0 to 1, of blendshapes [..., 52] in the order of ARKIT_NAMES; ARKIT_LEFT_OUT is lost."""
    shapes = np.asarray(blendshapes, np.float32)
    units = np.zeros((*shapes.shape[:-1], len(ACTION_UNITS)), np.float32)
    for unit, names in ARKIT_OF_ACTION_UNIT.items():
        units[..., ACTION_UNITS.index(unit)] = shapes[..., [ARKIT_NAMES.index(name) for name in names]].mean(-1)
    parted = shapes[..., ARKIT_NAMES.index("jawOpen")] - shapes[..., ARKIT_NAMES.index("mouthClose")]
    units[..., ACTION_UNITS.index("AU25")] = parted.clip(0, 1)
    return units
