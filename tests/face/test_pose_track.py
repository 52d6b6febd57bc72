"""Poses of many frames are those of each, and small steps move points as they say."""

from __future__ import annotations

import numpy as np

from eadnet_core.face.pose import Similarity, similarity, to_matrix
from eadnet_core.face.pose_track import PoseTrack, step_directions


def some(rng: np.random.Generator, count: int = 4) -> PoseTrack:
    return PoseTrack(rng.uniform(20, 90, count), to_matrix(rng.uniform(-30, 30, (count, 3))), rng.normal(0, 50, (count, 3)))


def test_each_is_the_similarity_of_its_frame() -> None:
    rng = np.random.default_rng(0)
    source, poses = rng.normal(size=(20, 3)), some(rng)
    noisy = poses.apply(source) + rng.normal(0, 0.5, (4, 20, 3))
    found = PoseTrack.between(source, noisy)
    for index in range(len(found)):
        one = similarity(source, noisy[index])
        np.testing.assert_allclose(found[index].rotation, one.rotation, atol=1e-9)
        np.testing.assert_allclose(found[index].shift, one.shift, atol=1e-9)
        assert abs(found[index].scale - one.scale) < 1e-9


def test_undo_undoes_and_angles_are_those_asked() -> None:
    rng = np.random.default_rng(1)
    points, poses = rng.normal(size=(4, 20, 3)), some(rng)
    np.testing.assert_allclose(poses.undo(poses.apply(points)), points, atol=1e-9)
    np.testing.assert_allclose(poses.apply(points)[2], poses[2].apply(points[2]), atol=1e-9)
    angles = np.array([[10.0, -5.0, 3.0]])
    np.testing.assert_allclose(PoseTrack(np.ones(1), to_matrix(angles), np.zeros((1, 3))).angles_deg, angles, atol=1e-9)


def test_a_small_step_moves_points_along_its_directions() -> None:
    rng = np.random.default_rng(2)
    points, poses = rng.normal(size=(20, 3)), some(rng)
    steps = rng.normal(0, 1e-4, (4, 7))
    moved = poses.undo(poses.moved(steps).apply(points))
    np.testing.assert_allclose(moved - points, np.einsum("ns,spc->npc", steps, step_directions(points)), atol=1e-6)


def test_another_unit_and_origin_leave_pixels_where_they_are() -> None:
    rng = np.random.default_rng(3)
    points, poses, origin = rng.normal(size=(20, 3)), some(rng), np.array([0.1, -0.2, 0.3])
    np.testing.assert_allclose(poses.framed(1.2, origin).apply((points - origin) / 1.2), poses.apply(points), atol=1e-9)
    assert isinstance(poses[0], Similarity)
