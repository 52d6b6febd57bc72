"""Expressions from displacements: bounded least squares as scipy solves it, poses found beside, lips shut over an open jaw."""

from __future__ import annotations

import numpy as np
from scipy.optimize import lsq_linear

from eadnet_core.emotion.arkit import ARKIT_NAMES
from eadnet_core.face.expression_solver import JAW, SHUT, ExpressionSolver, bounded_least_squares
from eadnet_core.face.face_model import FaceModel
from eadnet_core.face.face_spread import spread_of_motion
from eadnet_core.face.pose_track import step_directions

MODEL = FaceModel.from_pretrained()
SOLVER = ExpressionSolver(MODEL.mean, MODEL.units, spread_of_motion(MODEL.mean), np.full(len(MODEL.units), 1.0))


def test_bounded_least_squares_are_those_of_scipy() -> None:
    rng = np.random.default_rng(0)
    shapes, targets = rng.normal(size=(40, 6)), rng.normal(size=(5, 40))
    found = bounded_least_squares(shapes.T @ shapes, targets @ shapes, sweeps=200)
    for one, target in zip(found, targets, strict=True):
        np.testing.assert_allclose(one, lsq_linear(shapes, target, (0, 1)).x, atol=1e-6)


def test_a_start_does_not_change_the_end() -> None:
    rng = np.random.default_rng(1)
    shapes, targets = rng.normal(size=(40, 6)), rng.normal(size=(5, 40))
    start = rng.uniform(0, 1, (5, 6))
    ends = [bounded_least_squares(shapes.T @ shapes, targets @ shapes, begin, 200) for begin in (None, start)]
    np.testing.assert_allclose(*ends, atol=1e-8)


def test_a_step_of_the_pose_is_found_beside_an_expression() -> None:
    weights = np.zeros(len(MODEL.units))
    weights[[JAW, ARKIT_NAMES.index("eyeBlinkLeft"), ARKIT_NAMES.index("eyeBlinkRight")]] = 0.6, 0.8, 0.8
    step = np.array([0.02, -0.01, 0.03, 0.01, 0.02, -0.03, 0.01])
    displacement = SOLVER.moved(weights) + np.einsum("s,spc->pc", step, step_directions(MODEL.mean))
    found = SOLVER.solve(displacement[None], SOLVER.solve(displacement[None])[0])
    np.testing.assert_allclose(found[1][0], step, atol=0.01)
    assert abs(found[0][0, JAW] - 0.6) < 0.1 and found[0][0, ARKIT_NAMES.index("eyeBlinkLeft")] > 0.6


def test_what_is_expected_is_kept_where_nothing_speaks_against_it() -> None:
    expected = np.zeros(len(MODEL.units))
    expected[ARKIT_NAMES.index("mouthSmileLeft")] = expected[ARKIT_NAMES.index("mouthSmileRight")] = 0.5
    moved = SOLVER.moved(expected)[None]
    np.testing.assert_allclose(SOLVER.solve(moved, expected[None], expected)[0][0], expected, atol=1e-6)
    np.testing.assert_allclose(SOLVER.unbounded(moved, expected)[0][0], expected, atol=1e-6)


def test_weights_below_rest_are_told() -> None:
    weights = np.zeros(len(MODEL.units))
    weights[ARKIT_NAMES.index("mouthFunnel")] = -0.5
    found = SOLVER.unbounded(SOLVER.moved(weights)[None], np.zeros(len(weights)))[0][0]
    assert found[ARKIT_NAMES.index("mouthFunnel")] < -0.3


def test_arkit_counts_a_jaw_under_shut_lips_as_open() -> None:
    weights = np.zeros(len(MODEL.units))
    weights[SHUT], weights[JAW] = 0.4, 0.2
    known = ExpressionSolver.arkit(weights)
    assert known[SHUT] == 0.4 and abs(known[JAW] - 0.6) < 1e-9
    np.testing.assert_allclose(np.einsum("u,upc->pc", known, MODEL.units), SOLVER.moved(weights), atol=1e-9)
