"""Draws the pack's icon and banner for the registry: docs/icon.png and docs/banner.jpg."""

from __future__ import annotations

import cv2
import numpy as np
from demo import RECORDING, ROOT, around_face

from eadnet_core.pipeline import EADNetPipeline
from eadnet_core.render.renderer import Renderer

PERFORMANCES = (("head_409", "happy", 30), ("head_415", "surprised", 44), ("head_414", "sad", 60), ("head_401", "angry", 75))
"""Rendered heads, what they feel, and the frame of the demo's recording that is shown."""
NIGHT, WARM, COOL, PALE = (30, 27, 26), (76, 168, 255), (255, 220, 120), (236, 232, 228)
"""Blue, green, red: OpenCV's order."""
FINE = 4
"""Everything is drawn this much larger and shrunk."""


def heads(sides: tuple[int, ...]) -> list[np.ndarray]:
    """Rendered heads that speak with different feelings, each uint8 [side, side, 3], blue first."""
    pipe, drawn = EADNetPipeline.from_pretrained(), []
    for side, (name, feeling, moment) in zip(sides, PERFORMANCES, strict=False):
        portrait = pipe.portrait(ROOT / "assets" / "portraits" / f"{name}.jpg")
        clip = pipe(portrait, RECORDING, emotion=feeling)
        frame = Renderer(portrait).render(clip.motion, moment)[around_face(portrait.image)]
        drawn.append(cv2.cvtColor(cv2.resize(frame, (side, side), interpolation=cv2.INTER_AREA), cv2.COLOR_RGB2BGR))
    return drawn


def face(sheet: np.ndarray, x: int, y: int, head: np.ndarray) -> None:
    """Lays a head into a circle about (x, y), in place."""
    side = len(head)
    mask = np.zeros((side, side), np.uint8)
    cv2.circle(mask, (side // 2, side // 2), side // 2 - 2, 255, -1, cv2.LINE_AA)
    part = sheet[y - side // 2 : y - side // 2 + side, x - side // 2 : x - side // 2 + side]
    part[:] = np.where(mask[..., None] > 127, head, part)
    cv2.circle(sheet, (x, y), side // 2 - 2, WARM, max(2, side // 60), cv2.LINE_AA)


def voice(sheet: np.ndarray, left: float, right: float, y: float, height: float) -> None:
    """A sound as upright bars between two columns, loudest in the middle."""
    count = max(5, round((right - left) / (height * 0.13)))
    for index in range(count):
        share = (index + 0.5) / count
        level = np.sin(np.pi * share) * (0.35 + 0.65 * abs(np.sin(2.6 * index) * np.cos(0.7 * index)))
        x, reach = round(left + (right - left) * share), height / 2 * max(0.05, level)
        cv2.line(sheet, (x, round(y - reach)), (x, round(y + reach)), COOL, max(2, round(height * 0.045)), cv2.LINE_AA)


def icon(side: int = 400) -> np.ndarray:
    sheet = np.full((side * FINE, side * FINE, 3), NIGHT, np.uint8)
    (head,) = heads((round(side * FINE * 0.66),))
    face(sheet, side * FINE // 2, round(side * FINE * 0.4), head)
    voice(sheet, side * FINE * 0.1, side * FINE * 0.9, side * FINE * 0.87, side * FINE * 0.16)
    return cv2.resize(sheet, (side, side), interpolation=cv2.INTER_AREA)


def banner(width: int = 1260, height: int = 540) -> np.ndarray:
    sheet = np.full((height * FINE, width * FINE, 3), NIGHT, np.uint8)
    for index, head in enumerate(heads((250 * FINE,) * 4)):
        face(sheet, (190 + 293 * index) * FINE, 165 * FINE, head)
    voice(sheet, 60 * FINE, 1200 * FINE, 385 * FINE, 120 * FINE)
    cv2.putText(sheet, "EAD-Net", (60 * FINE, 510 * FINE), cv2.FONT_HERSHEY_DUPLEX, 1.9 * FINE, PALE, 4 * FINE, cv2.LINE_AA)
    words = "a portrait, a recording and a feeling become a talking head"
    cv2.putText(sheet, words, (360 * FINE, 508 * FINE), cv2.FONT_HERSHEY_SIMPLEX, 0.82 * FINE, COOL, FINE, cv2.LINE_AA)
    return cv2.resize(sheet, (width, height), interpolation=cv2.INTER_AREA)


def main() -> None:
    cv2.imwrite(str(ROOT / "docs" / "icon.png"), icon())
    cv2.imwrite(str(ROOT / "docs" / "banner.jpg"), banner(), [cv2.IMWRITE_JPEG_QUALITY, 90])


if __name__ == "__main__":
    main()
