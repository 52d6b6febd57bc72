"""The face model fits what it made, says of portraits what is seen, and tells a person's build from what the face does."""

from __future__ import annotations

import numpy as np
import pytest

from eadnet_core.emotion.arkit import ARKIT_NAMES
from eadnet_core.errors import InputError
from eadnet_core.face import face_model
from eadnet_core.face.face_model import FaceModel, read_face_file
from eadnet_core.face.finder import find_faces
from eadnet_core.face.pose import Similarity, eye_centres, similarity, to_matrix
from eadnet_core.face.topology import LOWER_INNER_LIP, NUM_SKIN_POINTS, UPPER_INNER_LIP
from tests.pictures import astronaut, rendered_head

MODEL = FaceModel.from_pretrained()
WELL_SEEN = {
    "jawOpen": ("jawOpen",), "smile": ("mouthSmileLeft", "mouthSmileRight"), "blink": ("eyeBlinkLeft", "eyeBlinkRight"),
    "funnel": ("mouthFunnel",), "squint": ("cheekSquintLeft", "cheekSquintRight"), "aside": ("mouthLeft",),
}  # fmt: skip


def weights_of(**shapes: float) -> np.ndarray:
    weights = np.zeros(len(MODEL.units))
    for name, value in shapes.items():
        weights[ARKIT_NAMES.index(name)] = value
    return weights


def built(rng: np.random.Generator) -> np.ndarray:
    """A face at rest, unlike others."""
    return MODEL.mean + np.einsum("i,ipc->pc", rng.normal(0, 0.7, len(MODEL.identity)), MODEL.identity)


def parted(points: np.ndarray) -> np.ndarray:
    return points[..., LOWER_INNER_LIP[5], 1] - points[..., UPPER_INNER_LIP[5], 1]


def test_it_fits_what_it_made() -> None:
    """Angles within a degree, points at rest within a hundredth, weights in step with those that were asked."""
    rng, asked, found = np.random.default_rng(0), [], []
    for _ in range(40):
        names = [name for shape in rng.choice(list(WELL_SEEN), 2, replace=False) for name in WELL_SEEN[shape]]
        strength = rng.uniform(0.2, 1)
        expression = weights_of(**dict.fromkeys(names, strength))
        face, angles = built(rng), rng.uniform(-20, 20, 3)
        pose = Similarity(90.0, to_matrix(angles), np.array([300.0, 280.0, 0.0]))
        points = pose.apply(face + np.einsum("u,upc->pc", expression, MODEL.units)) + rng.normal(0, 0.3, (478, 3))
        fit = MODEL.fit(points)
        assert np.abs(fit.angles_deg - angles).max() < 1
        np.testing.assert_allclose(fit.pose.apply(fit.canonical), points, atol=1e-6)
        laid = similarity(fit.neutral[:NUM_SKIN_POINTS], face[:NUM_SKIN_POINTS]).apply(fit.neutral)
        assert np.linalg.norm(laid - face, axis=1)[:NUM_SKIN_POINTS].mean() < 0.015
        asked.append(expression)
        found.append(fit.expression)
    for names in WELL_SEEN.values():
        column = ARKIT_NAMES.index(names[0])
        assert np.corrcoef(np.array(asked)[:, column], np.array(found)[:, column])[0, 1] > 0.9


def test_its_frame_is_that_of_the_eyes() -> None:
    points = np.random.default_rng(2).normal(0, 0.005, (478, 3)) + MODEL.mean
    right, left = eye_centres(MODEL.fit(Similarity(50.0, to_matrix(np.array([9.0, 4.0, -7.0])), np.ones(3)).apply(points)).neutral)
    np.testing.assert_allclose((right + left) / 2, 0, atol=1e-9)
    assert np.linalg.norm(left - right) == pytest.approx(1)


@pytest.mark.parametrize("stretch", [(1, 1.12, 1), (0.93, 1, 1), (1, 0.94, 1.1)])
def test_a_long_or_a_broad_face_is_no_expression(stretch: tuple[float, float, float]) -> None:
    """A long chin is no open jaw: people's proportions differ more than the rendered heads do."""
    fit = MODEL.fit(MODEL.mean * stretch * 80 + (200, 200, 0))
    assert fit.expression[ARKIT_NAMES.index("jawOpen")] < 0.05 and fit.expression.max() < 0.35
    assert np.abs(fit.angles_deg).max() < 3 and abs(parted(fit.neutral) - parted(MODEL.mean)) < 0.02


