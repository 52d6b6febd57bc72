"""The command `train sync`: a recipe and speech in, a network out that is frozen afterwards and supervises or measures."""

from __future__ import annotations

import argparse
import sys

import torch

from .checkpoint import save_checkpoint
from .device import choose_device
from .synthetic.speech_corpus import load_corpus
from .training.sync.recipe import SyncRecipe
from .training.sync.report import measure_shifts
from .training.sync.train import train_sync as fit_sync


def train_sync(options: argparse.Namespace) -> None:
    """Trains, writes the weights, and says how often they find the true shift of unseen clips."""
    recipe = SyncRecipe.read(options.recipe)
    minutes = recipe.minutes if options.minutes is None else options.minutes
    corpus, device = load_corpus(options.speech), choose_device(options.device)
    fit = fit_sync(recipe, corpus.training, minutes, device=device, progress=_print_losses)
    provenance = {"recipe": recipe.to_dict(), "seed": recipe.seed, "commit": options.commit, "steps": fit.steps}
    provenance |= {"minutes": round(fit.minutes, 1), "device": str(device), "torch": torch.__version__}
    save_checkpoint(options.out, fit.net, fit.net.config, {**provenance, "data": "drawn faces and synthetic speech only"})
    found = measure_shifts(fit.net, corpus.held_out)
    print(f"shift within one frame {found.near:.3f}, exact {found.exact:.3f}", file=sys.stderr)
    print(f"cosine of true pairs {found.true_cosine:.3f}, of others {found.other_cosine:.3f}", file=sys.stderr)
    print(options.out)


def _print_losses(step: int, steps: int, losses: dict[str, float]) -> None:
    print(f"step {step}/{steps or '?'}", *(f"{name} {value:.4f}" for name, value in losses.items()), file=sys.stderr)
