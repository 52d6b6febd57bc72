"""A prepared clip: pictures, landmarks and sound of a passage, ready to be trained on."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from ...audio.mel_scale import SILENCE
from ...errors import InputError
from ...face.align import crop_square
from ...timebase import MELS_PER_FRAME
from ...types import SPEECH_CONTEXT
from .sync_check import MOST_SHIFT

STORED_SIZE = 256
"""Side of the kept pictures in pixels; passage.STORED_EXTENT crop units, a third finer than the denoiser's crop."""
JPEG_QUALITY = 95
SOUND_MARGIN = MOST_SHIFT + SPEECH_CONTEXT
"""Frames of sound that are kept on either side of a clip."""


@dataclass(frozen=True)
class ClipInfo:
    """What is said of a clip where clips are listed.

    Attributes:
        source: Name of the video, see Source.
        person: Who speaks.
        number: Of the clip in its shard.
        first: Frame of the film at which it starts.
        num_frames: Its length.
        sync_shift: Frames by which the sound comes late in the film, so that the lips of frame n belong to the sound of n + sync_shift.
        emotion: One of EMOTIONS; None where it is not known.
        intensity: Of the emotion, 0 to 1.
    """

    source: str
    person: str
    number: int
    first: int
    num_frames: int
    sync_shift: int
    emotion: str | None
    intensity: float


@dataclass(frozen=True)
class Clip:
    """A clip of T frames.

    Attributes:
        pictures: T JPEG files of STORED_SIZE pixels square.
        landmarks: float32 [T, 29, 2], 0 to 1 over the pictures' sides.
        mel: float16 [4 * (T + 2 * SOUND_MARGIN), 64], level-normalised log-mel as it lies in the film, from SOUND_MARGIN frames before
            the clip to as many after it: speech context, and room for a shift.
    """

    pictures: list[bytes]
    landmarks: np.ndarray
    mel: np.ndarray

    @property
    def num_bytes(self) -> int:
        return sum(len(picture) for picture in self.pictures) + self.landmarks.nbytes + self.mel.nbytes


def store_picture(image: np.ndarray, to_stored: np.ndarray) -> bytes:
    """The kept part of a film's frame as a JPEG file.

    Args:
        image: uint8 [H, W, 3], RGB.
        to_stored: float64 [2, 3], see Passage.
    """
    square = crop_square(image, to_stored, STORED_SIZE)
    options = [cv2.IMWRITE_JPEG_QUALITY, JPEG_QUALITY, cv2.IMWRITE_JPEG_SAMPLING_FACTOR, cv2.IMWRITE_JPEG_SAMPLING_FACTOR_444]
    done, data = cv2.imencode(".jpg", cv2.cvtColor(square, cv2.COLOR_RGB2BGR), options)
    assert done
    return data.tobytes()


def load_picture(data: bytes | np.ndarray, where: str) -> np.ndarray:
    """uint8 [STORED_SIZE, STORED_SIZE, 3], RGB: the picture that `store_picture` made.

    Raises:
        InputError: The file is damaged.
    """
    picture = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_COLOR)
    if picture is None or picture.shape != (STORED_SIZE, STORED_SIZE, 3):
        raise InputError(f"A picture in {where} is damaged; delete that file and run prepare again.")
    return cv2.cvtColor(picture, cv2.COLOR_BGR2RGB)


def cut_mel(mel: np.ndarray, first: int, num_frames: int) -> np.ndarray:
    """Columns [4 * num_frames, 64] of a film's log-mel [4 * N, 64] from a frame on, silent where the sound has not begun or has ended."""
    start, stop = MELS_PER_FRAME * first, MELS_PER_FRAME * (first + num_frames)
    inside = mel[max(0, start) : max(0, stop)]
    before = min(max(0, -start), stop - start)
    return np.pad(inside, ((before, stop - start - before - len(inside)), (0, 0)), constant_values=SILENCE)
