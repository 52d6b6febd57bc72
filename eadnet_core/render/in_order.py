"""Frames made by several threads and handed out in order."""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TypeVar

import cv2

Made = TypeVar("Made")
MOST_THREADS = 4
AHEAD = 2
"""Frames for each thread that may wait to be taken."""


def in_order(make: Callable[[int], Made], count: int, threads: int | None = None) -> Iterator[Made]:
    """make(0), make(1), ... to make(count - 1), some of them at the same time; an error of one ends all.

    Args:
        make: Is called by several threads at once.
        count: How many.
        threads: None: one for each processor, at most MOST_THREADS.
    """
    threads = threads or min(MOST_THREADS, os.cpu_count() or 1)
    before = cv2.getNumThreads()
    cv2.setNumThreads(1)  # a frame a thread is faster than threads within a frame
    waiting: deque[Future[Made]] = deque()
    pool = ThreadPoolExecutor(threads, thread_name_prefix="eadnet-frames")
    try:
        for index in range(count):
            waiting.append(pool.submit(make, index))
            if len(waiting) > AHEAD * threads:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()
    finally:
        for future in waiting:
            future.cancel()
        pool.shutdown(wait=True)
        cv2.setNumThreads(before)
