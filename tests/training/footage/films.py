"""Videos made by program: a drawn face that the locator finds, on any canvas, with any clock and sound."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction
from functools import lru_cache
from pathlib import Path

import av
import cv2
import numpy as np

from eadnet_core.bench import drawn_portrait

FACE_SIDE = 192
RATE = 16_000
TICK = Fraction(1, 1000)


@lru_cache
def drawn_face(seed: int = 3) -> np.ndarray:
    """uint8 [FACE_SIDE, FACE_SIDE, 3]: a drawn person."""
    return np.ascontiguousarray(drawn_portrait(FACE_SIDE, seed).image)


def place(width: int, height: int, x: int, y: int, side: int = FACE_SIDE, seed: int = 3, ground: int = 110) -> np.ndarray:
    """uint8 [height, width, 3]: a plain wall with the face in front of it."""
    picture = np.full((height, width, 3), ground, np.uint8)
    face = cv2.resize(drawn_face(seed), (side, side), interpolation=cv2.INTER_AREA)
    picture[y : y + side, x : x + side] = face
    return picture


def sway(picture: np.ndarray) -> Callable[[int], np.ndarray]:
    """Frame k of somebody who sways a little, by whole pixels."""
    return lambda k: np.roll(picture, round(2 * np.sin(k / 6)), 1)


def buzz(seconds: float) -> np.ndarray:
    """float32 [1, N]: a voice that comes and goes four times a second."""
    time = np.arange(int(seconds * RATE)) / RATE
    tone = sum(np.sin(2 * np.pi * 130 * k * time) / k for k in range(1, 8))
    return (0.2 * tone * np.sin(2 * np.pi * 2 * time) ** 2).astype(np.float32)[None]


def write_film(
    path: Path, frames: Sequence[np.ndarray], times_s: Sequence[float] | None = None, sound: np.ndarray | None = None, turned: int = 0
) -> Path:
    """A film whose frame k begins at times_s[k] (25 a second where None), with uncompressed sound.

    Args:
        path: Matroska, or MP4 where frames are `turned`, or the name says so; MP4 has its index in front, so that a cut-off file opens.
        frames: uint8 [H, W, 3] each, even sides.
        times_s: Rising.
        sound: float32 [1, N] at RATE; None: no sound track.
        turned: Degrees, counterclockwise, by which a player shall turn the pictures.
    """
    kind = "mp4" if path.suffix == ".mp4" else "matroska"
    with av.open(str(path), "w", format=kind, options={"movflags": "faststart"} if kind == "mp4" else {}) as container:
        video = container.add_stream("libx264", rate=Fraction(25), options={"crf": "16", "preset": "ultrafast", "bf": "0"})
        video.height, video.width = frames[0].shape[:2]
        video.pix_fmt, video.time_base = "yuv420p", TICK
        video.codec_context.time_base = TICK
        if turned:
            video.set_display_rotation(turned)
        audio = None if sound is None else container.add_stream("aac" if kind == "mp4" else "pcm_s16le", rate=RATE, layout="mono")
        for k, image in enumerate(frames):
            frame = av.VideoFrame.from_ndarray(np.ascontiguousarray(image), format="rgb24").reformat(format="yuv420p")
            frame.pts, frame.time_base = round((k / 25 if times_s is None else times_s[k]) / TICK), TICK
            container.mux(video.encode(frame))
        container.mux(video.encode(None))
        if audio is not None and sound is not None:
            block = av.AudioFrame.from_ndarray(np.ascontiguousarray(sound, np.float32), format="fltp", layout="mono")
            block.sample_rate, block.pts, block.time_base = RATE, 0, Fraction(1, RATE)
            for part in [*av.AudioResampler(format=audio.codec_context.format, layout="mono", rate=RATE).resample(block)]:
                container.mux(audio.encode(part))
            container.mux(audio.encode(None))
    return path


class Judge:
    """A sync judge that says what it is told, and remembers what it was shown."""

    def __init__(self, shift: int = 0, confidence: float = 0.5) -> None:
        self.shift, self.confidence = shift, confidence
        self.shown: list[tuple[tuple[int, ...], tuple[int, ...]]] = []

    def compare(self, faces: np.ndarray, mel: np.ndarray) -> np.ndarray:
        self.shown.append((faces.shape, mel.shape))
        curve = np.zeros(31)
        curve[15 + self.shift] = self.confidence
        return curve
