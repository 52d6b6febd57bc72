"""Training of the face locator: `python -m eadnet_core train locator --minutes M`."""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import torch
from torch import Generator, Tensor, nn
from torch.optim.swa_utils import AveragedModel

from ...face.locator import WEIGHTS
from ...face.locator_net import LocatorConfig, LocatorNet
from ...face.locator_weights import load_locator, read_provenance, save_locator
from ...synthetic.clip import draw_portraits
from ..average import warmed_average
from .objective import landmark_loss, proposal_loss
from .pool import DrawFaces
from .recipe import LocatorRecipe
from .scenes import Crops
from .supply import Supply

Progress = Callable[[str, dict[str, float], nn.Module], None]
"""progress("part step/steps", smoothed losses, averaged network), called now and then; raising in it stops the training."""
PARTS = {"proposal": 0.4, "landmark": 0.6}
"""The networks and their shares of the time."""
RECIPE = Path(__file__).resolve().parent.parent / "recipes" / "locator.json"
PORTRAIT_SIZE = 144
"""Side in pixels of the drawn pictures."""
PORTRAITS_AT_ONCE = 24
TIMED_STEPS = 33
"""Steps after which the minutes that are left are turned into a number of steps."""


@dataclass(frozen=True)
class Fit:
    """How the training of one network went.

    Attributes:
        steps: How many steps were made.
        minutes: How long they took, drawing included.
        losses: The last smoothed losses.
    """

    steps: int
    minutes: float
    losses: dict[str, float]


def train_locator(
    recipe: str | Path = RECIPE,
    out: str | Path = WEIGHTS,
    minutes: float | None = None,
    device: str = "cpu",
    progress: Progress | None = None,
    parts: tuple[str, ...] = tuple(PARTS),
    start: str | Path | None = None,
    commit: str = "unknown",
) -> dict[str, Fit]:
    """Trains the locator of a recipe file on drawn faces and writes its weights.

    Args:
        recipe: JSON file with the fields of LocatorRecipe.
        out: The .safetensors file to write.
        minutes: Budget of all parts together; the recipe's where None.
        device: "cpu" or "cuda".
        progress: Told of the losses every 20 steps.
        parts: Which networks to train, of PARTS; the two share nothing, so that they may be trained on different machines.
        start: Weights to begin with, which the parts that are not trained keep; None: random ones.
        commit: Version of the code, for the file's provenance.
    """
    values = LocatorRecipe.read(recipe)
    torch.manual_seed(values.seed)
    net = LocatorNet(LocatorConfig()) if start is None else load_locator(Path(start))
    history: dict[str, Any] = {} if start is None else read_provenance(Path(start))["parts"]
    total = sum(PARTS[part] for part in parts)
    fits = {}
    for part in parts:
        share = (values.minutes if minutes is None else minutes) * PARTS[part] / total
        again = replace(values, seed=values.seed + len(history.get(part, [])))  # what follows earlier training draws other faces
        fit = fits[part] = fit_part(net, part, again, draw_faces, share, device, progress)
        run = {
            "seed": again.seed,
            "steps": fit.steps,
            "minutes": round(fit.minutes, 1),
            "losses": {k: round(v, 4) for k, v in fit.losses.items()},
        }
        history = {**history, part: [*history.get(part, []), run]}
    provenance = {"recipe": asdict(values), "seed": values.seed, "commit": commit, "device": device, "torch": torch.__version__}
    provenance |= {"steps": sum(fit.steps for fit in fits.values()), "minutes": round(sum(fit.minutes for fit in fits.values()), 1)}
    save_locator(Path(out), net, {**provenance, "data": "drawn faces only", "parts": history})
    return fits


def draw_faces(generator: Generator, count: int) -> tuple[Tensor, Tensor]:
    """Portraits [count, 3, S, S], 0 to 1, and landmarks [count, 29, 2] of drawn faces, a few at a time to spare memory."""
    drawn = [draw_portraits(min(PORTRAITS_AT_ONCE, count - k), PORTRAIT_SIZE, generator) for k in range(0, count, PORTRAITS_AT_ONCE)]
    return torch.cat([pictures for pictures, _ in drawn]).clamp(0, 1), torch.cat([landmarks for _, landmarks in drawn])


def fit_part(
    net: LocatorNet,
    part: str,
    recipe: LocatorRecipe,
    draw: DrawFaces,
    minutes: float,
    device: str = "cpu",
    progress: Progress | None = None,
) -> Fit:
    """Trains one network of `net` in place for a number of minutes, and leaves its averaged weights there.

    Args:
        net: The locator.
        part: "landmark" or "proposal".
        recipe: How.
        draw: Draws the faces, on the generator's device.
        minutes: Budget, drawing included.
        device: Where to draw and to train.
        progress: Told of the losses every 20 steps.
    """
    begin = time.monotonic()
    place = torch.device(device)
    trained = net.to(place).get_submodule(part).train()
    for parameter in trained.parameters():
        if parameter.dim() == 4:
            parameter.data = parameter.data.contiguous(memory_format=torch.channels_last)
    average = AveragedModel(trained, multi_avg_fn=warmed_average(recipe.ema_decay), use_buffers=True)
    optimizer = torch.optim.AdamW(trained.parameters(), lr=recipe.learning_rate, weight_decay=recipe.weight_decay)
    supply = Supply(recipe, part, net.config, draw, Generator(place).manual_seed(recipe.seed))
    steps, step, ready = TIMED_STEPS, 0, time.monotonic()
    figures: dict[str, float] = {}
    while step < steps:
        for group in optimizer.param_groups:
            group["lr"] = recipe.learning_rate * _rate(step, steps)
        samples = supply.batch(step)
        with torch.autocast(place.type, torch.bfloat16):
            answer = trained(samples.images)
        losses = landmark_loss(answer, samples) if isinstance(samples, Crops) else proposal_loss(answer, samples)
        optimizer.zero_grad(set_to_none=True)
        torch.stack(list(losses.values())).sum().backward()
        torch.nn.utils.clip_grad_norm_(trained.parameters(), 5.0)
        optimizer.step()
        average.update_parameters(trained)
        figures = {name: figures.get(name, loss.item()) * 0.98 + loss.item() * 0.02 for name, loss in losses.items()}
        step += 1
        if step == TIMED_STEPS:
            now = time.monotonic()
            steps = TIMED_STEPS + max(0, int((60 * minutes - (now - begin)) * TIMED_STEPS / (now - ready)))
        if progress is not None and (step % 20 == 0 or step == steps):
            progress(f"{part} {step}/{steps}", figures, average.module)
    trained.load_state_dict(average.module.state_dict())
    net.eval().cpu()
    return Fit(step, (time.monotonic() - begin) / 60, figures)


def _rate(step: int, steps: int) -> float:
    """Share of the learning rate: a warm-up of 3 % of the steps, then half a cosine."""
    done = step / max(1, steps)
    return min(1.0, (step + 1) / (1 + 0.03 * steps)) * 0.5 * (1 + math.cos(math.pi * done)) + 1e-3
