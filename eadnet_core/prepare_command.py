"""The command `prepare`: folders of videos in, footage to train on out, with a report."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from contextlib import suppress

from tqdm import tqdm

from .errors import InputError
from .face.locator import FaceLocator
from .face.tiled_locator import TiledLocator
from .render.footage import open_footage
from .training.footage.film_clips import Tools
from .training.footage.manifest import Manifest, all_films
from .training.footage.prepare import prepare as prepare_footage
from .training.footage.report import FootageReport
from .training.footage.shard import write_whole
from .training.footage.source import Source, find_sources
from .training.footage.syncnet_judge import SyncNetJudge


def prepare(options: argparse.Namespace) -> None:
    """Prepares the videos that are new, and reports on all; a cancel leaves what is done, and a report on it."""
    sources = [source for folder in options.data for source in find_sources(folder)]
    _check_names(sources)
    manifest = Manifest(options.out)
    manifest.open()
    done = manifest.done()
    new = [source for source in sources if source.name not in done]
    if len(new) < len(sources):
        print(f"{len(sources) - len(new)} of {len(sources)} videos were prepared before.", file=sys.stderr)
    try:
        with tqdm(total=_num_frames(new), unit="frame", file=sys.stderr) as bar:
            prepare_footage(new, manifest, make_tools, options.workers or os.cpu_count() or 1, bar.update)
    finally:
        report = FootageReport(all_films(manifest.read()))
        write_whole(options.out / "report.json", report.to_json().encode())
        write_whole(options.out / "report.txt", report.to_text().encode())
    print(f"{report.summary()}; see {options.out / 'report.txt'}", file=sys.stderr)
    if not report.kept_s:
        most = max(report.dropped_s().items(), key=lambda item: item[1])[0].value
        raise InputError(f"None of {len(report.films)} videos can be trained on, mostly for '{most}'; see {options.out / 'report.txt'}.")
    print(options.out)


def make_tools() -> Tools:
    """The pack's own locator and SyncNet."""
    return Tools(TiledLocator(FaceLocator.from_pretrained().net), SyncNetJudge.from_pretrained())


def _check_names(sources: Sequence[Source]) -> None:
    names = [source.name for source in sources]
    twice = next((name for name in names if names.count(name) > 1), None)
    if twice is not None:
        raise InputError(f"Footage has two videos called {twice}; rename one of the folders, for clips go by that name.")


def _num_frames(sources: Sequence[Source]) -> int:
    """How long the videos are, as far as they say."""
    frames = 0
    for source in sources:
        with suppress(InputError):  # what cannot be opened is reported when its turn comes
            frames += open_footage(source.path).expected_frames
    return frames
