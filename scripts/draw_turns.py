"""Draws docs/turns.jpg: every example portrait, its head turned aside, up and down, and tilted."""

from __future__ import annotations

import sys
from dataclasses import replace

import cv2
import numpy as np
from demo import ROOT, around_face

from eadnet_core.face.picture import read_picture
from eadnet_core.face.portrait import make_portrait
from eadnet_core.motion.face_motion import FaceMotion
from eadnet_core.render.renderer import Renderer

TURNS_DEG = ((-30, 0, 0), (-15, 0, 0), (0, 0, 0), (15, 0, 0), (30, 0, 0), (0, -20, 0), (0, 20, 0), (0, 0, -20), (0, 0, 20))
"""Yaw, pitch and roll of the columns."""
TILE = 208
"""Side of each picture, in pixels."""


def row(picture: np.ndarray) -> np.ndarray:
    """uint8 [TILE, len(TURNS_DEG) * TILE, 3], RGB: one portrait in all turns."""
    motion = replace(FaceMotion.still(len(TURNS_DEG)), rotation=np.array(TURNS_DEG, np.float32))
    renderer, face = Renderer(make_portrait(picture)), around_face(picture)
    frames = [renderer.render(motion, index)[face] for index in range(motion.num_frames)]
    return np.hstack([cv2.resize(frame, (TILE, TILE), interpolation=cv2.INTER_AREA) for frame in frames])


def main() -> None:
    pictures = [read_picture(path)[0] for path in sorted((ROOT / "assets" / "portraits").glob("*.jpg"))]
    path = ROOT / "docs" / "turns.jpg"
    sheet = np.vstack([row(picture) for picture in pictures])
    cv2.imwrite(str(path), cv2.cvtColor(sheet, cv2.COLOR_RGB2BGR), [cv2.IMWRITE_JPEG_QUALITY, 88])
    print(path)


if __name__ == "__main__":
    sys.exit(main())
