"""The renderer: one frame of a MotionField applied to the portrait's own pixels, at any size."""

from __future__ import annotations

import cv2
import numpy as np

from ..errors import InputError
from ..types import CROP_SIZE, Portrait

FADE = 0.08
"""Share of the crop, at each border, over which motion and paint fade to nothing."""
VISIBLE_LOGIT = -6.0
"""Mask logit below which paint is not seen: less than one grey level of 255."""
MAX_SHARPENING = 4.0
"""How much steeper than in the field a mask's edge may become; beyond it, noise in the field would show."""
LANCZOS_PIXELS = 1_000_000
"""Region up to which pixels are fetched by Lanczos: over all sub-pixel shifts it keeps 0.97 of a portrait's fine detail
(variance of its Laplacian) where bicubic keeps 0.92 and down to 0.5, which shimmers. Larger regions take bicubic, a third of the time."""


class Renderer:
    """Draws frames of one portrait: the portrait itself everywhere, moved and painted only inside the face's crop.

    The flow is smooth, so it is enlarged as it is and bends the portrait's own pixels. The mask logit is a scaled signed
    distance: enlarged and steepened by the same factor before the sigmoid, its edge stays one or two pixels wide at any
    size, as in signed-distance fonts. All maps that depend on the portrait alone are made once, here.

    Attributes:
        image: uint8 [H, W, 3], the portrait at the size of the frames.
        region_mask: float32 [H, W], 0 to 1: how far each pixel may move; 0 is never touched.

    Source: ours; DESIGN section 3 (flow, mask and paint are predicted small and applied large).
    """

    def __init__(self, portrait: Portrait, size: int | None = None) -> None:
        """Args:
        portrait: The picture, and where its crop lies.
        size: Long side of the frames in pixels; None keeps the portrait's own size.

        Raises:
            InputError: `size` is below 64 or the crop lies outside the picture.
        """
        self.image = _resized(portrait.image, size)
        height, width = self.image.shape[:2]
        shrink = np.diag([portrait.image.shape[1] / width, portrait.image.shape[0] / height, 1.0])
        to_crop = portrait.to_crop @ shrink  # [2, 3]: from pixels of the frame, measured from the corner
        self._from_crop = np.linalg.inv(np.vstack([to_crop, [0, 0, 1]]))[:2]
        left, top, right, bottom = _bounds(self._from_crop, 0.0, 0.0, 1.0, 1.0, width, height)
        if left >= right or top >= bottom:
            raise InputError(f"the face's crop lies outside the {width}x{height} picture; choose another face or picture.")
        self._region = np.s_[top:bottom, left:right]
        self._to_field = _field_transform(to_crop, left, top)
        x, y = np.meshgrid(np.arange(left, right, dtype=np.float32), np.arange(top, bottom, dtype=np.float32))
        self._position = np.stack([x, y], -1)  # [h, w, 2]
        u, v = np.einsum("ij,jhw->ihw", to_crop, np.stack([x + 0.5, y + 0.5, np.ones_like(x)]))
        self._window = (_fade(u) * _fade(v)).astype(np.float32)  # [h, w]
        self._window_xy = np.repeat(self._window[..., None], 2, -1)  # [h, w, 2]: no broadcasting at each frame
        self._scale = float(np.sqrt(abs(np.linalg.det(self._from_crop[:, :2])))) / CROP_SIZE  # pixels for each cell of the field
        self._fetch = cv2.INTER_LANCZOS4 if self._window.size <= LANCZOS_PIXELS else cv2.INTER_CUBIC
        self.region_mask = np.zeros((height, width), np.float32)
        self.region_mask[self._region] = self._window

    @property
    def size(self) -> tuple[int, int]:
        """(width, height) of the frames in pixels."""
        return self.image.shape[1], self.image.shape[0]

    def render(self, channels: np.ndarray) -> np.ndarray:
        """One frame.

        Args:
            channels: float [6, S, S]: flow x, flow y (crop units), mask logit, paint r, g, b (-1 to 1).

        Returns:
            uint8 [H, W, 3], RGB; where flow is zero and the mask closed, bit for bit the portrait.
        """
        field = np.ascontiguousarray(channels.transpose(1, 2, 0), np.float32)  # [S, S, 6]
        frame = self.image.copy()
        region = frame[self._region]
        region[:] = self._moved(field[..., :2])
        self._paint(region, field[..., 2], field[..., 3:])
        return frame

    def _moved(self, flow: np.ndarray) -> np.ndarray:
        """The region, uint8 [h, w, 3], with each pixel fetched from where the flow [S, S, 2] points."""
        offset = np.ascontiguousarray(flow @ self._from_crop[:, :2].T.astype(np.float32))  # pixels of the frame
        size = self._window.shape[1], self._window.shape[0]
        source = cv2.warpAffine(offset, self._to_field, size, flags=_ENLARGE, borderMode=cv2.BORDER_REPLICATE)  # [h, w, 2]
        cv2.multiply(source, self._window_xy, dst=source)
        cv2.add(source, self._position, dst=source)
        return cv2.remap(self.image, source, _NO_SECOND_MAP, self._fetch, borderMode=cv2.BORDER_REPLICATE)

    def _paint(self, region: np.ndarray, logit: np.ndarray, paint: np.ndarray) -> None:
        """Lays paint [S, S, 3] over the region, in place, where the mask is open."""
        rows, columns = np.nonzero(logit > VISIBLE_LOGIT)
        if rows.size == 0:
            return
        height, width = region.shape[:2]
        to_region = cv2.invertAffineTransform(self._to_field)
        low_x, low_y, high_x, high_y = columns.min() - 2.0, rows.min() - 2.0, columns.max() + 2.0, rows.max() + 2.0
        left, top, right, bottom = _bounds(to_region, low_x, low_y, high_x, high_y, width, height)
        if left >= right or top >= bottom:
            return
        part = np.s_[top:bottom, left:right]
        layers = np.dstack([np.clip(logit, 2 * VISIBLE_LOGIT, -2 * VISIBLE_LOGIT), _spread(paint, logit)])  # [S, S, 4]
        shifted = self._to_field.copy()
        shifted[:, 2] += self._to_field[:, :2] @ (left, top)
        layers = cv2.warpAffine(layers, shifted, (right - left, bottom - top), flags=_ENLARGE, borderMode=cv2.BORDER_REPLICATE)
        mask = _sigmoid(layers[..., 0] * np.clip(self._scale, 1.0, MAX_SHARPENING)) * self._window[part]
        mask[mask < 1 / 512] = 0
        colour = np.clip(layers[..., 1:] * 127.5 + 127.5, 0, 255)
        below = region[part].astype(np.float32)
        region[part] = np.rint(below + mask[..., None] * (colour - below)).astype(np.uint8)


