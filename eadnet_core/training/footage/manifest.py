"""The manifest of prepared footage: what is done, where its clips are, and what was dropped, so that a killed `prepare` goes on.

It is a folder with one JSON file for each group of videos, written when all clips of the group are on the disk. A shard that no such
file names was left by a kill, and is removed and made again; so no clip is lost, and none is there twice.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from ...errors import InputError
from .clip import ClipInfo
from .passage import Dropped, Reason
from .shard import PARTIAL, write_whole

FOLDER, SHARDS = "manifest", "shards"
VERSION = 1


@dataclass(frozen=True)
class FilmRecord:
    """What became of a video.

    Attributes:
        source: Its name.
        person: Who speaks.
        num_frames: Frames that were looked at.
        num_seen: Frames in which a face was found.
        kept_frames: Frames in its clips.
        clips: How many clips it gave.
        sync_shift: Frames by which its sound was moved.
        sync_confidence: How far that shift stands out; 0 where there was nothing to compare.
        dropped: What of it was dropped.
        notes: What else there is to say.
    """

    source: str
    person: str
    num_frames: int
    num_seen: int
    kept_frames: int
    clips: int
    sync_shift: int
    sync_confidence: float
    dropped: tuple[Dropped, ...]
    notes: tuple[str, ...]


@dataclass(frozen=True)
class GroupRecord:
    """What became of a group of videos.

    Attributes:
        films: One for each.
        shards: File names in the folder of shards, each with its clips in order.
    """

    films: tuple[FilmRecord, ...]
    shards: dict[str, tuple[ClipInfo, ...]]


def group_name(sources: Sequence[str]) -> str:
    """A name for a group of videos that depends on theirs alone."""
    return hashlib.sha256("\n".join(sources).encode()).hexdigest()[:16]


class Manifest:
    """The records in a folder of prepared footage."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.shards = folder / SHARDS

    def open(self) -> None:
        """Makes the folder ready for writing, and removes what a killed run left half done.

        Raises:
            InputError: The folder holds something else, or cannot be written.
        """
        known = {FOLDER, SHARDS, "report.json", "report.txt"}
        try:
            strange = sorted(path.name for path in self.folder.iterdir() if path.name not in known) if self.folder.exists() else []
            if strange and not (self.folder / FOLDER).is_dir():
                raise InputError(f"Output {self.folder} is a folder that holds {strange[0]} and is no prepared footage; give a new one.")
            for folder in (self.folder, self.folder / FOLDER, self.shards):
                folder.mkdir(exist_ok=True)
            named = {name for record in self.read() for name in record.shards}
            for path in [*self.shards.iterdir(), *(self.folder / FOLDER).glob(f"*{PARTIAL}")]:
                if path.name not in named:
                    path.unlink()
        except OSError as error:
            raise InputError(f"Output {self.folder} cannot be written ({error.strerror}); choose another folder.") from error

    def read(self) -> list[GroupRecord]:
        """All records, in order of their names.

        Raises:
            InputError: One is damaged or of another version.
        """
        return [_read(path) for path in sorted((self.folder / FOLDER).glob("*.json"))]

    def add(self, name: str, record: GroupRecord) -> None:
        """Records a group, whole or not at all, after its shards have been written."""
        said = {"version": VERSION, **asdict(record)}
        write_whole(self.folder / FOLDER / f"{name}.json", json.dumps(said, indent=1).encode())

    def done(self) -> set[str]:
        """Names of the sources that need not be looked at again."""
        return {film.source for record in self.read() for film in record.films}


def _read(path: Path) -> GroupRecord:
    try:
        said = json.loads(path.read_text(encoding="utf-8"))
        if said["version"] != VERSION:
            raise InputError(f"Record {path} has version {said['version']}, this pack reads {VERSION}; run prepare into a new folder.")
        films = tuple(_film(film) for film in said["films"])
        return GroupRecord(films, {name: tuple(ClipInfo(**clip) for clip in clips) for name, clips in said["shards"].items()})
    except (OSError, KeyError, TypeError, ValueError) as error:
        if isinstance(error, InputError):
            raise
        raise InputError(f"Record {path} is damaged ({error!r}); delete it and run prepare again.") from error


def _film(said: dict) -> FilmRecord:
    dropped = tuple(Dropped(**(one | {"reason": Reason(one["reason"])})) for one in said["dropped"])
    return FilmRecord(**(said | {"dropped": dropped, "notes": tuple(said["notes"])}))


def all_films(records: Iterable[GroupRecord]) -> list[FilmRecord]:
    """The films of all records, in order of their names."""
    return sorted((film for record in records for film in record.films), key=lambda film: film.source)
