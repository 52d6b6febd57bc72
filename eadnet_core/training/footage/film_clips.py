"""A video becomes clips: tracked, cut out, heard, and checked for sync."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

import numpy as np
import torch

from ...audio.features import speech_features
from ...audio.sound import Sound, read_sound
from ...errors import InputError
from ...face.align import crop_square, crop_transform
from ...face.locator import FaceLocator
from ...render.footage import Footage, open_footage
from ...timebase import FRAME_RATE
from ...types import CROP_SIZE
from .clip import SOUND_MARGIN, Clip, ClipInfo, cut_mel, store_picture
from .manifest import FilmRecord
from .passage import Dropped, Passage, Reason, plan_passages
from .screening import Screening, screen
from .source import Source
from .sync_check import MOST_SHIFT, SyncFinding, SyncJudge, find_shift

SILENT = 10 ** (-60 / 20)
"""Loudest sample of a sound track that holds nothing but hiss."""
UNSHIFTED = 1
"""Frames of shift that are left as they are: the judge cannot tell better, and a viewer does not see it."""

Report = Callable[[int], None]
"""report(frames) is told of frames that have been looked at, often of 0; raising in it cancels."""


@dataclass(frozen=True)
class Tools:
    """What looks at footage.

    Attributes:
        locator: Finds faces.
        judge: Tells whether sound belongs to lips.
    """

    locator: FaceLocator
    judge: SyncJudge


@dataclass(frozen=True)
class FilmClips:
    """What a video gave.

    Attributes:
        record: For the manifest.
        places: What `keep` returned for each clip, and what is said of it; none of a film that is out of sync.
    """

    record: FilmRecord
    clips: list[tuple[str, ClipInfo]]


def prepare_film(source: Source, tools: Tools, keep: Callable[[Clip], tuple[str, int]], report: Report) -> FilmClips:
    """All usable clips of a video.

    Pictures are read twice: first to follow the face, then, when it is known where it goes, to cut it out.

    Args:
        source: The video.
        tools: What looks at it.
        keep: Takes each clip as it is made, and says where it lies (file and number).
        report: Is told of progress.
    """
    record = FilmRecord(source.name, source.person, 0, 0, 0, 0, 0, 0.0, (), ())
    if source.fault:
        return _without(record, Reason.PATH, source.fault)
    try:
        footage = open_footage(source.path)
    except InputError as error:
        return _without(record, Reason.UNREADABLE, str(error))
    try:
        speech = speech_features(_sound(source, footage))
    except InputError as error:
        missing = f" There is no {source.missing} either." if source.missing else ""
        return _without(record, Reason.NO_SOUND, f"{error}{missing}")
    seen = screen(_reported(footage, report, 1), tools.locator)
    record = replace(record, num_frames=seen.track.num_frames, num_seen=int(seen.track.found.sum()), notes=_notes(footage, seen))
    passages, dropped = plan_passages(seen, speech.num_frames)
    record = replace(record, dropped=tuple(dropped))
    if not passages:
        return FilmClips(record, [])
    mel = speech.mel.numpy()
    places, curves = [], []
    for passage, pictures, faces in _cut_out(_reported(footage, report, 0), passages):
        curves.append(tools.judge.compare(faces, cut_mel(mel, passage.first - MOST_SHIFT, passage.num_frames + 2 * MOST_SHIFT)))
        places.append(keep(_clip(passage, pictures, mel)))
    finding = find_shift(curves, [passage.num_frames for passage in passages])
    return _judged(record, finding, source, passages, places)


def _without(record: FilmRecord, reason: Reason, detail: str) -> FilmClips:
    return FilmClips(replace(record, dropped=(Dropped(reason, detail),)), [])


def _sound(source: Source, footage: Footage) -> Sound:
    """The sound of a film, in step with its frames: its own, or that of a file beside it, which starts when the film does."""
    sound = footage.sound() if source.sound == source.path else read_sound(source.sound)
    if np.abs(sound.samples).max() < SILENT:
        raise InputError(f"The sound of {source.path.name} is silence.")
    return sound


def _notes(footage: Footage, seen: Screening) -> tuple[str, ...]:
    missing = footage.expected_frames - seen.track.num_frames
    if missing <= FRAME_RATE:
        return ()
    lengths = (f"{float(frames / FRAME_RATE):.1f}" for frames in (seen.track.num_frames, footage.expected_frames))
    return ("its pictures end after {} of {} s".format(*lengths),)


def _reported(footage: Footage, report: Report, count: int) -> Iterator[np.ndarray]:
    for frame in footage.frames():
        report(count)
        yield frame


def _cut_out(frames: Iterator[np.ndarray], passages: list[Passage]) -> Iterator[tuple[Passage, list[bytes], np.ndarray]]:
    """Each passage with its pictures: JPEG files, and uint8 [N, CROP_SIZE, CROP_SIZE, 3], each aligned by itself."""
    waiting = iter(passages)
    passage = next(waiting)
    to_crop = crop_transform(torch.from_numpy(passage.landmarks)).numpy()  # [N, 2, 3]
    pictures: list[bytes] = []
    faces: list[np.ndarray] = []
    for index, frame in enumerate(frames):
        if index < passage.first:
            continue
        pictures.append(store_picture(frame, passage.to_stored))
        faces.append(crop_square(frame, to_crop[index - passage.first], CROP_SIZE))
        if len(pictures) < passage.num_frames:
            continue
        yield passage, pictures, np.stack(faces)
        following = next(waiting, None)
        if following is None:
            return
        passage, pictures, faces = following, [], []
        to_crop = crop_transform(torch.from_numpy(passage.landmarks)).numpy()


def _clip(passage: Passage, pictures: list[bytes], mel: np.ndarray) -> Clip:
    stored = passage.landmarks @ passage.to_stored[:, :2].T + passage.to_stored[:, 2]  # [N, 29, 2]
    heard = cut_mel(mel, passage.first - SOUND_MARGIN, passage.num_frames + 2 * SOUND_MARGIN)
    return Clip(pictures, stored.astype(np.float32), heard.astype(np.float16))


def _judged(
    record: FilmRecord, finding: SyncFinding, source: Source, passages: list[Passage], places: list[tuple[str, int]]
) -> FilmClips:
    """The film with its sound shifted where that is sure, or without its clips where it is off by nobody knows how much."""
    shift = 0 if abs(finding.shift) <= UNSHIFTED else finding.shift
    record = replace(record, sync_shift=shift, sync_confidence=round(finding.confidence, 4))
    if shift and not finding.is_sure:
        detail = f"best shift {finding.shift} frames, confidence {finding.confidence:.2f}"
        out = [
            Dropped(Reason.OUT_OF_SYNC, detail, float(p.first / FRAME_RATE), float((p.first + p.num_frames) / FRAME_RATE)) for p in passages
        ]
        return FilmClips(replace(record, sync_shift=0, dropped=(*record.dropped, *out)), [])
    clips = [
        (file, ClipInfo(source.name, source.person, number, p.first, p.num_frames, shift, source.emotion, source.intensity))
        for p, (file, number) in zip(passages, places, strict=True)
    ]
    kept = sum(passage.num_frames for passage in passages)
    return FilmClips(replace(record, kept_frames=kept, clips=len(clips)), clips)
