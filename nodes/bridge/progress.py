"""Progress, preview and cancel: what a loop of our own gives back to ComfyUI."""

from __future__ import annotations

from typing import TYPE_CHECKING

import comfy.model_management
import comfy.utils
import numpy as np
from PIL import Image

from ...eadnet_core.types import Report

if TYPE_CHECKING:
    from ...eadnet_core.emotion.describer import Progress
    from ...eadnet_core.face.portrait import Portrait
    from ...eadnet_core.motion.face_motion import FaceMotion
    from ...eadnet_core.render.renderer import Renderer
    from ...eadnet_core.types import WatchMotion

_PREVIEW_SIDE = 512
"""Longest side of a preview in pixels."""
_SAMPLING_SIDE = 256
"""That of one that is made while the sampler works."""


def node_progress() -> Progress:
    """A `progress(done, total)` that moves the running node's bar and raises on cancel."""
    report = node_report()
    return lambda done, total: report(done, total, None)


def motion_report(portrait: Portrait) -> WatchMotion:
    """A `watch(done, total, motion)` that shows the portrait as the motion has it by then, its bar, and raises on cancel."""
    report = node_report()
    renderer: Renderer | None = None

    def watch(done: int, total: int, motion: FaceMotion) -> None:
        nonlocal renderer
        if renderer is None:
            from ...eadnet_core.render.renderer import Renderer

            renderer = Renderer(portrait, _SAMPLING_SIDE)
        report(done, total, renderer.render(motion, int(done * (motion.num_frames - 1) / total)))

    return watch


def node_report(previews: bool = True) -> Report:
    """A `report(done, total, preview)` that moves the running node's bar, shows the preview on it, and raises on cancel.

    Without `previews` pictures are kept back. A node that shows a video when it is done must do without: the frontend takes a
    preview that is still there for that video, fails to play it, and shows nothing.
    """
    bar: comfy.utils.ProgressBar | None = None

    def report(done: int, total: int, preview: np.ndarray | None = None) -> None:
        nonlocal bar
        comfy.model_management.throw_exception_if_processing_interrupted()
        if bar is None:
            bar = comfy.utils.ProgressBar(total)
        shown = None if preview is None or not previews else ("JPEG", Image.fromarray(preview), _PREVIEW_SIDE)
        bar.update_absolute(done, total, shown)

    return report
