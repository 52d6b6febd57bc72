"""One face is followed through a video; gaps are bridged, cuts are seen, and nobody else is taken for it."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
import torch

from eadnet_core.bench import drawn_portrait
from eadnet_core.face.locator import Face, FaceLocator
from eadnet_core.face.points import AVERAGE_FACE
from eadnet_core.face.track import FaceTrack, FaceTracker, track_face

SIZE = 200
GREY = np.full((SIZE, SIZE, 3), 128, np.uint8)


def face_at(x: float, y: float, scale: float = 60.0) -> Face:
    """An average face whose crop has its corner at x, y and a side of `scale` pixels."""
    points = (AVERAGE_FACE * scale + np.array([x, y])).astype(np.float32)
    return Face((x, y, x + scale, y + scale), points, 1.0)


class Script:
    """A locator that sees what it is told: one list of faces a frame; following is finding the same face within a few pixels."""

    def __init__(self, frames: list[list[Face]]) -> None:
        self.frames, self.at, self.searches = frames, -1, 0

    def begin(self, index: int) -> None:
        self.at = index

    def find(self, image: np.ndarray) -> list[Face]:
        self.searches += 1
        return self.frames[self.at]

    def follow(self, image: np.ndarray, landmarks: np.ndarray) -> Face | None:
        near = [face for face in self.frames[self.at] if np.abs(face.landmarks - landmarks).max() < 20]
        return near[0] if near else None


def followed(frames: list[list[Face]], pictures: list[np.ndarray] | None = None) -> tuple[FaceTrack, Script]:
    script = Script(frames)
    tracker = FaceTracker(script)  # type: ignore[arg-type]
    for index in range(len(frames)):
        script.begin(index)
        tracker.add(GREY if pictures is None else pictures[index])
    return tracker.result(), script


def corners(track: FaceTrack) -> list[float]:
    """x of the crop's corner in each frame."""
    return [float(value) for value in np.round((track.landmarks - AVERAGE_FACE * 60)[:, :, 0].mean(1), 3)]


def test_the_largest_face_is_taken_and_then_the_nearest_to_it() -> None:
    """The other one grows larger later; it is not taken although the face is out of sight for a frame."""
    small, large = face_at(100, 20, 58), face_at(20, 20)
    grown = face_at(100, 20, 90)
    track, _ = followed([[large, small], [grown, large], [], [grown, face_at(22, 20)]])
    assert corners(track)[0] == 20 and corners(track)[3] == 22
    assert track.found.tolist() == [True, True, False, True] and track.num_cuts == 0


def test_short_gaps_are_bridged_by_a_line_and_long_ones_are_not() -> None:
    seen, gone = face_at(10, 10), list[Face]()
    track, _ = followed([[seen], gone, gone, gone, [face_at(18, 10)], *[gone] * 8, [face_at(18, 10)]])
    assert corners(track)[:5] == pytest.approx([10, 12, 14, 16, 18])
    assert track.present.tolist() == [True] * 5 + [False] * 8 + [True]
    assert track.found.tolist() == [True, False, False, False, True] + [False] * 8 + [True]


def test_a_long_stretch_without_a_face_is_searched_ever_more_rarely() -> None:
    _, script = followed([[] for _ in range(200)])
    assert script.searches < 20


def test_another_picture_is_a_cut_and_a_slow_pan_is_not() -> None:
    bright = np.full_like(GREY, 190)
    pan = [np.full_like(GREY, 100 + 2 * k) for k in range(6)]
    face = face_at(20, 20)
    assert followed([[face]] * 4, [GREY, GREY, bright, bright])[0].shots.tolist() == [0, 0, 1, 1]
    assert followed([[face]] * 6, pan)[0].num_cuts == 0


def test_a_face_that_jumps_is_another_take() -> None:
    """The background stays, the face is elsewhere from one frame to the next: more than an eye distance is no head motion."""
    here, there = face_at(20, 20), face_at(60, 20)
    track, _ = followed([[here], [here], [there], [there]])
    assert track.shots.tolist() == [0, 0, 1, 1]


def test_gaps_are_not_bridged_across_a_cut() -> None:
    bright = np.full_like(GREY, 190)
    track, _ = followed([[face_at(20, 20)], [], [], [face_at(24, 20)]], [GREY, GREY, bright, bright])
    assert track.present.tolist() == [True, False, False, True]


def test_stretches_lie_in_one_take_and_show_the_face_throughout() -> None:
    landmarks = np.zeros((10, 29, 2), np.float32)
    landmarks[4] = np.nan
    track = FaceTrack(landmarks, np.array([0] * 7 + [1] * 3), np.ones(10, bool))
    assert track.unbroken(3).tolist() == [0, 1, 7]
    assert track.unbroken(1).tolist() == [0, 1, 2, 3, 5, 6, 7, 8, 9]
    assert track.unbroken(11).tolist() == []


@pytest.fixture(scope="module")
def locator() -> FaceLocator:
    return FaceLocator.from_pretrained()


def test_a_drawn_face_is_followed_where_it_moves(locator: FaceLocator) -> None:
    """A pan of 1.5 pixels a frame is measured within half a pixel; a grey picture shows no face, and progress is told."""
    portrait = drawn_portrait(192, seed=3)
    moves = [1.5 * k for k in range(8)]
    shifts = [np.float64([[1, 0, x], [0, 1, 0]]) for x in moves]
    frames = [cv2.warpAffine(portrait.image, shift, (SIZE, 192), borderMode=cv2.BORDER_REPLICATE) for shift in shifts]
    told: list[tuple[int, int]] = []
    track = track_face(iter([*frames, np.full_like(frames[0], 128)]), locator, 9, lambda done, total, _: told.append((done, total)))
    assert track.found.tolist() == [True] * 8 + [False] and track.num_cuts <= 1
    x = track.landmarks[:8, :, 0].mean(1)
    np.testing.assert_allclose(x - x[0], moves, atol=0.6)
    assert told == [(k, 9) for k in range(1, 10)]


def test_following_a_place_without_a_face_says_so(locator: FaceLocator) -> None:
    noise = torch.randint(0, 255, (SIZE, SIZE, 3), generator=torch.Generator().manual_seed(0)).byte().numpy()
    assert locator.follow(noise, face_at(40, 40, 120).landmarks) is None
    assert locator.follow(noise, face_at(40, 40, 10).landmarks) is None, "eyes two pixels apart"
