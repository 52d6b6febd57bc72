"""Turns and similarities by their definitions."""

from __future__ import annotations

import numpy as np
import pytest

from eadnet_core.face.pose import Similarity, similarity, to_angles, to_matrix

NOSE, CROWN = np.array([0.0, 0.0, -1.0]), np.array([0.0, -1.0, 0.0])


def test_angles_turn_as_they_say() -> None:
    assert (to_matrix(np.array([20.0, 0, 0])) @ NOSE)[0] > 0.3, "yaw turns the nose to the picture's right"
    assert (to_matrix(np.array([0, 20.0, 0])) @ NOSE)[1] > 0.3, "pitch turns it down"
    assert (to_matrix(np.array([0, 0, 20.0])) @ CROWN)[0] > 0.3, "roll tilts the head clockwise"


def test_angles_come_back() -> None:
    angles = np.random.default_rng(0).uniform(-60, 60, (50, 3))
    np.testing.assert_allclose(to_angles(to_matrix(angles)), angles, atol=1e-9)


@pytest.mark.parametrize("weights", [None, np.linspace(1, 2, 30)])
def test_a_similarity_is_found(weights: np.ndarray | None) -> None:
    rng = np.random.default_rng(1)
    points, true = rng.normal(size=(30, 3)), Similarity(3.2, to_matrix(np.array([25.0, -10.0, 40.0])), np.array([5.0, -7.0, 2.0]))
    found = similarity(points, true.apply(points), weights)
    assert found.scale == pytest.approx(true.scale)
    np.testing.assert_allclose(found.rotation, true.rotation, atol=1e-9)
    np.testing.assert_allclose(found.undo(true.apply(points)), points, atol=1e-9)
