"""Draws docs/emotions.jpg: the eight emotions, made by the shipped weights from one photograph, at two moments of the same sentence."""

from __future__ import annotations

import sys

import cv2
import numpy as np
from demo import PORTRAIT, RECORDING, ROOT, around_face

from eadnet_core.emotion.vocabulary import EMOTIONS
from eadnet_core.face.portrait import Portrait
from eadnet_core.pipeline import EADNetPipeline

MOMENTS_S = (0.24, 0.72)
TILE, CAPTION = 240, 30
"""Side of each picture and height of the line above it, in pixels."""


def column(pipe: EADNetPipeline, portrait: Portrait, face: tuple[slice, slice], emotion: str) -> np.ndarray:
    """uint8 [CAPTION + len(MOMENTS_S) * TILE, TILE, 3], RGB: the emotion's name above its frames."""
    wanted = [round(moment * 25) for moment in MOMENTS_S]
    frames = pipe(portrait, RECORDING, emotion=emotion).frames()
    shown = [frame for _, frame in zip(range(max(wanted) + 1), frames, strict=False)]
    title = np.full((CAPTION, TILE, 3), 255, np.uint8)
    cv2.putText(title, emotion, (6, CAPTION - 9), cv2.FONT_HERSHEY_DUPLEX, 0.6, (30, 30, 30), 1, cv2.LINE_AA)
    return np.vstack([title, *(cv2.resize(shown[i][face], (TILE, TILE), interpolation=cv2.INTER_AREA) for i in wanted)])


def main() -> None:
    pipe = EADNetPipeline.from_pretrained()
    portrait = pipe.portrait(PORTRAIT)
    face = around_face(portrait.image)
    columns = [column(pipe, portrait, face, emotion) for emotion in EMOTIONS]
    half = len(columns) // 2
    sheet = np.vstack([np.hstack(columns[:half]), np.hstack(columns[half:])])
    path = ROOT / "docs" / "emotions.jpg"
    cv2.imwrite(str(path), cv2.cvtColor(sheet, cv2.COLOR_RGB2BGR), [cv2.IMWRITE_JPEG_QUALITY, 88])
    print(path)


if __name__ == "__main__":
    sys.exit(main())
