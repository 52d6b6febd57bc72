"""What decides the weights of an emotion classifier, besides the code."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from ..recipe import Recipe


@dataclass(frozen=True, kw_only=True)
class EmotionRecipe(Recipe):
    """Attributes, beside those of every recipe:
    seed: Of weights, faces and expressions.
    minutes: Budget when the command line gives none; drawing included.
    first_faces: Faces drawn before the first step.
    new_faces: Faces that join at a time, the oldest leaving when the reservoir is full.
    steps_between_new_faces: Steps between two such times; drawing a face costs more than learning from it.
    expressions: Pictures of a face, each in another expression, light, medium and file.
    reservoir: Pictures that are kept to draw batches from.
    batch_size: Pictures of a batch; each time framed anew.
    picture_size: Side of the drawn pictures in pixels, even.
    framing_error: Spread of the locator's errors, crop units.
    weights: Weight of each loss: of the class, of the Action Units.
    """

    CALLED: ClassVar[str] = "an emotion recipe"

    first_faces: int
    new_faces: int
    steps_between_new_faces: int
    expressions: int
    reservoir: int
    batch_size: int
    picture_size: int
    framing_error: float
    weights: dict[str, float]
