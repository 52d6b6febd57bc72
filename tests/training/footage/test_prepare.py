"""Preparing goes on after every kind of end without losing or doubling a clip, in one process or in several."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from eadnet_core.errors import InputError
from eadnet_core.training.footage import prepare as module
from eadnet_core.training.footage.manifest import Manifest
from eadnet_core.training.footage.prepare import grouped, prepare
from eadnet_core.training.footage.shard import Shard
from eadnet_core.training.footage.source import Source, find_sources
from tests.training.footage.films import buzz, write_film
from tests.training.footage.fixed import fixed_tools
from tests.training.footage.test_shard import disk_for

ROOT = Path(__file__).parents[3]
NUM_FILMS, NUM_FRAMES = 5, 34

PROGRAM = """
import sys
from pathlib import Path
from eadnet_core.training.footage import prepare as module
from eadnet_core.training.footage.manifest import Manifest
from eadnet_core.training.footage.source import find_sources
from tests.training.footage.fixed import fixed_tools

if __name__ == "__main__":
    module.GROUP_FILMS = 1
    manifest = Manifest(Path(sys.argv[2]))
    manifest.open()
    print("begun", flush=True)
    module.prepare(find_sources(Path(sys.argv[1])), manifest, fixed_tools, 2, lambda frames: None)
"""


@pytest.fixture(scope="module")
def films(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("films")
    for k in range(NUM_FILMS):
        frames = [np.full((160, 160, 3), 60 + 20 * k + f % 3, np.uint8) for f in range(NUM_FRAMES)]
        write_film(folder / f"film{k}.mkv", frames, sound=buzz(NUM_FRAMES / 25))
    return folder


@pytest.fixture(autouse=True)
def small_groups(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "GROUP_FILMS", 2)


def run(films: Path, out: Path, report: Callable[[int], None] = lambda frames: None, workers: int = 1) -> Manifest:
    """What the command does: opens the folder, leaves out what is done, prepares the rest."""
    manifest = Manifest(out)
    manifest.open()
    done = manifest.done()
    prepare([source for source in find_sources(films) if source.name not in done], manifest, fixed_tools, workers, report)
    return manifest


def content(manifest: Manifest) -> list[tuple[str, int, float]]:
    """Each clip that can be read: its source, its length, and a number that its pictures say; no shard has any other."""
    listed = [(file, info) for record in manifest.read() for file, infos in record.shards.items() for info in infos]
    assert {path.name for path in manifest.shards.iterdir()} == {file for file, _ in listed}
    pictures = [Shard(manifest.shards / file).pictures(info.number, [0]).mean() for file, info in listed]
    return sorted((info.source, info.num_frames, round(mean)) for (_, info), mean in zip(listed, pictures, strict=True))


@pytest.fixture(scope="module")
def whole(films: Path, tmp_path_factory: pytest.TempPathFactory) -> list[tuple[str, int, float]]:
    """What a run without trouble makes."""
    made = content(run(films, tmp_path_factory.mktemp("whole")))
    assert [(name.rpartition("/")[2], num) for name, num, _ in made] == [(f"film{k}.mkv", NUM_FRAMES) for k in range(NUM_FILMS)]
    return made


class Cancel:
    """Raises as Ctrl-C does at the n-th report."""

    def __init__(self, at: int) -> None:
        self.left = at

    def __call__(self, frames: int) -> None:
        self.left -= 1
        if self.left == 0:
            raise KeyboardInterrupt


@pytest.mark.parametrize("at", [1, 60, 2 * NUM_FRAMES + 1, 4 * NUM_FRAMES + 5, 9 * NUM_FRAMES])
def test_a_cancelled_run_goes_on(films: Path, whole: list, tmp_path: Path, at: int) -> None:
    with pytest.raises(KeyboardInterrupt):
        run(films, tmp_path / "out", Cancel(at))
    assert content(run(films, tmp_path / "out")) == whole


def test_a_kill_between_clips_and_record_doubles_nothing(
    films: Path, whole: list, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def die(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(Manifest, "add", die)
        with pytest.raises(KeyboardInterrupt):
            run(films, tmp_path / "out")
    assert len(list((tmp_path / "out" / "shards").iterdir())) == 1
    assert content(run(films, tmp_path / "out")) == whole


def test_a_full_disk_stops_with_a_sentence_and_goes_on_when_there_is_room(films: Path, whole: list, tmp_path: Path) -> None:
    with disk_for(30_000), pytest.raises(InputError, match="make room"):
        run(films, tmp_path / "out")
    assert content(run(films, tmp_path / "out")) == whole


def test_what_is_done_is_not_done_again_and_new_films_are(films: Path, whole: list, tmp_path: Path) -> None:
    some = tmp_path / films.name
    some.mkdir()
    for path in sorted(films.iterdir())[:3]:
        os.link(path, some / path.name)
    run(some, tmp_path / "out")
    frames: list[int] = []
    assert content(run(films, tmp_path / "out", frames.append)) == whole
    assert sum(frames) == 2 * NUM_FRAMES
    assert content(run(films, tmp_path / "out", Cancel(1))) == whole


def test_several_processes_make_the_same(films: Path, whole: list, tmp_path: Path) -> None:
    frames: list[int] = []
    assert content(run(films, tmp_path / "out", frames.append, workers=2)) == whole
    assert 0 < sum(frames) <= NUM_FILMS * NUM_FRAMES


def test_a_killed_run_leaves_no_process_behind_and_goes_on(films: Path, whole: list, tmp_path: Path) -> None:
    """SIGKILL, as the system sends it when memory is short: nothing can be tidied up."""
    out = tmp_path / "out"
    process = subprocess.Popen([sys.executable, "-c", PROGRAM, str(films), str(out)], cwd=ROOT, stdout=subprocess.PIPE)
    assert process.stdout is not None and process.stdout.readline() == b"begun\n"
    while process.poll() is None and not any((out / "manifest").glob("*.json")):
        time.sleep(0.02)
    children = [int(pid) for pid in Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()]
    process.send_signal(signal.SIGKILL)
    process.wait()
    deadline = time.monotonic() + 60
    while any(Path(f"/proc/{pid}").exists() for pid in children):
        assert time.monotonic() < deadline, "a process outlived the one that began it"
        time.sleep(0.05)
    assert content(run(films, out)) == whole


def test_groups_are_small_enough_for_all_workers(tmp_path: Path) -> None:
    def source(number: int) -> Source:
        path = tmp_path / f"{number}.mp4"
        path.write_bytes(b"x" * 10)
        return Source(path.name, path, path, "anna")

    sources = [source(number) for number in range(7)]
    assert [len(group) for group in grouped(sources, 1)] == [2, 2, 2, 1]
    assert [len(group) for group in grouped(sources, 7)] == [1] * 7
    assert [source for group in grouped(sources, 2) for source in group] == sources
