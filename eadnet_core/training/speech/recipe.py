"""What decides the weights of a speech encoder, besides the code and the speech."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from ..recipe import Recipe


@dataclass(frozen=True, kw_only=True)
class SpeechRecipe(Recipe):
    """Attributes, beside those of every recipe:
    seed: Of the stretches of speech, and of how each is heard.
    minutes: Budget when the command line gives none.
    batch_size: Stretches of a batch.
    num_frames: Their length.
    """

    CALLED: ClassVar[str] = "a speech recipe"

    batch_size: int
    num_frames: int
