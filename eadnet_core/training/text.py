"""Training of the text encoder: Action Units from captions that a grammar draws."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import torch
from torch import Generator, Tensor
from torch.nn import functional as F

from ..emotion.captions import draw_captions
from ..emotion.text_encoder import TextEncoder
from .fit import Fit, Optimisation, fit, own_seed
from .progress import Progress
from .recipe import Recipe


@dataclass(frozen=True, kw_only=True)
class TextRecipe(Recipe):
    """Attributes, beside those of every recipe:
    captions: In a batch.
    """

    CALLED: ClassVar[str] = "a text recipe"

    captions: int


def train_text(
    recipe: TextRecipe, net: TextEncoder, minutes: float, device: torch.device, progress: Progress | None = None
) -> Fit[TextEncoder]:
    """Trains a text encoder until the minutes are over.

    Args:
        recipe: What to train.
        net: Where to begin.
        minutes: Budget.
        device: Where to train.
        progress: Told of the loss every 20 steps.
    """
    torch.manual_seed(recipe.seed)
    generator = Generator().manual_seed(own_seed(recipe.seed))
    net = net.to(device).train()

    def losses(step: int) -> dict[str, Tensor]:
        captions, _, asked = draw_captions(recipe.captions, generator)
        read = net.units(net(captions.to(device)))[:, 0]
        return {"caption": F.binary_cross_entropy(read, asked.to(device))}  # learns rare units faster than squares do

    return fit(net, losses, {"caption": 1.0}, Optimisation.of(recipe), minutes, progress)
