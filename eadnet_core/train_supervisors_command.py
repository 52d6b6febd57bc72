"""The commands `train sync` and `train video`: a recipe and speech in, a network out that is frozen afterwards and supervises."""

from __future__ import annotations

import argparse
import sys

import torch

from .checkpoint import save_checkpoint
from .device import choose_device
from .synthetic.speech_corpus import load_corpus
from .training.fit import Fit
from .training.progress import print_losses
from .training.sync.recipe import SyncRecipe
from .training.sync.report import measure_shifts
from .training.sync.train import train_sync as fit_sync
from .training.video.recipe import VideoRecipe
from .training.video.train import train_video as fit_video


def train_sync(options: argparse.Namespace) -> None:
    """Trains a SyncNet, writes it, and says how often it finds the true shift of unseen clips."""
    recipe, corpus, device = SyncRecipe.read(options.recipe), load_corpus(options.speech), choose_device(options.device)
    minutes = recipe.minutes if options.minutes is None else options.minutes
    fit = fit_sync(recipe, corpus.training, minutes, device=device, progress=print_losses)
    save_checkpoint(options.out, fit.net, fit.net.config, _provenance(recipe, fit, device, options.commit))
    found = measure_shifts(fit.net, corpus.held_out)
    print(f"shift within one frame {found.near:.3f}, exact {found.exact:.3f}", file=sys.stderr)
    print(f"cosine of true pairs {found.true_cosine:.3f}, of others {found.other_cosine:.3f}", file=sys.stderr)
    print(options.out)


def train_video(options: argparse.Namespace) -> None:
    """Trains the built-in video encoder and writes it."""
    recipe, corpus, device = VideoRecipe.read(options.recipe), load_corpus(options.speech), choose_device(options.device)
    minutes = recipe.minutes if options.minutes is None else options.minutes
    fit = fit_video(recipe, corpus.training, minutes, device=device, progress=print_losses)
    save_checkpoint(options.out, fit.net, fit.net.config, _provenance(recipe, fit, device, options.commit))
    print(options.out)


def _provenance(recipe: SyncRecipe | VideoRecipe, fit: Fit, device: torch.device, commit: str) -> dict[str, object]:
    made = {"steps": fit.steps, "minutes": round(fit.minutes, 1), "device": str(device), "torch": torch.__version__}
    data = "drawn faces and synthetic speech only"
    return {"recipe": recipe.to_dict(), "seed": recipe.seed, "commit": commit, **made, "losses": fit.losses, "data": data}
