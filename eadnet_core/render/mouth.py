"""The inside of the mouth: teeth that belong to skull and jaw, tongue and dark, in the light of the portrait.

Where the portrait shows its teeth they are used; the rest is drawn. All of it is a guess, made small and dim enough to be believed.
"""

from __future__ import annotations

import cv2
import numpy as np

from ..face.topology import CHIN, INNER_LIPS, LOWER_INNER_LIP, UPPER_INNER_LIP, UPPER_OUTER_LIP
from .fetch import fetch
from .sheets import Sheets, taken

SKULL_POINTS = (*UPPER_OUTER_LIP, 2, 98, 327, 1, 164, 205, 425)
"""Upper lip, nose and cheeks: their places without expression say how the skull lies."""
SKIN_POINTS, LIP_POINTS = (50, 280, 101, 330, 199, 36, 266), (17, 16, 15, 85, 315, 0, 11)
SHOWN = 0.03
"""Parting of the portrait's own lips, eye distances, from which their inside is used."""
EDGE_BLUR_PX = 0.7
BETWEEN_LIPS = 0.58
"""How light the line between shut lips is, as a share of the lips."""
TOOTH_EDGES = np.array([0.0, 0.132, 0.232, 0.335, 0.43, 0.51, 0.60])
"""Where teeth end, from the middle outwards, eye distances: incisors 8.5 and 6.5 mm, canine, premolars, foreshortened by the arch."""
TOOTH_LENGTHS = np.array([1.0, 0.86, 0.95, 0.8, 0.68, 0.55])
UPPER_DROP = 0.045
"""How far the upper incisors reach below the line at which the lips meet, eye distances (3 mm)."""
UPPER_GUM = -0.115
"""Where their gum begins, above that line."""
LOWER_RISE = 0.015
"""How far below that line the lower incisors end when the jaw is shut; the upper ones overlap them."""
LOWER_SHOWN = 0.05
"""At most so much of the lower teeth stands above the lip."""
JAW_SHARE = 0.92
"""Lower teeth and chin drop alike."""
PALETTE = np.array([(222, 212, 196), (160, 84, 84), (172, 96, 96), (52, 22, 24)], np.float32)
"""Colours of teeth, tongue, gums and the dark behind."""
DAYLIGHT = 168.0
"""Mean grey of skin under which these colours were chosen."""
COLOURED = 0.15
"""Saturation of skin from which the mouth has its full colours; less of it, and marble has a marble tongue."""


