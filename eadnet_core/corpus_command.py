"""The commands `corpus` and `compose`: from voices and recordings to the two files that training reads."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from .checkpoint import BASE_WEIGHTS, load_model
from .errors import InputError
from .synthetic.make_corpus import Spoken, make_corpus, read_utterances
from .synthetic.speech_corpus import load_corpus
from .training.make_performances import by_rule, idle, make_performances, recorded
from .training.motion_data.facegood import read_facegood
from .training.motion_data.grid import read_grid
from .training.motion_data.prepared import read_prepared
from .training.motion_data.recording import MotionRecording

HELD_OUT_EVERY = 12
"""Each so many-th recording of GRID is kept out of training, under a source of its own."""
HELD_OUT = "held"


def corpus(options: argparse.Namespace) -> None:
    """Writes the speech corpus."""

    def spoken() -> Iterator[Spoken]:
        for folder in options.voices or []:
            yield from read_utterances(folder)
        for recording in _recordings(options):
            yield Spoken(recording.speaker, recording.samples.astype(np.float32) / 32768, [])

    make_corpus(spoken(), options.sounds, options.seed).save(options.out)
    print(options.out)


def compose(options: argparse.Namespace) -> None:
    """Writes the performances."""
    rng = np.random.default_rng(options.seed)
    recordings = list(_recordings(options))
    held_out = [r for i, r in enumerate(r for r in recordings if r.speaker == "grid_1") if i % HELD_OUT_EVERY == 0]
    training = [recording for recording in recordings if recording not in held_out]
    rng.shuffle(training)
    utterances = [spoken for folder in options.voices or [] for spoken in read_utterances(folder)]
    rng.shuffle(utterances)
    pieces = [*recorded(training), *by_rule(utterances, rng), *idle(options.sounds, rng), *recorded(held_out, HELD_OUT)]
    sounds = load_corpus(options.speech)
    beside = [sounds.sound(index) for index in range(len(sounds.sound_ends))]
    make_performances(pieces, load_model(options.weights or BASE_WEIGHTS), options.seed, beside, options.captions).save(options.out)
    print(options.out)


def _recordings(options: argparse.Namespace) -> Iterator[MotionRecording]:
    for path, read in ((options.grid, read_grid), (options.facegood, read_facegood), (options.prepared, read_prepared)):
        if path is not None:
            yield from read(path)


def check_inputs(voices: list[Path] | None, *others: Path | None) -> None:
    """Raises InputError where there is nothing to make a corpus from."""
    given = [path for path in (*(voices or []), *others) if path is not None]
    if not given:
        raise InputError("There are neither voices nor recordings; give --voices, --grid, --facegood or --prepared.")
    missing = [path for path in given if not path.is_dir()]
    if missing:
        raise InputError(f"Folder {missing[0]} does not exist or is no folder; check the path.")
