"""Training of the face locator: `python -m eadnet_core train locator --minutes M`."""

from __future__ import annotations

import json
import math
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, astuple, dataclass, fields
from pathlib import Path

import torch
from torch import Generator, Tensor
from torch.optim.swa_utils import AveragedModel

from ...face.locator_net import LocatorConfig, LocatorNet
from ...face.locator_weights import save_locator
from ...synthetic.clip import draw_portraits
from .objective import landmark_loss, proposal_loss
from .pool import BackgroundPool, DrawFaces, FacePool
from .reservoir import Reservoir
from .scenes import Crops, Scenes, draw_crops, draw_scenes, half_mirrored

Progress = Callable[[int, int, dict[str, float], LocatorNet], None]
"""progress(step, steps, smoothed losses, averaged net), called now and then; raising in it stops the training."""

RECIPE = Path(__file__).resolve().parent.parent / "recipes" / "locator.json"
PORTRAIT_SIZE = 144
"""Side in pixels of the drawn pictures."""
PORTRAITS_AT_ONCE = 24
TIMED_STEPS = 12
"""Steps after which the minutes that are left are turned into a number of steps."""


@dataclass(frozen=True, kw_only=True)
class LocatorRecipe:
    """Everything that decides what the trained locator becomes, besides the code.

    Attributes:
        seed: Of weights, faces and scenes.
        minutes: Budget, the drawing of the first faces included.
        first_faces: Faces, and backgrounds, drawn before the first step.
        num_faces: Faces in the full pool.
        new_faces: How many join at a time, the oldest leaving when it is full.
        steps_between_new_faces: Steps between two such times.
        batch_size: Crops a step; scenes are as many.
        fresh_share: Share of a batch's number that is newly made each step; 1 uses every picture once on average.
        reservoir: Finished pictures of each kind that are kept to draw batches from.
        scene_size: Side of a scene in pixels.
        eye_distances: Smallest and largest eye distance in a scene, in pixels.
        no_face: Share of crops and scenes without a face.
        learning_rate: Of AdamW, at its height.
        weight_decay: Of AdamW.
        ema_decay: Of the averaged weights that are kept in the end.
    """

    seed: int
    minutes: float
    first_faces: int
    num_faces: int
    new_faces: int
    steps_between_new_faces: int
    batch_size: int
    fresh_share: float
    reservoir: int
    scene_size: int
    eye_distances: tuple[float, float]
    no_face: float
    learning_rate: float
    weight_decay: float
    ema_decay: float

    @staticmethod
    def read(path: str | Path) -> LocatorRecipe:
        """The recipe in a JSON file; its keys must be exactly the fields."""
        values = json.loads(Path(path).read_text())
        names = {field.name for field in fields(LocatorRecipe)}
        if set(values) != names:
            raise ValueError(f"{path} differs from the recipe's fields in {sorted(set(values) ^ names)}.")
        return LocatorRecipe(**{**values, "eye_distances": tuple(values["eye_distances"])})


@dataclass(frozen=True)
class FittedLocator:
    """What a training gives.

    Attributes:
        net: The averaged weights.
        steps: How many steps were made.
        minutes: How long they took, drawing included.
        figures: The last smoothed losses.
    """

    net: LocatorNet
    steps: int
    minutes: float
    figures: dict[str, float]


class _Supply:
    """Endless batches of crops and scenes from slowly changing pools of drawn faces and backgrounds."""

    def __init__(self, recipe: LocatorRecipe, config: LocatorConfig, draw: DrawFaces, generator: Generator) -> None:
        self.recipe, self.config, self.draw, self.generator = recipe, config, draw, generator
        self.faces = FacePool.drawn(draw, generator, recipe.first_faces)
        self.backgrounds = BackgroundPool.drawn(generator, recipe.first_faces, recipe.scene_size, self.faces)
        self.crops, self.scenes = Reservoir(recipe.reservoir), Reservoir(recipe.reservoir)
        for _ in range(4):
            self._make(recipe.batch_size)

    def _make(self, count: int) -> None:
        recipe, config, source = self.recipe, self.config, (self.generator, self.faces, self.backgrounds)
        self.crops.add(astuple(draw_crops(*source, count, config.crop_size, config.crop_extent, config.crop_center, recipe.no_face)))
        self.scenes.add(astuple(draw_scenes(*source, count, recipe.scene_size, recipe.eye_distances, recipe.no_face)))

    def batch(self, step: int) -> tuple[Crops, Scenes]:
        """The crops and scenes of a step."""
        recipe = self.recipe
        if step % recipe.steps_between_new_faces == 0:
            self.faces = self.faces.joined(FacePool.drawn(self.draw, self.generator, recipe.new_faces), recipe.num_faces)
            fresh = BackgroundPool.drawn(self.generator, recipe.new_faces, recipe.scene_size, self.faces)
            self.backgrounds = self.backgrounds.joined(fresh, recipe.num_faces)
        self._make(max(1, round(recipe.fresh_share * recipe.batch_size)))
        crops, scenes = self.crops.draw(self.generator, recipe.batch_size), self.scenes.draw(self.generator, recipe.batch_size)
        return half_mirrored(self.generator, Crops(*crops)), Scenes(*scenes)


