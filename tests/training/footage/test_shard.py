"""Shards are whole or absent, and give back what was put in."""

from __future__ import annotations

import resource
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pytest

from eadnet_core.errors import InputError
from eadnet_core.training.footage import shard
from eadnet_core.training.footage.clip import SOUND_MARGIN, STORED_SIZE, Clip, store_picture
from eadnet_core.training.footage.shard import Shard, ShardWriter, write_shard, write_whole

IDENTITY = np.array([[1 / STORED_SIZE, 0, 0], [0, 1 / STORED_SIZE, 0]])


def clip(num: int, level: int) -> Clip:
    """Frame k is a plain grey of level + k."""
    pictures = [store_picture(np.full((STORED_SIZE, STORED_SIZE, 3), level + k, np.uint8), IDENTITY) for k in range(num)]
    landmarks = np.full((num, 29, 2), level / 256, np.float32)
    return Clip(pictures, landmarks, np.full((4 * (num + 2 * SOUND_MARGIN), 64), level, np.float16))


@contextmanager
def disk_for(num_bytes: int) -> Iterator[None]:
    """A disk that takes only so many bytes of a file, by the process' own limit."""
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (num_bytes, limits[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)


def test_clips_come_back_as_they_were(tmp_path: Path) -> None:
    write_shard(tmp_path / "a.safetensors", [clip(3, 10), clip(5, 100)])
    opened = Shard(tmp_path / "a.safetensors")
    pictures = opened.pictures(1, [4, 0, 2])
    assert pictures.shape == (3, STORED_SIZE, STORED_SIZE, 3)
    np.testing.assert_allclose(pictures.mean((1, 2, 3)), [104, 100, 102], atol=0.6)
    assert opened.landmarks(0).shape == (3, 29, 2) and (opened.landmarks(1) == np.float32(100 / 256)).all()
    assert (opened.mel(0) == 10).all() and opened.mel(1).shape == (4 * (5 + 2 * SOUND_MARGIN), 64)
    assert list(tmp_path.iterdir()) == [tmp_path / "a.safetensors"]


def test_a_full_disk_leaves_nothing_and_is_said(tmp_path: Path) -> None:
    with disk_for(20_000), pytest.raises(InputError, match="make room"):
        write_shard(tmp_path / "a.safetensors", [clip(40, 10)])
    assert list(tmp_path.iterdir()) == []


def test_a_file_that_is_there_stays_when_its_successor_does_not_fit(tmp_path: Path) -> None:
    write_whole(tmp_path / "a", b"first")
    with disk_for(100), pytest.raises(InputError):
        write_whole(tmp_path / "a", b"x" * 1000)
    assert (tmp_path / "a").read_bytes() == b"first"


@pytest.mark.parametrize("kind", ["missing", "cut off", "foreign"])
def test_what_is_no_shard_is_refused(tmp_path: Path, kind: str) -> None:
    path = tmp_path / "a.safetensors"
    if kind == "cut off":
        write_shard(path, [clip(3, 10)])
        path.write_bytes(path.read_bytes()[:-100])
    elif kind == "foreign":
        path.write_bytes((2).to_bytes(8, "little") + b"{}")
    with pytest.raises(InputError, match="a.safetensors"):
        Shard(path)


def test_a_writer_begins_a_new_file_when_one_is_full(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    clips = [clip(2, 10 * k) for k in range(5)]
    monkeypatch.setattr(shard, "SHARD_BYTES", 2 * max(one.num_bytes for one in clips))
    writer = ShardWriter(tmp_path, "group")
    places = [writer.add(one) for one in clips]
    writer.flush()
    assert [number for _, number in places] == [0, 1, 0, 1, 0]
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted({file for file, _ in places})
    for k, (file, number) in enumerate(places):
        assert (Shard(tmp_path / file).mel(number) == 10 * k).all()
