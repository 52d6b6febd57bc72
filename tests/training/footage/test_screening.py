"""A film is looked through: rivals count in their shot alone, and a repeated picture is not fresh."""

from __future__ import annotations

import numpy as np

from eadnet_core.face.locator import Face
from eadnet_core.face.points import AVERAGE_FACE
from eadnet_core.training.footage.screening import screen

GREY, BRIGHT = np.full((120, 160, 3), 90, np.uint8), np.full((120, 160, 3), 200, np.uint8)


def face(x: float, scale: float) -> Face:
    points = (AVERAGE_FACE * scale + np.array([x, 10])).astype(np.float32)
    return Face((x, 10, x + scale, 10 + scale), points, 1.0)


class Script:
    """A locator that sees certain faces in a grey picture and others in a bright one."""

    def __init__(self, grey: list[Face], bright: list[Face]) -> None:
        self.grey, self.bright = grey, bright

    def find(self, image: np.ndarray) -> list[Face]:
        return self.grey if image.mean() < 150 else self.bright

    def follow(self, image: np.ndarray, landmarks: np.ndarray) -> Face | None:
        return next((one for one in self.find(image) if np.abs(one.landmarks - landmarks).max() < 20), None)


def test_another_face_counts_when_it_is_about_as_large() -> None:
    large, as_large, small = face(0, 60), face(90, 50), face(90, 25)
    for other, rivalled in ((as_large, True), (small, False)):
        film = screen([GREY.copy() for _ in range(30)], Script([large, other], []))  # type: ignore[arg-type]
        assert film.rivals.tolist() == [rivalled] * 30 and film.track.found.all()


def test_rivals_of_one_shot_are_not_those_of_the_next() -> None:
    script = Script([face(0, 60), face(90, 55)], [face(0, 60)])
    film = screen([*(GREY.copy() for _ in range(30)), *(BRIGHT.copy() for _ in range(30))], script)  # type: ignore[arg-type]
    assert film.rivals.tolist() == [True] * 30 + [False] * 30
    assert film.track.shots.tolist() == [0] * 30 + [1] * 30


def test_a_picture_that_stays_is_fresh_once() -> None:
    pictures = [GREY.copy() for _ in range(4)]
    film = screen([pictures[k // 3] for k in range(12)], Script([face(0, 60)], []))  # type: ignore[arg-type]
    assert film.fresh.tolist() == [k % 3 == 0 for k in range(12)]
