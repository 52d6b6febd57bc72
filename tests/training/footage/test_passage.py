"""Passages hold one face in one shot, whole, large and still enough; everything else is dropped with its reason and its time."""

from __future__ import annotations

import numpy as np
import pytest

from eadnet_core.face.align import eye_distance
from eadnet_core.face.points import AVERAGE_FACE
from eadnet_core.face.track import FaceTrack
from eadnet_core.training.footage.passage import LONGEST, SHORTEST, STORED_EXTENT, Dropped, Passage, Reason, plan_passages
from eadnet_core.training.footage.screening import Screening

SCALE = 120.0
"""Pixels for each crop unit: the eyes are about 26 pixels apart."""


def seen(num: int, scale: float = SCALE, **changes: np.ndarray) -> Screening:
    """A face that stays where it is for `num` frames."""
    landmarks = np.repeat((AVERAGE_FACE * scale + 50)[None].astype(np.float32), num, 0)
    landmarks = changes.get("landmarks", landmarks)
    track = FaceTrack(landmarks, changes.get("shots", np.zeros(num, np.int64)), changes.get("found", ~np.isnan(landmarks[:, 0, 0])))
    return Screening(track, changes.get("rivals", np.zeros(num, bool)), changes.get("fresh", np.ones(num, bool)))


def plan(film: Screening, num_heard: int = 10_000) -> tuple[list[Passage], list[Dropped]]:
    """The plan, and that nothing is lost or double: passages and what was dropped fill the film."""
    passages, dropped = plan_passages(film, num_heard)
    covered = np.zeros(film.track.num_frames, int)
    for passage in passages:
        covered[passage.first : passage.first + passage.num_frames] += 1
    for one in dropped:
        covered[round(one.start_s * 25) : round(one.end_s * 25)] += 1
    assert (covered == 1).all()
    return passages, dropped


def test_a_face_that_stays_is_one_passage_whose_kept_square_is_around_its_crop() -> None:
    (passage,), dropped = plan(seen(100))
    assert (passage.first, passage.num_frames, dropped) == (0, 100, [])
    scale = np.linalg.norm(passage.to_stored[:, 0])
    assert eye_distance(passage.landmarks[0]) * scale == pytest.approx(0.22 / STORED_EXTENT, rel=0.05)
    middle = passage.landmarks[0] @ passage.to_stored[:, :2].T + passage.to_stored[:, 2]
    assert 0.4 < middle[:, 0].mean() < 0.6


def test_cuts_part_passages() -> None:
    passages, dropped = plan(seen(100, shots=np.repeat([0, 1], [40, 60])))
    assert [(p.first, p.num_frames) for p in passages] == [(0, 40), (40, 60)] and not dropped


def test_frames_without_a_face_or_with_several_are_dropped_with_their_time() -> None:
    film = seen(150, rivals=np.repeat([False, True], [100, 50]))
    film.track.landmarks[50:60] = np.nan
    film.track.found[50:60] = False
    passages, dropped = plan(film)
    assert [(p.first, p.num_frames) for p in passages] == [(0, 50), (60, 40)]
    assert [(one.reason, one.start_s, one.end_s) for one in dropped] == [(Reason.NO_FACE, 2.0, 2.4), (Reason.SEVERAL, 4.0, 6.0)]


@pytest.mark.parametrize(
    ("film", "reason", "detail"),
    [
        (seen(SHORTEST - 1), Reason.SHORT, f"{SHORTEST - 1} frames"),
        (seen(60, found=np.arange(60) % 2 == 0), Reason.UNCLEAR, "50%"),
        (seen(60, fresh=np.arange(60) % 2 == 0), Reason.SLOW, "12 a second"),
        (seen(60, scale=40.0), Reason.SMALL, "pixels apart"),
    ],
)
def test_what_cannot_be_used_says_why(film: Screening, reason: Reason, detail: str) -> None:
    passages, (dropped,) = plan(film)
    assert not passages and dropped.reason is reason and detail in dropped.detail


def test_pictures_beyond_the_sound_are_dropped() -> None:
    passages, dropped = plan(seen(90), num_heard=50)
    assert [(p.first, p.num_frames) for p in passages] == [(0, 50)]
    assert [(one.reason, one.start_s) for one in dropped] == [(Reason.NO_SOUND, 2.0)]


def test_long_films_are_divided_evenly() -> None:
    passages, _ = plan(seen(2 * LONGEST + 10))
    assert len(passages) == 4 and {p.num_frames for p in passages} == {127, 128}


def test_a_head_that_walks_away_is_followed_in_shorter_passages_and_one_that_runs_is_dropped() -> None:
    """A kept square has a quarter of a crop to spare on each side; it is asked for crops that lie in it."""
    film = seen(160)
    film.track.landmarks[:, :, 0] += np.linspace(0, 1.2 * SCALE, 160)[:, None].astype(np.float32)
    passages, dropped = plan(film)
    assert len(passages) > 1 and not dropped
    for passage in passages:
        crop_width = SCALE * np.linalg.norm(passage.to_stored[:, 0])
        moved = np.ptp(passage.landmarks[:, :, 0].mean(1)) * np.linalg.norm(passage.to_stored[:, 0])
        assert moved / 2 + crop_width / 2 < 0.53
    film.track.landmarks[:, :, 0] += np.linspace(0, 12 * SCALE, 160)[:, None].astype(np.float32)
    passages, dropped = plan(film)
    assert not passages and {one.reason for one in dropped} == {Reason.RESTLESS}


def test_landmarks_lose_what_trembles_and_keep_what_moves() -> None:
    """A parabola passes a Savitzky-Golay filter of second order unchanged; noise of one frame loses half of its power and more."""
    film = seen(80)
    curve = (np.linspace(-1, 1, 80) ** 2 * 8).astype(np.float32)
    noise = np.random.default_rng(0).normal(0, 1, (80, 29, 2)).astype(np.float32)
    still = film.track.landmarks.copy()
    film.track.landmarks[:] = still + curve[:, None, None]
    (smooth,), _ = plan(film)
    np.testing.assert_allclose(smooth.landmarks, still + curve[:, None, None], atol=1e-3)
    film.track.landmarks[:] = still + noise
    (smooth,), _ = plan(film)
    assert np.square(smooth.landmarks - still).mean() < 0.6
