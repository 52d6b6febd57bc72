"""Portraits: which face is taken, what errors say, points set by hand, the person's mask."""

from __future__ import annotations

import numpy as np
import pytest

from eadnet_core.errors import InputError
from eadnet_core.face.choice import face_in_box, face_under_mask
from eadnet_core.face.finder import Face, FaceFinder
from eadnet_core.face.person_mask import person_mask
from eadnet_core.face.points import face_at_points, parse_points
from eadnet_core.face.portrait import make_portrait
from tests.pictures import astronaut, rendered_head


@pytest.fixture(scope="module")
def finder() -> FaceFinder:
    return FaceFinder()


@pytest.fixture(scope="module")
def two() -> np.ndarray:
    picture = np.full((300, 520, 3), 110, np.uint8)
    picture[20:280, 10:270], picture[90:270, 320:500] = astronaut(260), astronaut(180)
    return picture


def test_all_faces_are_known_and_one_is_taken(finder: FaceFinder, two: np.ndarray) -> None:
    portrait = make_portrait(two, finder, 1)
    assert len(portrait.faces) == 2 and portrait.face is portrait.faces[1] and portrait.face.middle[0] > 300
    assert portrait.size == (520, 300) and portrait.matte.shape == (300, 520)
    back = portrait.fit.pose.apply(portrait.fit.canonical)
    np.testing.assert_allclose(back, portrait.face.points, atol=0.01)


def test_what_cannot_be_a_portrait_is_said(finder: FaceFinder, two: np.ndarray) -> None:
    with pytest.raises(InputError, match=r"face is 2, but two.png shows 2 \(0 at .*1 at .*choose from 0 to 1"):
        make_portrait(two, finder, 2, "two.png")
    with pytest.raises(InputError, match="no face found in grey.png"):
        make_portrait(np.full((90, 90, 3), 128, np.uint8), finder, 0, "grey.png")
    with pytest.raises(InputError, match="keep_expression is 2"):
        make_portrait(astronaut(200), finder, keep_expression=2)


def test_a_mask_and_a_box_choose(finder: FaceFinder, two: np.ndarray) -> None:
    faces = finder.find(two)
    mask = np.zeros((300, 520), np.float32)
    mask[:, 300:] = 1
    assert face_under_mask(faces, mask) == 1 and face_under_mask(faces, 1 - mask) == 0
    assert face_in_box(faces, (330, 90, 480, 260)) == 1
    with pytest.raises(InputError, match="mask covers no face"):
        face_under_mask(faces, np.zeros((300, 520), np.float32))
    with pytest.raises(InputError, match="holds no face"):
        face_in_box(faces, (0, 290, 10, 300))


def test_points_set_by_hand_place_the_crop(finder: FaceFinder) -> None:
    picture = astronaut(260)
    (found,) = finder.find(picture)
    right, left, mouth = found.points[[33, 133], :2].mean(0), found.points[[263, 362], :2].mean(0), found.points[[13, 14], :2].mean(0)
    text = "\n".join(f"{x:.0f} {y:.0f}" for x, y in (right, left, mouth))
    by_hand = face_at_points(picture, text, finder)
    assert np.abs(by_hand.points - found.points)[:, :2].mean() < 2.5


def test_where_no_face_is_seen_the_mean_face_is_laid_over_the_points(finder: FaceFinder) -> None:
    face = face_at_points(np.full((200, 200, 3), 128, np.uint8), "70 80\n130 80\n100 150", finder)
    assert isinstance(face, Face) and face.score < 0.5
    np.testing.assert_allclose(face.points[[33, 133], :2].mean(0), (70, 80), atol=6)
    np.testing.assert_allclose(face.points[[13, 14], :2].mean(0), (100, 150), atol=8)


def test_points_may_come_as_json_and_in_the_forms_of_0_1() -> None:
    assert parse_points('[{"x": 1, "y": 2}, {"x": 3, "y": 4}, {"x": 5, "y": 6}]').tolist() == [[1, 2], [3, 4], [5, 6]]
    assert parse_points("10 10\n30 10\n20 20\n14 30\n26 30").tolist() == [[10, 10], [30, 10], [20, 30]]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("1 2\n3 4", "holds 2 points"),
        ("a b\n1 2\n3 4", "not two numbers"),
        ("[1]", "no list"),
        ("1 1\n2 1\n300 1", "outside"),
        ("9 9\n9 9\n9 10", "within"),
    ],
)
def test_points_that_cannot_be_used(text: str, words: str) -> None:
    with pytest.raises(InputError, match=words):
        face_at_points(np.zeros((100, 100, 3), np.uint8), text)


def test_the_mask_is_the_person() -> None:
    picture = rendered_head("head_415", 256)
    mask = person_mask(picture)
    assert mask.shape == (256, 256) and mask.dtype == np.float32 and 0 <= mask.min() and mask.max() <= 1
    assert mask[110:150, 110:150].mean() > 0.9 and mask[:20, :20].mean() < 0.1