class MouthInside:
    """Draws what parted lips show into a region."""

    def __init__(self, image: np.ndarray, points: np.ndarray, sheets: Sheets, picture_pixels: np.ndarray) -> None:
        """Args:
        image: uint8 [H, W, 3], RGB.
        points: float [478, 2 or 3], the face in its frame.
        sheets: Of the region.
        picture_pixels: float [478, 2], the same points in pixels of the picture.
        """
        self._image, self._sheets, self._rest = image, sheets, np.asarray(points[:, :2], np.float64)
        skin = _median_colour(image, picture_pixels[list(SKIN_POINTS)])
        light = float(np.clip(skin.mean() / DAYLIGHT, 0.2, 1.12))
        tint = (skin / max(float(skin.mean()), 1.0)) ** 0.35
        self._tint = (tint / tint.mean()).astype(np.float32)
        coloured = min(float(np.ptp(skin)) / max(float(skin.max()), 1.0) / COLOURED, 1.0)
        grey = PALETTE.mean(1, keepdims=True)
        self._ivory, self._tongue, self._gum, self._dark = (grey + coloured * (PALETTE - grey)) * light
        self._lip = _median_colour(image, picture_pixels[list(LIP_POINTS)])
        corners = self._rest[[78, 308]]
        self._middle = corners.mean(0)
        self._half_width = max(float(np.linalg.norm(corners[1] - corners[0])) / 2, 0.05)
        self._line = float(self._rest[[13, 14], 1].mean() - self._middle[1])  # where the lips meet, below the corners' height
        self._parted = float(self._rest[14, 1] - self._rest[13, 1])
        self._own = self._own_inside() if self._parted > SHOWN else None
        if self._own is not None:
            self._line = float(self._rest[13, 1] - self._middle[1]) + min(0.6 * self._parted, 0.09)

    def _own_inside(self) -> np.ndarray:
        """float32 [H, W]: where the picture itself shows the inside of the mouth."""
        ring = self._rest[list(INNER_LIPS)]
        inner = ring + (ring.mean(0) - ring) * 0.06
        mask = np.zeros(self._image.shape[:2], np.uint8)
        cv2.fillPoly(mask, [np.rint((self._sheets.frame.pixels(inner) - 0.5) * 16).astype(np.int32)], 255, cv2.LINE_AA, 4)
        return cv2.GaussianBlur(mask, (0, 0), max(0.01 * self._sheets.frame.unit_px, 0.6)).astype(np.float32) / 255

    def draw(self, region: np.ndarray, points: np.ndarray, rigid: np.ndarray) -> None:
        """Lays the inside of the mouth over skin, in place.

        Args:
            region: uint8 [h, w, 3 or more], RGB.
            points: float [478, 2], where the points are (frame).
            rigid: float [478, 2], where they would be without expression.
        """
        ring = self._sheets.pixels(points[list(INNER_LIPS)])
        box = self._sheets.box(ring, 2)
        if box is None:
            return
        left, top, right, bottom = box
        mask = self._sheets.mask(ring, top, bottom, EDGE_BLUR_PX, left, right)[..., None]
        if mask.max() < 0.02:
            return
        inside = self._inside(points, rigid, box)
        part = region[top:bottom, left:right, :3]
        part[:] = np.rint(part + mask * (inside - part)).astype(np.uint8)

    def _inside(self, points: np.ndarray, rigid: np.ndarray, box: tuple[int, int, int, int]) -> np.ndarray:
        """float32 [h, w, 3], 0 to 255, of a box of the region."""
        skull = list(SKULL_POINTS)
        back = self._sheets.way_back(rigid[skull], self._rest[skull])  # to the resting skull
        at = taken(back, box).astype(np.float32)
        u, v = at[..., 0] - np.float32(self._middle[0]), at[..., 1] - np.float32(self._middle[1] + self._line)
        moved = np.column_stack([self._sheets.pixels(points), np.ones(len(points))]) @ back.T  # [478, 2], on the resting skull
        upper, lower = (moved[list(ring)] - self._middle - (0, self._line) for ring in (UPPER_INNER_LIP, LOWER_INNER_LIP))
        lip_above, lip_below = (np.interp(u, lip[:, 0], lip[:, 1]).astype(np.float32) for lip in (upper, lower))
        jaw = max(float(moved[CHIN, 1] - self._rest[CHIN, 1]) * JAW_SHARE, 0.0)
        gap = max(float(lower[5, 1] - upper[5, 1]), 1e-3)
        return self._painted(u, v, lip_above, lip_below, jaw, gap, at)

    def _painted(
        self, u: np.ndarray, v: np.ndarray, lip_above: np.ndarray, lip_below: np.ndarray, jaw: float, gap: float, at: np.ndarray
    ) -> np.ndarray:
        side = np.abs(u)
        tooth = np.clip(np.searchsorted(TOOTH_EDGES, side, side="right") - 1, 0, len(TOOTH_LENGTHS) - 1)
        width = TOOTH_EDGES[tooth + 1] - TOOTH_EDGES[tooth]
        across = (side - TOOTH_EDGES[tooth]) / width * 2 - 1  # -1 to 1 over a tooth
        length = (TOOTH_LENGTHS[tooth] * (1 - 0.10 * across**6)).astype(np.float32)
        seam = (1 - 0.16 * np.exp(-((((1 - np.abs(across)) * width) / 0.009) ** 2))).astype(np.float32)
        arch = np.clip(1 - 0.55 * (side / 0.5) ** 2, 0.12, 1)
        deep = np.clip(1 - (side / (self._half_width + 0.08)) ** 4, 0.2, 1)
        below_lip, above_lip = v - lip_above, lip_below - v

        colour = np.broadcast_to(self._dark, (*u.shape, 3)).copy()
        tongue = _step(v - (lip_below - 0.10 - 0.25 * max(gap - 0.12, 0) + 0.35 * side**2), 0.05) * np.clip((gap - 0.05) / 0.12, 0, 1)
        tongue_light = np.clip(0.55 + 1.2 * above_lip, 0.5, 0.85) * (1 - 0.25 * np.exp(-((side / 0.02) ** 2)))
        colour = _over(colour, self._tongue * tongue_light[..., None], 0.9 * tongue)

        top_of_lower = np.maximum(LOWER_RISE + jaw, lip_below - LOWER_SHOWN) + 0.06 * (side / 0.3) ** 2
        lower_teeth = _step(v - top_of_lower, 0.012) * _step(0.40 - side, 0.05) * np.clip((gap - 0.02) / 0.05, 0, 1)
        colour = _over(colour, self._teeth(0.86 * arch * seam * np.clip(0.70 + 2.5 * above_lip, 0.64, 0.94)), lower_teeth)

        edge = UPPER_GUM + (UPPER_DROP - UPPER_GUM) * length
        upper_teeth = _step(edge - v, 0.010) * _step(0.58 - side, 0.06)
        shadow = np.clip(0.62 + 5.0 * below_lip, 0.6, 1)
        polish = 1 + 0.06 * np.exp(-(((v + 0.02) / 0.03) ** 2))
        colour = _over(colour, self._teeth(0.96 * arch * seam * shadow * polish), upper_teeth)
        gum = _step((UPPER_GUM + 0.02 * np.abs(across) ** 2) - v, 0.012) * _step(0.58 - side, 0.06)
        colour = _over(colour, self._gum * (arch * shadow)[..., None], gum)

        if self._own is not None:
            pixels = self._sheets.frame.pixels(at).astype(np.float32) - 0.5
            own = fetch(self._image, pixels, cv2.INTER_CUBIC).astype(np.float32)
            share = fetch(self._own, pixels)
            colour = _over(colour, own, share)
        else:
            colour *= deep[..., None]
        opened = np.clip((lip_below - lip_above) / 0.045, 0, 1)[..., None]
        return np.clip(self._lip * BETWEEN_LIPS * (1 - opened) + colour * opened, 0, 255)

    def _teeth(self, light: np.ndarray) -> np.ndarray:
        return self._ivory * self._tint * light[..., None].astype(np.float32)


def _step(inside: np.ndarray, softness: float) -> np.ndarray:
    """0 to 1, smoothly, where `inside` rises through 0 over `softness`."""
    share = np.clip(inside / softness + 0.5, 0, 1)
    return (share * share * (3 - 2 * share)).astype(np.float32)


def _over(below: np.ndarray, above: np.ndarray, share: np.ndarray) -> np.ndarray:
    return below + (above - below) * share[..., None]


def _median_colour(image: np.ndarray, places: np.ndarray) -> np.ndarray:
    """float32 [3]: the median of small patches around places [N, 2] in pixels."""
    height, width = image.shape[:2]
    patches = []
    for x, y in places:
        column, row = int(np.clip(x, 2, width - 3)), int(np.clip(y, 2, height - 3))
        patches.append(image[row - 2 : row + 3, column - 2 : column + 3].reshape(-1, 3).mean(0))
    return np.median(patches, 0).astype(np.float32)
