"""Draws docs/seeds.jpg: four seeds of one sentence, moments of the same times beside each other."""

from __future__ import annotations

import sys

import cv2
import numpy as np
from demo import ROOT, around_face

from eadnet_core.face.picture import read_picture
from eadnet_core.pipeline import EADNetPipeline
from eadnet_core.render.renderer import Renderer
from eadnet_core.types import MotionOptions

SEEDS, TIMES_S = (1, 2, 3, 4), (0.6, 1.2, 1.8, 2.4, 3.0, 3.6, 4.2, 4.8)
TILE = 200
"""Side of each picture, in pixels."""


def main() -> None:
    pipe = EADNetPipeline.from_pretrained()
    picture = read_picture(sorted((ROOT / "assets" / "portraits").glob("*.jpg"))[0])[0]
    face, rows = around_face(picture), []
    for seed in SEEDS:
        clip = pipe(picture, ROOT / "assets" / "demo_speech.wav", options=MotionOptions(seed=seed))
        renderer = Renderer(clip.portrait)
        frames = [renderer.render(clip.motion, min(round(time_s * 25), clip.num_frames - 1))[face] for time_s in TIMES_S]
        rows.append(np.hstack([cv2.resize(frame, (TILE, TILE), interpolation=cv2.INTER_AREA) for frame in frames]))
    path = ROOT / "docs" / "seeds.jpg"
    cv2.imwrite(str(path), cv2.cvtColor(np.vstack(rows), cv2.COLOR_RGB2BGR), [cv2.IMWRITE_JPEG_QUALITY, 88])
    print(path)


if __name__ == "__main__":
    sys.exit(main())
