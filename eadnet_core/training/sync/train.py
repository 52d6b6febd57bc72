"""Training of SyncNet on drawn lips and synthetic speech: `python -m eadnet_core train sync --minutes M`."""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from dataclasses import dataclass, fields

import torch
from torch import Generator
from torch.optim.swa_utils import AveragedModel

from ...models.syncnet import SyncNet, SyncNetConfig, as_direction
from ...synthetic.speech_corpus import SpeechCorpus
from ...synthetic.visemes import VISEMES
from ..average import warmed_average
from .objective import ShapeHeads, sync_losses
from .recipe import SyncRecipe
from .supply import Supply

Progress = Callable[[int, int, dict[str, float]], None]
"""progress(step, steps, smoothed losses); steps is 0 while still unknown. Raising in it stops the training."""
TIMED_STEPS = 32
"""Steps after which the minutes that are left are turned into a number of steps, once."""
REPORT_EVERY = 20
CLIP_NORM = 5.0


@dataclass(frozen=True)
class Fit:
    """A finished training.

    Attributes:
        net: The averaged weights, ready to run.
        steps: How many steps were made.
        minutes: How long they took, drawing included.
        losses: The last smoothed losses.
    """

    net: SyncNet
    steps: int
    minutes: float
    losses: dict[str, float]


def train_sync(
    recipe: SyncRecipe,
    corpus: SpeechCorpus,
    minutes: float,
    config: SyncNetConfig | None = None,
    device: torch.device | str = "cpu",
    progress: Progress | None = None,
) -> Fit:
    """Trains a SyncNet until the minutes are over.

    Args:
        recipe: What to train, and which half of the voices it hears.
        corpus: What is said; training stretches only.
        minutes: Budget, drawing included.
        config: The network; the default one where None.
        device: Where to draw and to train.
        progress: Told of the losses every 20 steps.
    """
    begin = time.monotonic()
    device = torch.device(device)
    torch.manual_seed(recipe.seed)
    net = SyncNet(config or SyncNetConfig()).to(device, memory_format=torch.channels_last).train()  # type: ignore[call-overload]
    heads = ShapeHeads(net.config, len(VISEMES)).to(device)
    average = AveragedModel(net, multi_avg_fn=warmed_average(recipe.ema_decay), use_buffers=True)
    parameters = [*net.parameters(), *heads.parameters()]
    optimizer = torch.optim.AdamW(parameters, recipe.learning_rate, (0.9, 0.98), weight_decay=recipe.weight_decay)
    voices = corpus.half_of_voices(recipe.voices).to(device)
    supply = Supply(recipe, voices, net.config.lip_size, Generator(device).manual_seed(recipe.seed))
    step, steps, ready = 0, 0, time.monotonic()
    smooth: dict[str, float] = {}
    while steps == 0 or step < steps:
        for group in optimizer.param_groups:
            group["lr"] = recipe.learning_rate * _rate(step, steps)
        batch = supply.batch(step)
        with torch.autocast(device.type, torch.bfloat16):
            seen, heard = net.see(batch.lips), net.hear(batch.mel)
            lips, speech = as_direction(net.project_lips(seen)), as_direction(net.project_speech(heard))
            shape = heads.loss(seen, heard, batch.visemes)
        found = sync_losses(lips, speech, shape, recipe.temperature)
        parts = {field.name: getattr(found, field.name) for field in fields(found)}
        optimizer.zero_grad(set_to_none=True)
        torch.stack([recipe.weights[name] * loss for name, loss in parts.items()]).sum().backward()
        torch.nn.utils.clip_grad_norm_(parameters, CLIP_NORM)
        optimizer.step()
        average.update_parameters(net)
        smooth = {name: 0.98 * smooth.get(name, loss.item()) + 0.02 * loss.item() for name, loss in parts.items()}
        step += 1
        if step == TIMED_STEPS:
            now = time.monotonic()
            steps = step + max(0, int((60 * minutes - (now - begin)) * step / (now - ready)))
        if progress is not None and step % REPORT_EVERY == 0:
            progress(step, steps, smooth)
    trained = average.module
    assert isinstance(trained, SyncNet)
    return Fit(trained.eval(), step, (time.monotonic() - begin) / 60, smooth)


def _rate(step: int, steps: int) -> float:
    """Share of the learning rate: a line up, then half a cosine down to nothing."""
    done = step / steps if steps else 0.0
    return min(1.0, (step + 1) / 40) * (1e-3 + 0.5 * (1 + math.cos(math.pi * min(1.0, done))))
