"""Shards: files of many clips, pictures as JPEG, everything else as plain arrays."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from safetensors import SafetensorError, safe_open
from safetensors.numpy import save

from ...errors import InputError
from .clip import Clip, load_picture

FORMAT = "eadnet-footage"
VERSION = "1"
SHARD_BYTES = 200_000_000
"""Where a shard ends: what a process holds in memory, and what is lost with one damaged file."""
PARTIAL = ".partial"
"""Ending of files that are being written; what has it after a kill is worth nothing."""


def write_shard(path: Path, clips: Sequence[Clip]) -> None:
    """Writes clips into one file, whole or not at all.

    Raises:
        InputError: The disk is full, or the folder cannot be written.
    """
    tensors: dict[str, np.ndarray] = {}
    for number, clip in enumerate(clips):
        tensors[f"{number}/pictures"] = np.frombuffer(b"".join(clip.pictures), np.uint8)
        tensors[f"{number}/ends"] = np.cumsum([len(picture) for picture in clip.pictures], dtype=np.int64)
        tensors |= {f"{number}/landmarks": clip.landmarks, f"{number}/mel": clip.mel}
    write_whole(path, save(tensors, {"format": FORMAT, "version": VERSION}))


def write_whole(path: Path, data: bytes) -> None:
    """Writes a file under a temporary name, and gives it its own when it is on the disk.

    Raises:
        InputError: The disk is full, or the folder cannot be written.
    """
    partial = path.with_name(path.name + PARTIAL)
    try:
        with partial.open("wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        partial.replace(path)
    except OSError as error:
        partial.unlink(missing_ok=True)
        megabytes = len(data) / 1e6
        raise InputError(
            f"{path} of {megabytes:.0f} MB cannot be written ({error.strerror}); make room on that disk and run the same command again."
        ) from error


class Shard:
    """A file of clips, by their numbers, of which only what is asked for is read; the manifest says what they are."""

    def __init__(self, path: Path) -> None:
        """Opens the file.

        Raises:
            InputError: It is missing, damaged, or no shard of this version.
        """
        self._path = path
        try:
            self._file = safe_open(path, "np")
            said = self._file.metadata() or {}
        except (OSError, SafetensorError) as error:
            raise InputError(f"Footage {path} cannot be read ({error}); delete it and run prepare again.") from error
        if said.get("format") != FORMAT or said.get("version") != VERSION:
            raise InputError(f"{path} is no footage that this version of the pack prepared; run prepare into a new folder.")

    def pictures(self, number: int, frames: Sequence[int]) -> np.ndarray:
        """Frames of clip `number`: uint8 [N, STORED_SIZE, STORED_SIZE, 3], RGB."""
        ends = self._file.get_tensor(f"{number}/ends")
        data = self._file.get_slice(f"{number}/pictures")
        starts = np.concatenate([[0], ends[:-1]])
        return np.stack([load_picture(data[int(starts[frame]) : int(ends[frame])], str(self._path)) for frame in frames])

    def landmarks(self, number: int) -> np.ndarray:
        """float32 [T, 29, 2], see Clip."""
        return self._file.get_tensor(f"{number}/landmarks")

    def mel(self, number: int) -> np.ndarray:
        """float16 [4 * (T + 2 * SOUND_MARGIN), 64], see Clip."""
        return self._file.get_tensor(f"{number}/mel")


class ShardWriter:
    """Collects the clips of a group of videos into as few shards as memory allows.

    Attributes:
        files: Names of the shards that have been written.
    """

    def __init__(self, folder: Path, name: str) -> None:
        """Args:
        folder: Where the shards go.
        name: Of the group; the shards are called after it.
        """
        self._folder, self._name = folder, name
        self.files: list[str] = []
        self._clips: list[Clip] = []

    def add(self, clip: Clip) -> tuple[str, int]:
        """Takes a clip; returns the file's name and the clip's number there.

        Raises:
            InputError: The disk is full.
        """
        if self._clips and sum(kept.num_bytes for kept in self._clips) + clip.num_bytes > SHARD_BYTES:
            self.flush()
        self._clips.append(clip)
        return self._file, len(self._clips) - 1

    def flush(self) -> None:
        """Writes what is still in memory.

        Raises:
            InputError: The disk is full.
        """
        if self._clips:
            write_shard(self._folder / self._file, self._clips)
            self.files.append(self._file)
            self._clips = []

    @property
    def _file(self) -> str:
        return f"{self._name}-{len(self.files):03}.safetensors"
