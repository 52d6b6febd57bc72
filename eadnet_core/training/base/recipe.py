"""What decides the weights of a base denoiser, besides the code."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, fields
from pathlib import Path

from ...errors import InputError


@dataclass(frozen=True, kw_only=True)
class BaseRecipe:
    """Attributes:
    seed: Of weights, faces, speech and noise.
    minutes: Budget when the command line gives none.
    size: Side of the training frames in pixels.
    clips: (batch, frames, past) triples, taken in turn: short clips show more faces, long ones teach time. The past are frames
        before the clip's, which the denoiser sees as the frame graphs' memory alone.
    reuse: Steps that each drawn batch serves, each time with other noise; drawing costs as much as a step on a CPU.
    learning_rate, weight_decay: Of AdamW; the rate warms up and then falls as half a cosine.
    warmup_steps: Length of the warm-up.
    clip_norm: Bound of the gradient's norm.
    ema_decay: Of the averaged weights that are kept in the end.
    full_noise: Share of samples at noise level 1, where a single sampling step begins.
    known_frames: A clip's first 0 to this many frames are given clean in half of the samples, as windows continue each other.
    drop: Share of samples without each control.
    weights: Weight of each loss, see objective.Losses and supervision.Supervision; "sync" and "trepa" may be 0 or left out, and are
        then not computed.
    speech_clips, speech_frames: Batch and length of the speech-only stretches that teach the encoder visemes.
    captions: Batch of captions alone that teach the text encoder what they ask of a face; 0: none.
    footage_share: Share of the batches that are taken from footage, where there is any; the rest is drawn.
    held_out: Share of each video, at its end, that is not trained on but measured.
    """

    seed: int
    minutes: float
    size: int
    clips: tuple[tuple[int, int, int], ...]
    reuse: int
    learning_rate: float
    weight_decay: float
    warmup_steps: int
    clip_norm: float
    ema_decay: float
    full_noise: float
    known_frames: int
    drop: float
    weights: dict[str, float]
    speech_clips: int
    speech_frames: int
    captions: int
    footage_share: float
    held_out: float

    @staticmethod
    def read(path: str | Path) -> BaseRecipe:
        """The recipe in a JSON file.

        Raises:
            InputError: The file's keys are not exactly the fields.
        """
        values = json.loads(Path(path).read_text())
        wrong = set(values) ^ {field.name for field in fields(BaseRecipe)}
        if wrong:
            raise InputError(f"{path} has missing or unknown keys {sorted(wrong)}; a base recipe has the fields of BaseRecipe.")
        return BaseRecipe(**{**values, "clips": tuple(tuple(clip) for clip in values["clips"])})

    def to_dict(self) -> dict[str, object]:
        """The recipe as plain values, for a checkpoint's provenance."""
        return asdict(self)