_ENLARGE = cv2.INTER_CUBIC | cv2.WARP_INVERSE_MAP
_NO_SECOND_MAP = np.empty(0, np.float32)


def _resized(image: np.ndarray, size: int | None) -> np.ndarray:
    height, width = image.shape[:2]
    if size is None or size == max(height, width):
        return image
    if size < 64:
        raise InputError(f"size is {size}; the long side of a video needs at least 64 pixels.")
    scale = size / max(height, width)
    target = (max(2, round(width * scale)), max(2, round(height * scale)))
    return cv2.resize(image, target, interpolation=cv2.INTER_AREA if scale < 1 else cv2.INTER_LANCZOS4)


def _field_transform(to_crop: np.ndarray, left: int, top: int) -> np.ndarray:
    """float64 [2, 3]: from the region's pixel indices to the field's, both measured from the first pixel's centre."""
    matrix = CROP_SIZE * to_crop
    matrix[:, 2] += matrix[:, :2] @ (left + 0.5, top + 0.5) - 0.5
    return matrix


def _bounds(
    transform: np.ndarray, left: float, top: float, right: float, bottom: float, width: int, height: int
) -> tuple[int, int, int, int]:
    """The pixel rectangle that holds a transformed rectangle, cut to the picture."""
    corners = np.array([[left, top, 1], [right, top, 1], [left, bottom, 1], [right, bottom, 1]]) @ transform.T
    low, high = np.floor(corners.min(0)), np.ceil(corners.max(0)) + 1
    return max(int(low[0]), 0), max(int(low[1]), 0), min(int(high[0]), width), min(int(high[1]), height)


def _fade(position: np.ndarray) -> np.ndarray:
    """1 inside the crop, smoothly 0 at its borders and beyond; position in crop units."""
    share = np.clip(np.minimum(position, 1 - position) / FADE, 0, 1)
    return share * share * (3 - 2 * share)


def _sigmoid(logit: np.ndarray) -> np.ndarray:
    return 1 / (1 + np.exp(-logit))


def _spread(paint: np.ndarray, logit: np.ndarray) -> np.ndarray:
    """Paint with the colours inside the mask carried a little beyond its edge, where no colour was ever asked for."""
    mask = _sigmoid(np.clip(logit, -15, 15))[..., None]  # [S, S, 1]
    spread = cv2.GaussianBlur(np.dstack([paint * mask, mask]), (0, 0), 1.2)
    beyond = spread[..., :3] / np.maximum(spread[..., 3:], 1e-6)
    return np.where(spread[..., 3:] > 1e-3, mask * paint + (1 - mask) * beyond, paint).astype(np.float32)
