"""FaceMotion: what is refused, and what each operation does by definition."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest

from eadnet_core.errors import InputError
from eadnet_core.face.pose import to_matrix
from eadnet_core.motion.face_motion import FaceMotion
from eadnet_core.motion.space import MotionSpace
from tests.motion.performances import same, wandering


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"rotation": np.zeros((3, 3))}, r"rotation has shape \[3, 3\]; give \[50, 3\]"),
        ({"lids": np.full((50, 2), np.nan)}, "lids is no number in frame 0"),
        ({"translation": np.full((50, 3), 99.0)}, "translation is 99 in frame 0; at most 20"),
        ({"rate": Fraction(1000)}, "1000 frames a second; give 1 to 240"),
    ],
)
def test_what_is_no_motion_is_refused(changes: dict[str, object], words: str) -> None:
    with pytest.raises(InputError, match=words):
        replace(wandering(), **changes)  # type: ignore[arg-type]
    with pytest.raises(InputError, match="0 frames"):
        FaceMotion.still(0)


def test_cut_and_join_give_the_whole_again() -> None:
    motion = wandering()
    parts = motion.cut(0, 0.8), motion.cut(0.8, 2.0)
    assert (parts[0].num_frames, parts[1].num_frames) == (20, 30) and parts[0].duration_s == Fraction(4, 5)
    assert same(parts[0].joined(parts[1], 0), motion)
    faded = parts[0].joined(parts[1], 0.4)
    assert faded.num_frames == 40 and np.array_equal(faded.expression[:10], motion.expression[:10])
    for start_s, stop_s in ((3, 4), (1, 1), (-1, 1), (0, float("nan"))):
        with pytest.raises(InputError, match="lasts 2.00 s"):
            motion.cut(start_s, stop_s)
    with pytest.raises(InputError, match="crossfade is -1 s"):
        motion.joined(motion, -1)


def test_blend_takes_the_parts_that_are_named() -> None:
    one, other, space = wandering(), wandering(seed=1), MotionSpace.from_pretrained()
    mixed = one.blended(other, {"head": 1.0, "brows": 1.0})
    brows = space.of_rows("brow")
    assert np.array_equal(mixed.rotation, other.rotation) and np.array_equal(mixed.lids, one.lids)
    assert np.allclose(mixed.expression[:, brows], other.expression[:, brows])
    assert np.allclose(mixed.expression[:, ~brows], one.expression[:, ~brows])
    assert same(one.blended(other, 0.0), one) and same(one.blended(other, 1.0), other)
    with pytest.raises(InputError, match="blend is 2 of 'mouth'"):
        one.blended(other, {"mouth": 2})


def test_scale_shift_and_smooth() -> None:
    motion = wandering()
    half = motion.scaled(head=0.5, expression=0)
    assert np.allclose(half.rotation, motion.rotation / 2) and not half.expression.any() and np.array_equal(half.gaze, motion.gaze)
    later = motion.shifted(0.2)
    assert np.array_equal(later.gaze[5:], motion.gaze[:-5]) and np.array_equal(later.gaze[0], motion.gaze[0])
    assert same(motion.shifted(0.2).shifted(-0.2).frames(0, 45), motion.frames(0, 45)) and same(motion.smoothed(0), motion)
    assert np.diff(motion.smoothed(0.2).gaze, axis=0).std() < 0.5 * np.diff(motion.gaze, axis=0).std()
    with pytest.raises(InputError, match="scale of head is 9"):
        motion.scaled(head=9)
    with pytest.raises(InputError, match="shift is nan s"):
        motion.shifted(float("nan"))


def test_another_rate_is_the_same_motion_at_other_times() -> None:
    """A straight line stays one; turns are interpolated as turns."""
    still = FaceMotion.still(50)
    line = replace(still, gaze=np.linspace(-1, 1, 50)[:, None].repeat(2, 1), rotation=np.linspace(0, 40, 50)[:, None] * [1, 0, 0])
    double = line.resampled(Fraction(50))
    assert double.num_frames == 100 and double.rate == 50 and double.duration_s == line.duration_s
    middles = (np.arange(100) + 0.5) / 50
    inside = (middles > 0.02) & (middles < 1.98)
    np.testing.assert_allclose(double.gaze[inside, 0], np.interp(middles, (np.arange(50) + 0.5) / 25, line.gaze[:, 0])[inside], atol=1e-5)
    assert np.diff(double.rotation[2:-2, 0]).min() > 0 and abs(double.rotation[50, 0] - 20.4) < 0.5


def test_rebased_a_frame_is_rest_and_turns_go_from_it() -> None:
    motion = wandering()
    based = motion.rebased(10)
    for name in ("expression", "rotation", "translation", "gaze", "lids"):
        assert np.abs(getattr(based, name)[10]).max() < 1e-4
    np.testing.assert_allclose(to_matrix(based.rotation[20]) @ to_matrix(motion.rotation[10]), to_matrix(motion.rotation[20]), atol=1e-5)


def test_a_mirror_shows_each_side_as_the_other() -> None:
    motion, space = wandering(), MotionSpace.from_pretrained()
    seen = motion.mirrored()
    points = space.decode(motion.expression)[:, space.mirror] * [-1, 1, 1]
    np.testing.assert_allclose(space.decode(seen.expression), points, atol=2e-3)
    assert np.array_equal(seen.lids, motion.lids[:, ::-1]) and np.array_equal(seen.rotation, motion.rotation * [-1, 1, -1])
    assert same(seen.mirrored(), motion, 5e-3)
