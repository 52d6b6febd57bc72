"""Which point of the portrait is seen where: a moved sheet is made free of folds, the front hiding what lies behind, and inverted.

A head that turns folds its picture: the far cheek comes to lie over the ear. Seen from the middle of the face outwards, whatever would
fold back lies behind what was met before. So positions are made to rise outwards, row by row and then column by column; what is hidden
shrinks to nothing at the horizon of what hides it. A sheet without folds has an inverse, found exactly in two passes.
Source: ours; two passes after Catmull and Smith, 3-D transformations of images in scanline order, 1980.
"""

from __future__ import annotations

import cv2
import numpy as np

LEAST_STEP = 0.04
"""Of a cell's width: what is left of a hidden cell. Nothing at all would leave the inverse without an answer."""


def seen_from(
    x: np.ndarray,
    y: np.ndarray,
    axis_x: np.ndarray,
    axis_y: np.ndarray,
    middle_columns: np.ndarray,
    middle_row: int,
    least_step: float = LEAST_STEP,
    calm: float = 0.0,
) -> np.ndarray:
    """The inverse of a moved grid, the front hiding the back.

    Args:
        x, y: float [rows, columns]: where each node of the grid went. The border's nodes stay where they are.
        axis_x, axis_y: float [columns], [rows], rising evenly: where the nodes were.
        middle_columns: int [rows]: the column of the face's middle in each row; everything beside it lies farther back.
        middle_row: The row of the nose's tip.
        least_step: Of a cell's width, what is left of a hidden cell.
        calm: Rows over which horizons are smoothed (deviation). Rising rows that are averaged still rise.

    Returns:
        float32 [rows, columns, 2]: for each node, the point x, y that is seen there.
    """
    risen = _calmed(_outwards(x, least_step * (axis_x[1] - axis_x[0]), middle_columns), calm)
    across, height = _rows_at(axis_x, risen, np.broadcast_to(axis_x, x.shape), y)  # [rows, columns] each, at even x
    fallen = _calmed(_outwards(height.T, least_step * (axis_y[1] - axis_y[0]), np.full(len(axis_x), middle_row)), calm)
    source_y, source_x = _rows_at(axis_y, fallen, np.broadcast_to(axis_y, fallen.shape), across.T)
    return np.stack([source_x.T, source_y.T], -1).astype(np.float32)


def _calmed(rows: np.ndarray, deviation: float) -> np.ndarray:
    return (
        cv2.GaussianBlur(rows, (1, 2 * int(np.ceil(3 * deviation)) + 1), deviation, borderType=cv2.BORDER_REPLICATE) if deviation else rows
    )


def _outwards(position: np.ndarray, step: float, middle: np.ndarray) -> np.ndarray:
    """Positions [N, M] that rise along each row by at least `step`, each kept unless something nearer to the row's middle pushes it."""
    length = position.shape[1]
    slope = step * np.arange(length)
    columns = np.arange(length)
    beyond = columns >= middle[:, None]
    right = np.maximum.accumulate(np.where(beyond, position - slope, -np.inf), 1) + slope
    left = (np.minimum.accumulate(np.where(columns <= middle[:, None], position - slope, np.inf)[:, ::-1], 1))[:, ::-1] + slope
    return np.where(beyond, right, left)


def _rows_at(axis: np.ndarray, position: np.ndarray, *values: np.ndarray) -> list[np.ndarray]:
    """Values [N, M] known at rising positions [N, M], linearly interpolated at `axis` [M] in each row."""
    stride = 4 * (axis[-1] - axis[0])
    lift = stride * np.arange(len(position))[:, None]
    clipped = np.clip(position, axis[0], axis[-1])
    clipped[:, 0], clipped[:, -1] = axis[0] - 1e-9, axis[-1] + 1e-9
    knots, wanted = (clipped + lift).ravel(), (axis + lift).ravel()
    after = np.clip(np.searchsorted(knots, wanted), 1, len(knots) - 1)
    before = after - 1
    share = (wanted - knots[before]) / np.maximum(knots[after] - knots[before], 1e-9)
    return [_mix(np.ascontiguousarray(value).ravel(), before, after, share).reshape(position.shape) for value in values]


def _mix(flat: np.ndarray, before: np.ndarray, after: np.ndarray, share: np.ndarray) -> np.ndarray:
    return flat[before] + (flat[after] - flat[before]) * share
