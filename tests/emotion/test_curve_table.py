"""Tables of curves: cells as they stand, numbers where they are numbers."""

from __future__ import annotations

import numpy as np
import pytest

from eadnet_core.emotion.curve_table import CurveTable
from eadnet_core.errors import InputError

WANTED = "give numbers"


def test_columns_are_read_by_place_and_empty_lines_do_not_count() -> None:
    table = CurveTable.of_text("a, b\n\n1, 2.5\n3,4\n,\n", "table", WANTED)
    assert table.header == ("a", "b") and table.cells(1) == ["2.5", "4"]
    np.testing.assert_array_equal(table.values(1), [2.5, 4])


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "table is empty; give numbers"),
        ("a,b\n", r"table has a header \(a, b\) but no rows"),
        ("a,a\n1,2\n", "table has the column 'a' twice"),
    ],
)
def test_what_is_no_table_is_said(text: str, words: str) -> None:
    with pytest.raises(InputError, match=words):
        CurveTable.of_text(text, "table", WANTED)


@pytest.mark.parametrize(
    ("row", "words"), [("1", "has '' as b; give a number"), ("1,x", "has 'x' as b"), ("1,inf", "has 'inf' as b; give a finite number")]
)
def test_what_is_no_number_is_said_with_its_row(row: str, words: str) -> None:
    table = CurveTable.of_text(f"a,b\n1,2\n{row}\n", "table", WANTED)
    with pytest.raises(InputError, match=f"row 2 of the table {words}"):
        table.values(1)
