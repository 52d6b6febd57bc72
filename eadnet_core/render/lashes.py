"""Upper lashes: taken off the skin, and laid over the lids again as they stand, up over an open eye and down over a shut one."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from ..face.topology import LEFT_EYE, RIGHT_EYE
from ..rig.face_frame import FaceFrame
from .eyes import shut_share
from .fetch import fetch
from .sheets import Sheets, taken

REACH, FADE = 0.15, 0.05
"""How far lashes reach above the lid's edge, eye distances, and over how much of that they are let go."""
ROOT = 0.012
"""How far below the edge they begin."""
WIDEST_LASH = 0.08
"""Darker things that are narrower than this along the lid are lashes, wider ones are creases and shadows; eye distances."""
BESIDE = 0.13
"""How far beyond the corners of the eye they are looked for."""
SHUT_LENGTH = 0.8
"""Length of the lashes of a shut eye, seen from the front, as a share of an open one's."""
LEAST_LENGTH = 0.15


@dataclass(frozen=True, eq=False)
class _Fringe:
    """The lashes of one upper lid.

    Attributes:
        ring: Points around the eye's opening.
        darker: float32 [h, w, 3], 0 or less: what lashes take from the skin's colour.
        corner: Left and top of that in pixels of the picture.
    """

    ring: tuple[int, ...]
    darker: np.ndarray
    corner: np.ndarray


class Lashes:
    """The upper lashes of both eyes of a portrait."""

    def __init__(self, image: np.ndarray, frame: FaceFrame, points: np.ndarray) -> None:
        """Args:
        image: uint8 [H, W, 3].
        frame: Between the picture's pixels and the face.
        points: float [478, 2 or 3], the face in its frame.
        """
        self._frame, self._rest = frame, np.asarray(points[:, :2], np.float64)
        self._fringes = [_fringe(image, frame, self._rest, ring) for ring in (RIGHT_EYE, LEFT_EYE)]

    def taken_off(self, image: np.ndarray) -> np.ndarray:
        """The picture uint8 [H, W, 3] without lashes."""
        bare = image.copy()
        for fringe in self._fringes:
            height, width = fringe.darker.shape[:2]
            left, top = fringe.corner
            part = bare[top : top + height, left : left + width]
            part[:] = np.clip(np.rint(part - fringe.darker), 0, 255).astype(np.uint8)
        return bare

    def draw(self, region: np.ndarray, sheets: Sheets, points: np.ndarray, rigid: np.ndarray) -> None:
        """Lays lashes over lids, in place.

        Args:
            region: uint8 [h, w, 3 or more].
            sheets: Of the region.
            points: float [478, 2], where the points are (frame).
            rigid: float [478, 2], where they would be without expression.
        """
        for fringe in self._fringes:
            ring = list(fringe.ring)
            edge = sheets.pixels(points[ring])
            box = sheets.box(edge, int(np.ceil((REACH + BESIDE) * self._frame.unit_px)))
            if box is None:
                continue
            back = sheets.way_back(rigid[ring], self._rest[ring])
            at = taken(back, box)
            above = _edge(edge @ back[:, :2].T + back[:, 2], at[..., 0]) - at[..., 1]
            at[..., 1] = _edge(self._rest[ring], at[..., 0]) - above / _length(shut_share(points[ring], self._rest[ring]))
            source = self._frame.pixels(at) - 0.5 - fringe.corner
            left, top, right, bottom = box
            part = region[top:bottom, left:right, :3]
            darker = fetch(fringe.darker, source, cv2.INTER_CUBIC, cv2.BORDER_CONSTANT)
            part[:] = np.clip(np.rint(part + darker), 0, 255).astype(np.uint8)


def _length(shut: float) -> float:
    """How long the lashes of an eye that is so far shut seem, 1 as they are; below 0 they point down."""
    length = 1 - (1 + SHUT_LENGTH) * max(shut, 0.0)
    return float(np.copysign(max(abs(length), LEAST_LENGTH), length))


def _edge(ring: np.ndarray, x: np.ndarray) -> np.ndarray:
    """Height of the upper lid's edge at x, of points around an eye [16, 2]."""
    upper = ring[[8, *range(9, 16), 0]]
    order = np.argsort(upper[:, 0])
    return np.interp(x, upper[order, 0], upper[order, 1])


def _fringe(image: np.ndarray, frame: FaceFrame, rest: np.ndarray, ring: tuple[int, ...]) -> _Fringe:
    eye = rest[list(ring)]
    height, width = image.shape[:2]
    pad = np.array([BESIDE, REACH + ROOT])
    box = np.array(
        [[x, y] for x in (eye[:, 0].min() - pad[0], eye[:, 0].max() + pad[0]) for y in (eye[:, 1].min() - pad[1], eye[:, 1].max())]
    )
    corners = frame.pixels(box)
    low = np.clip(np.floor(corners.min(0)), 0, (width - 2, height - 2)).astype(int)
    high = np.clip(np.ceil(corners.max(0)), low + 2, (width, height)).astype(int)
    crop = image[low[1] : high[1], low[0] : high[0]]
    bare = cv2.morphologyEx(crop, cv2.MORPH_CLOSE, _line(frame, WIDEST_LASH)).astype(np.float32)
    bare = np.maximum(cv2.GaussianBlur(bare, (0, 0), WIDEST_LASH / 4 * frame.unit_px), crop)
    x, y = np.meshgrid(np.arange(low[0], high[0]) + 0.5, np.arange(low[1], high[1]) + 0.5)
    at = frame.points(np.stack([x, y], -1))
    above = _edge(eye, at[..., 0]) - at[..., 1]
    beside = np.maximum(eye[:, 0].min() - at[..., 0], at[..., 0] - eye[:, 0].max())
    share = np.clip((above + ROOT) / ROOT, 0, 1) * np.clip((REACH - above) / FADE, 0, 1) * np.clip((BESIDE - beside) / FADE, 0, 1)
    darker = (crop - bare) * share[..., None].astype(np.float32)
    return _Fringe(ring, darker, low)


def _line(frame: FaceFrame, length: float) -> np.ndarray:
    """A line along the eyes as an element of morphology, uint8 [k, k]."""
    along = frame.from_frame[:, 0] * length / 2
    half = int(np.ceil(np.abs(along).max()))
    line = np.zeros((2 * half + 1, 2 * half + 1), np.uint8)
    ends = [tuple(int(v) for v in np.rint(half + sign * along)) for sign in (-1, 1)]
    cv2.line(line, ends[0], ends[1], 1)
    return line
