"""Faces that are hard to move: each is said in one sentence, and still moved gently or not at all."""

from __future__ import annotations

import logging
from dataclasses import replace

import cv2
import numpy as np
import pytest

from eadnet_core.face.finder import FaceFinder
from eadnet_core.face.portrait import Portrait, make_portrait, portrait_of
from eadnet_core.face.topology import LEFT_EYE, RIGHT_EYE
from eadnet_core.motion.face_motion import FaceMotion
from eadnet_core.render.renderer import Renderer
from tests.pictures import astronaut, rendered_head

BLINK = replace(FaceMotion.still(2), lids=np.array([[0, 0], [1, 1]], np.float32), gaze=np.array([[0, 0], [0.5, 0]], np.float32))


@pytest.fixture(scope="module")
def finder() -> FaceFinder:
    return FaceFinder()


def said(caplog: pytest.LogCaptureFixture, picture: np.ndarray, finder: FaceFinder) -> tuple[Portrait, str]:
    """The portrait, and the one sentence of the log, if any."""
    with caplog.at_level(logging.WARNING):
        portrait = make_portrait(picture, finder, name="it.png")
    assert len(caplog.records) <= 1 and all(record.getMessage().endswith(".") for record in caplog.records)
    return portrait, caplog.records[0].getMessage() if caplog.records else ""


def with_glasses(picture: np.ndarray, finder: FaceFinder) -> np.ndarray:
    points, dark = finder.find(picture)[0].points[:, :2], picture.copy()
    unit = float(np.linalg.norm(points[33] - points[263]))
    for ring in (RIGHT_EYE, LEFT_EYE):
        x, y = points[list(ring)].mean(0)
        cv2.ellipse(dark, (round(float(x)), round(float(y))), (round(0.27 * unit), round(0.2 * unit)), 0, 0, 360, (18, 18, 20), -1)
    return dark


def with_hand(picture: np.ndarray, finder: FaceFinder) -> np.ndarray:
    points, hidden = finder.find(picture)[0].points[:, :2], picture.copy()
    unit = float(np.linalg.norm(points[33] - points[263]))
    x, y = points[[13, 14]].mean(0)
    skin = [int(v) for v in picture[round(float(points[50, 1])), round(float(points[50, 0]))]]
    top = round(float(y - 0.2 * unit))
    cv2.rectangle(hidden, (round(float(x - 0.9 * unit)), top), (round(float(x + 0.5 * unit)), round(float(y + 0.4 * unit))), skin, -1)
    return hidden


@pytest.mark.parametrize("picture", [astronaut(260), rendered_head("head_409", 320)], ids=["photograph", "rendered"])
def test_covered_eyes_are_said_and_do_not_blink(picture: np.ndarray, finder: FaceFinder, caplog: pytest.LogCaptureFixture) -> None:
    portrait, words = said(caplog, with_glasses(picture, finder), finder)
    assert "eyes in it.png seem to be covered" in words and portrait.covered == ("eyes",)
    renderer = Renderer(portrait)
    assert np.array_equal(renderer.render(BLINK, 0), renderer.render(BLINK, 1))


@pytest.mark.parametrize("picture", [astronaut(260), rendered_head("head_409", 320)], ids=["photograph", "rendered"])
def test_a_hand_before_the_mouth_is_said(picture: np.ndarray, finder: FaceFinder, caplog: pytest.LogCaptureFixture) -> None:
    portrait, words = said(caplog, with_hand(picture, finder), finder)
    assert "mouth in it.png seems to be covered" in words and portrait.covered == ("mouth",)


def test_seen_faces_are_not_called_covered(finder: FaceFinder, caplog: pytest.LogCaptureFixture) -> None:
    grey = cv2.cvtColor(cv2.cvtColor(rendered_head("head_415", 320), cv2.COLOR_RGB2GRAY), cv2.COLOR_GRAY2RGB)
    for picture in (astronaut(260), rendered_head("head_401", 320), grey, (rendered_head("head_414", 320) * 0.25).astype(np.uint8)):
        assert said(caplog, picture, finder)[1] == ""


def test_a_face_cut_by_the_edge_is_said(finder: FaceFinder, caplog: pytest.LogCaptureFixture) -> None:
    whole = rendered_head("head_415", 320)
    left, _, right, _ = finder.find(whole)[0].box
    portrait, words = said(caplog, whole[:, round(left + 0.3 * (right - left)) :], finder)
    assert "cut by the picture's edge" in words and Renderer(portrait).render(BLINK, 1).shape == portrait.image.shape


def test_a_face_in_profile_is_said_and_moved(finder: FaceFinder, caplog: pytest.LogCaptureFixture) -> None:
    """The face is one whose points are turned aside: no picture of the repository shows a profile."""
    picture = rendered_head("head_415", 320)
    face = finder.find(picture)[0]
    middle = face.points.mean(0)
    angle = np.deg2rad(60)
    turn = np.array([[np.cos(angle), 0, np.sin(angle)], [0, 1, 0], [-np.sin(angle), 0, np.cos(angle)]])
    aside = replace(face, points=((face.points - middle) @ turn.T + middle).astype(np.float32))
    with caplog.at_level(logging.WARNING):
        portrait = portrait_of(picture, aside, name="it.png")
    assert any("turned aside by" in record.getMessage() for record in caplog.records)
    assert Renderer(portrait).render(BLINK, 1).shape == picture.shape


def test_overlapping_faces_are_two(finder: FaceFinder) -> None:
    picture = np.full((340, 560, 3), 120, np.uint8)
    picture[10:330, 10:330] = rendered_head("head_415", 320)
    front = astronaut(260)
    picture[70:330, 210:470] = front
    assert len(finder.find(picture)) == 2


@pytest.mark.parametrize("kind", ["statue", "cartoon"])
def test_statues_and_cartoons_are_portraits(finder: FaceFinder, kind: str) -> None:
    picture = rendered_head("head_409", 320)
    if kind == "statue":
        picture = cv2.cvtColor(cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY), cv2.COLOR_GRAY2RGB)
        points = finder.find(picture)[0].points[:, :2]
        for ring in (RIGHT_EYE, LEFT_EYE):  # blank eyes
            cv2.fillPoly(picture, [np.rint(points[list(ring)]).astype(np.int32)], (150, 150, 150))
    else:
        picture = _with_huge_eyes(cv2.stylization(picture, sigma_s=40, sigma_r=0.5), finder)
    portrait = make_portrait(picture, finder)
    renderer = Renderer(portrait)
    turned = replace(FaceMotion.still(1), rotation=np.array([[15, 5, 0]], np.float32))
    assert len(finder.find(renderer.render(turned, 0))) == 1


def _with_huge_eyes(picture: np.ndarray, finder: FaceFinder) -> np.ndarray:
    points = finder.find(picture)[0].points[:, :2]
    height, width = picture.shape[:2]
    x, y = np.meshgrid(np.arange(width, dtype=np.float32), np.arange(height, dtype=np.float32))
    at_x, at_y = x.copy(), y.copy()
    for ring in (RIGHT_EYE, LEFT_EYE):
        middle, reach = points[list(ring)].mean(0), 0.35 * float(np.linalg.norm(points[33] - points[263]))
        share = 0.45 * np.exp(-(((x - middle[0]) ** 2 + (y - middle[1]) ** 2) / reach**2))
        at_x, at_y = at_x - share * (x - middle[0]), at_y - share * (y - middle[1])
    return cv2.remap(picture, at_x.astype(np.float32), at_y.astype(np.float32), cv2.INTER_LINEAR)
