"""Capture: what a face that was made does is what is captured; gaps, cuts and videos without a face are said."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest

from eadnet_core.emotion.arkit import ARKIT_NAMES
from eadnet_core.errors import InputError
from eadnet_core.face.face_model import FaceModel
from eadnet_core.face.pose import Similarity, to_matrix
from eadnet_core.face.topology import LEFT_IRIS, LOWER_INNER_LIP, RIGHT_IRIS, UPPER_INNER_LIP
from eadnet_core.face.track import FaceTrack
from eadnet_core.motion.capture import GAZE_REACH, capture
from eadnet_core.motion.facs import motion_to_arkit
from eadnet_core.motion.space import MotionSpace

MODEL, SPACE = FaceModel.from_pretrained(), MotionSpace.from_pretrained()
TIMES = np.arange(75) / 25


def wave(rate_hz: float) -> np.ndarray:
    return np.clip(np.sin(2 * np.pi * rate_hz * TIMES), 0, 1)


def performed(yaw: np.ndarray | float = 0.0, look: np.ndarray | float = 0.0, scale: float = 90.0, **shapes: np.ndarray) -> FaceTrack:
    """The mean face's track with shapes over time, in pixels."""
    weights = np.zeros((len(TIMES), len(MODEL.units)))
    for name, values in shapes.items():
        for side in ("", "Left", "Right"):
            if name + side in ARKIT_NAMES:
                weights[:, ARKIT_NAMES.index(name + side)] = values
    points = MODEL.mean + np.einsum("nu,upc->npc", weights, MODEL.units)
    for iris in (RIGHT_IRIS, LEFT_IRIS):
        points[:, iris : iris + 5, 0] += GAZE_REACH * np.broadcast_to(look, len(TIMES))[:, None]
    angles = np.stack([np.broadcast_to(yaw, len(TIMES)), np.full(len(TIMES), 3.0), np.full(len(TIMES), 5.0)], 1)
    placed = [
        Similarity(scale, to_matrix(turn), np.array([300.0, 250.0, 0.0])).apply(face) for turn, face in zip(angles, points, strict=True)
    ]
    seen = np.ones(len(TIMES), bool)
    return FaceTrack(np.array(placed, np.float32), np.zeros(len(TIMES), np.int64), seen, Fraction(25), (640, 480))


def parted(points: np.ndarray) -> np.ndarray:
    return (points[..., LOWER_INNER_LIP, 1] - points[..., UPPER_INNER_LIP, 1])[..., 5]


def test_lips_part_as_far_as_they_did() -> None:
    motion = capture(performed(jawOpen=0.6 * wave(1.5))).motion
    gap = parted(SPACE.decode(motion.expression))
    wanted = 0.6 * wave(1.5) * parted(MODEL.units[ARKIT_NAMES.index("jawOpen")])
    assert np.abs(gap - wanted).max() < 0.04 and np.corrcoef(gap, wanted)[0, 1] > 0.99
    jaw = motion_to_arkit(motion)[:, ARKIT_NAMES.index("jawOpen")]
    assert np.corrcoef(jaw, wave(1.5))[0, 1] > 0.97 and not motion.keep.any()


def test_the_head_is_told_from_where_it_is_first() -> None:
    yaw = 12 * np.cos(2 * np.pi * 0.5 * TIMES)
    made = capture(performed(yaw=yaw)).motion
    np.testing.assert_allclose(made.rotation[0], 0, atol=1e-6)
    np.testing.assert_allclose(made.rotation[:, 0], yaw - yaw[0], atol=0.7)
    assert np.abs(made.rotation[:, 1:]).max() < 1.5 and np.abs(made.translation[:, 2]).max() < 0.01


def test_the_head_is_told_from_where_it_rests_when_it_first_looks_aside() -> None:
    yaw = np.where(TIMES < 0.2, 34.0, 3.0)
    made = capture(performed(yaw=yaw)).motion
    assert abs(np.median(made.rotation[:, 0])) < 1 and made.rotation[0, 0] > 20


