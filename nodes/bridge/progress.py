"""Progress, preview and cancel: what a loop of our own gives back to ComfyUI."""

from __future__ import annotations

import comfy.model_management
import comfy.utils
import numpy as np
from PIL import Image

from ...eadnet_core.types import Report

_PREVIEW_SIDE = 512
"""Longest side of a preview in pixels."""


def node_report() -> Report:
    """A `report(done, total, preview)` that moves the running node's bar, shows the preview on it, and raises on cancel."""
    bar: comfy.utils.ProgressBar | None = None

    def report(done: int, total: int, preview: np.ndarray | None = None) -> None:
        nonlocal bar
        comfy.model_management.throw_exception_if_processing_interrupted()
        if bar is None:
            bar = comfy.utils.ProgressBar(total)
        shown = None if preview is None else ("JPEG", Image.fromarray(preview), _PREVIEW_SIDE)
        bar.update_absolute(done, total, shown)

    return report
