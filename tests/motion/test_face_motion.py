"""FaceMotion: what is refused, what each operation does by definition, files whole or not at all."""

from __future__ import annotations

import json
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from eadnet_core.emotion.arkit import ARKIT_NAMES
from eadnet_core.emotion.vocabulary import ACTION_UNITS
from eadnet_core.errors import InputError
from eadnet_core.face.pose import to_matrix
from eadnet_core.motion.face_motion import CHANNELS, FaceMotion
from eadnet_core.motion.facs import motion_from_arkit, motion_to_action_units, motion_to_arkit
from eadnet_core.motion.live_link import HEADER, read_live_link
from eadnet_core.motion.motion_file import read_motion, write_motion
from eadnet_core.motion.space import MotionSpace


def wandering(num_frames: int = 50, seed: int = 0) -> FaceMotion:
    rng, still = np.random.default_rng(seed), FaceMotion.still(num_frames)
    drawn = {name: np.cumsum(rng.normal(0, 0.04, getattr(still, name).shape), 0).clip(-0.5, 0.9) for name in CHANNELS if name != "keep"}
    return replace(still, **drawn | {"rotation": drawn["rotation"] * 20})


def same(one: FaceMotion, other: FaceMotion, atol: float = 1e-5) -> bool:
    return all(np.allclose(getattr(one, name), getattr(other, name), atol=atol) for name in CHANNELS)


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
    with pytest.raises(InputError, match="lasts 2.00 s"):
        motion.cut(3, 4)


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


@pytest.mark.parametrize("suffix", [".npz", ".json"])
def test_a_file_gives_the_motion_back(tmp_path: Path, suffix: str) -> None:
    motion = wandering(75)
    write_motion(tmp_path / f"m{suffix}", motion)
    back = read_motion(tmp_path / f"m{suffix}")
    assert same(motion, back, 0.02) and back.rate == motion.rate and back.duration_s == motion.duration_s
    assert [path.name for path in tmp_path.iterdir()] == [f"m{suffix}"]


def test_a_minute_is_at_most_half_a_megabyte(tmp_path: Path) -> None:
    write_motion(tmp_path / "m.npz", wandering(1500))
    assert (tmp_path / "m.npz").stat().st_size <= 500_000


def test_files_that_cannot_be_used_are_said(tmp_path: Path) -> None:
    path = tmp_path / "m.json"
    write_motion(path, wandering(5))
    good = json.loads(path.read_text())
    cases = [
        (good | {"version": 2}, "version 2, but this pack reads version 1"),
        (good | {"format": "other"}, "no motion of EAD-Net"),
        (good | {"lids": [[None, 0]] * 5}, "lids is no number in frame 0"),
        (good | {"rate": "1000"}, "1000 frames a second"),
        (good | {name: [] for name in CHANNELS}, "0 frames"),
        (good | {"expression": [[0.0] * 3] * 5}, "has 3 coefficients"),
        ({key: value for key, value in good.items() if key != "gaze"}, "gaze"),
    ]
    for content, words in cases:
        path.write_text(json.dumps(content))
        with pytest.raises(InputError, match=words):
            read_motion(path)
    npz = tmp_path / "m.npz"
    write_motion(npz, wandering(5))
    npz.write_bytes(npz.read_bytes()[:200])
    for broken in (npz, tmp_path / "none.npz"):
        with pytest.raises(InputError, match=str(broken)):
            read_motion(broken)
    with pytest.raises(InputError, match="let it end in .npz or .json or .csv"):
        write_motion(tmp_path / "m.txt", wandering(5))


def curves(num_frames: int = 40) -> np.ndarray:
    """ARKit curves [T, 52] as a capture gives them: a few shapes at a time, smooth, both sides alike."""
    rng, time, weights = np.random.default_rng(3), np.linspace(0, 2 * np.pi, num_frames), np.zeros((num_frames, len(ARKIT_NAMES)))
    for name in ("jawOpen", "mouthSmileLeft", "mouthPucker", "browInnerUp", "eyeBlinkLeft", "browDownLeft", "mouthUpperUpLeft"):
        wave = 0.6 * np.clip(np.sin(time * rng.uniform(1, 3) + rng.uniform(0, 6)), 0, 1)
        weights[:, ARKIT_NAMES.index(name)] = wave
        if name.endswith("Left"):
            weights[:, ARKIT_NAMES.index(name.replace("Left", "Right"))] = wave
    return weights


def test_arkit_there_and_back_stays_within_a_twentieth() -> None:
    weights = curves()
    back = motion_to_arkit(motion_from_arkit(weights))
    assert back.shape == weights.shape and np.abs(back - weights).mean() < 0.05
    moving = weights.std(0) > 0.05
    assert np.median([np.corrcoef(weights[:, i], back[:, i])[0, 1] for i in np.flatnonzero(moving)]) > 0.95


def test_facs_channels_of_a_smile_and_a_blink() -> None:
    weights = np.zeros((3, len(ARKIT_NAMES)))
    for side in ("Left", "Right"):
        weights[1, ARKIT_NAMES.index(f"mouthSmile{side}")] = 0.8
        weights[2, ARKIT_NAMES.index(f"eyeBlink{side}")] = 1.0
    units = motion_to_action_units(motion_from_arkit(weights))
    assert np.abs(units[0]).max() < 0.05 and units[1, ACTION_UNITS.index("AU12L")] > 0.5 and units[2, ACTION_UNITS.index("AU45R")] > 0.9


def test_live_link_face_reads_and_writes_its_own_columns(tmp_path: Path) -> None:
    path, motion = tmp_path / "take.csv", replace(motion_from_arkit(curves(), Fraction(60)), rotation=np.full((40, 3), [10.0, -5.0, 2.0]))
    write_motion(path, motion)
    lines = path.read_text().splitlines()
    assert tuple(lines[0].split(",")) == HEADER and len(HEADER) == 63 and len(lines) == 41 and lines[1].startswith("00:00:00:00.000,52,")
    back = read_motion(path)
    assert back.rate == 60
    np.testing.assert_allclose(back.rotation, motion.rotation, atol=1e-3)
    assert np.abs(motion_to_arkit(back) - motion_to_arkit(motion)).mean() < 0.02
    path.write_text("a,b\n1,2\n")
    with pytest.raises(InputError, match="no table of Live Link Face"):
        read_live_link(path)
