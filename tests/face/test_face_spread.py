"""How faces spread: the inverse is that of the covariance written out, and lips at rest do not part."""

from __future__ import annotations

import numpy as np

from eadnet_core.face.face_model import FaceModel
from eadnet_core.face.face_spread import FaceSpread, spread_of_motion, spread_of_people
from eadnet_core.face.topology import NUM_SKIN_POINTS


def test_it_is_the_inverse_of_the_covariance() -> None:
    rng = np.random.default_rng(0)
    points, directions = rng.normal(size=(12, 3)), rng.normal(0, 0.1, (3, 12, 3))
    smooth, noise = ((0.1, 0.2, 0.3, 0.5), (0.05, 0.05, 0.05, 2.0)), (0.02, 0.03, 0.04)
    covariance = np.einsum("rpa,rqb->paqb", directions, directions)
    apart = ((points[:, None] - points[None]) ** 2).sum(-1)
    for axis in range(3):
        for *deviations, reach in smooth:
            covariance[:, axis, :, axis] += deviations[axis] ** 2 * np.exp(-apart / 2 / reach**2)
        covariance[:, axis, :, axis] += np.eye(12) * noise[axis] ** 2
    displacements = rng.normal(size=(5, 36))
    expected = np.linalg.solve(covariance.reshape(36, 36), displacements.T).T
    np.testing.assert_allclose(FaceSpread(points, smooth, noise, directions).weighted(displacements), expected, rtol=1e-6)


def test_a_parting_of_the_lips_is_less_likely_than_a_long_chin() -> None:
    model = FaceModel.from_pretrained()
    spread = spread_of_people(model.mean, model.identity)
    lower, below = np.zeros((1, NUM_SKIN_POINTS, 3)), np.zeros((1, NUM_SKIN_POINTS, 3))
    lips = np.linalg.norm(model.mean[:NUM_SKIN_POINTS] - model.mean[14], axis=1) < 0.15
    lower[0, lips & (model.mean[:NUM_SKIN_POINTS, 1] > model.mean[13, 1] + 0.005), 1] = 0.05
    below[0, :, 1] = 0.05 * np.clip(model.mean[:NUM_SKIN_POINTS, 1], 0, 2)

    def cost(shape: np.ndarray) -> float:
        flat = shape.reshape(1, -1)
        return float((flat * spread.weighted(flat)).sum())

    assert cost(below) < 5 < 10 * cost(below) < cost(lower)


def test_motion_strays_without_directions() -> None:
    flat = np.random.default_rng(1).normal(size=(2, NUM_SKIN_POINTS * 3))
    weighted = spread_of_motion(FaceModel.from_pretrained().mean).weighted(flat)
    assert weighted.shape == flat.shape and (flat * weighted).sum() > 0
