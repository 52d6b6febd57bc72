"""Skin as two sheets that part at the lips: how displacements of points spread over each."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ..face.topology import (
    CHIN,
    EYE_SURROUND,
    INNER_LIPS,
    LIP_CORNERS,
    LOWER_LIP,
    NOSE_TIP,
    NUM_SKIN_POINTS,
    OVAL,
    UPPER_LIP,
)
from .thin_plate import spline_matrix, spread_out

SPACING = 0.11
"""Eye distances between the points that carry the skin; lips and lids are carried by all of theirs."""
NEAR_MOUTH = 0.5
"""Half the width of the strip below the lips that belongs to the lower sheet alone."""
OUTER_RING = 1.28
"""Where skin comes to rest, as a share of the face's outline; expressions do not reach the hair."""


@dataclass(frozen=True, eq=False)
class SkinSheet:
    """A sheet of skin over a box of the grid.

    Attributes:
        carriers: int [N]: the points whose displacement moves the sheet.
        matrix: float32 [rows * columns, N]: displacement of each node of the box for those of the carriers.
    """

    carriers: np.ndarray
    matrix: np.ndarray


def skin_sheets(points: np.ndarray, nodes: np.ndarray) -> tuple[SkinSheet, SkinSheet]:
    """The sheet of the face above the lip line, and the sheet below it; beside the mouth both move alike.

    Args:
        points: float [478, 3], the face in its frame.
        nodes: float [G, 2], the box's nodes.
    """
    flat = points[:NUM_SKIN_POINTS, :2]
    lip_line = flat[list(INNER_LIPS), 1].mean()
    beside = np.abs(flat[:, 0] - flat[13, 0]) >= NEAR_MOUTH
    index = np.arange(NUM_SKIN_POINTS)
    corner = np.isin(index, LIP_CORNERS)
    in_lower, in_upper = np.isin(index, list(LOWER_LIP)), np.isin(index, list(UPPER_LIP))
    chin_side = flat[:, 1] > lip_line + 0.02
    nose_side = (flat[:, 1] < lip_line) & (flat[:, 1] > flat[2, 1] - 0.1)
    upper = corner | ~(in_lower | (chin_side & ~beside))
    lower = corner | ~(in_upper | (nose_side & ~beside))
    middle = flat[list(OVAL)].mean(0)
    rest = middle + (flat[list(OVAL)] - middle) * OUTER_RING
    corners = np.array([[nodes[:, 0].min(), nodes[:, 1].min()], [nodes[:, 0].max(), nodes[:, 1].max()]])
    edge = np.linspace(0, 1, 9)[:, None]
    sides = [corners[0] + (corners[1] - corners[0]) * np.hstack([edge, 0 * edge + k]) for k in (0, 1)]
    sides += [corners[0] + (corners[1] - corners[0]) * np.hstack([0 * edge + k, edge])[1:-1] for k in (0, 1)]
    still = np.concatenate([rest[rest[:, 1] < flat[CHIN, 1]], *sides])
    always = [*EYE_SURROUND, *UPPER_LIP, *LOWER_LIP, NOSE_TIP, CHIN]
    return tuple(_sheet(flat, np.flatnonzero(part), still, always, nodes) for part in (upper, lower))  # type: ignore[return-value]


def _sheet(flat: np.ndarray, part: np.ndarray, still: np.ndarray, always: list[int], nodes: np.ndarray) -> SkinSheet:
    first = [int(np.searchsorted(part, i)) for i in sorted(set(always)) if i in set(part.tolist())]
    carriers = part[spread_out(flat[part], first, SPACING)]
    matrix = spline_matrix(np.concatenate([flat[carriers], still]), nodes)
    return SkinSheet(carriers, np.ascontiguousarray(matrix[:, : len(carriers)]))
