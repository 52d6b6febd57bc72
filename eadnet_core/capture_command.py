"""The command `capture`: a video of a performance in, a motion file out."""

from __future__ import annotations

import argparse
import logging
import sys

import numpy as np
from tqdm import tqdm

from .errors import InputError
from .face.track import track_face
from .motion.capture import capture as capture_motion
from .motion.motion_file import SUFFIXES, write_motion
from .render.footage import open_footage
from .timebase import FRAME_RATE

logger = logging.getLogger(__name__)


def capture(options: argparse.Namespace) -> None:
    """Follows a face, writes its motion, and says what was lost on the way."""
    if options.out.suffix.lower() not in SUFFIXES:
        raise InputError(f"Output {options.out} has no motion format in its name; let it end in {' or '.join(SUFFIXES)}.")
    if not options.out.parent.is_dir():
        raise InputError(f"Output {options.out} lies in {options.out.parent}, which is no folder; create it or choose another.")
    footage = open_footage(options.video)
    with tqdm(total=footage.expected_frames, unit="frame", file=sys.stderr) as bar:

        def progress(done: int, total: int, preview: np.ndarray | None) -> None:
            bar.total = total
            bar.update(done - bar.n)

        track = track_face(footage.frames(), FRAME_RATE, options.face, total=footage.expected_frames, report=progress)
    captured = capture_motion(track, footage.name, options.still)
    for note in captured.notes:
        logger.info(note)
    write_motion(options.out, captured.motion.mirrored() if options.mirror else captured.motion)
    print(options.out)
