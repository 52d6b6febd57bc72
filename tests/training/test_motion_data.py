"""Recordings come back as they were written, and what is no recording is refused."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from eadnet_core.errors import InputError
from eadnet_core.motion.space import MotionSpace
from eadnet_core.training.motion_data.facegood import read_facegood
from eadnet_core.training.motion_data.grid import read_grid
from eadnet_core.training.motion_data.recording import MotionRecording
from tests.training.files import write_grid


def test_grid_gives_lips_in_the_motion_space_beside_their_sound(tmp_path: Path) -> None:
    recordings = list(read_grid(write_grid(tmp_path, clips=2)))
    assert [recording.name for recording in recordings] == ["grid_c0", "grid_c1"]
    one = recordings[0]
    wanted = np.sin(2 * np.pi * (np.arange(75) + 0.5) / 25).clip(0)
    assert one.expression.shape == (75, MotionSpace.from_pretrained().num_coefficients) and len(one.samples) == 48_000
    assert np.corrcoef(one.expression[:, 60], wanted)[0, 1] > 0.99
    loudness = np.abs(one.samples.reshape(75, 640).astype(float)).mean(1)
    assert np.corrcoef(loudness, wanted)[0, 1] > 0.98, "sound and motion lie beside each other"


def test_a_recording_comes_back(tmp_path: Path) -> None:
    motion = np.random.default_rng(0).normal(size=(2, 70)).astype(np.float32)
    one = MotionRecording("a", "somebody", np.arange(1280, dtype=np.int16), motion)
    again = MotionRecording.load(one.save(tmp_path))
    assert again.name == "a" and again.speaker == "somebody" and np.array_equal(again.samples, one.samples)
    np.testing.assert_allclose(again.expression, one.expression, atol=2e-3)


def test_motion_that_does_not_cover_its_sound_is_refused() -> None:
    with pytest.raises(InputError, match="its sound needs"):
        MotionRecording("a", "somebody", np.zeros(6400, np.int16), np.zeros((3, 70), np.float32))


@pytest.mark.parametrize("read", [lambda path: MotionRecording.load(path / "a.npz"), lambda path: list(read_grid(path))])
def test_what_is_no_recording_is_said(tmp_path: Path, read: object) -> None:
    (tmp_path / "a.npz").write_text("no")
    with pytest.raises(InputError, match="no recording|no motion"):
        read(tmp_path)  # type: ignore[operator]


def test_jaw_and_pucker_of_facegood_move_the_mouth_by_name(tmp_path: Path) -> None:
    names = np.array(["mouth_stretch_c", "mouth_pucker_l", "mouth_pucker_r", "brow_raise_l"])
    weights = np.zeros((60, 4), np.float16)
    weights[20:30, 0], weights[40:50, 1:3] = 1, 1
    np.savez(tmp_path / "mouth_a.npz", names_shifted=names, names_raw=names, weights=weights, fps=30.0)
    written = write_grid(tmp_path, clips=1)
    (written / "sound_00.opus").rename(tmp_path / "mouth_a.opus")
    (recording,) = read_facegood(tmp_path)
    moved = MotionSpace.from_pretrained().decode(recording.expression)
    gap = moved[:, 14, 1] - moved[:, 13, 1]
    width = moved[:, 291, 0] - moved[:, 61, 0]
    assert 16 <= gap.argmax() <= 25 and abs(width).argmax() > 30, "at 30 frames a second in, at 25 out"
    assert np.abs(moved[:10]).max() < 1e-4
