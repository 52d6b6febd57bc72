"""Curves as CSV text: a header of names, then a row of numbers for each moment."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass

import numpy as np

from ..errors import InputError


@dataclass(frozen=True)
class CurveTable:
    """Attributes:
    name: What errors call the table, such as "Action Unit file".
    header: Names of the columns, as they stand there.
    rows: Cells, as they stand there; a row may be shorter than the header.
    """

    name: str
    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]

    @staticmethod
    def of_text(text: str, name: str, wanted: str) -> CurveTable:
        """The table in CSV text; empty lines do not count.

        Args:
            text: What the file holds.
            name: See CurveTable.
            wanted: What errors ask for, such as "give a header `time_s,AU1,...` and rows of numbers".

        Raises:
            InputError: It is empty, no CSV, has a header alone, or a column twice.
        """
        try:
            rows = [tuple(row) for row in csv.reader(io.StringIO(text)) if any(cell.strip() for cell in row)]
        except csv.Error as error:
            raise InputError(f"{name} is no CSV ({error}); {wanted}.") from error
        if not rows:
            raise InputError(f"{name} is empty; {wanted}.")
        header = tuple(cell.strip() for cell in rows[0])
        repeated = [column for column in header if header.count(column) > 1]
        if repeated:
            raise InputError(f"{name} has the column '{repeated[0]}' twice; keep one.")
        if len(rows) == 1:
            raise InputError(f"{name} has a header ({', '.join(header)}) but no rows; add rows of numbers.")
        return CurveTable(name, header, tuple(rows[1:]))

    def cells(self, column: int) -> list[str]:
        """The text in a column; empty where a row is too short."""
        return [row[column].strip() if column < len(row) else "" for row in self.rows]

    def values(self, column: int) -> np.ndarray:
        """The numbers in a column, float64 [rows].

        Raises:
            InputError: A cell is no finite number.
        """
        values = np.zeros(len(self.rows))
        for index, cell in enumerate(self.cells(column)):
            where = f"row {index + 1} of the {self.name} has '{cell}' as {self.header[column]}"
            try:
                values[index] = float(cell)
            except ValueError as error:
                raise InputError(f"{where}; give a number.") from error
            if not np.isfinite(values[index]):
                raise InputError(f"{where}; give a finite number.")
        return values
