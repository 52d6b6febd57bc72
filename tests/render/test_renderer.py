"""The renderer: the picture stays where nothing moves, the background stays where the head turns, edges stay clean at any size."""

from __future__ import annotations

from dataclasses import replace

import cv2
import numpy as np
import pytest

from eadnet_core.emotion.arkit import ARKIT_NAMES
from eadnet_core.errors import InputError
from eadnet_core.face.face_model import FaceModel
from eadnet_core.face.finder import find_faces
from eadnet_core.face.portrait import Portrait, make_portrait
from eadnet_core.motion.face_motion import FaceMotion
from eadnet_core.motion.space import MotionSpace
from eadnet_core.render.fetch import fetch
from eadnet_core.render.in_order import in_order
from eadnet_core.render.renderer import Renderer
from eadnet_core.render.spread import spread_colour
from tests.pictures import astronaut, rendered_head

STILL = FaceMotion.still(1)


@pytest.fixture(scope="module")
def portrait() -> Portrait:
    return make_portrait(rendered_head("head_415", 320))


@pytest.fixture(scope="module")
def renderer(portrait: Portrait) -> Renderer:
    return Renderer(portrait)


def turned(*angles: float) -> FaceMotion:
    return replace(STILL, rotation=np.array([angles], np.float32))


def opened(value: float) -> FaceMotion:
    unit = FaceModel.from_pretrained().units[ARKIT_NAMES.index("jawOpen")]
    return replace(STILL, expression=MotionSpace.from_pretrained().encode(value * unit)[None])


def test_at_rest_it_is_nearly_the_picture(portrait: Portrait, renderer: Renderer) -> None:
    frame = renderer.render(STILL, 0)
    assert frame.shape == portrait.image.shape and frame.dtype == np.uint8
    assert np.abs(frame.astype(int) - portrait.image).mean() < 1.5


def test_outside_the_region_it_is_the_picture_bit_for_bit() -> None:
    picture = np.full((400, 700, 3), 90, np.uint8)
    picture[100:300, 80:280] = rendered_head("head_409", 200)
    renderer = Renderer(make_portrait(picture))
    frame, outside = renderer.render(turned(25, 0, 0), 0), renderer.region_mask == 0
    assert outside.mean() > 0.2 and np.array_equal(frame[outside], picture[outside]) and not np.array_equal(frame, picture)


def test_the_face_goes_where_it_is_told_and_the_background_stays(portrait: Portrait, renderer: Renderer) -> None:
    frame = renderer.render(turned(20, 0, 0), 0)
    before, after = portrait.face.points, find_faces(frame)[0].points
    assert (after - before)[1, 0] > 5 and abs((after - before)[1, 1]) < 6
    corner = np.s_[2:30, 2:30]
    assert np.abs(frame[corner].astype(int) - portrait.image[corner]).max() < 6


def test_an_open_mouth_is_open_and_is_no_slot_of_grey(renderer: Renderer) -> None:
    frame = renderer.render(opened(0.6), 0)
    points = find_faces(frame)[0].points
    assert points[14, 1] - points[13, 1] > 8
    inside = frame[int(points[13, 1]) + 2 : int(points[14, 1]) - 1, int(points[13, 0]) - 6 : int(points[13, 0]) + 7].reshape(-1, 3)
    assert inside.std(0).max() > 12, "teeth, tongue and dark"


def test_lids_shut_over_the_eyes(portrait: Portrait, renderer: Renderer) -> None:
    frame = renderer.render(replace(STILL, lids=np.ones((1, 2), np.float32)), 0)
    points = portrait.face.points
    for iris in (468, 473):
        x, y = points[iris, :2].astype(int)
        open_eye, shut_eye = (picture[y - 3 : y + 4, x - 3 : x + 4].mean() for picture in (portrait.image, frame))
        assert shut_eye > open_eye + 20, "skin where the iris was"


def test_gaze_moves_the_irises(portrait: Portrait, renderer: Renderer) -> None:
    right = renderer.render(replace(STILL, gaze=np.array([[0.8, 0]], np.float32)), 0)
    left = renderer.render(replace(STILL, gaze=np.array([[-0.8, 0]], np.float32)), 0)
    irises = [find_faces(frame)[0].points[[468, 473], 0].mean() for frame in (left, right)]
    assert irises[1] > irises[0] + 3


def test_any_size_shows_the_same(portrait: Portrait, renderer: Renderer) -> None:
    small = Renderer(portrait, 160).render(turned(10, 0, 0), 0)
    whole = cv2.resize(renderer.render(turned(10, 0, 0), 0), (160, 160), interpolation=cv2.INTER_AREA)
    assert small.shape == (160, 160, 3) and np.abs(small.astype(int) - whole).mean() < 4
    with pytest.raises(InputError, match="size is 32"):
        Renderer(portrait, 32)


@pytest.mark.parametrize("angles", [(30, 0, 0), (-30, 0, 0), (0, 20, 0), (0, -20, 0), (0, 0, 20), (20, 10, -10)])
def test_far_turns_keep_their_edges_clean(angles: tuple[float, ...]) -> None:
    """No torn pixels: a frame is no rougher than the picture, and the face is still one."""
    picture = astronaut(260)
    frame = Renderer(make_portrait(picture)).render(turned(*angles), 0)
    rough = [np.abs(cv2.Laplacian(cv2.cvtColor(image, cv2.COLOR_RGB2GRAY), cv2.CV_32F)).mean() for image in (picture, frame)]
    assert rough[1] < 1.15 * rough[0] and len(find_faces(frame)) == 1


def test_frames_come_in_order_and_an_error_ends_them() -> None:
    assert list(in_order(lambda index: index**2, 20, 3)) == [index**2 for index in range(20)]

    def broken(index: int) -> int:
        if index == 4:
            raise ValueError("four")
        return index

    with pytest.raises(ValueError, match="four"):
        list(in_order(broken, 10, 2))


def test_fetching_from_where_pixels_are_gives_the_picture() -> None:
    """OpenCV 5.0 gets this wrong for maps that come as one array."""
    picture = np.random.default_rng(0).integers(0, 255, (40, 50, 3), np.uint8)
    here = np.stack(np.meshgrid(np.arange(50.0), np.arange(40.0)), -1)
    for interpolation in (cv2.INTER_NEAREST, cv2.INTER_LINEAR, cv2.INTER_CUBIC):
        assert np.array_equal(fetch(picture, here, interpolation), picture)
    beside = fetch(picture.astype(np.float32), here + (0.5, 0))
    np.testing.assert_allclose(beside[:, :-1], (picture[:, :-1] + picture[:, 1:].astype(np.float32)) / 2, atol=1e-3)


def test_colours_spread_from_where_they_are_known() -> None:
    known = np.zeros((40, 40), np.float32)
    known[:, :10] = 1
    colour = np.where(known[..., None] > 0, np.array([200.0, 50, 10]), 0).astype(np.float32)
    np.testing.assert_allclose(spread_colour(colour, known), np.broadcast_to([200.0, 50, 10], (40, 40, 3)), atol=2)
