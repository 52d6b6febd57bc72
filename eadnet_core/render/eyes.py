"""The eyes behind the lids: eyeballs that move with the head, irises that look about, lids' edges at the picture's own resolution."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from ..face.topology import LEFT_EYE, LEFT_IRIS, RIGHT_EYE, RIGHT_IRIS
from .fetch import fetch
from .sheets import Sheets, taken
from .spread import spread_colour

LASH_MARGIN = 0.014
"""Eye distances inside the lids' edge that belong to the lids: lashes and their shadow."""
GAZE_REACH = 0.115
"""How far an iris moves at a gaze of 1, eye distances: 35 degrees of an eyeball of 12 mm."""
IRIS_SPREAD = 1.25
"""Around an iris that moves the white is stretched; deviation of that, in radii of the iris."""
EDGE_BLUR_PX = 0.7
LASH_WIDTH, LASH_DARKNESS = 0.020, 0.62
"""Of the line in which shut lids meet, eye distances, and how much darker than the skin around it is at least."""
MEETING = (0.55, 0.92)
"""How far shut lids begin to show that line, and show it whole."""
LEAST_OPENING = 0.02
"""Height that an eye has at rest at least, eye distances: painted slits."""
LID_BAND = (0.04, 0.13)
"""Skin that says how lids look lies so far from the eye's edge, eye distances: beyond lashes and paint."""


@dataclass(frozen=True, eq=False)
class _Eyeball:
    """One eye of the portrait.

    Attributes:
        ring: Points around its opening.
        texture: uint8 [h, w, 3]: the eye without lids.
        corner: Left and top of the texture in pixels of the picture.
        iris: float [2], the iris' middle in pixels of the picture.
        radius: Of the iris, pixels.
        lash: float32 [3]: colour of the line in which lids meet.
    """

    ring: tuple[int, ...]
    texture: np.ndarray
    corner: np.ndarray
    iris: np.ndarray
    radius: float
    lash: np.ndarray


class Eyes:
    """Draws both eyes of a posed face into a region."""

    def __init__(self, image: np.ndarray, points_px: np.ndarray, sheets: Sheets, unit_px: float) -> None:
        """Args:
        image: uint8 [H, W, 3].
        points_px: float [478, 2], pixels of the picture.
        sheets: Of the region.
        unit_px: The eye distance in pixels.
        """
        self._sheets, self._unit_px, self._rest_px = sheets, unit_px, points_px
        pairs = ((RIGHT_EYE, RIGHT_IRIS), (LEFT_EYE, LEFT_IRIS))
        self._eyes = [_eyeball(image, points_px, ring, iris, unit_px) for ring, iris in pairs]

    def draw(self, region: np.ndarray, points: np.ndarray, rigid: np.ndarray, gaze: np.ndarray) -> None:
        """Lays the eyes over skin, in place.

        Args:
            region: uint8 [h, w, 3 or more].
            points: float [478, 2], where the points are (frame).
            rigid: float [478, 2], where they would be without expression.
            gaze: float [2], -1 to 1: the picture's right and down.
        """
        for eye in self._eyes:
            opening = self._sheets.pixels(opening_of(points[list(eye.ring)]))  # [16, 2]
            box = self._sheets.box(opening, 2)
            if box is None:
                continue
            left, top, right, bottom = box
            mask = self._sheets.mask(opening, top, bottom, EDGE_BLUR_PX, left, right)[..., None]
            part = region[top:bottom, left:right, :3]
            if mask.max() > 0.02:
                ball = self._ball(eye, rigid, gaze, box)
                part[:] = np.rint(part + mask * (ball.astype(np.float32) - part)).astype(np.uint8)
            self._meet(eye, part, points[list(eye.ring)], left, top)

    def _meet(self, eye: _Eyeball, part: np.ndarray, ring: np.ndarray, left: int, top: int) -> None:
        """Draws the line in which shut lids meet, in place."""
        lower, upper = ring[1:8], ring[9:][::-1]
        shut = shut_share(ring, self._rest_px[list(eye.ring)] / self._unit_px)
        share = float(np.clip((shut - MEETING[0]) / (MEETING[1] - MEETING[0]), 0, 1))
        if share == 0:
            return
        curve = np.concatenate([ring[:1], (lower + upper) / 2, ring[8:9]])
        half = np.zeros_like(curve)
        half[:, 1] = LASH_WIDTH / 2 * np.sin(np.linspace(0, np.pi, len(curve))) ** 0.5  # thin towards the corners
        along = self._sheets.pixels(np.concatenate([curve - half, (curve + half)[::-1]]))
        mask = self._sheets.mask(along, top, top + part.shape[0], max(0.25 * LASH_WIDTH * self._unit_px, 0.6), left, left + part.shape[1])
        part[:] = np.rint(part + share * mask[..., None] * (np.minimum(eye.lash, part) - part)).astype(np.uint8)

    def _ball(self, eye: _Eyeball, rigid: np.ndarray, gaze: np.ndarray, box: tuple[int, int, int, int]) -> np.ndarray:
        """The eyeball behind a box of the region, uint8 [h, w, 3]."""
        ring = list(eye.ring)
        back = self._sheets.way_back(rigid[ring], self._rest_px[ring] - 0.5)  # to pixels of the picture
        source = taken(back, box)
        turn = back[:, :2] @ (self._sheets.turn @ np.asarray(gaze, np.float64)) * GAZE_REACH
        limit = 0.85 * IRIS_SPREAD * eye.radius
        turn *= min(1.0, limit / max(float(np.linalg.norm(turn)), 1e-6))
        offset = source - (eye.iris - 0.5 + turn)
        near = np.exp(-(offset**2).sum(-1, keepdims=True) / (2 * (IRIS_SPREAD * eye.radius) ** 2))
        flat_top = np.clip(near * 1.35, 0, 1)  # the iris itself moves as a whole
        source = source - turn * flat_top - eye.corner
        return fetch(eye.texture, source, cv2.INTER_CUBIC)


