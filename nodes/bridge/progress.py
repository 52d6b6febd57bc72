"""Progress, preview and cancel: what a loop of our own gives back to ComfyUI."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import comfy.model_management
import comfy.utils
import numpy as np
from PIL import Image

from ...eadnet_core.types import Portrait, Report

_PREVIEW_SIDE = 384
"""Longest side of a preview in pixels."""


def node_report() -> Report:
    """A `report(done, total, preview)` that moves the running node's bar, shows the preview on it, and raises on cancel."""
    bar: comfy.utils.ProgressBar | None = None

    def report(done: int, total: int, preview: np.ndarray | None = None) -> None:
        nonlocal bar
        check_cancel()
        if bar is None:
            bar = comfy.utils.ProgressBar(total)
        shown = None if preview is None else ("JPEG", Image.fromarray(preview), _PREVIEW_SIDE)
        bar.update_absolute(done, total, shown)

    return report


def check_cancel(*_: object) -> None:
    """Raises ComfyUI's interrupt when the user cancelled; takes what a `report` takes."""
    comfy.model_management.throw_exception_if_processing_interrupted()


def preview_parts(parts: Iterable[np.ndarray], portrait: Portrait, num_frames: int) -> Iterator[np.ndarray]:
    """The parts of a motion, float16 [t, 6, S, S], as they are; the last frame of each is shown on the running node."""
    from ...eadnet_core.render.renderer import Renderer

    renderer, report, done = Renderer(portrait, _PREVIEW_SIDE), node_report(), 0
    report(0, num_frames, None)
    for part in parts:
        done += len(part)
        report(done, num_frames, renderer.render(part[-1]))
        yield part