def train_locator(
    recipe: str | Path = RECIPE,
    out: str | Path = "eadnet-locator.safetensors",
    minutes: float | None = None,
    device: str = "cpu",
    progress: Progress | None = None,
    commit: str = "unknown",
) -> FittedLocator:
    """Trains the locator of a recipe file on drawn faces and writes its weights.

    Args:
        recipe: JSON file with the fields of LocatorRecipe.
        out: The .safetensors file to write.
        minutes: Budget; the recipe's where None.
        device: "cpu" or "cuda".
        progress: Told of the losses every 20 steps.
        commit: Version of the code, for the file's provenance.
    """
    values = LocatorRecipe.read(recipe)
    fitted = fit_locator(values, draw_faces, minutes, device, progress)
    provenance = {
        "recipe": asdict(values),
        "seed": values.seed,
        "commit": commit,
        "steps": fitted.steps,
        "minutes": round(fitted.minutes, 1),
        "device": device,
        "torch": torch.__version__,
        "data": "drawn faces only",
        "losses": {name: round(value, 4) for name, value in fitted.figures.items()},
    }
    save_locator(Path(out), fitted.net, provenance)
    return fitted


def draw_faces(generator: Generator, count: int) -> tuple[Tensor, Tensor]:
    """Portraits [count, 3, S, S], 0 to 1, and landmarks [count, 29, 2] of drawn faces, a few at a time to spare memory."""
    drawn = [draw_portraits(min(PORTRAITS_AT_ONCE, count - k), PORTRAIT_SIZE, generator) for k in range(0, count, PORTRAITS_AT_ONCE)]
    return torch.cat([pictures for pictures, _ in drawn]).clamp(0, 1), torch.cat([landmarks for _, landmarks in drawn])


def fit_locator(
    recipe: LocatorRecipe,
    draw: DrawFaces,
    minutes: float | None = None,
    device: torch.device | str = "cpu",
    progress: Progress | None = None,
) -> FittedLocator:
    """The locator, trained on drawn faces for a number of minutes.

    Args:
        recipe: What to train.
        draw: Draws the faces, on the generator's device.
        minutes: Budget; the recipe's where None.
        device: Where to draw and to train.
        progress: Told of the losses every 20 steps.
    """
    start, budget_s = time.monotonic(), 60 * (recipe.minutes if minutes is None else minutes)
    device = torch.device(device)
    torch.manual_seed(recipe.seed)
    net = LocatorNet(LocatorConfig()).to(device)
    average = AveragedModel(net, multi_avg_fn=_warmed_average(recipe.ema_decay), use_buffers=True)
    optimizer = torch.optim.AdamW(net.parameters(), lr=recipe.learning_rate, weight_decay=recipe.weight_decay)
    supply = _Supply(recipe, net.config, draw, Generator(device).manual_seed(recipe.seed))
    averaged = average.module
    assert isinstance(averaged, LocatorNet)
    steps, step, ready = TIMED_STEPS, 0, time.monotonic()
    figures: dict[str, float] = {}
    while step < steps:
        for group in optimizer.param_groups:
            group["lr"] = recipe.learning_rate * _rate(step, steps)
        losses = _losses(net, *supply.batch(step), device)
        optimizer.zero_grad(set_to_none=True)
        sum(losses.values(), torch.zeros((), device=device)).backward()
        torch.nn.utils.clip_grad_norm_(net.parameters(), 5.0)
        optimizer.step()
        average.update_parameters(net)
        figures = {name: figures.get(name, loss.item()) * 0.98 + loss.item() * 0.02 for name, loss in losses.items()}
        step += 1
        if step == TIMED_STEPS:
            now = time.monotonic()
            steps = TIMED_STEPS + max(0, int((budget_s - (now - start)) * TIMED_STEPS / (now - ready)))
        if progress is not None and (step % 20 == 0 or step == steps):
            progress(step, steps, figures, averaged)
    return FittedLocator(averaged.eval(), step, (time.monotonic() - start) / 60, figures)


def _losses(net: LocatorNet, crops: Crops, scenes: Scenes, device: torch.device) -> dict[str, Tensor]:
    with torch.autocast(device.type, torch.bfloat16):
        estimate = net.landmark(crops.images.contiguous(memory_format=torch.channels_last))
        proposals = net.proposal(scenes.images.contiguous(memory_format=torch.channels_last))
    distance, heat, face = landmark_loss(estimate, crops)
    center, shape = proposal_loss(proposals, scenes)
    return {"points": distance, "heat": 0.5 * heat, "face": face, "center": center, "shape": 2 * shape}


def _warmed_average(decay: float) -> Callable[[Sequence[Tensor], Sequence[Tensor], Tensor | int], None]:
    """An exponential average that forgets its first steps: after n of them it spans at most about a tenth of them."""

    @torch.no_grad()
    def update(averaged: Sequence[Tensor], current: Sequence[Tensor], num_averaged: Tensor | int) -> None:
        share = max(1 - decay, 10 / (10 + float(num_averaged)))
        for old, new in zip(averaged, current, strict=True):
            if old.is_floating_point():
                old.lerp_(new, share)
            else:
                old.copy_(new)

    return update


def _rate(step: int, steps: int) -> float:
    """Share of the learning rate: a warm-up of 3 % of the steps, then half a cosine."""
    done = step / max(1, steps)
    return min(1.0, (step + 1) / (1 + 0.03 * steps)) * 0.5 * (1 + math.cos(math.pi * done)) + 1e-3
