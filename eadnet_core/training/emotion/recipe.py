"""What decides the weights of an emotion classifier, besides the code."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, fields
from pathlib import Path

from ...errors import InputError


@dataclass(frozen=True, kw_only=True)
class EmotionRecipe:
    """Attributes:
    seed: Of weights, faces and expressions.
    minutes: Budget when the command line gives none; drawing included.
    first_faces: Faces drawn before the first step.
    new_faces: Faces that join at a time, the oldest leaving when the reservoir is full.
    steps_between_new_faces: Steps between two such times; drawing a face costs more than learning from it.
    reservoir: Faces that are kept to draw batches from.
    batch_size: Faces of a batch; each time in another light, place, medium and file.
    picture_size: Side of the drawn pictures in pixels, even.
    framing_error: Spread of the locator's errors, crop units.
    learning_rate, weight_decay: Of AdamW; the rate warms up and then falls as half a cosine.
    ema_decay: Of the averaged weights that are kept in the end.
    weights: Weight of each loss: of the class, of the Action Units.
    """

    seed: int
    minutes: float
    first_faces: int
    new_faces: int
    steps_between_new_faces: int
    reservoir: int
    batch_size: int
    picture_size: int
    framing_error: float
    learning_rate: float
    weight_decay: float
    ema_decay: float
    weights: dict[str, float]

    @staticmethod
    def read(path: str | Path) -> EmotionRecipe:
        """The recipe in a JSON file.

        Raises:
            InputError: The file's keys are not exactly the fields.
        """
        values = json.loads(Path(path).read_text())
        wrong = set(values) ^ {field.name for field in fields(EmotionRecipe)}
        if wrong:
            raise InputError(f"{path} has missing or unknown keys {sorted(wrong)}; an emotion recipe has the fields of EmotionRecipe.")
        return EmotionRecipe(**values)

    def to_dict(self) -> dict[str, object]:
        """The recipe as plain values, for a checkpoint's provenance."""
        return asdict(self)
