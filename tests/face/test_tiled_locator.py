"""Small faces in large pictures are found in tiles, once each and where they are."""

from __future__ import annotations

import numpy as np
import pytest

from eadnet_core.face.locator import FaceLocator
from eadnet_core.face.tiled_locator import TiledLocator
from tests.training.footage.films import place


@pytest.fixture(scope="module")
def plain() -> FaceLocator:
    return FaceLocator.from_pretrained()


def test_a_face_too_small_for_the_whole_picture_is_found_in_a_tile(plain: FaceLocator) -> None:
    """Somebody from head to foot: the face is a fortieth of the picture's height."""
    picture = place(1920, 1080, 1010, 300, side=48)
    assert plain.find(picture) == []
    faces = TiledLocator(plain.net).find(picture)
    assert len(faces) == 1
    left, top, right, bottom = faces[0].box
    assert 1010 < left < right < 1010 + 48 and 290 < top < bottom < 300 + 48


def test_what_the_whole_picture_shows_is_not_searched_for_again(plain: FaceLocator) -> None:
    picture = place(700, 500, 200, 150)
    whole, tiled = plain.find(picture), TiledLocator(plain.net).find(picture)
    assert len(whole) == 1
    np.testing.assert_array_equal(whole[0].landmarks, tiled[0].landmarks)
