"""The commands `train speech` and `train text`: a recipe in, a checkpoint with one half trained and the other as it was out."""

from __future__ import annotations

import argparse

import torch

from .checkpoint import BASE_WEIGHTS, load_model, read_header, save_checkpoint
from .device import choose_device
from .motion.model import MotionModel
from .synthetic.speech_corpus import load_corpus
from .training.fit import Fit
from .training.progress import print_losses
from .training.recipe import Recipe
from .training.speech import SpeechRecipe
from .training.speech import train_speech as fit_speech
from .training.text import TextRecipe
from .training.text import train_text as fit_text


def train_speech(options: argparse.Namespace) -> None:
    """Trains the speech encoder and writes the model."""
    recipe, corpus, model, device = (
        SpeechRecipe.read(options.recipe),
        load_corpus(options.speech),
        _start(options),
        choose_device(options.device),
    )
    made = fit_speech(recipe, corpus.training, model.speech, _minutes(options, recipe), device, print_losses)
    model.speech = made.net
    _save(options, model, recipe, made, device, "synthetic speech only")


def train_text(options: argparse.Namespace) -> None:
    """Trains the text encoder and writes the model."""
    recipe, model, device = TextRecipe.read(options.recipe), _start(options), choose_device(options.device)
    made = fit_text(recipe, model.text, _minutes(options, recipe), device, print_losses)
    model.text = made.net
    _save(options, model, recipe, made, device, "captions drawn by a grammar")


def _start(options: argparse.Namespace) -> MotionModel:
    return load_model(options.start or BASE_WEIGHTS)


def _minutes(options: argparse.Namespace, recipe: Recipe) -> float:
    return recipe.minutes if options.minutes is None else options.minutes


def _save(options: argparse.Namespace, model: MotionModel, recipe: Recipe, made: Fit, device: torch.device, data: str) -> None:
    provenance = {
        "recipe": recipe.to_dict(),
        "seed": recipe.seed,
        "commit": options.commit,
        "steps": made.steps,
        "minutes": round(made.minutes, 1),
        "device": str(device),
        "torch": torch.__version__,
        "losses": made.losses,
        "data": data,
        "went_on_from": read_header(options.start or BASE_WEIGHTS).provenance,
    }
    save_checkpoint(options.out, model, model.config, provenance)
    print(options.out)
