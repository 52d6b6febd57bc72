"""The command `train speech`: a denoiser and speech in, the same denoiser with better ears out."""

from __future__ import annotations

import argparse
import sys

import torch

from .checkpoint import load_denoiser, read_header, save_checkpoint
from .device import choose_device
from .synthetic.speech_corpus import SpeechCorpus, load_corpus
from .synthetic.visemes import VISEMES
from .training.progress import print_losses
from .training.speech.recipe import SpeechRecipe
from .training.speech.train import measure_visemes, train_speech


def train(options: argparse.Namespace) -> None:
    """Trains the speech encoder, writes the denoiser with it, and says how well visemes are heard in unseen speech."""
    recipe, device = SpeechRecipe.read(options.recipe), choose_device(options.device)
    net, corpora = load_denoiser(options.start), [load_corpus(path) for path in options.speech]
    heard, held_out = (SpeechCorpus.joined(parts) for parts in ([c.training for c in corpora], [c.held_out for c in corpora]))
    before = measure_visemes(net.conditioning.speech, held_out, recipe.num_frames)
    minutes = recipe.minutes if options.minutes is None else options.minutes
    fit = train_speech(recipe, net.conditioning.speech, heard, minutes, device, print_losses)
    after = measure_visemes(fit.net, held_out, recipe.num_frames)
    net.conditioning.speech.load_state_dict(fit.net.state_dict())
    made = {"steps": fit.steps, "minutes": round(fit.minutes, 1), "device": str(device), "torch": torch.__version__}
    provenance = {"recipe": recipe.to_dict(), "seed": recipe.seed, "commit": options.commit, **made, "losses": fit.losses}
    provenance |= {"trained": "the speech encoder alone", "data": "synthetic speech only"}
    save_checkpoint(options.out, net, net.config, {**provenance, "went_on_from": read_header(options.start).provenance})
    for name, was, now in zip(VISEMES, before, after, strict=True):
        print(f"{name}: correlation with what is said {was:.3f} before, {now:.3f} now", file=sys.stderr)
    print(options.out)
