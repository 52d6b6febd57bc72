"""Training of the speech encoder: visemes from log-mel, on a corpus of synthetic speech."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import torch
from torch import Generator, Tensor, nn

from ..speech.encoder import SpeechEncoder
from ..synthetic.speech_corpus import SpeechCorpus
from .fit import Fit, Optimisation, fit
from .progress import Progress
from .recipe import Recipe

WARMUP_STEPS, CLIP_NORM = 60, 1.0
CONTEXT = 3
"""Frames on either side of a stretch that are heard but not judged."""


@dataclass(frozen=True, kw_only=True)
class SpeechRecipe(Recipe):
    """Attributes, beside those of every recipe:
    clips: Stretches of speech in a batch.
    frames: Length of each.
    """

    CALLED: ClassVar[str] = "a speech recipe"

    clips: int
    frames: int


def train_speech(
    recipe: SpeechRecipe, corpus: SpeechCorpus, net: SpeechEncoder, minutes: float, device: torch.device, progress: Progress | None = None
) -> Fit[SpeechEncoder]:
    """Trains a speech encoder until the minutes are over, on augmented stretches of the corpus.

    Args:
        recipe: What to train.
        corpus: What is said; training stretches only.
        net: Where to begin.
        minutes: Budget.
        device: Where to train.
        progress: Told of the loss every 20 steps.
    """
    torch.manual_seed(recipe.seed)
    generator, heard = Generator(device).manual_seed(recipe.seed), corpus.to(device)
    net = net.to(device).train()

    def losses(step: int) -> dict[str, Tensor]:
        mel, visemes = heard.draw(generator, recipe.clips, recipe.frames, CONTEXT)
        return {"viseme": viseme_loss(net.visemes(net(mel))[:, CONTEXT:-CONTEXT], visemes)}

    return fit(net, nn.Module(), losses, {"viseme": 1.0}, Optimisation.of(recipe, WARMUP_STEPS, CLIP_NORM), minutes, progress)


def viseme_loss(estimate: Tensor, visemes: Tensor) -> Tensor:
    """Squared error of estimated visemes [..., 5], with closures, which are short and must not be missed, counting more."""
    weight = torch.tensor([1.0, 1.0, 1.0, 2.0, 0.7], device=visemes.device) * (1 + 2 * visemes[..., 3:4])
    return (weight * (estimate - visemes).square()).mean() * 10
