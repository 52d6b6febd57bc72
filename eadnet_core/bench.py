"""How fast the whole way is, where the time goes, and how much memory it takes."""

from __future__ import annotations

import json
import os
import resource
import statistics
import sys
import tempfile
import time
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np

from .audio.sound import Sound
from .face.picture import read_picture
from .pipeline import EADNetPipeline

PORTRAIT = Path(__file__).resolve().parent.parent / "assets" / "portraits" / "head_409.jpg"
STAGES = ("portrait", "motion", "video")


@dataclass(frozen=True)
class Speed:
    """Medians over the repeats, weights loaded.

    Attributes:
        frames_per_second: Frames written a second, all in: sound heard, motion made, frames drawn and encoded.
        seconds: Of each stage: the face found and measured, the performance made, frames drawn and encoded.
        num_frames: Of one clip.
        size: Side of the video in pixels.
        peak_memory_mb: Largest memory of the process so far, in MiB.
        device: Of the motion model.
        num_threads: Processors.
    """

    frames_per_second: float
    seconds: dict[str, float]
    num_frames: int
    size: int
    peak_memory_mb: float
    device: str
    num_threads: int

    def to_json(self) -> str:
        return json.dumps(asdict(self), indent=1)


def measure(weights: Path | None, device: str, size: int, seconds: float, repeats: int) -> Speed:
    """Makes the same clip `repeats` times, after one short clip that is not counted.

    Args:
        weights: The motion model's checkpoint; None: the one that ships.
        device: As for EADNetPipeline.
        size: Side of the video in pixels.
        seconds: Length of the clip.
        repeats: Clips that are counted, 1 or more.

    Raises:
        InputError: The pack's example portrait is missing.
    """
    pipe = EADNetPipeline.from_pretrained(weights, device)
    picture, _ = read_picture(PORTRAIT)
    _make_clip(pipe, picture, syllables(1.0), size)
    sound = syllables(seconds)
    runs = [_make_clip(pipe, picture, sound, size) for _ in range(repeats)]
    num_frames = runs[0][1]
    total = statistics.median(times["motion"] + times["video"] for times, _ in runs)
    return Speed(
        frames_per_second=round(num_frames / total, 2),
        seconds={stage: round(statistics.median(times[stage] for times, _ in runs), 3) for stage in STAGES},
        num_frames=num_frames,
        size=size,
        peak_memory_mb=round(_peak_memory_mb(), 1),
        device=str(next(pipe.model.parameters()).device),
        num_threads=os.cpu_count() or 1,
    )


def syllables(seconds: float, rate: int = 24_000) -> Sound:
    """A sound that opens and closes four times a second, as a stand-in for speech."""
    time_s = np.arange(int(seconds * rate)) / rate
    voice = sum(np.sin(2 * np.pi * 120 * k * time_s) / k for k in range(1, 20))
    return Sound((0.2 * voice * np.sin(2 * np.pi * 2 * time_s) ** 2)[None].astype(np.float32), rate)


def _make_clip(pipe: EADNetPipeline, picture: np.ndarray, sound: Sound, size: int) -> tuple[dict[str, float], int]:
    """Seconds that each stage took, and the number of frames."""
    times = dict.fromkeys(STAGES, 0.0)
    watch = _Watch(times)
    portrait = pipe.portrait(picture)
    watch.stop("portrait")
    clip = pipe(portrait, sound, "happy", size=size)
    watch.stop("motion")
    with tempfile.TemporaryDirectory() as folder:
        clip.save(Path(folder) / "bench.mp4")
    watch.stop("video")
    return times, clip.num_frames


class _Watch:
    """Adds the time since the last stop to a stage."""

    def __init__(self, times: dict[str, float]) -> None:
        self._times, self._last = times, time.perf_counter()

    def stop(self, stage: str) -> None:
        now = time.perf_counter()
        self._times[stage] += now - self._last
        self._last = now


def _peak_memory_mb() -> float:
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / 2**20 if sys.platform == "darwin" else peak / 2**10
