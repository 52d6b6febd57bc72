"""The command `prepare`: folders of videos in, motion and sound to learn from out, no picture kept."""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import asdict, dataclass
from pathlib import Path

import av
import numpy as np
from tqdm import tqdm

from .audio.features import mix_down
from .errors import InputError
from .evaluate_command import VIDEOS
from .face.track import track_face
from .motion.capture import capture
from .motion.motion_file import write_motion
from .render.footage import open_footage
from .timebase import FRAME_RATE, SPEECH_RATE

LEAST_SEEN = 0.9
"""Share of a video's frames that must show the face."""
LEAST_S = 1.0


@dataclass(frozen=True)
class Prepared:
    """What became of one video.

    Attributes:
        name: Its path in the folder, without the ending.
        seconds: Its length; 0 where it could not be read.
        kept: Motion and sound were written.
        why: What was wrong, or what is worth knowing; empty: nothing.
    """

    name: str
    seconds: float
    kept: bool
    why: str


def prepare(options: argparse.Namespace) -> None:
    """Prepares the videos that are new, and reports on all; a cancel leaves what is done."""
    videos = list(_videos(options.data))
    options.out.mkdir(parents=True, exist_ok=True)
    done = {path.with_suffix("").relative_to(options.out).as_posix() for path in options.out.rglob("*.done.json")}
    new = [(video, name) for video, name in videos if f"{name}.done" not in done]
    if len(new) < len(videos):
        print(f"{len(videos) - len(new)} of {len(videos)} videos were prepared before.", file=sys.stderr)
    with ThreadPoolExecutor(options.workers or os.cpu_count() or 1) as pool, tqdm(total=len(new), unit="video", file=sys.stderr) as bar:
        waiting = [pool.submit(prepare_video, video, name, options.out) for video, name in new]
        try:
            for future in as_completed(waiting):
                future.result()
                bar.update()
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            raise
    rows = [Prepared(**json.loads((options.out / f"{name}.done.json").read_text(encoding="utf-8"))) for _, name in videos]
    (options.out / "report.json").write_text(json.dumps([asdict(row) for row in rows], indent=1), encoding="utf-8")
    kept = [row for row in rows if row.kept]
    print(f"{len(kept)} of {len(rows)} videos kept, {sum(row.seconds for row in kept) / 60:.1f} minutes.", file=sys.stderr)
    if not kept:
        raise InputError(
            f"None of {len(rows)} videos can be learnt from, the first because: {rows[0].why} See {options.out / 'report.json'}."
        )
    print(options.out)


def prepare_video(video: Path, name: str, out: Path) -> Prepared:
    """Motion (NAME.npz) and sound (NAME.wav, 16 kHz) of one video, and NAME.done.json, which says that it need not be done again."""
    target = out / name
    target.parent.mkdir(parents=True, exist_ok=True)
    try:
        found = _prepared(video, name, target)
    except InputError as error:
        found = Prepared(name, 0.0, False, str(error))
    partial = target.with_name(target.name + ".partial")
    partial.write_text(json.dumps(asdict(found)), encoding="utf-8")
    partial.replace(target.with_name(target.name + ".done.json"))
    return found


def _prepared(video: Path, name: str, target: Path) -> Prepared:
    footage = open_footage(video)
    sound = footage.sound()
    track = track_face(footage.frames(), FRAME_RATE)
    seconds, seen = float(track.num_frames / FRAME_RATE), float(track.present.mean()) if track.num_frames else 0.0
    if seconds < LEAST_S:
        return Prepared(name, seconds, False, f"{video.name} lasts {seconds:.2f} s; {LEAST_S:g} s are needed.")
    if seen < LEAST_SEEN:
        return Prepared(name, seconds, False, f"{video.name} shows a face in {seen:.0%} of its frames; {LEAST_SEEN:.0%} are needed.")
    if track.num_cuts:
        return Prepared(name, seconds, False, f"{video.name} is cut {track.num_cuts} times; cut it into takes.")
    captured = capture(track, video.name)
    write_motion(target.with_name(target.name + ".npz"), captured.motion)
    _write_sound(target.with_name(target.name + ".wav"), mix_down(sound))
    return Prepared(name, seconds, True, " ".join(captured.notes))


def _videos(folders: list[Path]) -> Iterator[tuple[Path, str]]:
    """All videos of folders with their names.

    Raises:
        InputError: A folder is missing or empty, or two videos have one name.
    """
    names: dict[str, Path] = {}
    for folder in folders:
        if not folder.is_dir():
            raise InputError(f"Folder {folder} does not exist or is no folder; give one with videos.")
        found = sorted(path for path in folder.rglob("*") if path.suffix.lower() in VIDEOS and path.is_file())
        if not found:
            raise InputError(f"Folder {folder} holds no videos ({', '.join(VIDEOS[:5])}, ...); give another.")
        for path in found:
            name = path.relative_to(folder).with_suffix("").as_posix()
            if name in names:
                raise InputError(f"{path} and {names[name]} have the same name; rename one.")
            names[name] = path
            yield path, name


def _write_sound(path: Path, mono16k: np.ndarray) -> None:
    with av.open(str(path), "w", format="wav") as container:
        stream = container.add_stream("pcm_s16le", rate=SPEECH_RATE, layout="mono")
        samples = (np.clip(mono16k, -1, 1) * 32767).astype(np.int16)[None]
        frame = av.AudioFrame.from_ndarray(samples, format="s16", layout="mono")
        frame.sample_rate = SPEECH_RATE
        container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
