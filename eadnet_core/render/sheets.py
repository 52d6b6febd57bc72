"""The two sheets of skin, drawn: every pixel fetched from the place of the portrait that the rig says."""

from __future__ import annotations

import cv2
import numpy as np

from ..face.topology import LOWER_INNER_LIP, UPPER_INNER_LIP
from ..rig.face_frame import FaceFrame
from ..rig.rig import ABOVE, BELOW, HALF_WIDTH, NODES, PosedFace
from .fetch import fetch

LINE_BLUR_PX = 0.7
_SHIFT = 4


class Sheets:
    """Draws skin, hair and neck of a posed face over the region that may move.

    Attributes:
        frame: Between the picture's pixels and the face.
        region: (rows, columns) slices of the picture.
        offset: float [2]: the region's left and top in pixels.
        size: The region's width and height in pixels.
        turn: float [2, 2]: directions of the frame in pixels.
    """

    def __init__(self, pixels: np.ndarray, frame: FaceFrame, region: tuple[slice, slice]) -> None:
        """Args:
        pixels: uint8 [H, W, 4]: the picture and how far each pixel belongs to the person.
        frame: Between the picture's pixels and the face.
        region: (rows, columns).
        """
        self._pixels, self.frame, self.region = pixels, frame, region
        rows, columns = region
        self.offset = np.array([columns.start, rows.start], np.float64)
        self.size = columns.stop - columns.start, rows.stop - rows.start
        x, y = np.meshgrid(np.arange(columns.start, columns.stop, dtype=np.float32), np.arange(rows.start, rows.stop, dtype=np.float32))
        self._position = np.stack([x, y], -1)
        step = np.array([2 * HALF_WIDTH, ABOVE + BELOW]) / (NODES - 1)
        to_cells = frame.to_frame / step[:, None]  # [2, 3]: from pixels, measured from the corner, to the grid's nodes
        to_cells[:, 2] += np.array([HALF_WIDTH, ABOVE]) / step + to_cells[:, :2] @ (self.offset + 0.5)
        self._to_cells = to_cells
        axis_x, axis_y = np.linspace(-HALF_WIDTH, HALF_WIDTH, NODES), np.linspace(-ABOVE, BELOW, NODES)
        self._nodes = np.stack(np.meshgrid(axis_x, axis_y), -1).astype(np.float32)
        self.turn = frame.from_frame[:, :2]
        self._turn = self.turn.T.astype(np.float32)

    def draw(self, posed: PosedFace) -> np.ndarray:
        """uint8 [h, w, 4]: the region's colours and how far each pixel belongs to the person."""
        line = self.pixels(lip_line(posed.points))  # [M, 2], pixels of the region
        width, height = self.size
        low, high = int(np.floor(line[:, 1].min())) - 3, int(np.ceil(line[:, 1].max())) + 4
        low, high = int(np.clip(low, 0, height)), int(np.clip(high, 0, height))
        drawn = np.empty((height, width, 4), np.uint8)
        drawn[:high] = self._fetched(posed.upper, 0, high)
        below = self._fetched(posed.lower, low, height)
        drawn[high:] = below[high - low :]
        if high > low:
            share = self.mask(np.concatenate([line, [[4 * width, 4 * height], [-4 * width, 4 * height]]]), low, high, LINE_BLUR_PX)
            band = drawn[low:high]
            drawn[low:high] = cv2.blendLinear(below[: high - low], band, share, 1 - share)
        return drawn

    def pixels(self, points: np.ndarray) -> np.ndarray:
        """Points [..., 2] of the frame in pixels of the region, measured from the middle of its first pixel."""
        return self.frame.pixels(points) - self.offset - 0.5

    def box(self, shape: np.ndarray, pad: int) -> tuple[int, int, int, int] | None:
        """(left, top, right, bottom) of the region's pixels around a shape [M, 2]; None where it lies outside."""
        low, high = np.floor(shape.min(0)).astype(int) - pad, np.ceil(shape.max(0)).astype(int) + pad + 1
        left, top = (int(v) for v in np.maximum(low, 0))
        right, bottom = (int(v) for v in np.minimum(high, self.size))
        return (left, top, right, bottom) if left < right and top < bottom else None

    def way_back(self, points: np.ndarray, rest: np.ndarray) -> np.ndarray:
        """The affine way float64 [2, 3] from the region's pixels to where `rest` is, for points [M, 2] of the frame from there."""
        now = self.pixels(points)
        return np.linalg.lstsq(np.column_stack([now, np.ones(len(now))]), rest, rcond=None)[0].T

    def mask(self, polygon: np.ndarray, top: int, bottom: int, blur_px: float, left: int = 0, right: int | None = None) -> np.ndarray:
        """float32 [bottom - top, right - left], 0 to 1: the inside of a polygon [M, 2] of the region's pixels, its edge antialiased."""
        right = self.size[0] if right is None else right
        mask = np.zeros((bottom - top, right - left), np.uint8)
        corners = np.rint((polygon - (left, top)) * (1 << _SHIFT)).astype(np.int32)
        cv2.fillPoly(mask, [corners], 255, cv2.LINE_AA, _SHIFT)
        return cv2.GaussianBlur(mask, (0, 0), blur_px).astype(np.float32) / 255

    def source(self, sheet: np.ndarray, top: int, bottom: int) -> np.ndarray:
        """float32 [bottom - top, w, 2]: the picture's pixel that each pixel of these rows shows."""
        offset = (sheet - self._nodes) @ self._turn  # pixels
        shifted = self._to_cells.copy()
        shifted[:, 2] += shifted[:, 1] * top
        flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
        source = cv2.warpAffine(offset, shifted, (self.size[0], bottom - top), flags=flags, borderMode=cv2.BORDER_CONSTANT)
        return cv2.add(source, self._position[top:bottom], dst=source)

    def _fetched(self, sheet: np.ndarray, top: int, bottom: int) -> np.ndarray:
        if bottom <= top:
            return np.empty((0, self.size[0], 4), np.uint8)
        return fetch(self._pixels, self.source(sheet, top, bottom), cv2.INTER_CUBIC, cv2.BORDER_REFLECT_101)


def taken(way: np.ndarray, box: tuple[int, int, int, int]) -> np.ndarray:
    """Where an affine way [2, 3] leads from each pixel of a box (left, top, right, bottom), float64 [h, w, 2]."""
    left, top, right, bottom = box
    x, y = np.meshgrid(np.arange(left, right, dtype=np.float64), np.arange(top, bottom, dtype=np.float64))
    return np.stack([way[i, 0] * x + way[i, 1] * y + way[i, 2] for i in (0, 1)], -1)


def lip_line(points: np.ndarray) -> np.ndarray:
    """The line between the lips [13, 2], carried on level beyond the corners."""
    line = (points[list(UPPER_INNER_LIP)] + points[list(LOWER_INNER_LIP)]) / 2
    along = (line[-1] - line[0]) / max(float(np.linalg.norm(line[-1] - line[0])), 1e-6)
    return np.concatenate([[line[0] - 6 * along], line, [line[-1] + 6 * along]])