def test_lips_at_rest_are_together_however_wide_they_part() -> None:
    for jaw in (0.0, 0.3, 0.8):
        face = built(np.random.default_rng(1)) + np.einsum("u,upc->pc", weights_of(jawOpen=jaw), MODEL.units)
        assert abs(parted(MODEL.fit(face * 90).neutral)) < 0.03


def test_a_cartoons_huge_eyes_are_its_build() -> None:
    face = MODEL.mean.copy()
    for ring in (face_model.RIGHT_LIDS, face_model.LEFT_LIDS):
        middle = face[list(ring), :2].mean(0)
        near = np.linalg.norm(face[:, :2] - middle, axis=1) < 0.32
        face[near, :2] = middle + (face[near, :2] - middle) * [1.2, 2.0]
    fit = MODEL.fit(face * 90)
    assert np.isfinite(fit.neutral).all() and np.abs(fit.angles_deg).max() < 6
    assert fit.expression[[i for i, name in enumerate(ARKIT_NAMES[:-1]) if name.startswith(("mouth", "jaw"))]].max() < 0.4


def test_a_track_has_one_identity_and_each_frames_expression() -> None:
    opening = np.array([0.0, 0.2, 0.6, 0.2, 0.0, 0.0])
    frames = np.stack([MODEL.mean + value * MODEL.units[ARKIT_NAMES.index("jawOpen")] for value in opening]) * 80 + (200, 200, 0)
    fit = MODEL.fit_track(frames)
    gap = parted(fit.canonical - fit.neutral)
    assert np.corrcoef(gap, opening)[0, 1] > 0.99 and abs(gap[0]) < 0.02 and len(fit.poses) == 6
    assert np.corrcoef(fit.expression[:, ARKIT_NAMES.index("jawOpen")], opening)[0, 1] > 0.95
    np.testing.assert_allclose(fit.poses.apply(fit.canonical), frames, atol=1e-6)


def test_a_track_of_one_frame_is_as_its_picture() -> None:
    points = (MODEL.mean + MODEL.units[ARKIT_NAMES.index("mouthFunnel")] * 0.7) * 80
    still, track = MODEL.fit(points), MODEL.fit_track(points[None])
    np.testing.assert_allclose(track.expression[0], still.expression, atol=0.12)
    np.testing.assert_allclose(track.neutral, still.neutral, atol=0.02)


def test_what_a_resting_face_holds_is_found_by_frames_without_it() -> None:
    """Lips that purse whenever they shut: the frames in which they part show less of it than those that were taken for rest."""
    purse, jaw = (MODEL.units[ARKIT_NAMES.index(name)] for name in ("mouthPucker", "jawOpen"))
    wave = np.sin(np.linspace(0, 12, 60)).clip(0)
    frames = np.stack([MODEL.mean + 0.5 * value * jaw + (0.8 if value == 0 else 0) * purse for value in wave]) * 80
    shown = MODEL.fit_track(frames).expression[:, ARKIT_NAMES.index("mouthPucker")]
    assert shown[wave == 0].mean() > 0.35 and shown[wave > 0.3].mean() < 0.6 * shown[wave == 0].mean()


def test_the_astronaut_smiles_and_rest_takes_it_off() -> None:
    fit = MODEL.fit(find_faces(astronaut(260))[0].points)
    smile = [ARKIT_NAMES.index(f"mouthSmile{side}") for side in ("Left", "Right")]
    assert fit.expression[smile].min() > 0.5 and np.abs(fit.angles_deg[:2]).max() < 6
    assert abs(parted(fit.neutral)) < 0.03 < parted(fit.canonical) and np.allclose(fit.own, fit.canonical - fit.neutral)


def test_a_head_with_its_lips_shut_shows_little() -> None:
    fit = MODEL.fit(find_faces(rendered_head())[0].points)
    assert fit.expression.max() < 0.4 and abs(parted(fit.neutral)) < 0.03


def test_a_damaged_file_is_said(monkeypatch: pytest.MonkeyPatch, tmp_path) -> None:  # noqa: ANN001
    path = tmp_path / "face.safetensors"
    path.write_bytes(face_model.PATH.read_bytes()[:1000])
    for wrong in (path, tmp_path / "none.safetensors"):
        monkeypatch.setattr(face_model, "PATH", wrong)
        with pytest.raises(InputError, match="cannot be read .*install the pack again"):
            read_face_file()


def test_the_file_is_small_and_says_where_it_comes_from() -> None:
    from safetensors import safe_open

    assert face_model.PATH.stat().st_size < 1_000_000
    with safe_open(face_model.PATH, framework="numpy") as file:
        origin = file.metadata()["origin"]
    assert "CC0" in origin and "MIT" in origin and "CC BY 4.0" in origin
