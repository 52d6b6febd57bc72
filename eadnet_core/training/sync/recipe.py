"""What decides the weights of a SyncNet, besides the code."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

from ...errors import InputError
from ..recipe import Recipe


@dataclass(frozen=True, kw_only=True)
class SyncRecipe(Recipe):
    """Attributes, beside those of every recipe:
    seed: Of weights, faces and stretches of speech.
    minutes: Budget when the command line gives none; drawing included.
    voices: Which half of the voices is heard, 0 or 1: a SyncNet that measures is trained on the half that the supervising one never heard.
    clip_frames: Length of the drawn clips.
    framing_error: Spread of a clip's framing errors, crop units.
    shake: Spread of each frame's own, crop units.
    first_clips: Clips drawn before the first step.
    new_clips: Clips that join at a time, the oldest leaving when the reservoir is full.
    steps_between_new_clips: Steps between two such times; drawing costs more than a step.
    reservoir: Clips that are kept to draw batches from.
    batch_size: Clips of a batch.
    num_frames: Length of the stretches that a batch takes from them.
    temperature: By which cosines are divided where moments compete.
    weights: Weight of each loss, see objective.SyncLosses.
    """

    CALLED: ClassVar[str] = "a sync recipe"

    voices: int
    clip_frames: int
    framing_error: float
    shake: float
    first_clips: int
    new_clips: int
    steps_between_new_clips: int
    reservoir: int
    batch_size: int
    num_frames: int
    temperature: float
    weights: dict[str, float]

    @classmethod
    def read(cls, path: str | Path) -> SyncRecipe:
        """The recipe in a JSON file.

        Raises:
            InputError: As Recipe.read, or it names a half of the voices that there is not.
        """
        recipe = super().read(path)
        if recipe.voices not in (0, 1):
            raise InputError(f"{path} has voices {recipe.voices}; give 0 or 1, the half of the voices to hear.")
        return recipe
