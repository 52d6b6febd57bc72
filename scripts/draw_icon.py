"""Draws the pack's icon and banner for the registry: docs/icon.png and docs/banner.jpg."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np

ROOT = Path(__file__).resolve().parent.parent
NIGHT, WARM, COOL, PALE = (30, 27, 26), (76, 168, 255), (255, 220, 120), (236, 232, 228)
"""Blue, green, red: OpenCV's order."""
FINE = 4
"""Everything is drawn this much larger and shrunk."""


def face(sheet: np.ndarray, x: float, y: float, radius: float, opening: float) -> None:
    """A face in lines: head, eyes, brows, and a mouth that is open so far."""
    line = max(2, round(radius * 0.075))

    def arc(cx: float, cy: float, rx: float, ry: float, start: float, end: float, colour: tuple[int, int, int], width: int) -> None:
        centre, axes = (round(x + cx * radius), round(y + cy * radius)), (round(rx * radius), max(1, round(ry * radius)))
        cv2.ellipse(sheet, centre, axes, 0, start, end, colour, width, cv2.LINE_AA)

    arc(0, 0, 0.78, 1.0, 0, 360, PALE, line)
    for side in (-0.32, 0.32):
        arc(side, -0.16, 0.09, 0.09, 0, 360, PALE, -1)
        arc(side, -0.3, 0.17, 0.1, 200, 340, PALE, round(line * 0.7))
    arc(0, 0.42, 0.26, 0.05 + 0.2 * opening, 0, 360, WARM, -1)
    arc(0, 0.42 - 0.05 * opening, 0.19, 0.02 + 0.05 * opening, 180, 360, PALE, -1)


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
    face(sheet, side * FINE * 0.5, side * FINE * 0.42, side * FINE * 0.32, 0.8)
    voice(sheet, side * FINE * 0.1, side * FINE * 0.9, side * FINE * 0.87, side * FINE * 0.16)
    return cv2.resize(sheet, (side, side), interpolation=cv2.INTER_AREA)


def banner(width: int = 1260, height: int = 540) -> np.ndarray:
    sheet = np.full((height * FINE, width * FINE, 3), NIGHT, np.uint8)
    for index, opening in enumerate((0.1, 0.55, 1.0, 0.35)):
        face(sheet, (190 + 293 * index) * FINE, 185 * FINE, 112 * FINE, opening)
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
