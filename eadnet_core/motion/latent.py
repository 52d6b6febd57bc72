"""A performance as the denoiser sees it: one row of numbers a frame, each about one standard deviation, and its places among the cells."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache

import numpy as np

from ..timebase import FRAME_RATE
from .face_motion import ROWS_OF_PART, FaceMotion
from .space import COLUMNS, ROWS, MotionSpace

ROTATION_DEG = 3.0
TRANSLATION = (0.045, 0.035, 0.010)
GAZE, LIDS = 0.1, 0.3
"""What one unit of the other channels is: degrees, eye distances and log scale, shares."""


@dataclass(frozen=True, eq=False)
class LatentLayout:
    """Which channel lies where.

    Attributes:
        num_channels: C of a frame.
        num_cells: Cells: five rows of three, and the head.
        cell: int [C], the cell of each channel; the one between the eyes holds gaze.
        slot: int [C], its place in the cell.
        width: Most channels of a cell.
        expression, rotation, translation, gaze, lids: Channels of each part.
    """

    num_channels: int
    num_cells: int
    cell: np.ndarray
    slot: np.ndarray
    width: int
    expression: slice
    rotation: slice
    translation: slice
    gaze: slice
    lids: slice

    @staticmethod
    @lru_cache(maxsize=1)
    def of_face() -> LatentLayout:
        """The layout over the motion space that ships with the pack."""
        space = MotionSpace.from_pretrained()
        count = space.num_coefficients
        cell = np.zeros(count + 10, np.int64)
        for part in space.cells:
            cell[part.coefficients] = _place(part.row, part.column)
        head = len(ROWS) * len(COLUMNS)
        cell[count : count + 6] = head
        cell[count + 6 : count + 8] = _place("eye", "middle")
        cell[count + 8 :] = _place("eye", "right"), _place("eye", "left")
        slot = np.array([np.count_nonzero(cell[:index] == cell[index]) for index in range(len(cell))])
        return LatentLayout(
            len(cell), head + 1, cell, slot, int(slot.max()) + 1, slice(0, count), slice(count, count + 3), slice(count + 3, count + 6),
            slice(count + 6, count + 8), slice(count + 8, count + 10),
        )  # fmt: skip

    def of_part(self, part: str) -> np.ndarray:
        """bool [C]: the channels of one of face_motion.PARTS; gaze and lids belong to the eyes."""
        if part == "head":
            return self.cell == self.num_cells - 1
        return np.isin(self.cell, [_place(row, column) for row in ROWS_OF_PART[part] for column in COLUMNS])


def _place(row: str, column: str) -> int:
    return ROWS.index(row) * len(COLUMNS) + COLUMNS.index(column)


def to_latent(motion: FaceMotion) -> np.ndarray:
    """Latent float32 [N, C] of a performance."""
    parts = (
        motion.expression,
        motion.rotation / ROTATION_DEG,
        motion.translation / np.array(TRANSLATION),
        motion.gaze / GAZE,
        motion.lids / LIDS,
    )
    return np.concatenate(parts, 1).astype(np.float32)


def from_latent(latent: np.ndarray, keep: np.ndarray, duration_s: Fraction) -> FaceMotion:
    """The performance of a latent [N, C], at 25 frames a second.

    Args:
        latent: As the denoiser gives it.
        keep: float [N]: how much of the portrait's own mouth stays (see FaceMotion).
        duration_s: Length of the sound.
    """
    layout = LatentLayout.of_face()
    return FaceMotion(
        expression=latent[:, layout.expression].astype(np.float32),
        rotation=(latent[:, layout.rotation] * ROTATION_DEG).astype(np.float32),
        translation=(latent[:, layout.translation] * np.array(TRANSLATION)).astype(np.float32),
        gaze=(latent[:, layout.gaze] * GAZE).clip(-1, 1).astype(np.float32),
        lids=(latent[:, layout.lids] * LIDS).clip(-1, 1).astype(np.float32),
        keep=keep.astype(np.float32),
        rate=FRAME_RATE,
        duration_s=duration_s,
    )
