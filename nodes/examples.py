"""The pictures and recordings in the pack's folder `assets`, and the one photograph that scikit-image carries."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from ..eadnet_core.errors import InputError

if TYPE_CHECKING:
    from ..eadnet_core.audio.sound import Sound

ASSETS = Path(__file__).resolve().parent.parent / "assets"
ASTRONAUT = "astronaut (photograph)"
PORTRAITS = {
    "drawn woman": "portraits/woman.jpg",
    "drawn man": "portraits/man.jpg",
    "drawn elder": "portraits/elder.jpg",
    ASTRONAUT: None,
}
"""Names that a workflow may hold, and their files; drawn by the pack's own renderer of faces, but for the photograph."""
RECORDINGS = {"demo speech": "demo_speech.wav"}
"""Spoken by espeak-ng."""


def example_picture(name: str) -> np.ndarray:
    """uint8 [H, W, 3], RGB.

    Raises:
        InputError: It is the photograph, and scikit-image is not installed.
    """
    from ..eadnet_core.face.picture import read_picture

    file = PORTRAITS[name]
    if file is not None:
        return read_picture(ASSETS / file)[0]
    try:
        from skimage import data
    except ImportError as error:
        raise InputError(f"portrait is '{name}', which comes with scikit-image; install scikit-image, or choose a drawn one.") from error
    return data.astronaut()


def example_sound(name: str) -> Sound:
    """The recording, with all its channels."""
    from ..eadnet_core.audio.sound import read_sound

    return read_sound(ASSETS / RECORDINGS[name])
