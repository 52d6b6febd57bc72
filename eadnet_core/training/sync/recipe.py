"""What decides the weights of a SyncNet, besides the code."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, fields
from pathlib import Path

from ...errors import InputError


@dataclass(frozen=True, kw_only=True)
class SyncRecipe:
    """Attributes:
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
    learning_rate, weight_decay: Of AdamW; the rate warms up and then falls as half a cosine.
    ema_decay: Of the averaged weights that are kept in the end.
    temperature: By which cosines are divided where moments compete.
    weights: Weight of each loss, see objective.SyncLosses.
    """

    seed: int
    minutes: float
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
    learning_rate: float
    weight_decay: float
    ema_decay: float
    temperature: float
    weights: dict[str, float]

    @staticmethod
    def read(path: str | Path) -> SyncRecipe:
        """The recipe in a JSON file.

        Raises:
            InputError: The file's keys are not exactly the fields, or it names a half of the voices that there is not.
        """
        values = json.loads(Path(path).read_text())
        wrong = set(values) ^ {field.name for field in fields(SyncRecipe)}
        if wrong:
            raise InputError(f"{path} has missing or unknown keys {sorted(wrong)}; a sync recipe has the fields of SyncRecipe.")
        if values["voices"] not in (0, 1):
            raise InputError(f"{path} has voices {values['voices']}; give 0 or 1, the half of the voices to hear.")
        return SyncRecipe(**values)

    def to_dict(self) -> dict[str, object]:
        """The recipe as plain values, for a checkpoint's provenance."""
        return asdict(self)
