"""The space of facial motion: displacements of points as a few numbers for each part of the face.

The face is divided into cells, a grid that keeps the sense of place which strip attention needs: five rows from brow to jaw, three
columns. Each point of the skin belongs to one cell; a cell's coefficients say how its points move, along directions that were found in
the motion of a person who talks and in many expressions (scripts/make_face_model.py).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from ..face.face_model import read_face_file
from ..face.topology import NUM_POINTS

ROWS = ("brow", "eye", "cheek", "upper_lip", "lower_lip")
"""The cheeks' row holds the nose, that of the lower lip chin and jaw."""
COLUMNS = ("right", "middle", "left")
"""The person's own sides. Between the eyes there is no cell."""


@dataclass(frozen=True, eq=False)
class Cell:
    """One part of the face.

    Attributes:
        row, column: Out of ROWS and COLUMNS.
        points: int [P], its points.
        coefficients: Its place among the coefficients of the whole face.
    """

    row: str
    column: str
    points: np.ndarray
    coefficients: slice


@dataclass(frozen=True, eq=False)
class MotionSpace:
    """A linear space of displacements of the face's points, zero at rest.

    Attributes:
        cells: In the order of their coefficients.
        basis: float32 [K, 478 * 3]: the displacement of each coefficient at 1, which is one standard deviation; irises stay.
        inverse: float32 [478 * 3, K].
        mirror: int [478], for each point the one opposite it; left cells are the right ones as a mirror shows them.
    """

    cells: tuple[Cell, ...]
    basis: np.ndarray
    inverse: np.ndarray
    mirror: np.ndarray

    @staticmethod
    @lru_cache(maxsize=1)
    def from_pretrained() -> MotionSpace:
        """The space that ships with the pack.

        Raises:
            InputError: Its file is missing or damaged.
        """
        tensors, place = read_face_file()
        cells, rows, first = [], [], 0
        for row, row_name in enumerate(ROWS):
            for column, column_name in enumerate(COLUMNS):
                points = np.flatnonzero((place == (row, column)).all(1))
                if not len(points):
                    continue
                basis = tensors[f"basis.{row}.{column}"].astype(np.float64)  # [k, P * 3]
                whole = np.zeros((len(basis), NUM_POINTS, 3))
                whole[:, points] = basis.reshape(len(basis), len(points), 3)
                rows.append(whole.reshape(len(basis), -1))
                cells.append(Cell(row_name, column_name, points, slice(first, first + len(basis))))
                first += len(basis)
        basis = np.concatenate(rows)
        return MotionSpace(
            tuple(cells), basis.astype(np.float32), np.linalg.pinv(basis).astype(np.float32), tensors["mirror"].astype(np.int64)
        )

    @property
    def num_coefficients(self) -> int:
        """K."""
        return len(self.basis)

    def decode(self, coefficients: np.ndarray) -> np.ndarray:
        """Displacements float32 [..., 478, 3] of coefficients [..., K]: in the head's frame, eye distances."""
        flat = np.asarray(coefficients, np.float32) @ self.basis
        return flat.reshape(*flat.shape[:-1], NUM_POINTS, 3)

    def encode(self, displacement: np.ndarray) -> np.ndarray:
        """Coefficients float32 [..., K] that come nearest to displacements [..., 478, 3]; what lies outside the space is lost."""
        moved = np.asarray(displacement, np.float32)
        return moved.reshape(*moved.shape[:-2], NUM_POINTS * 3) @ self.inverse

    def mirrored(self, coefficients: np.ndarray) -> np.ndarray:
        """Coefficients float32 [..., K] of the same motion as a mirror shows it."""
        return self.encode(self.decode(coefficients)[..., self.mirror, :] * np.array([-1, 1, 1], np.float32))

    def of_rows(self, *rows: str) -> np.ndarray:
        """bool [K]: the coefficients of these rows."""
        chosen = np.zeros(self.num_coefficients, bool)
        for cell in self.cells:
            chosen[cell.coefficients] = cell.row in rows
        return chosen