def test_blinks_go_to_lids_and_looks_to_gaze() -> None:
    blink, look = wave(0.7) ** 8, 0.5 * np.sign(np.sin(2 * np.pi * 0.4 * TIMES))
    motion = capture(performed(eyeBlink=blink, look=look)).motion
    assert np.corrcoef(motion.lids[:, 0], blink)[0, 1] > 0.97 and motion.lids[blink > 0.95].min() > 0.6
    eyes = SPACE.decode(motion.expression)[:, [159, 386], 1]
    assert np.abs(eyes).max() < 0.02
    still = blink < 0.05
    apart = motion.gaze[still & (look > 0), 0].mean() - motion.gaze[still & (look < 0), 0].mean()
    assert apart == pytest.approx(1.0, abs=0.15) and np.abs(motion.gaze[:, 1]).max() < 0.1


def test_a_film_can_be_told_from_its_own_frame() -> None:
    """There head, eyes and brows are at rest, and lips make what they show."""
    track = performed(jawOpen=0.2 + 0.4 * wave(1.5), browInnerUp=0.5 + 0.5 * wave(0.7), yaw=8 * wave(0.5))
    frame = 10
    made = capture(track, portrait=frame)
    moved, upper = SPACE.decode(made.motion.expression), SPACE.of_rows("brow", "eye")
    assert made.rest == frame and np.abs(made.motion.expression[frame, upper]).max() < 1e-4
    assert made.motion.rotation[frame] == pytest.approx([0, 0, 0], abs=1e-4)
    own = MODEL.fit(track.points[frame]).own
    assert parted(moved[frame]) == pytest.approx(parted(own), abs=0.01)


def test_where_the_face_is_missing_the_frame_before_is_held_and_said() -> None:
    whole = performed(jawOpen=0.6 * wave(1.5))
    points, found = whole.points.copy(), whole.found.copy()
    points[:4], points[30:50] = np.nan, np.nan
    found[:4], found[30:50] = False, False
    made = capture(FaceTrack(points, whole.shots, found, whole.rate, whole.size), "clip.mp4")
    assert made.motion.num_frames == 75 and made.motion.duration_s == 3
    assert made.notes == ("24 of 75 frames of clip.mp4 show no face; the one before is held there.",)
    assert np.array_equal(made.motion.expression[30:50], np.repeat(made.motion.expression[29:30], 20, 0))
    assert np.array_equal(made.motion.expression[0], made.motion.expression[4])


def test_after_a_cut_the_head_begins_anew() -> None:
    """Another size and another way of looking are another camera, not a jump of the head."""
    one, other = performed(yaw=5 * wave(0.5)), performed(yaw=20 + 5 * wave(0.5), scale=140.0)
    points = np.concatenate([one.points[:40], other.points[40:]])
    made = capture(FaceTrack(points, (np.arange(75) >= 40).astype(np.int64), one.found, one.rate, one.size), "clip.mp4")
    assert np.abs(made.motion.rotation).max() < 8 and np.abs(made.motion.translation).max() < 0.1
    assert made.notes == ("clip.mp4 has 1 cut; after each, head and place begin anew.",)


def test_one_frame_is_a_motion_and_none_is_said() -> None:
    whole = performed()
    one = FaceTrack(whole.points[:1], whole.shots[:1], whole.found[:1], whole.rate, whole.size)
    assert capture(one).motion.num_frames == 1 and capture(one).rest == 0
    nobody = FaceTrack(np.full_like(whole.points, np.nan), whole.shots, np.zeros(75, bool), whole.rate, whole.size)
    with pytest.raises(InputError, match=r"no face found in clip.mp4 \(75 frames\)"):
        capture(nobody, "clip.mp4")
    with pytest.raises(InputError, match="frame 99 of the video .* shows no face"):
        capture(whole, portrait=99)
