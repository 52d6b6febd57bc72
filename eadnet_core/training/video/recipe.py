"""What decides the weights of the built-in video encoder, besides the code."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from ..recipe import Recipe


@dataclass(frozen=True, kw_only=True)
class VideoRecipe(Recipe):
    """Attributes, beside those of every recipe:
    seed: Of weights, faces, speech and masks.
    minutes: Budget when the command line gives none; drawing included.
    batch_size, num_frames: Of the drawn clips.
    reuse: Steps that each drawn batch serves, each time with another part hidden, mirrored or not.
    hidden: Share of the cells that are hidden, through the whole clip.
    decoder_width, decoder_depth: Of the network that guesses them, which is not kept.
    """

    CALLED: ClassVar[str] = "a video recipe"

    batch_size: int
    num_frames: int
    reuse: int
    hidden: float
    decoder_width: int
    decoder_depth: int
