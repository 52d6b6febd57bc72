"""Video files: frames and sound streamed into H.264 and AAC, whole or not at all."""

from __future__ import annotations

import os
from pathlib import Path
from types import TracebackType

import av
import numpy as np
from av.video.reformatter import ColorRange

from ..audio.sound import Sound
from ..errors import InputError
from ..timebase import FRAME_RATE, samples_until
from .yuv import to_yuv420

FORMATS = {".mp4": "mp4", ".mov": "mov", ".mkv": "matroska"}
BT709 = 1
"""Primaries, transfer and matrix of HD video have the same number. Source: ITU-T H.273, tables 2 to 4."""
AAC_RATES = (7350, 8000, 11025, 12000, 16000, 22050, 24000, 32000, 44100, 48000, 64000, 88200, 96000)
AAC_LAYOUTS = {1: "mono", 2: "stereo", 3: "3.0", 4: "4.0", 5: "5.0", 6: "5.1", 8: "7.1"}


class VideoWriter:
    """A context manager that writes one video: 25 fps H.264 (BT.709, limited range) and AAC as long as the picture.

    Everything goes to a temporary name beside the target, which takes the target's name at the end; an error or a cancel
    leaves nothing behind. Memory does not grow with length.

    Attributes:
        notes: One sentence for each change that the file format forces on the sound.
    """

    def __init__(self, path: str | Path, size: tuple[int, int], sound: Sound | None) -> None:
        """Args:
        path: Where the video goes; the name's ending says the format (see FORMATS).
        size: (width, height) of the frames; an odd side loses its last row or column.
        sound: What is heard; padded with silence or cut to the picture's length. None: a video without sound.

        Raises:
            InputError: The path cannot be written.
        """
        self._path = Path(path)
        check_output(self._path)
        self._temporary = _temporary_name(self._path)
        self._width, self._height = (side // 2 * 2 for side in size)
        self.notes: list[str] = []
        self._sound = sound
        if sound is not None:
            self._prepare_sound(sound)
        self._num_frames = 0
        self._num_samples = 0

    def _prepare_sound(self, sound: Sound) -> None:
        self._samples, self.notes = _aac_channels(sound.samples)
        self._rate = sound.rate
        self._aac_rate = min((rate for rate in AAC_RATES if rate >= sound.rate), default=AAC_RATES[-1])
        if self._aac_rate != sound.rate:
            self.notes.append(f"AAC has no rate of {sound.rate} samples a second; the sound was resampled to {self._aac_rate}.")

    def __enter__(self) -> VideoWriter:
        self._container = av.open(str(self._temporary), "w", format=FORMATS[self._path.suffix.lower()])
        video = self._container.add_stream("libx264", rate=FRAME_RATE, options={"crf": "12", "preset": "veryfast"})
        video.width, video.height, video.pix_fmt = self._width, self._height, "yuv420p"
        context = video.codec_context
        context.colorspace, context.color_primaries, context.color_trc = BT709, BT709, BT709
        context.color_range = ColorRange.MPEG
        self._video = video
        if self._sound is not None:
            channels = self._samples.shape[0]
            self._audio = self._container.add_stream("aac", rate=self._aac_rate, layout=AAC_LAYOUTS[channels])
            self._audio.bit_rate = channels * min(128_000, 5 * self._aac_rate)  # AAC holds at most 6 bits a sample
        return self

    def write(self, frame: np.ndarray) -> None:
        """Adds a frame, uint8 [H, W, 3], RGB, and the sound until its end."""
        planes = to_yuv420(np.ascontiguousarray(frame[: self._height, : self._width]))
        picture = av.VideoFrame.from_ndarray(planes, format="yuv420p")
        picture.colorspace, picture.color_range = BT709, ColorRange.MPEG
        picture.pts, picture.time_base = self._num_frames, 1 / FRAME_RATE
        self._num_frames += 1
        self._container.mux(self._video.encode(picture))
        if self._sound is not None:
            self._write_sound_until(samples_until(self._num_frames, self._rate))

    def _write_sound_until(self, end: int) -> None:
        block = self._samples[:, self._num_samples : end]
        block = np.pad(block, ((0, 0), (0, end - self._num_samples - block.shape[1])))
        packed = np.ascontiguousarray(block.T, np.float32).reshape(1, -1)  # [1, n * C]: PyAV has no eight-channel planar frames
        sound = av.AudioFrame.from_ndarray(packed, format="flt", layout=AAC_LAYOUTS[block.shape[0]])
        sound.sample_rate, sound.pts = self._rate, self._num_samples
        self._num_samples = end
        self._container.mux(self._audio.encode(sound))

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        try:
            if kind is None:
                self._container.mux(self._video.encode(None))
                if self._sound is not None:
                    self._container.mux(self._audio.encode(None))
            self._container.close()
            if kind is None:
                os.replace(self._temporary, self._path)
        finally:
            self._temporary.unlink(missing_ok=True)


def check_output(path: Path) -> None:
    """Makes sure, before any work, that a video can be written.

    Raises:
        InputError: Unknown format, missing folder, a folder in the way, or no permission.
    """
    if path.suffix.lower() not in FORMATS:
        raise InputError(f"Output {path} has no video format in its name; let it end in {', '.join(FORMATS)}.")
    if not path.parent.is_dir():
        raise InputError(f"Output {path} lies in {path.parent}, which is no folder; create it or choose another.")
    if path.is_dir():
        raise InputError(f"Output {path} is a folder; give the name of a file.")
    trial = _temporary_name(path)
    try:
        trial.touch()
        trial.unlink()
    except OSError as error:
        raise InputError(f"Output {path} cannot be written ({error.strerror}); choose a folder that you may write to.") from error


def _temporary_name(path: Path) -> Path:
    return path.with_name(f".{path.name}.{os.getpid()}.part")


def _aac_channels(samples: np.ndarray) -> tuple[np.ndarray, list[str]]:
    """Samples [C, N] in a number of channels that AAC has, and what was said about it."""
    channels = samples.shape[0]
    if channels in AAC_LAYOUTS:
        return samples, []
    return samples.mean(0, keepdims=True), [f"AAC has no layout of {channels} channels; the sound was mixed to one."]
