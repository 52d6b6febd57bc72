"""Footage becomes prepared clips, several videos at a time, going on where an earlier run stopped."""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from multiprocessing.queues import Queue
from multiprocessing.synchronize import Event
from queue import Empty

import torch

from ...errors import InputError
from .film_clips import FilmClips, Report, Tools, prepare_film
from .manifest import GroupRecord, Manifest, group_name
from .shard import ShardWriter
from .source import Source

GROUP_FILMS, GROUP_BYTES = 16, 256_000_000
"""Where a group of videos ends: what is recorded at once, and what is done again after a kill."""
POLL_S = 0.2

ToolMaker = Callable[[], Tools]
"""Makes what looks at footage, once in each process; a plain function of a module, as it travels between processes."""


class Cancelled(Exception):
    """Raised in a process that works on footage when it shall stop."""


def prepare(sources: Sequence[Source], manifest: Manifest, make_tools: ToolMaker, num_workers: int, report: Report) -> None:
    """Prepares videos; each group is in the manifest as soon as it is done, whatever comes after.

    Args:
        sources: Videos that the manifest does not know yet.
        manifest: Of the folder they go into, open.
        make_tools: Makes what looks at the videos.
        num_workers: Processes; 1 works in this one.
        report: Is told of frames that have been looked at; raising in it cancels, and leaves what is done.

    Raises:
        InputError: The disk is full, or a process died.
    """
    groups = list(grouped(sources, num_workers))
    if num_workers > 1 and len(groups) > 1:
        _in_processes(groups, manifest, make_tools, min(num_workers, len(groups)), report)
    elif groups:
        tools = make_tools()
        for group in groups:
            _prepare_group(group, manifest, tools, report)


def grouped(sources: Sequence[Source], num_workers: int) -> Iterator[list[Source]]:
    """The sources in groups that are recorded at once: small enough that every worker gets one."""
    most = min(GROUP_FILMS, max(1, len(sources) // num_workers))
    group: list[Source] = []
    size = 0
    for source in sources:
        if group and (len(group) == most or size + source.num_bytes > GROUP_BYTES):
            yield group
            group, size = [], 0
        group.append(source)
        size += source.num_bytes
    if group:
        yield group


def _prepare_group(group: Sequence[Source], manifest: Manifest, tools: Tools, report: Report) -> None:
    """Looks at a group of videos, and records it when all its clips are on the disk."""
    name = group_name([source.name for source in group])
    writer = ShardWriter(manifest.shards, name)
    found: list[FilmClips] = [prepare_film(source, tools, writer.add, report) for source in group]
    writer.flush()
    clips = [clip for film in found for clip in film.clips]
    shards = {file: tuple(info for place, info in clips if place == file) for file in sorted({place for place, _ in clips})}
    for file in set(writer.files) - set(shards):  # nothing but films that were out of sync
        (manifest.shards / file).unlink()
    manifest.add(name, GroupRecord(tuple(film.record for film in found), shards))


@dataclass(frozen=True)
class _Worker:
    """What a process has for all its groups."""

    tools: Tools
    looked_at: Queue[int]
    stop: Event


_worker: _Worker | None = None
"""Of this process; processes of a pool have no other place for what they keep from task to task."""


def _in_processes(groups: Sequence[list[Source]], manifest: Manifest, make_tools: ToolMaker, num_workers: int, report: Report) -> None:
    context = multiprocessing.get_context("spawn")  # a forked process would share torch's threads
    looked_at: Queue[int] = context.Queue()
    stop = context.Event()
    with ProcessPoolExecutor(num_workers, context, _begin, (make_tools, looked_at, stop)) as pool:
        pending = {pool.submit(_work, group, manifest) for group in groups}
        try:
            while pending:
                finished, pending = wait(pending, POLL_S, FIRST_COMPLETED)
                for frames in _waiting(looked_at):
                    report(frames)
                for future in finished:
                    _check(future)
        except BaseException:
            stop.set()
            pool.shutdown(wait=True, cancel_futures=True)
            raise


def _check(future: Future[None]) -> None:
    try:
        future.result()
    except BrokenProcessPool as error:
        raise InputError("A process was killed, perhaps for want of memory; run the same command with fewer --workers.") from error


def _waiting(queue: Queue[int]) -> Iterator[int]:
    while True:
        try:
            yield queue.get_nowait()
        except Empty:
            return


def _begin(make_tools: ToolMaker, looked_at: Queue[int], stop: Event) -> None:
    """A new process: a thread of its own for mathematics, as its siblings have theirs, and an eye on the one that began it."""
    global _worker
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # a Ctrl-C reaches the whole group of processes; the first one says when to stop
    torch.set_num_threads(1)
    threading.Thread(target=_end_with_parent, daemon=True).start()
    looked_at.cancel_join_thread()  # what nobody reads any more must not keep a process from ending
    _worker = _Worker(make_tools(), looked_at, stop)


def _end_with_parent() -> None:
    parent = multiprocessing.parent_process()
    assert parent is not None
    parent.join()
    os._exit(1)


def _work(group: list[Source], manifest: Manifest) -> None:
    worker = _worker
    assert worker is not None

    def report(frames: int) -> None:
        if worker.stop.is_set():
            raise Cancelled
        if frames:
            worker.looked_at.put(frames)

    _prepare_group(group, manifest, worker.tools, report)
