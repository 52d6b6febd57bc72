"""The command `train base`: a recipe, speech and footage in, a checkpoint out."""

from __future__ import annotations

import argparse
import sys
from dataclasses import replace

import torch

from .checkpoint import SYNCNET_WEIGHTS, load_denoiser, read_header, save_checkpoint
from .face.locator import FaceLocator
from .models.denoiser import Denoiser
from .synthetic.speech_corpus import load_corpus
from .training.base.recipe import BaseRecipe
from .training.base.report import measure_sync, measure_words, write_sheet
from .training.base.supervision import load_supervision
from .training.base.train import train_base
from .training.base.world import open_world
from .training.footage.examples import FootageExamples
from .training.footage.library import Library, open_library
from .training.footage.measure import measure_footage
from .training.progress import print_losses


def train(options: argparse.Namespace) -> None:
    """Trains, writes the weights with a sheet beside them, and says how lips follow sound, and how near held-out footage is."""
    recipe = BaseRecipe.read(options.recipe)
    if options.footage_share is not None:
        recipe = replace(recipe, footage_share=options.footage_share)
    minutes = recipe.minutes if options.minutes is None else options.minutes
    start = None if options.start is None else load_denoiser(options.start)
    library = open_library(options.data, recipe.held_out) if options.data else None
    corpus = load_corpus(options.speech)
    world = open_world(options.device)
    supervision = load_supervision(recipe, options.syncnet or SYNCNET_WEIGHTS, options.video_encoder, world.device)
    recordings = None if library is None else FootageExamples(library.training, recipe, world)
    if library is not None and start is not None and world.rank == 0:
        _print_measure("before", start.to(world.device), library, recipe)
    state_path = options.out.with_suffix(".state")
    state = train_base(recipe, corpus.training, minutes, state_path, start, world, recordings, supervision, print_losses)
    if world.rank:
        return
    net = state.average.module
    assert isinstance(net, Denoiser)
    provenance = {"recipe": recipe.to_dict(), "seed": recipe.seed, "commit": options.commit, "steps": state.step}
    provenance |= {"minutes": round(state.spent_s / 60, 1), "device": str(world.device), "torch": torch.__version__}
    data = "drawn faces and synthetic speech only" if library is None else f"drawn faces, synthetic speech, and {library.provenance}"
    if options.start is not None:
        provenance["went_on_from"] = read_header(options.start).provenance
    save_checkpoint(options.out, net, net.config, {**provenance, "data": data})
    if library is not None:
        _print_measure("after", net, library, recipe)
    sync = measure_sync(net, corpus.held_out, recipe.size)
    print(f"sync: true frames {sync.truth:.3f}, made {sync.made:.3f}, with other sound {sync.other_sound:.3f}", file=sys.stderr)
    words = measure_words(net)
    print(f"words: Action Units read from captions {words.trained:.3f}, from held-out words {words.held_out:.3f}", file=sys.stderr)
    write_sheet(net, corpus.held_out, recipe.size, options.out.with_suffix(".png"))
    print(options.out)


def _print_measure(when: str, net: Denoiser, library: Library, recipe: BaseRecipe) -> None:
    if not library.held_out:
        return
    found = measure_footage(net, library.held_out, FaceLocator.from_pretrained(), recipe.size)
    print(
        f"held-out footage {when} training: picture {found.picture:.4f}, motion {found.motion:.4f}, "
        f"M-LMD {found.mouth:.2f} % of the eye distance, over {found.windows} windows",
        file=sys.stderr,
    )
