"""A recording, and how it is read from any file that holds one."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
from av.container import InputContainer

from ..errors import InputError

_LOWEST_RATE, _HIGHEST_RATE = 2_000, 768_000


@dataclass(frozen=True)
class Sound:
    """A recording as it was made.

    Attributes:
        samples: float32 [C, N], -1 to 1.
        rate: Samples a second.

    Raises:
        InputError: No samples, samples that are no numbers, or an impossible rate.
    """

    samples: np.ndarray
    rate: int

    def __post_init__(self) -> None:
        if self.samples.ndim != 2 or 0 in self.samples.shape:
            raise InputError(f"The sound has no samples (shape {list(self.samples.shape)}); give a recording of at least one sample.")
        if not _LOWEST_RATE <= self.rate <= _HIGHEST_RATE:
            raise InputError(f"The sound has {self.rate} samples a second; it needs {_LOWEST_RATE} to {_HIGHEST_RATE}; convert it.")
        broken = self.samples.size - int(np.count_nonzero(np.isfinite(self.samples)))
        if broken:
            raise InputError(f"The sound holds {broken} samples that are not numbers (NaN or infinite); export the recording again.")

    @property
    def num_channels(self) -> int:
        return self.samples.shape[0]

    @property
    def num_samples(self) -> int:
        return self.samples.shape[1]


def read_sound(path: str | Path) -> Sound:
    """The first sound track of a file: any container that PyAV reads, a video too.

    Raises:
        InputError: The file is missing, holds no sound, or cannot be read.
    """
    path = Path(path)
    if not path.is_file():
        raise InputError(f"The sound {path} does not exist or is not a file; give the path of a recording or a video.")
    try:
        with av.open(str(path)) as container:
            return decode_sound(container, str(path))[0]
    except (av.error.FFmpegError, ValueError) as error:
        if isinstance(error, InputError):
            raise
        raise InputError(f"The sound {path} cannot be read ({error}); save it again as WAV, FLAC, MP3 or MP4.") from error


def decode_sound(container: InputContainer, name: str) -> tuple[Sound, Fraction]:
    """The first sound track of an open container, and the time in seconds on the container's clock at which it starts.

    Args:
        container: Nothing of it has been decoded yet.
        name: What errors call it.

    Raises:
        InputError: There is no sound track, or it is empty.
    """
    if not container.streams.audio:
        raise InputError(f"The file {name} holds no sound track; give a recording, or a video with sound.")
    stream = container.streams.audio[0]
    to_float = av.AudioResampler(format="fltp", layout=stream.layout, rate=stream.rate)
    blocks: list[np.ndarray] = []
    start = Fraction(0)
    for frame in container.decode(stream):
        if not blocks and frame.pts is not None and frame.time_base is not None:
            start = frame.pts * frame.time_base
        blocks += [part.to_ndarray() for part in to_float.resample(frame)]
    blocks += [part.to_ndarray() for part in to_float.resample(None)]
    if not blocks:
        raise InputError(f"The sound {name} has no samples; give a recording of at least one sample.")
    return Sound(np.clip(np.concatenate(blocks, 1), -1, 1), int(stream.rate)), start
