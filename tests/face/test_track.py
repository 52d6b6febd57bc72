"""A face through a video: followed, lost, found again, told apart at cuts; without jitter and without delay."""

from __future__ import annotations

from fractions import Fraction

import cv2
import numpy as np
import pytest

from eadnet_core.face.finder import FaceFinder
from eadnet_core.face.one_euro import smooth_recorded
from eadnet_core.face.track import track_face
from tests.pictures import astronaut, rendered_head

GREY = np.full((220, 300, 3), 150, np.uint8)


@pytest.fixture(scope="module")
def finder() -> FaceFinder:
    return FaceFinder()


def at(x: int, face: np.ndarray | None = None) -> np.ndarray:
    frame = GREY.copy()
    face = astronaut(200) if face is None else face
    frame[10:210, x : x + 200] = face
    return frame


def test_a_face_that_moves_is_followed(finder: FaceFinder) -> None:
    track = track_face([at(3 * k) for k in range(20)], Fraction(25), finder=finder)
    way = np.diff(track.points[:, :, 0].mean(1))
    assert track.found.all() and track.num_cuts == 0 and track.size == (300, 220)
    np.testing.assert_allclose(way, 3, atol=0.6)


def test_short_gaps_are_bridged_and_long_ones_are_not(finder: FaceFinder) -> None:
    frames = [at(20)] * 3 + [GREY] * 3 + [at(26)] * 3 + [GREY] * 8 + [at(26)] * 10
    track = track_face(frames, Fraction(25), finder=finder)
    # grey frames differ so much from the face's that each change is a cut
    assert not track.found[3:6].any() and track.found[:3].all() and track.found[-1] and not track.present[10:16].any()


def test_a_cut_begins_a_take(finder: FaceFinder) -> None:
    other = cv2.resize(rendered_head("head_401", 320), (200, 200))
    track = track_face([at(50)] * 4 + [255 - at(50, other)] * 2 + [at(50, other)] * 4, Fraction(25), finder=finder)
    assert track.shots[0] == 0 and track.shots[-1] >= 1 and track.found[-1]
    assert [stretch.start for stretch in track.stretches()][0] == 0


def test_the_chosen_face_is_followed(finder: FaceFinder) -> None:
    wide = np.full((220, 520, 3), 150, np.uint8)
    wide[10:210, 10:210], wide[30:190, 330:490] = astronaut(200), astronaut(160)
    left, right = (track_face([wide] * 4, Fraction(25), face, finder).points[-1, :, 0].mean() for face in (0, 1))
    assert left < 260 < right


def test_a_steady_face_is_the_median_of_its_take(finder: FaceFinder) -> None:
    track = track_face([at(20 + 4 * (k == 5)) for k in range(11)], Fraction(25), finder=finder)
    steady = track.steady(5)
    jump = (track.points[5] - track.points[4])[:, 0].mean()
    assert abs((steady[5] - steady[4])[:, 0].mean()) < 0.3 * jump and jump > 3


def test_smoothing_takes_jitter_and_leaves_motion() -> None:
    """Noise of a resting point falls to less than a half; an opening within 0.12 s keeps 97 percent of its height and does not lag."""
    rng, time = np.random.default_rng(0), np.arange(200) / 25
    noise = 0.004 * rng.standard_normal(200)
    assert smooth_recorded(noise, 25)[20:-20].std() < 0.5 * noise.std()
    opening = 0.2 * np.exp(-(((time - 4) / 0.12) ** 2))
    smooth = smooth_recorded(opening, 25)
    assert smooth.max() > 0.97 * opening.max() and abs(int(smooth.argmax()) - int(opening.argmax())) == 0


def test_smoothing_of_what_does_not_move_changes_nothing() -> None:
    np.testing.assert_allclose(smooth_recorded(np.full((9, 2), 3.0), 25), 3.0)
