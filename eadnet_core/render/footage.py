"""Videos of any rate as frames at the pack's own, 25 a second, one at a time, with the sound that belongs to them."""

from __future__ import annotations

import io
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
from av.container import InputContainer

from ..audio.sound import Sound, decode_sound
from ..errors import InputError
from ..timebase import FRAME_RATE, frame_start

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Footage:
    """A video that has been looked into; it is opened anew for each pass over its frames, so nothing of it stays in memory.

    Attributes:
        source: The file, or its bytes.
        name: What reports and errors call it.
        width: Of its upright frames, pixels.
        height: Likewise.
        rate: Frames a second as it was recorded; None where it says nothing.
        expected_frames: About how many frames it has at FRAME_RATE, for progress bars; 0 where it says nothing.
        has_sound: Whether it has a sound track.
    """

    source: Path | io.BytesIO = field(repr=False)
    name: str
    width: int
    height: int
    rate: Fraction | None
    expected_frames: int
    has_sound: bool

    def frames(self) -> Iterator[np.ndarray]:
        """Frames uint8 [H, W, 3], RGB, upright, at FRAME_RATE: each is what the video shows at the middle of its 40 ms.

        What is damaged is skipped: the frame before it stands. A video that breaks off ends there.

        Raises:
            InputError: Not even one frame can be read.
        """
        count = 0
        shown: np.ndarray | None = None
        begin, end = Fraction(0), Fraction(0)
        with _opened(self.source) as container:
            stream = container.streams.video[0]
            usual = 1 / (stream.average_rate or FRAME_RATE)
            for frame in _decoded(container, self.name):
                time = _time(frame)
                if shown is None:
                    begin = time or Fraction(0)
                start = end if time is None else time - begin
                while shown is not None and _middle(count) < start:
                    yield shown
                    count += 1
                shown, end = upright(frame), start + usual
        if shown is None:
            raise InputError(f"Video {self.name} holds no frames that can be read; save it again as MP4.")
        while _middle(count) < end or not count:  # a picture shorter than half a frame is one, too
            yield shown
            count += 1

    def sound(self) -> Sound:
        """The sound from the first frame on: what was heard before it is cut off, and silence put before sound that starts later.

        Raises:
            InputError: There is none, or it cannot be read.
        """
        if not self.has_sound:
            raise InputError(f"Video {self.name} has no sound; give a video with the speech in it.")
        try:
            with _opened(self.source) as container:
                sound, heard_from = decode_sound(container, self.name)
            with _opened(self.source) as container:
                frame = next(_decoded(container, self.name), None)
                seen_from = (_time(frame) if frame is not None else None) or Fraction(0)
        except av.error.FFmpegError as error:
            raise InputError(f"The sound of video {self.name} cannot be read ({error}); save it again as MP4.") from error
        late = round((heard_from - seen_from) * sound.rate)  # samples
        samples = np.pad(sound.samples, ((0, 0), (max(0, late), 0)))[:, max(0, -late) :]
        return Sound(samples, sound.rate)


def _middle(frame: int) -> Fraction:
    """Time in seconds of the middle of a frame."""
    return (frame_start(frame) + frame_start(frame + 1)) / 2


def open_footage(source: str | Path | io.BytesIO, name: str | None = None) -> Footage:
    """A video, once it is sure that it has pictures.

    Args:
        source: Any file that PyAV reads, or the bytes of one.
        name: What reports and errors call it; None: the file's name.

    Raises:
        InputError: It is missing, cannot be read, or has no pictures.
    """
    if not isinstance(source, io.BytesIO):
        source = Path(source)
        if not source.is_file():
            raise InputError(f"Video {source} does not exist or is no file; give the path of a video.")
    name = name or (source.name if isinstance(source, Path) else "the video")
    try:
        with _opened(source) as container:
            if not container.streams.video:
                raise InputError(f"Video {name} holds no pictures; give a video, not a recording.")
            stream = container.streams.video[0]
            frame = next(_decoded(container, name), None)
            if frame is None:
                raise InputError(f"Video {name} holds no frames; give a longer one.")
            height, width = upright(frame).shape[:2]
            expected = 0 if container.duration is None else int(Fraction(container.duration, av.time_base) * FRAME_RATE)
            has_sound = bool(container.streams.audio)
            return Footage(source, name, width, height, stream.average_rate, expected, has_sound)
    except av.error.FFmpegError as error:
        raise InputError(f"Video {name} cannot be read ({error}); save it again as MP4.") from error


def upright(frame: av.VideoFrame) -> np.ndarray:
    """uint8 [H, W, 3], RGB, turned as the file says that a camera was held."""
    return np.ascontiguousarray(np.rot90(frame.to_ndarray(format="rgb24"), round(frame.rotation / 90)))


@contextmanager
def _opened(source: Path | io.BytesIO) -> Iterator[InputContainer]:
    if isinstance(source, io.BytesIO):
        source.seek(0)
    with av.open(str(source) if isinstance(source, Path) else source, "r") as container:
        yield container


def _decoded(container: InputContainer, name: str) -> Iterator[av.VideoFrame]:
    """All frames of a video that can be read."""
    damaged = 0
    try:
        for packet in container.demux(container.streams.video[0]):
            try:
                yield from packet.decode()
            except av.error.InvalidDataError:
                damaged += 1
    except av.error.FFmpegError as error:
        logger.info("Video %s breaks off (%s); what comes before is used.", name, error)
    if damaged:
        logger.info("Video %s has %d damaged places; the frames before them stand.", name, damaged)


def _time(frame: av.VideoFrame) -> Fraction | None:
    """When a frame begins to be shown, seconds on the container's clock."""
    return None if frame.pts is None or frame.time_base is None else frame.pts * frame.time_base
