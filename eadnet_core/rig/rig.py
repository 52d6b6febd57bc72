"""The rig: where every place of a portrait goes when the face in it moves."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from .face_frame import FaceFrame
from .head_shell import HeadShell, head_shell
from .layers import SkinSheet, skin_sheets
from .visibility import seen_from

HALF_WIDTH, ABOVE, BELOW = 2.7, 2.35, 3.15
"""The moved region around the point between the eyes, eye distances: hair and shoulders included."""
NODES = 132
"""Of the region's grid, each way: one for 0.042 eye distances."""
FACE_BOX = (-1.55, 1.55, -1.2, 2.5)
"""Left, right, top and bottom of what expressions move."""
LEAST_FOLDED, CALM = 0.15, 1.3
"""How much of a hidden cell is left where a head turns, and over how many rows its horizon is smoothed: edges stay clean."""


@dataclass(frozen=True, eq=False)
class PosedFace:
    """One moment.

    Attributes:
        upper, lower: float32 [n, n, 2]: for each node, the place of the portrait (frame) that is seen there, on the sheet of skin above
            the lip line and on that below it.
        points: float32 [478, 2]: where the face's points are now (frame).
        rigid: float32 [478, 2]: where they would be without any expression.
    """

    upper: np.ndarray
    lower: np.ndarray
    points: np.ndarray
    rigid: np.ndarray


class Rig:
    """Moves one portrait's face. All that depends on the portrait alone is made once, here.

    A moment is found in two steps, each the exact inverse of a motion: where the head is turned to, in depth and with the front hiding
    the back (visibility.py), and how its skin is displaced (layers.py).

    Attributes:
        frame: Between pixels and the face's frame.
        points: float64 [478, 3], the portrait's points in the frame.
        shell: Depth and following of all places.
    """

    def __init__(self, frame: FaceFrame, points: np.ndarray, rotation: np.ndarray, pivot: np.ndarray) -> None:
        """Args:
        frame: Of the portrait's face.
        points: [478, 3] in the frame.
        rotation: [3, 3], from the head's own frame to that of the face.
        pivot: [3], the joint of head and neck in the frame.
        """
        self.frame, self.points = frame, points
        self.axis_x = np.linspace(-HALF_WIDTH, HALF_WIDTH, NODES)
        self.axis_y = np.linspace(-ABOVE, BELOW, NODES)
        self.shell: HeadShell = head_shell(points, rotation, self.axis_x, self.axis_y)
        self._pivot = pivot
        left, right = np.searchsorted(self.axis_x, FACE_BOX[:2])
        top, bottom = np.searchsorted(self.axis_y, FACE_BOX[2:])
        self._box = np.s_[top:bottom, left:right]
        self._box_x, self._box_y = self.axis_x[left:right], self.axis_y[top:bottom]
        self._box_shape = (bottom - top, right - left)
        nodes = np.stack(np.meshgrid(self._box_x, self._box_y), -1)
        self._nodes = nodes
        self._sheets: tuple[SkinSheet, SkinSheet] = skin_sheets(points, nodes.reshape(-1, 2))
        grid_x, grid_y = np.meshgrid(self.axis_x, self.axis_y)
        self._grid = np.stack([grid_x, grid_y], -1)
        self._columns = np.clip(self.shell.middle_columns[self._box[0]] - left, 1, self._box_shape[1] - 2)
        self._row = int(np.clip(self.shell.middle_row - top, 1, self._box_shape[0] - 2))
        self._point_follows = _at(self.shell.follows, self._cells(points[:, :2]))
        self._point_depth = _at(self.shell.depth, self._cells(points[:, :2]))

    def pose(self, displacement: np.ndarray, rotation: np.ndarray, translation: np.ndarray) -> PosedFace:
        """The portrait at one moment.

        Args:
            displacement: float [478, 3]: of the face's points by its expression, in the frame.
            rotation: float [3, 3]: of the head, against where the portrait looks.
            translation: float [3]: of the head: x, y in eye distances, log scale.
        """
        skins, depths = zip(*(self._skin(sheet, displacement) for sheet in self._sheets), strict=True)
        deepened = self.shell.depth.copy()
        deepened[self._box] += np.where(self._below_lips(), depths[1], depths[0])
        head = self._head(deepened, rotation, translation)
        upper, lower = (self._through(skin, head) for skin in skins)
        points = self._turned(self.points + displacement, rotation, translation)
        return PosedFace(upper, lower, points.astype(np.float32), self._turned(self.points, rotation, translation).astype(np.float32))

    def _skin(self, sheet: SkinSheet, displacement: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """What is seen at each node of the box when skin alone moves, [rows, columns, 2], and how much deeper each node lies."""
        moved = (sheet.matrix @ displacement[sheet.carriers].astype(np.float32)).reshape(*self._box_shape, 3)
        x, y = self._nodes[..., 0] + moved[..., 0], self._nodes[..., 1] + moved[..., 1]
        return seen_from(x, y, self._box_x, self._box_y, self._columns, self._row), moved[..., 2]

    def _below_lips(self) -> np.ndarray:
        return self._nodes[..., 1] > self.points[13, 1]

    def _head(self, depth: np.ndarray, rotation: np.ndarray, translation: np.ndarray) -> np.ndarray:
        """What is seen at each node when the head moves and its skin does not, [n, n, 2]."""
        at = np.concatenate([self._grid, depth[..., None]], -1)
        moved = self._grid + self.shell.follows[..., None] * (self._rigid(at, rotation, translation) - self._grid)
        return seen_from(
            moved[..., 0], moved[..., 1], self.axis_x, self.axis_y, self.shell.middle_columns, self.shell.middle_row, LEAST_FOLDED, CALM
        )

    def _rigid(self, at: np.ndarray, rotation: np.ndarray, translation: np.ndarray) -> np.ndarray:
        turned = (at - self._pivot) @ (np.exp(translation[2]) * rotation).T + self._pivot
        return turned[..., :2] + translation[:2]

    def _turned(self, points: np.ndarray, rotation: np.ndarray, translation: np.ndarray) -> np.ndarray:
        """Points [478, 3] after the head's motion, [478, 2]; as deep as the shell says, so that they stay on their pixels."""
        at = np.concatenate([points[:, :2], (points[:, 2] - self.points[:, 2] + self._point_depth)[:, None]], -1)
        return points[:, :2] + self._point_follows[:, None] * (self._rigid(at, rotation, translation) - points[:, :2])

    def _through(self, skin: np.ndarray, head: np.ndarray) -> np.ndarray:
        """Skin [rows, columns, 2] seen through a moved head [n, n, 2]."""
        box_x, box_y = self._box_x, self._box_y
        u = ((head[..., 0] - box_x[0]) / (box_x[1] - box_x[0])).astype(np.float32)
        v = ((head[..., 1] - box_y[0]) / (box_y[1] - box_y[0])).astype(np.float32)
        offset = (skin - self._nodes).astype(np.float32)
        return head + cv2.remap(offset, u, v, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)

    def _cells(self, at: np.ndarray) -> np.ndarray:
        """Fractional columns and rows [..., 2] of places in the frame."""
        return np.stack(
            [(at[..., 0] + HALF_WIDTH) / (self.axis_x[1] - self.axis_x[0]), (at[..., 1] + ABOVE) / (self.axis_y[1] - self.axis_y[0])], -1
        )


def _at(values: np.ndarray, cells: np.ndarray) -> np.ndarray:
    return cv2.remap(
        values, cells[:, 0].astype(np.float32), cells[:, 1].astype(np.float32), cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE
    )[:, 0]
