"""M-LMD and F-LMD: nothing for the same face anywhere in the picture, and the closed form for a mouth that moved."""

from __future__ import annotations

import numpy as np
import pytest

from eadnet_core.metrics.landmark_distance import MOUTH, RIGID, landmark_distance
from tests.metrics.faces import EYES, face, track


def test_the_same_face_turned_scaled_and_moved_is_no_distance_away() -> None:
    angle = 0.3
    turn = 1.7 * np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    made = [face(0.1 * k) for k in range(5)]
    real = [np.column_stack([one[:, :2] @ turn.T + [50, -20], one[:, 2]]) for one in made]
    distance = landmark_distance(track(made), track(real))
    assert distance is not None and distance.mouth < 1e-3 and distance.face < 1e-3 and distance.num_frames == 5


def test_a_wider_mouth_is_its_corners_way_over_all_points() -> None:
    """Both corners move out by a tenth of the eye distance: 2 points of the lips, 10 percent each."""
    distance = landmark_distance(track([face(width=0.2)] * 3), track([face(side=900.0)] * 3))
    assert distance is not None
    assert distance.mouth == pytest.approx(10 * 2 / len(MOUTH), rel=0.01) and distance.face == pytest.approx(10 * 2 / 468, rel=0.01)


def test_a_mouth_in_another_place_counts_although_its_form_is_the_same() -> None:
    moved = face()
    moved[MOUTH, 1] += 0.05 * EYES * 200
    distance = landmark_distance(track([moved]), track([face()]))
    assert distance is not None and distance.mouth == pytest.approx(5, rel=0.01)


def test_only_frames_that_show_both_faces_are_compared() -> None:
    made, real = track([face(0.5)] * 6, missing=(0, 1)), track([face()] * 4, missing=(2,))
    distance = landmark_distance(made, real)
    assert distance is not None and distance.num_frames == 1
    assert landmark_distance(track([face()] * 2, missing=(0, 1)), real) is None


def test_points_of_the_mouth_and_rigid_ones() -> None:
    assert {13, 14, 61, 291} <= set(MOUTH) and not set(MOUTH) & set(RIGID) and {1, 263} <= set(RIGID)
