"""Training of SyncNet on drawn lips and synthetic speech: `python -m eadnet_core train sync --minutes M`."""

from __future__ import annotations

from dataclasses import fields

import torch
from torch import Generator, Tensor

from ...models.syncnet import SyncNet, SyncNetConfig, as_direction
from ...synthetic.speech_corpus import SpeechCorpus
from ...synthetic.visemes import VISEMES
from ..fit import Fit, Optimisation, fit
from ..progress import Progress
from .objective import ShapeHeads, sync_losses
from .recipe import SyncRecipe
from .supply import Supply

WARMUP_STEPS, CLIP_NORM = 40, 5.0


def train_sync(
    recipe: SyncRecipe,
    corpus: SpeechCorpus,
    minutes: float,
    config: SyncNetConfig | None = None,
    device: torch.device | str = "cpu",
    progress: Progress | None = None,
) -> Fit[SyncNet]:
    """Trains a SyncNet until the minutes are over.

    Args:
        recipe: What to train, and which half of the voices it hears.
        corpus: What is said; training stretches only.
        minutes: Budget, without the drawing of the first clips.
        config: The network; the default one where None.
        device: Where to draw and to train.
        progress: Told of the losses every 20 steps.
    """
    device = torch.device(device)
    torch.manual_seed(recipe.seed)
    net = SyncNet(config or SyncNetConfig()).to(device, memory_format=torch.channels_last).train()  # type: ignore[call-overload]
    heads = ShapeHeads(net.config, len(VISEMES)).to(device)
    voices = corpus.half_of_voices(recipe.voices).to(device)
    supply = Supply(recipe, voices, net.config.lip_size, Generator(device).manual_seed(recipe.seed))

    def losses(step: int) -> dict[str, Tensor]:
        batch = supply.batch(step)
        with torch.autocast(device.type, torch.bfloat16):
            seen, heard = net.see(batch.lips), net.hear(batch.mel)
            lips, speech = as_direction(net.project_lips(seen)), as_direction(net.project_speech(heard))
            shape = heads.loss(seen, heard, batch.visemes)
        found = sync_losses(lips, speech, shape, recipe.temperature)
        return {field.name: getattr(found, field.name) for field in fields(found)}

    how = Optimisation.of(recipe, WARMUP_STEPS, CLIP_NORM)
    return fit(net, heads, losses, recipe.weights, how, minutes, progress)
