"""A library holds out the ends of long films and whole short ones, and hears what belongs to the lips."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from eadnet_core.errors import InputError
from eadnet_core.training.footage.library import Library, open_library
from eadnet_core.training.footage.manifest import GroupRecord, Manifest
from tests.training.footage.made import info, make_footage


def listed(folder: Path, *infos: tuple[str, int, int]) -> Path:
    """A manifest alone: clips of (source, first frame, length)."""
    manifest = Manifest(folder)
    manifest.open()
    manifest.add("x", GroupRecord((), {"x-000.safetensors": tuple(info(name, num, first=first) for name, first, num in infos)}))
    return folder


def parts(library: Library) -> tuple[list[tuple[str, int, int, int]], ...]:
    return tuple(
        [(part.info.source, part.info.first, part.start, part.stop) for part in parts] for parts in (library.training, library.held_out)
    )


def test_the_end_of_a_long_film_is_held_out(tmp_path: Path) -> None:
    """A quarter of 250 + 150 frames is 100: the last 100 of the second clip."""
    training, held_out = parts(open_library([listed(tmp_path, ("a", 300, 150), ("a", 0, 250))], 0.25))
    assert training == [("a", 0, 0, 250), ("a", 300, 0, 50)]
    assert held_out == [("a", 300, 50, 150)]


def test_of_short_films_some_are_held_out_as_a_whole(tmp_path: Path) -> None:
    """A tenth of 75 frames would be too short to measure, so about a tenth of the films is taken, always the same ones."""
    folder = listed(tmp_path, *((f"film {k}", 0, 75) for k in range(300)))
    training, held_out = parts(open_library([folder], 0.1))
    assert all(start == 0 and stop == 75 for _, _, start, stop in [*training, *held_out])
    assert len(training) + len(held_out) == 300 and 15 <= len(held_out) <= 45
    assert not {name for name, *_ in training} & {name for name, *_ in held_out}
    assert parts(open_library([folder], 0.1)) == (training, held_out)


def test_nothing_is_held_out_where_nothing_is_asked_for(tmp_path: Path) -> None:
    assert parts(open_library([listed(tmp_path, ("a", 0, 250))], 0.0)) == ([("a", 0, 0, 250)], [])


def test_sound_is_heard_in_step_with_the_lips(tmp_path: Path) -> None:
    """Sound that comes 4 frames late is taken from 4 frames later; 3 frames on either side are the context."""
    library = open_library([make_footage(tmp_path, info(num_frames=34), info("own/b.mp4", 34, sync_shift=4))], 0.0)
    for stretch in library.training:
        mel = stretch.mel(10, 5)
        assert mel.shape == (4 * 11, 64) and mel.dtype == np.float32
        frames = np.round(mel[::4, 0] * 64).astype(int)
        assert frames.tolist() == list(range(7 + stretch.info.sync_shift, 18 + stretch.info.sync_shift))


def test_provenance_says_how_much_it_is(tmp_path: Path) -> None:
    library = open_library([listed(tmp_path, ("a", 0, 250), ("b", 0, 250))], 0.0)
    assert library.provenance == "footage: 2 clips of 1 people, 20 s"


def test_folders_that_hold_nothing_are_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="prepare"):
        open_library([tmp_path], 0.1)
    Manifest(tmp_path / "empty").open()
    with pytest.raises(InputError, match="report.txt"):
        open_library([tmp_path / "empty"], 0.1)
