"""The face model fits what it made, and says of portraits what is seen."""

from __future__ import annotations

import numpy as np
import pytest

from eadnet_core.emotion.arkit import ARKIT_NAMES
from eadnet_core.face.face_model import FaceModel
from eadnet_core.face.finder import find_faces
from eadnet_core.face.pose import Similarity, to_matrix
from tests.pictures import astronaut

WELL_SEEN = ("jawOpen", "mouthSmileLeft", "mouthSmileRight", "mouthPucker", "mouthLeft", "browDownLeft", "eyeBlinkLeft", "eyeBlinkRight")


@pytest.fixture(scope="module")
def model() -> FaceModel:
    return FaceModel.from_pretrained()


def made(model: FaceModel, rng: np.random.Generator, expression: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Points of a random face with an expression, and its angles."""
    face = model.mean + np.einsum("i,ipc->pc", rng.normal(0, 0.3, len(model.identity)), model.identity)
    angles = rng.uniform(-15, 15, 3)
    pose = Similarity(90.0, to_matrix(angles), np.array([300.0, 280.0, 0.0]))
    return pose.apply(face + np.einsum("u,upc->pc", expression, model.units)) + rng.normal(0, 0.3, (478, 3)), angles


def test_it_fits_what_it_made(model: FaceModel) -> None:
    rng, asked, found = np.random.default_rng(0), [], []
    for _ in range(12):
        expression = np.zeros(len(model.units))
        chosen = [ARKIT_NAMES.index(name) for name in rng.choice(WELL_SEEN, 3, replace=False)]
        expression[chosen] = rng.uniform(0.3, 1, 3)
        points, angles = made(model, rng, expression)
        fit = model.fit(points)
        assert np.abs(fit.angles_deg - angles).max() < 2.5
        np.testing.assert_allclose(fit.pose.apply(fit.canonical), points, atol=0.01)
        seen = [ARKIT_NAMES.index(name) for name in WELL_SEEN]
        asked.append(expression[seen])
        found.append(fit.expression[seen])
    assert np.corrcoef(np.ravel(asked), np.ravel(found))[0, 1] > 0.6


def test_a_track_has_one_identity_and_each_frames_expression(model: FaceModel) -> None:
    jaw = ARKIT_NAMES.index("jawOpen")
    opening = np.array([0.0, 0.2, 0.6, 0.2, 0.0, 0.0])
    frames = np.stack([model.mean + value * model.units[jaw] for value in opening]) * 80 + (200, 200, 0)
    fit = model.fit_track(frames)
    gap = (fit.canonical - fit.neutral)[:, 14, 1] - (fit.canonical - fit.neutral)[:, 13, 1]
    assert np.corrcoef(gap, opening)[0, 1] > 0.99 and abs(gap[0]) < 0.02 and len(fit.poses) == 6
    assert np.corrcoef(fit.expression[:, jaw], opening)[0, 1] > 0.9


def test_the_astronaut_smiles_and_rest_takes_it_off(model: FaceModel) -> None:
    fit = model.fit(find_faces(astronaut(260))[0].points)
    smile = [ARKIT_NAMES.index(f"mouthSmile{side}") for side in ("Left", "Right")]
    assert fit.expression[smile].min() > 0.25 and np.abs(fit.angles_deg[:2]).max() < 6
    parted, rest = fit.canonical[14, 1] - fit.canonical[13, 1], fit.neutral[14, 1] - fit.neutral[13, 1]
    assert rest < 0.6 * parted and np.allclose(fit.own, fit.canonical - fit.neutral)
