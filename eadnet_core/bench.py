"""How fast the whole way is, where the time goes, and how much memory it takes."""

from __future__ import annotations

import json
import resource
import statistics
import sys
import tempfile
import time
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
import torch

from .audio.sound import Sound
from .face.portrait import from_landmarks
from .pipeline import EADNetPipeline
from .render.renderer import Renderer
from .render.video import VideoWriter
from .synthetic.clip import draw_portraits
from .types import Portrait

STAGES = ("speech", "denoiser", "renderer", "encoder")


@dataclass(frozen=True)
class Speed:
    """Medians over the repeats, models loaded.

    Attributes:
        frames_per_second: Frames written a second, sound and encoding included.
        share: Of each stage in the time, 0 to 1.
        num_frames: Of one clip.
        size: Side of the video in pixels.
        peak_memory_mb: Largest memory of the process so far, in MiB.
        device: Of the denoiser.
        dtype: Of the denoiser.
        num_threads: CPU threads that torch uses.
    """

    frames_per_second: float
    share: dict[str, float]
    num_frames: int
    size: int
    peak_memory_mb: float
    device: str
    dtype: str
    num_threads: int

    def to_json(self) -> str:
        return json.dumps(asdict(self), indent=1)


def measure(weights: Path | None, device: str, size: int, seconds: float, repeats: int) -> Speed:
    """Makes the same clip `repeats` times, after one short clip that is not counted.

    Args:
        weights: The denoiser's checkpoint; None: the one that ships.
        device: As for EADNetPipeline.
        size: Side of the video in pixels.
        seconds: Length of the clip.
        repeats: Clips that are counted, 1 or more.
    """
    pipe = EADNetPipeline.from_pretrained(weights, device)
    portrait = drawn_portrait()
    _make_clip(pipe, portrait, syllables(1.0), size)
    sound = syllables(seconds)
    runs = [_make_clip(pipe, portrait, sound, size) for _ in range(repeats)]
    num_frames = runs[0][1]
    total = statistics.median(sum(times.values()) for times, _ in runs)
    shares = {stage: statistics.median(times[stage] / sum(times.values()) for times, _ in runs) for stage in STAGES}
    parameter = next(pipe.denoiser.parameters())
    return Speed(
        frames_per_second=round(num_frames / total, 2),
        share={stage: round(share, 3) for stage, share in shares.items()},
        num_frames=num_frames,
        size=size,
        peak_memory_mb=round(_peak_memory_mb(), 1),
        device=str(parameter.device),
        dtype=str(parameter.dtype).removeprefix("torch."),
        num_threads=torch.get_num_threads(),
    )


def drawn_portrait(size: int = 192, seed: int = 0) -> Portrait:
    """A square portrait of a drawn face, `size` pixels wide, located exactly."""
    picture, landmarks = draw_portraits(1, size, torch.Generator().manual_seed(seed))
    image = (picture[0].permute(1, 2, 0).clamp(0, 1) * 255).round().byte().numpy()  # [H, W, 3]
    return from_landmarks(np.ascontiguousarray(image), (landmarks[0] * size).numpy())


def syllables(seconds: float, rate: int = 24_000) -> Sound:
    """A sound that opens and closes four times a second, as a stand-in for speech."""
    time_s = np.arange(int(seconds * rate)) / rate
    voice = sum(np.sin(2 * np.pi * 120 * k * time_s) / k for k in range(1, 20))
    return Sound((0.2 * voice * np.sin(2 * np.pi * 2 * time_s) ** 2)[None].astype(np.float32), rate)


def _make_clip(pipe: EADNetPipeline, portrait: Portrait, sound: Sound, size: int) -> tuple[dict[str, float], int]:
    """Seconds that each stage took, and the number of frames."""
    times = dict.fromkeys(STAGES, 0.0)
    watch = _Watch(times)
    clip = pipe(portrait, sound, "happy", size=size)
    watch.stop("speech")
    renderer = Renderer(portrait, size)
    with tempfile.TemporaryDirectory() as folder, VideoWriter(Path(folder) / "bench.mp4", renderer.size, sound) as writer:
        watch.stop("encoder")
        for part in clip.motion():
            watch.stop("denoiser")
            for channels in part:
                frame = renderer.render(channels)
                watch.stop("renderer")
                writer.write(frame)
                watch.stop("encoder")
        watch.stop("denoiser")
    watch.stop("encoder")
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
