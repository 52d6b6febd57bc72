"""The commands `train speech`, `train text`, `train denoiser`: a recipe in; a checkpoint with one part trained out."""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np
import torch
from accelerate import PartialState
from safetensors.torch import load_file, save_file
from torch import nn

from .checkpoint import BASE_WEIGHTS, load_model, read_header, save_checkpoint
from .corpus_command import HELD_OUT
from .device import choose_device
from .errors import InputError
from .model import MotionModel
from .synthetic.speech_corpus import load_corpus
from .training.composition import Composer
from .training.critics import MotionEncoder, MotionSyncNet
from .training.denoiser import DenoiserRecipe, train_motion_encoder, train_syncnet
from .training.denoiser import train_denoiser as fit_denoiser
from .training.fit import Fit
from .training.hama_weights import recogniser_encoder
from .training.performances import Performances
from .training.progress import print_losses
from .training.recipe import Recipe
from .training.speech import SpeechRecipe
from .training.speech import train_speech as fit_speech
from .training.text import TextRecipe
from .training.text import train_text as fit_text

CRITIC_SHARE = 0.08
"""Of the minutes: for each of the networks that judge."""


def train_speech(options: argparse.Namespace) -> None:
    """Trains the speech encoder and writes the model."""
    recipe, corpus, model, device = (
        SpeechRecipe.read(options.recipe),
        load_corpus(options.speech),
        _start(options),
        choose_device(options.device),
    )
    if options.from_hama:
        model.speech = recogniser_encoder()
    made = fit_speech(recipe, corpus, model.speech, _minutes(options, recipe), device, print_losses, options.workers, options.state)
    model.speech = made.net
    _save(
        options,
        model,
        "speech",
        recipe,
        made,
        device,
        ("from hama's recogniser; " if options.from_hama else "")
        + f"{len(corpus.labels) / 6000:.0f} minutes: {', '.join(sorted(set(corpus.families)))}",
    )


def train_text(options: argparse.Namespace) -> None:
    """Trains the text encoder and writes the model."""
    recipe, model, device = TextRecipe.read(options.recipe), _start(options), choose_device(options.device)
    made = fit_text(recipe, model.text, _minutes(options, recipe), device, print_losses)
    model.text = made.net
    _save(options, model, "text", recipe, made, device, "captions drawn by a grammar")


def train_denoiser(options: argparse.Namespace) -> None:
    """Trains the networks that judge, where they are not there, and the denoiser, and writes the model."""
    recipe, data, model, device = (
        DenoiserRecipe.read(options.recipe),
        Performances.load(options.performances),
        _start(options),
        choose_device(options.device),
    )
    minutes = _minutes(options, recipe)
    composer = Composer(data, model.config.denoiser, recipe.frames, device, np.flatnonzero(data.sources != HELD_OUT))
    sync, encoder, _ = judging_networks(options.critics, composer, recipe, CRITIC_SHARE * minutes)
    made = fit_denoiser(composer, model.denoiser, (sync, encoder), recipe, minutes, print_losses, options.state)
    model.denoiser = made.net
    _save(options, model, "denoiser", recipe, made, device, f"{len(data.lips) / 1500:.0f} minutes: {', '.join(sorted(set(data.sources)))}")


def judging_networks(
    folder: Path, composer: Composer, recipe: DenoiserRecipe, minutes: float
) -> tuple[MotionSyncNet, MotionEncoder, MotionSyncNet]:
    """The networks that judge, from their files or trained now, and last a second SyncNet that takes no part in training: it measures.

    Args:
        folder: Of their files.
        composer, recipe, minutes: For those that are not there.
    """
    folder.mkdir(parents=True, exist_ok=True)
    sync, measuring, encoder = MotionSyncNet(), MotionSyncNet(), MotionEncoder()
    for name, net, seed in (("syncnet", sync, 1), ("measuring", measuring, 2), ("encoder", encoder, 0)):
        path = folder / f"{name}.safetensors"
        if not path.is_file():
            made = (
                train_motion_encoder(composer, recipe, minutes, print_losses)
                if isinstance(net, MotionEncoder)
                else train_syncnet(composer, recipe, seed, minutes, print_losses)
            )
            save_file({key: value.cpu().contiguous() for key, value in made.net.state_dict().items()}, path)
        _load(net, path)
    return sync, encoder, measuring


def _load(net: nn.Module, path: Path) -> None:
    try:
        net.load_state_dict(load_file(path))
    except (RuntimeError, OSError) as error:
        raise InputError(f"{path} holds no judging network of this version ({error}); delete it and train again.") from error


def _start(options: argparse.Namespace) -> MotionModel:
    return load_model(options.start or BASE_WEIGHTS)


def _minutes(options: argparse.Namespace, recipe: Recipe) -> float:
    return recipe.minutes if options.minutes is None else options.minutes


def _save(options: argparse.Namespace, model: MotionModel, part: str, recipe: Recipe, made: Fit, device: torch.device, data: str) -> None:
    if not PartialState().is_main_process:
        return
    provenance = {
        **read_header(options.start or BASE_WEIGHTS).provenance,
        part: {
            "recipe": recipe.to_dict(),
            "commit": options.commit,
            "steps": made.steps,
            "minutes": round(made.minutes, 1),
            "device": str(device),
            "torch": torch.__version__,
            "losses": made.losses,
            "data": data,
        },
    }
    save_checkpoint(options.out, model, model.config, provenance)
    print(options.out)
