"""Linear maps of the mouth in the motion space: what Action Units do to it, how far lips part, how they are brought together."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from ..emotion.arkit import ARKIT_NAMES
from ..emotion.vocabulary import ACTION_UNITS
from ..face.face_model import FaceModel
from ..face.topology import LOWER_INNER_LIP, UPPER_INNER_LIP, UPPER_OUTER_LIP
from .by_rule import BROW_OUTER_SHARE, PARTING, UNIT_SHAPES
from .lips import LipContact
from .space import MotionSpace

_MIDDLE = len(UPPER_INNER_LIP) // 2


@dataclass(frozen=True, eq=False)
class MouthMaps:
    """Attributes, over the K coefficients of the motion space:
    felt: float32 [24, K]: what each Action Unit at 1 does, but for the parting of lips.
    parting: float32 [24, K]: what it does to the parting of lips, which gives way to speech.
    brows: float32 [K]: raised brows at 1.
    gap: float32 [K]: how much each coefficient parts the lips in the middle, eye distances.
    closing: float32 [K, K]: the change that takes the parting of coefficients away, as `coefficients @ closing`.
    widening: float32 [K, K]: the change that makes lips twice as drawn out or pursed, as `coefficients @ widening`; it parts none.
    mirror: float32 [K, K]: the same motion as a mirror shows it, as `coefficients @ mirror`.
    mouth: bool [K]: coefficients of cheeks, lips and jaw.
    """

    felt: np.ndarray
    parting: np.ndarray
    brows: np.ndarray
    gap: np.ndarray
    closing: np.ndarray
    widening: np.ndarray
    mirror: np.ndarray
    mouth: np.ndarray

    @staticmethod
    @lru_cache(maxsize=1)
    def of_face() -> MouthMaps:
        """Those of the face model that ships with the pack."""
        model, space = FaceModel.from_pretrained(), MotionSpace.from_pretrained()
        identity = np.eye(space.num_coefficients, dtype=np.float32)
        shapes = np.zeros((2, len(ACTION_UNITS), len(ARKIT_NAMES) - 1))
        for unit, values in UNIT_SHAPES.items():
            for name, value in values.items():
                shapes[int(name in PARTING), ACTION_UNITS.index(unit), ARKIT_NAMES.index(name)] = value
        felt, parting = (space.encode(np.einsum("au,upc->apc", part, model.units)) for part in shapes)
        brows = np.zeros(len(ARKIT_NAMES) - 1)
        brows[ARKIT_NAMES.index("browInnerUp")] = 1
        brows[[ARKIT_NAMES.index("browOuterUpLeft"), ARKIT_NAMES.index("browOuterUpRight")]] = BROW_OUTER_SHARE
        moved = space.decode(identity)  # [K, 478, 3]
        gaps = moved[:, list(LOWER_INNER_LIP), 1] - moved[:, list(UPPER_INNER_LIP), 1]  # [K, 11]
        contact, closing = LipContact(model.mean), np.zeros_like(moved)
        resting = model.mean[list(LOWER_INNER_LIP), 1] - model.mean[list(UPPER_INNER_LIP), 1]
        for row in range(len(moved)):
            closing[row, :, 1] = contact.correction(model.mean + moved[row], resting)
        mouth, shut = space.of_rows("cheek", "upper_lip", "lower_lip"), space.encode(closing)
        pursed = space.encode(model.units[[ARKIT_NAMES.index("mouthPucker")]])[0] * mouth
        pursed += pursed @ shut
        width = moved[:, UPPER_OUTER_LIP[-1], 0] - moved[:, UPPER_OUTER_LIP[0], 0]  # [K]
        return MouthMaps(
            felt, parting, space.encode(np.einsum("u,upc->pc", brows, model.units)[None])[0], gaps[:, _MIDDLE].astype(np.float32), shut,
            (np.outer(width, pursed) / (width @ pursed)).astype(np.float32), space.mirrored(identity), mouth,
        )  # fmt: skip