def shut_share(ring: np.ndarray, rest: np.ndarray) -> float:
    """How far an eye is shut, of points around it [16, 2] now and as they are at rest: 1 shut, 0 as at rest, below 0 wider."""
    now, usual = (float((points[1:8, 1] - points[9:][::-1, 1]).clip(0).mean()) for points in (ring, rest))
    return 1 - now / max(usual, LEAST_OPENING)


def opening_of(ring: np.ndarray) -> np.ndarray:
    """What is seen between the lids [16, 2]: their edges drawn in by the lashes; shut lids meet in a line."""
    lower, upper = ring[1:8], ring[9:][::-1]  # both from the outer corner to the inner
    middle, half = (lower + upper) / 2, (lower[:, 1] - upper[:, 1]) / 2
    half = np.maximum(half - LASH_MARGIN, 0)
    down = np.stack([(lower[:, 0] - upper[:, 0]) / 2, half], -1)
    drawn = ring.copy()
    drawn[1:8], drawn[9:] = middle + down, (middle - down)[::-1]
    drawn[0] = ring[0] + (middle[0] - ring[0]) * 0.25
    drawn[8] = ring[8] + (middle[-1] - ring[8]) * 0.25
    return drawn


def _eyeball(image: np.ndarray, points_px: np.ndarray, ring: tuple[int, ...], iris: int, unit_px: float) -> _Eyeball:
    eye = points_px[list(ring)]
    pad = 0.16 * unit_px
    height, width = image.shape[:2]
    low = np.clip(np.floor(eye.min(0) - pad), 0, (width - 2, height - 2)).astype(int)
    high = np.clip(np.ceil(eye.max(0) + pad), low + 2, (width, height)).astype(int)
    crop = image[low[1] : high[1], low[0] : high[0]].astype(np.float32)
    seen = np.zeros(crop.shape[:2], np.uint8)
    units = opening_of((eye - eye.mean(0)) / unit_px) * unit_px + eye.mean(0)
    cv2.fillPoly(seen, [np.rint((units - low - 0.5) * 16).astype(np.int32)], 1, cv2.LINE_8, 4)
    middle = points_px[iris]
    radius = float(np.linalg.norm(points_px[iris + 1 : iris + 5] - middle, axis=1).mean())
    x, y = np.meshgrid(np.arange(low[0], high[0]) + 0.5, np.arange(low[1], high[1]) + 0.5)
    distance = np.hypot(x - middle[0], y - middle[1]) / max(radius, 1e-3)
    white = spread_colour(crop, ((seen > 0) & (distance > 1.12)).astype(np.float32), default=crop[seen > 0].mean(0) if seen.any() else None)
    whole = _iris(crop, seen > 0, distance, white)
    texture = np.where(seen[..., None] > 0, crop, whole)
    soft = cv2.GaussianBlur(seen.astype(np.float32), (0, 0), 0.8)[..., None]
    texture = np.where(seen[..., None] > 0, crop * np.clip(soft * 1.6 - 0.3, 0, 1) + whole * (1 - np.clip(soft * 1.6 - 0.3, 0, 1)), texture)
    texture = np.clip(np.rint(texture), 0, 255).astype(np.uint8)
    return _Eyeball(ring, texture, low.astype(np.float64), middle.astype(np.float64), radius, _lash(image, eye, unit_px))


