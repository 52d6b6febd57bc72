"""What decides the weights of a base denoiser, besides the code."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import ClassVar

from ..recipe import Recipe


@dataclass(frozen=True, kw_only=True)
class BaseRecipe(Recipe):
    """Attributes, beside those of every recipe:
    seed: Of weights, faces, speech and noise.
    size: Side of the training frames in pixels.
    clips: (batch, frames, past) triples, taken in turn: short clips show more faces, long ones teach time. The past are frames
        before the clip's, which the denoiser sees as the frame graphs' memory alone.
    reuse: Steps that each drawn batch serves, each time with other noise; drawing costs as much as a step on a CPU.
    warmup_steps: Length of the warm-up.
    clip_norm: Bound of the gradient's norm.
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

    CALLED: ClassVar[str] = "a base recipe"

    size: int
    clips: tuple[tuple[int, int, int], ...]
    reuse: int
    warmup_steps: int
    clip_norm: float
    full_noise: float
    known_frames: int
    drop: float
    weights: dict[str, float]
    speech_clips: int
    speech_frames: int
    captions: int
    footage_share: float
    held_out: float

    @classmethod
    def read(cls, path: str | Path) -> BaseRecipe:
        """See Recipe.read; clips become tuples."""
        recipe = super().read(path)
        return replace(recipe, clips=tuple((batch, frames, past) for batch, frames, past in recipe.clips))
