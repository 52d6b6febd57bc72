"""What a training of the locator is made of, read from a file."""

from __future__ import annotations

import json
from dataclasses import dataclass, fields
from pathlib import Path


@dataclass(frozen=True, kw_only=True)
class LocatorRecipe:
    """Everything that decides what the trained locator becomes, besides the code.

    Attributes:
        seed: Of weights, faces and scenes.
        minutes: Budget, the drawing of the first faces included.
        first_faces: Faces, and backgrounds, drawn before the first step.
        num_faces: Faces in the full pool.
        new_faces: How many join at a time, the oldest leaving when it is full.
        steps_between_new_faces: Steps between two such times.
        batch_size: Crops or scenes a step.
        new_pictures: Crops or scenes made at a time from the pools.
        steps_between_new_pictures: Steps between two such times.
        reservoir: Finished crops or scenes that are kept to draw batches from.
        scene_size: Side of a scene in pixels.
        eye_distances: Smallest and largest eye distance in a scene, in pixels.
        no_face: Share of crops and scenes without a face.
        learning_rate: Of AdamW, at its height.
        weight_decay: Of AdamW.
        ema_decay: Of the averaged weights that are kept in the end.
    """

    seed: int
    minutes: float
    first_faces: int
    num_faces: int
    new_faces: int
    steps_between_new_faces: int
    batch_size: int
    new_pictures: int
    steps_between_new_pictures: int
    reservoir: int
    scene_size: int
    eye_distances: tuple[float, float]
    no_face: float
    learning_rate: float
    weight_decay: float
    ema_decay: float

    @staticmethod
    def read(path: str | Path) -> LocatorRecipe:
        """The recipe in a JSON file; its keys must be exactly the fields."""
        values = json.loads(Path(path).read_text())
        names = {field.name for field in fields(LocatorRecipe)}
        if set(values) != names:
            raise ValueError(f"{path} differs from the recipe's fields in {sorted(set(values) ^ names)}.")
        return LocatorRecipe(**{**values, "eye_distances": tuple(values["eye_distances"])})
