"""The renderer: the frames of a performance on one portrait, at any size."""

from __future__ import annotations

import cv2
import numpy as np

from ..errors import InputError
from ..face.portrait import Portrait
from ..motion.face_motion import FaceMotion
from ..rig.actor import Actor
from ..rig.rig import ABOVE, BELOW, HALF_WIDTH
from .background import filled_behind, standing_mask
from .eyes import Eyes, without_eyes
from .lashes import Lashes
from .mouth import MouthInside
from .sheets import Sheets

SEEN_PERSON = 0.6
"""Share of the face that must lie on the person's mask; otherwise the mask is wrong and everything moves as one sheet."""


class Renderer:
    """Draws frames of one portrait: the picture itself everywhere, moved only around the head.

    Skin is fetched from the portrait's own pixels, the inside of the mouth and what lids hid is guessed, the background stays. All
    that depends on the portrait alone is made once, here.

    Attributes:
        image: uint8 [H, W, 3], the portrait at the size of the frames.
        region_mask: float32 [H, W], 0 to 1: 1 where pixels may change.
    """

    def __init__(self, portrait: Portrait, size: int | None = None) -> None:
        """Args:
        portrait: Picture and face.
        size: Long side of the frames in pixels; None keeps the portrait's own size.

        Raises:
            InputError: `size` is below 64.
        """
        self._actor = Actor(portrait)
        self.image = _resized(portrait.image, size)
        height, width = self.image.shape[:2]
        factors = width / portrait.size[0], height / portrait.size[1]
        frame = self._actor.frame.scaled(*factors)
        region = _region(frame.pixels(np.array([[x, y] for x in (-HALF_WIDTH, HALF_WIDTH) for y in (-ABOVE, BELOW)])), width, height)
        follows = self._follows(portrait, frame.unit_px)
        self._behind = np.ascontiguousarray(filled_behind(self.image, follows, frame.unit_px)[region])
        points = self._actor.rig.points
        pixels = frame.pixels(points)
        self._eyes_seen = portrait.eyes_seen
        self._lashes = Lashes(self.image, frame, points)
        skin = self._lashes.taken_off(without_eyes(self.image, pixels, frame.unit_px)) if self._eyes_seen else self.image
        self._sheets = Sheets(np.dstack([skin, follows]), frame, region)
        self._eyes = Eyes(self.image, pixels, self._sheets, frame.unit_px)
        self._mouth = MouthInside(self.image, points, self._sheets, pixels)
        self.region_mask = np.zeros((height, width), np.float32)
        self.region_mask[region] = 1

    @property
    def size(self) -> tuple[int, int]:
        """(width, height) of the frames in pixels."""
        return self.image.shape[1], self.image.shape[0]

    def render(self, motion: FaceMotion, index: int) -> np.ndarray:
        """Frame `index` of a motion, uint8 [H, W, 3], RGB."""
        posed = self._actor.pose(motion, index)
        drawn = self._sheets.draw(posed)
        if self._eyes_seen:
            self._eyes.draw(drawn, posed.points, posed.rigid, motion.gaze[index])
            self._lashes.draw(drawn, self._sheets, posed.points, posed.rigid)
        self._mouth.draw(drawn, posed.points, posed.rigid)
        frame = self.image.copy()
        share = drawn[..., 3] * np.float32(1 / 255)
        frame[self._sheets.region] = cv2.blendLinear(cv2.cvtColor(drawn, cv2.COLOR_RGBA2RGB), self._behind, share, 1 - share)
        return frame

    def _follows(self, portrait: Portrait, unit_px: float) -> np.ndarray:
        """How far each pixel moves with the person, uint8 [H, W]."""
        matte = cv2.resize(portrait.matte, self.size, interpolation=cv2.INTER_LINEAR)
        left, top, right, bottom = (int(v) for v in portrait.face.box)
        on_face = portrait.matte[max(top, 0) : bottom, max(left, 0) : right]
        if on_face.size == 0 or float(on_face.mean()) < SEEN_PERSON:
            return np.full(matte.shape, 255, np.uint8)
        return standing_mask(matte, unit_px)


def _resized(image: np.ndarray, size: int | None) -> np.ndarray:
    height, width = image.shape[:2]
    if size is None or size == max(height, width):
        return image
    if size < 64:
        raise InputError(f"size is {size}; the long side of a video needs at least 64 pixels.")
    scale = size / max(height, width)
    target = (max(2, round(width * scale)), max(2, round(height * scale)))
    return cv2.resize(image, target, interpolation=cv2.INTER_AREA if scale < 1 else cv2.INTER_LANCZOS4)


def _region(corners: np.ndarray, width: int, height: int) -> tuple[slice, slice]:
    """Rows and columns of the picture that hold these corners [4, 2]."""
    low, high = np.floor(corners.min(0)).astype(int), np.ceil(corners.max(0)).astype(int)
    return slice(max(int(low[1]), 0), min(int(high[1]), height)), slice(max(int(low[0]), 0), min(int(high[0]), width))
