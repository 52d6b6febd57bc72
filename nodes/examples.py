"""The pictures and recordings in the pack's folder `assets`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from ..eadnet_core.audio.sound import Sound

ASSETS = Path(__file__).resolve().parent.parent / "assets"
PORTRAITS = {
    "astronaut (photograph)": "astronaut.jpg",
    "rendered woman": "head_409.jpg",
    "rendered man": "head_415.jpg",
    "rendered woman with a hood": "head_414.jpg",
    "rendered man in stripes": "head_401.jpg",
}
"""Names that a workflow may hold, and their files; assets/README.md says where they come from."""
EARLIER_PORTRAITS = {"drawn woman": "rendered woman", "drawn man": "rendered man", "drawn elder": "rendered man in stripes"}
"""What workflows of version 0.1 name, and what comes out now."""
RECORDINGS = {"demo speech": "demo_speech.wav"}
"""Spoken by espeak-ng."""


def example_picture(name: str) -> np.ndarray:
    """uint8 [H, W, 3], RGB."""
    from ..eadnet_core.face.picture import read_picture

    return read_picture(ASSETS / "portraits" / PORTRAITS[EARLIER_PORTRAITS.get(name, name)])[0]


def example_sound(name: str) -> Sound:
    """The recording, with all its channels."""
    from ..eadnet_core.audio.sound import read_sound

    return read_sound(ASSETS / RECORDINGS[name])
