"""Where footage comes from: the videos of a folder, and what their paths say of who speaks, and how they feel."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from pathlib import Path

from ...emotion.vocabulary import EMOTIONS
from ...errors import InputError

VIDEO_ENDINGS = (".mp4", ".mov", ".mkv", ".webm", ".avi", ".m4v", ".mpg", ".mpeg", ".ts", ".flv")
SOUND_ENDINGS = (".m4a", ".wav", ".mp3", ".flac", ".ogg", ".aac")

MEAD_EMOTIONS = {name: name for name in EMOTIONS} | {"fear": "fearful", "contempt": "contemptuous"}
"""Folder names of MEAD, and the other names of the same classes."""
MEAD_LEVELS = 3
MEAD_PROFILES = ("left_60", "right_60")
"""Views of MEAD that show one eye; the locator needs two."""

_MEAD_LEVEL = re.compile(r"level_(\d+)")
_HDTF_NAME = re.compile(r"((?:RD|WDA|WRA)_[^_]+)(?:_\d+)*")


@dataclass(frozen=True)
class Source:
    """A video to prepare.

    Attributes:
        name: The given folder's name and the path in it, with forward slashes; what reports and manifests call the video.
        path: The video.
        sound: File of its sound; the video itself but for MEAD, which keeps sound apart.
        person: Who speaks, as far as the path says.
        emotion: One of EMOTIONS; None where nothing is known.
        intensity: Of the emotion, 0 to 1.
        fault: Why the path cannot be understood; empty where it can.
        missing: Where its sound should have been, if it is not there.
    """

    name: str
    path: Path
    sound: Path
    person: str
    emotion: str | None = None
    intensity: float = 0.0
    fault: str = ""
    missing: str = ""

    @property
    def num_bytes(self) -> int:
        """Size of the video's file."""
        return self.path.stat().st_size


def find_sources(folder: Path) -> list[Source]:
    """All videos under a folder, in order of their paths.

    A path such as M003/video/front/angry/level_3/001.mp4 is read as MEAD's, with its sound in M003/audio/angry/level_3/001.m4a;
    a name such as WDA_AdamSchiff_000.mp4 as HDTF's. Of other videos the name of
    their folder says who speaks, or of those in the given folder itself their own.

    Raises:
        InputError: There is no such folder, or no video in it.
    """
    if not folder.is_dir():
        raise InputError(f"Footage {folder} is no folder; give one that holds videos.")
    folder = folder.resolve()
    found = [Path(where) / name for where, _, names in os.walk(folder) for name in names]
    videos = sorted(path for path in found if path.suffix.lower() in VIDEO_ENDINGS and not path.name.startswith("."))
    if not videos:
        sounds = any(path.suffix.lower() in SOUND_ENDINGS for path in found)
        hint = "of MEAD give the folder above video and audio" if sounds else f"give one with {', '.join(VIDEO_ENDINGS[:4])} files in it"
        raise InputError(f"Footage {folder} holds no videos among its {len(found)} files; {hint}.")
    return [_source(path, folder) for path in videos]


def _source(path: Path, folder: Path) -> Source:
    name = path.relative_to(folder.parent).as_posix()
    parts = path.parts
    if len(parts) >= 6 and _MEAD_LEVEL.fullmatch(parts[-2]) and parts[-5] == "video":
        return _mead(path, name, parts)
    hdtf = _HDTF_NAME.fullmatch(path.stem)
    return Source(name, path, path, hdtf[1] if hdtf else path.parent.name if path.parent != folder else path.stem)


def _mead(path: Path, name: str, parts: tuple[str, ...]) -> Source:
    """A video of MEAD: PERSON/video/VIEW/EMOTION/level_N/NUMBER.mp4."""
    person, _, view, emotion, level, _ = parts[-6:]
    stem = path.parents[4] / "audio" / emotion / level / path.stem
    sounds = [stem.with_suffix(ending) for ending in SOUND_ENDINGS]
    sound = next((file for file in sounds if file.is_file()), None)
    matched = _MEAD_LEVEL.fullmatch(level)
    number = int(matched[1]) if matched else 0
    fault = ""
    if emotion not in MEAD_EMOTIONS:
        fault = f"emotion folder '{emotion}' is none of MEAD's ({', '.join(sorted(MEAD_EMOTIONS))})"
    elif not 1 <= number <= MEAD_LEVELS:
        fault = f"intensity folder '{level}' is none of MEAD's (level_1 to level_{MEAD_LEVELS})"
    elif view in MEAD_PROFILES:
        fault = f"view '{view}' shows a profile, in which no face can be aligned"
    label = MEAD_EMOTIONS.get(emotion)
    intensity = 0.0 if label in (None, "neutral") else number / MEAD_LEVELS
    missing = f"{person}/audio/{emotion}/{level}/{sounds[0].name}" if sound is None else ""
    return Source(name, path, sound or path, person, label, intensity, fault, missing)
