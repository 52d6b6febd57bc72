"""Training batches of faces: framed as the classifier frames them, mirrored with their labels, in ever new guises."""

from __future__ import annotations

import json

import numpy as np
import pytest
import torch

from eadnet_core.emotion.vocabulary import ACTION_UNITS
from eadnet_core.errors import InputError
from eadnet_core.models.emotion_classifier import cut_face
from eadnet_core.training.emotion.recipe import EmotionRecipe
from eadnet_core.training.emotion.supply import UNITS_MIRRORED, Supply, cut_faces, disguised, draw_faces


def recipe(**changes: object) -> EmotionRecipe:
    values = {
        "seed": 1, "minutes": 0.01, "first_faces": 6, "new_faces": 2, "steps_between_new_faces": 2, "expressions": 2, "reservoir": 12,
        "batch_size": 4, "picture_size": 48, "framing_error": 0.01, "learning_rate": 1e-3, "weight_decay": 0.0, "ema_decay": 0.9,
        "weights": {"class": 1.0, "units": 1.0},
    }  # fmt: skip
    return EmotionRecipe(**{**values, **changes})  # type: ignore[arg-type]


def test_mirrored_units_change_sides() -> None:
    mirrored = [ACTION_UNITS[k] for k in UNITS_MIRRORED]
    assert [(a, b) for a, b in zip(ACTION_UNITS, mirrored, strict=True) if a != b] == [
        ("AU2L", "AU2R"), ("AU2R", "AU2L"), ("AU12L", "AU12R"), ("AU12R", "AU12L"), ("AU14L", "AU14R"), ("AU14R", "AU14L"),
        ("AU45L", "AU45R"), ("AU45R", "AU45L"),
    ]  # fmt: skip


def test_without_errors_faces_are_cut_as_the_measure_cuts_them() -> None:
    pictures, landmarks, _, _ = draw_faces(1, 2, 96, torch.Generator().manual_seed(2))
    cut = cut_faces(torch.Generator().manual_seed(0), pictures, landmarks, 64, 0.0)
    for picture, points, seen in zip(pictures, landmarks, cut, strict=True):
        image = np.ascontiguousarray((picture.movedim(0, -1) * 255).round().byte().numpy())
        wanted = cut_face(image, (points * 96).numpy(), 64)
        assert np.abs(seen.movedim(0, -1).numpy() * 255 - wanted).mean() < 3


def test_errors_of_framing_have_their_size() -> None:
    """The middle of the square moves by about `error` of the crop, here told by a picture whose red is its x."""
    count, size = 200, 64
    ramp = ((torch.arange(size) + 0.5) / size).expand(size, size)
    _, landmarks, _, _ = draw_faces(1, 1, 48, torch.Generator().manual_seed(3))
    pictures = torch.stack([ramp, ramp.T, ramp])[None].expand(count, -1, -1, -1)
    many = landmarks.expand(count, -1, -1)
    exact, shaken = (cut_faces(torch.Generator().manual_seed(0), pictures, many, 32, error)[:, 0, 15:17, 15:17] for error in (0.0, 0.02))
    assert exact.mean((1, 2)).std() < 1e-4 and 0.01 < shaken.mean((1, 2)).std() < 0.05


def test_a_face_stays_the_same_person_in_its_expressions() -> None:
    pictures = draw_faces(3, 4, 64, torch.Generator().manual_seed(7))[0].unflatten(0, (3, 4))
    within = (pictures[:, :, None] - pictures[:, None]).abs().mean()
    assert 0 < within < 0.5 * (pictures[:, None] - pictures[None]).abs().mean()


def test_guises_differ_and_stay_pictures() -> None:
    faces = torch.rand(24, 3, 32, 32, generator=torch.Generator().manual_seed(4))
    generator = torch.Generator().manual_seed(5)
    one, other = disguised(generator, faces), disguised(generator, faces)
    assert (one - other).abs().mean() > 0.02 and one.min() >= 0 and one.max() <= 1


def test_batches_are_in_the_classifiers_range_and_repeat_with_the_seed() -> None:
    batches = [Supply(recipe(), 32, torch.Generator().manual_seed(6)).batch(2) for _ in range(2)]
    assert torch.equal(batches[0].pictures, batches[1].pictures)
    batch = batches[0]
    assert batch.pictures.shape == (4, 3, 32, 32) and batch.pictures.min() >= -1 and batch.pictures.max() <= 1
    assert batch.labels.shape == (4,) and batch.units.shape == (4, len(ACTION_UNITS))


def test_a_recipe_has_exactly_its_fields(tmp_path) -> None:  # noqa: ANN001
    path = tmp_path / "recipe.json"
    path.write_text(json.dumps(recipe().to_dict()))
    assert EmotionRecipe.read(path) == recipe()
    path.write_text(json.dumps({**recipe().to_dict(), "more": 1}))
    with pytest.raises(InputError, match="more"):
        EmotionRecipe.read(path)
