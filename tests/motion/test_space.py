"""The space of motion: linear, zero at rest, each point in one cell."""

from __future__ import annotations

import numpy as np

from eadnet_core.face.face_model import FaceModel
from eadnet_core.face.topology import NUM_SKIN_POINTS
from eadnet_core.motion.space import COLUMNS, ROWS, MotionSpace

SPACE = MotionSpace.from_pretrained()


def test_each_skin_point_belongs_to_one_cell_and_irises_to_none() -> None:
    owned = np.concatenate([cell.points for cell in SPACE.cells])
    assert sorted(owned) == list(range(NUM_SKIN_POINTS))
    assert {cell.row for cell in SPACE.cells} == set(ROWS) and {cell.column for cell in SPACE.cells} == set(COLUMNS)


def test_rest_is_zero_and_it_is_linear() -> None:
    rng = np.random.default_rng(0)
    one, other = rng.normal(size=(2, SPACE.num_coefficients))
    assert not SPACE.decode(np.zeros(SPACE.num_coefficients)).any()
    np.testing.assert_allclose(SPACE.decode(one + 2 * other), SPACE.decode(one) + 2 * SPACE.decode(other), atol=1e-4)


def test_what_is_in_the_space_comes_back() -> None:
    coefficients = np.random.default_rng(1).normal(size=(4, SPACE.num_coefficients))
    np.testing.assert_allclose(SPACE.encode(SPACE.decode(coefficients)), coefficients, atol=2e-3)


def test_expressions_come_back_nearly() -> None:
    """Mean error under a hundredth of the eye distance for half of each ARKit shape."""
    units = FaceModel.from_pretrained().units * 0.5
    moved = units[np.abs(units).max((1, 2)) > 0.01]
    missed = np.linalg.norm(SPACE.decode(SPACE.encode(moved)) - moved, axis=-1)
    assert missed.mean() < 0.01
