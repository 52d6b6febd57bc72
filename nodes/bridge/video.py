"""VIDEO that is rendered while it is being saved: as long as it may be, it never sits in memory."""

from __future__ import annotations

import io
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import folder_paths
import numpy as np
from comfy_api.latest import Input, InputImpl, Types

from ...eadnet_core.audio.sound import Sound
from ...eadnet_core.errors import InputError
from ...eadnet_core.motion.face_motion import FaceMotion
from ...eadnet_core.render.renderer import Renderer
from ...eadnet_core.render.video import VideoWriter
from ...eadnet_core.timebase import FRAME_RATE, samples_until
from .frames import render_frames
from .pictures import check_memory, to_image
from .sounds import to_audio


@dataclass(frozen=True, eq=False)
class RenderedVideo(Input.Video):
    """A clip as ComfyUI's own nodes take it: Save Video, Get Video Components, and whatever asks for its size or length.

    Attributes:
        motion: The performance.
        renderer: The portrait at the size of the frames.
        sound: What is heard, unaltered; None: nothing.
        first_frame: Where in the motion the clip starts.
        num_frames: Its length in frames.
    """

    motion: FaceMotion
    renderer: Renderer
    sound: Sound | None
    first_frame: int
    num_frames: int

    def save_to(
        self,
        path: str | io.BytesIO,
        format: Types.VideoContainer = Types.VideoContainer.AUTO,
        codec: Types.VideoCodec = Types.VideoCodec.AUTO,
        metadata: dict[str, Any] | None = None,
        **encoding: Any,  # noqa: ANN401
    ) -> None:
        """Renders, encodes and writes the clip.

        The encoder writes a temporary file first; ComfyUI's own code then copies its streams, so that containers, metadata and
        whatever encoding options the running version has (`encoding`) behave as for any other video.
        """
        with tempfile.TemporaryDirectory(prefix="eadnet_", dir=_temporary_folder()) as folder:
            encoded = Path(folder) / "clip.mp4"
            with VideoWriter(encoded, self.renderer.size, self._cut_sound()) as writer:
                for frame in self._frames():
                    writer.write(frame)
            try:
                InputImpl.VideoFromFile(str(encoded)).save_to(path, format=format, codec=codec, metadata=metadata, **encoding)
            except BaseException:
                if isinstance(path, str):
                    Path(path).unlink(missing_ok=True)
                raise

    def get_components(self) -> Types.VideoComponents:
        """All frames at once, for nodes that work on pictures."""
        width, height = self.renderer.size
        check_memory(self.num_frames, width, height)
        sound = self._cut_sound()
        audio = None if sound is None else to_audio(sound)
        return Types.VideoComponents(images=to_image(self._frames(), self.num_frames), audio=audio, frame_rate=FRAME_RATE)

    def as_trimmed(
        self, start_time: float | None = None, duration: float | None = None, strict_duration: bool = False
    ) -> RenderedVideo | None:
        """The same clip from `start_time` on (from the end where negative), `duration` seconds long; None where nothing is left."""
        start = round((start_time or 0.0) * FRAME_RATE)
        start = max(0, start + self.num_frames) if start < 0 else start
        wanted = round((duration or 0.0) * FRAME_RATE) or self.num_frames - start
        count = min(wanted, self.num_frames - start)
        if count <= 0 or (strict_duration and count < wanted):
            return None
        return replace(self, first_frame=self.first_frame + start, num_frames=count)

    def get_dimensions(self) -> tuple[int, int]:
        width, height = self.renderer.size
        return width - width % 2, height - height % 2

    def get_duration(self) -> float:
        return float(self.num_frames / FRAME_RATE)

    def get_frame_count(self) -> int:
        return self.num_frames

    def get_frame_rate(self) -> Fraction:
        return FRAME_RATE

    def get_container_format(self) -> str:
        return "mp4"

    def _frames(self) -> Iterator[np.ndarray]:
        return render_frames(self.renderer, self.motion, self.first_frame, self.num_frames, previews=False)

    def _cut_sound(self) -> Sound | None:
        """The clip's part of the recording."""
        if self.sound is None:
            return None
        first, last = (samples_until(frame, self.sound.rate) for frame in (self.first_frame, self.first_frame + self.num_frames))
        samples = self.sound.samples[:, first:last]
        return self.sound if samples.shape == self.sound.samples.shape else Sound(samples, self.sound.rate)


MOST_APART_S = Fraction(1, 2)
"""By which sound and motion may differ: a film's sound is seldom exactly as long as its picture."""


def rendered_video(motion: FaceMotion, renderer: Renderer, sound: Sound | None) -> RenderedVideo:
    """The VIDEO of a whole motion with the sound it was made for.

    Raises:
        InputError: The sound is not as long as the motion.
    """
    motion = motion.resampled(FRAME_RATE)
    heard_s = motion.duration_s if sound is None else Fraction(sound.num_samples, sound.rate)
    if abs(heard_s - motion.duration_s) > MOST_APART_S:
        raise InputError(
            f"audio lasts {float(heard_s):.2f} s, but the motion was made for {float(motion.duration_s):.2f} s; "
            "connect the recording that it was made or filmed with, or one of the same length."
        )
    return RenderedVideo(motion, renderer, sound, 0, motion.num_frames)


def _temporary_folder() -> str:
    folder = folder_paths.get_temp_directory()
    Path(folder).mkdir(parents=True, exist_ok=True)
    return folder
