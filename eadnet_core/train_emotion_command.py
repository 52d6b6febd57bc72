"""The command `train emotion`: a recipe in, a classifier out, and what it sees in unseen drawn faces."""

from __future__ import annotations

import argparse
import sys

import torch

from .checkpoint import save_checkpoint
from .device import choose_device
from .emotion.vocabulary import EMOTIONS
from .training.emotion.recipe import EmotionRecipe
from .training.emotion.report import measure_emotion
from .training.emotion.train import train_emotion
from .training.progress import print_losses


def train(options: argparse.Namespace) -> None:
    """Trains, writes the weights with their confusion in the header, and prints it."""
    recipe, device = EmotionRecipe.read(options.recipe), choose_device(options.device)
    minutes = recipe.minutes if options.minutes is None else options.minutes
    fit = train_emotion(recipe, minutes, device=device, progress=print_losses)
    report = measure_emotion(fit.net, recipe)
    provenance: dict[str, object] = {"recipe": recipe.to_dict(), "seed": recipe.seed, "commit": options.commit, "steps": fit.steps}
    provenance |= {"minutes": round(fit.minutes, 1), "device": str(device), "torch": torch.__version__, "data": "drawn faces only"}
    provenance |= {"classes": EMOTIONS, "accuracy": round(report.accuracy, 3), "confusion": report.confusion}
    save_checkpoint(options.out, fit.net, fit.net.config, provenance)
    print(f"accuracy on unseen drawn faces, one frame each: {report.accuracy:.3f}", file=sys.stderr)
    for name, row in zip(EMOTIONS, report.confusion, strict=True):
        print(f"{name:>13}", *(f"{share:5.2f}" for share in row), file=sys.stderr)
    print("Action Units:", *(f"{name} {value:.2f}" for name, value in report.unit_correlation.items()), file=sys.stderr)
    print(options.out)