def _lash(image: np.ndarray, ring: np.ndarray, unit_px: float) -> np.ndarray:
    """float32 [3]: the darkest of the upper lid's edge, but no lighter than a share of the skin above it."""
    height, width = image.shape[:2]

    def at(points: np.ndarray) -> np.ndarray:
        column, row = np.clip(np.rint(points - 0.5).astype(int), 0, (width - 1, height - 1)).T
        return image[row, column].astype(np.float32)

    edge, skin = at(ring[9:]), at(ring[9:] - (0, LID_BAND[1] * 0.6 * unit_px))
    dark = edge[np.argsort(edge.sum(1))[:3]].mean(0)
    return np.minimum(dark, np.median(skin, 0) * LASH_DARKNESS)


def without_eyes(image: np.ndarray, points_px: np.ndarray, unit_px: float) -> np.ndarray:
    """The picture uint8 [H, W, 3] with skin where eyes were: what lids show where they close over them.

    Args:
        image: uint8 [H, W, 3].
        points_px: float [478, 2], pixels.
        unit_px: The eye distance in pixels.
    """
    skin = image.copy()
    height, width = image.shape[:2]
    for ring in (RIGHT_EYE, LEFT_EYE):
        eye = points_px[list(ring)]
        pad = LID_BAND[1] * 1.5 * unit_px
        low = np.clip(np.floor(eye.min(0) - pad), 0, (width - 2, height - 2)).astype(int)
        high = np.clip(np.ceil(eye.max(0) + pad), low + 2, (width, height)).astype(int)
        crop = image[low[1] : high[1], low[0] : high[0]].astype(np.float32)
        inside = np.zeros(crop.shape[:2], np.uint8)
        cv2.fillPoly(inside, [np.rint((eye - low - 0.5) * 16).astype(np.int32)], 1, cv2.LINE_8, 4)
        away = cv2.distanceTransform(1 - inside, cv2.DIST_L2, 5) / unit_px
        above = np.arange(len(crop))[:, None] + low[1] < eye[9:, 1].mean()
        known = ((away > LID_BAND[0]) & (away < LID_BAND[1]) & (above | (away > 0.06))).astype(np.float32)
        filled = spread_colour(crop, known, crop.mean((0, 1)))
        opened = opening_of((eye - eye.mean(0)) / unit_px) * unit_px + eye.mean(0)
        share = np.zeros(crop.shape[:2], np.uint8)
        cv2.fillPoly(share, [np.rint((opened - low - 0.5) * 16).astype(np.int32)], 255, cv2.LINE_AA, 4)
        soft = cv2.GaussianBlur(share, (0, 0), 0.7).astype(np.float32)[..., None] / 255
        skin[low[1] : high[1], low[0] : high[0]] = np.rint(crop + (filled - crop) * soft).astype(np.uint8)
    return skin


def _iris(crop: np.ndarray, seen: np.ndarray, distance: np.ndarray, white: np.ndarray) -> np.ndarray:
    """The eye without lids: white, and the iris as round as what is seen of it says."""
    rings = np.clip((distance * 10).astype(int), 0, 11)
    inside = seen & (distance < 1.2)
    whole = white.copy()
    if not inside.any():
        return whole
    weight = np.bincount(rings[inside], minlength=12)
    known = np.flatnonzero(weight)
    for channel in range(3):
        total = np.bincount(rings[inside], crop[..., channel][inside], minlength=12)
        profile = np.interp(np.arange(12), known, total[known] / weight[known])
        value = np.interp(distance, (np.arange(12) + 0.5) / 10, profile)
        share = np.clip((1.1 - distance) / 0.15, 0, 1)
        whole[..., channel] += (value - whole[..., channel]) * share
    return whole
