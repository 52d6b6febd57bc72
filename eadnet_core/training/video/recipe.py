"""What decides the weights of the built-in video encoder, besides the code."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, fields
from pathlib import Path

from ...errors import InputError


@dataclass(frozen=True, kw_only=True)
class VideoRecipe:
    """Attributes:
    seed: Of weights, faces, speech and masks.
    minutes: Budget when the command line gives none; drawing included.
    batch_size, num_frames: Of the drawn clips.
    reuse: Steps that each drawn batch serves, each time with another part hidden, mirrored or not.
    hidden: Share of the cells that are hidden, through the whole clip.
    decoder_width, decoder_depth: Of the network that guesses them, which is not kept.
    learning_rate, weight_decay: Of AdamW; the rate warms up and then falls as half a cosine.
    ema_decay: Of the averaged weights that are kept in the end.
    """

    seed: int
    minutes: float
    batch_size: int
    num_frames: int
    reuse: int
    hidden: float
    decoder_width: int
    decoder_depth: int
    learning_rate: float
    weight_decay: float
    ema_decay: float

    @staticmethod
    def read(path: str | Path) -> VideoRecipe:
        """The recipe in a JSON file.

        Raises:
            InputError: The file's keys are not exactly the fields.
        """
        values = json.loads(Path(path).read_text())
        wrong = set(values) ^ {field.name for field in fields(VideoRecipe)}
        if wrong:
            raise InputError(f"{path} has missing or unknown keys {sorted(wrong)}; a video recipe has the fields of VideoRecipe.")
        return VideoRecipe(**values)

    def to_dict(self) -> dict[str, object]:
        """The recipe as plain values, for a checkpoint's provenance."""
        return asdict(self)
