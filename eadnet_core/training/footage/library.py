"""Prepared footage to read from: which clips there are, which part of each is trained on, and what they hold."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np

from ...errors import InputError
from ...timebase import FRAME_RATE, MELS_PER_FRAME
from ...types import SPEECH_CONTEXT
from .clip import SOUND_MARGIN, ClipInfo
from .manifest import FOLDER, Manifest
from .passage import SHORTEST
from .shard import Shard

OPEN_SHARDS = 64


@dataclass(frozen=True)
class Stretch:
    """Frames of a clip.

    Attributes:
        shard: The clip's file.
        info: The clip.
        start, stop: Its frames, counted in the clip.
    """

    shard: Path
    info: ClipInfo
    start: int
    stop: int

    @property
    def num_frames(self) -> int:
        return self.stop - self.start

    def pictures(self, frames: Sequence[int]) -> np.ndarray:
        """uint8 [N, STORED_SIZE, STORED_SIZE, 3], RGB, of frames counted in the clip."""
        return _shard(self.shard).pictures(self.info.number, frames)

    def landmarks(self) -> np.ndarray:
        """float32 [T, 29, 2] of the whole clip, 0 to 1 over the pictures' sides."""
        return _shard(self.shard).landmarks(self.info.number)

    def mel(self, first: int, num_frames: int) -> np.ndarray:
        """float32 [4 * (num_frames + 6), 64]: what frames of the clip hear, in step with the lips, with SPEECH_CONTEXT on either side."""
        start = MELS_PER_FRAME * (SOUND_MARGIN + self.info.sync_shift + first - SPEECH_CONTEXT)
        whole = _shard(self.shard).mel(self.info.number)
        return whole[start : start + MELS_PER_FRAME * (num_frames + 2 * SPEECH_CONTEXT)].astype(np.float32)


@lru_cache(OPEN_SHARDS)
def _shard(path: Path) -> Shard:
    return Shard(path)


@dataclass(frozen=True)
class Library:
    """All clips of some folders of prepared footage, divided into what is trained on and what is held out.

    Of a long video its end is held out; of videos too short to be divided some as a whole, chosen by their names.

    Attributes:
        training, held_out: Stretches in a fixed order.
    """

    training: tuple[Stretch, ...]
    held_out: tuple[Stretch, ...]

    @property
    def provenance(self) -> str:
        """What the training part is, in words."""
        people = len({stretch.info.person for stretch in self.training})
        seconds = float(sum(stretch.num_frames for stretch in self.training) / FRAME_RATE)
        return f"footage: {len(self.training)} clips of {people} people, {seconds:.0f} s"


def open_library(folders: Sequence[Path], held_out: float) -> Library:
    """The clips that `prepare` made.

    Args:
        folders: Of prepared footage.
        held_out: Share of the footage not to train on, 0 to 1.

    Raises:
        InputError: A folder is none, holds no clips, or is damaged.
    """
    films: dict[str, list[Stretch]] = {}
    for folder in folders:
        if not (folder / FOLDER).is_dir():
            raise InputError(f"{folder} holds no footage; make it with: python -m eadnet_core prepare --data VIDEOS --out {folder}")
        manifest = Manifest(folder)
        listed = [(name, info) for record in manifest.read() for name, infos in record.shards.items() for info in infos]
        if not listed:
            raise InputError(f"{folder} holds no clips that can be trained on; its report.txt says why.")
        for name, info in listed:
            films.setdefault(f"{folder}/{info.source}", []).append(Stretch(manifest.shards / name, info, 0, info.num_frames))
    parts = [_divided(film, stretches, held_out) for film, stretches in sorted(films.items())]
    return Library(tuple(s for part in parts for s in part[0]), tuple(s for part in parts for s in part[1]))


def _divided(film: str, clips: list[Stretch], held_out: float) -> tuple[list[Stretch], list[Stretch]]:
    """The clips of one film as what is trained on and what is not."""
    clips = sorted(clips, key=lambda clip: clip.info.first)
    kept = sum(clip.num_frames for clip in clips)
    last = round(held_out * kept)
    if 0 < last < SHORTEST:
        whole = int(hashlib.sha256(film.encode()).hexdigest()[:8], 16) / 16**8 < held_out
        last = kept if whole else 0
    training, measured = [], []
    left = kept - last
    for clip in clips:
        cut = min(max(0, left), clip.num_frames)
        left -= clip.num_frames
        if cut:
            training.append(Stretch(clip.shard, clip.info, 0, cut))
        if cut < clip.num_frames:
            measured.append(Stretch(clip.shard, clip.info, cut, clip.num_frames))
    return training, measured
