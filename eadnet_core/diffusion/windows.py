"""Windows: how a clip of any length is made a few frames at a time, each window continuing the one before."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, fields

from torch.nn import functional as F

from ..audio.mel_scale import SILENCE
from ..errors import InputError
from ..timebase import MELS_PER_FRAME
from ..types import PER_FRAME, SPEECH_CONTEXT, Conditions, Performance, Portrait, SpeechFeatures


@dataclass(frozen=True)
class Window:
    """Frames `start` to `stop` of a clip, of which the first `known` were made by the window before."""

    start: int
    known: int
    stop: int

    @property
    def num_new(self) -> int:
        return self.stop - self.start - self.known


def plan_windows(num_frames: int, length: int, overlap: int) -> Iterator[Window]:
    """The windows of a clip, in order; together their new frames are each frame once. The last may be short.

    Args:
        num_frames: Frames of the clip, 1 or more.
        length: Frames of a window.
        overlap: Known frames of each window but the first, less than `length`.
    """
    start, done = 0, 0
    while done < num_frames:
        stop = min(start + length, num_frames)
        yield Window(start, done - start, stop)
        start, done = stop - overlap, stop


def clip_conditions(portrait: Portrait, speech: SpeechFeatures, performance: Performance) -> Conditions:
    """The conditions of a whole clip as long as its speech, one sample; there is silence before its start and after its end.

    Raises:
        InputError: Something of the performance has another length.
    """
    for name in PER_FRAME:
        value = getattr(performance, name)
        if value is not None and len(value) != speech.num_frames:
            raise InputError(f"{name} has {len(value)} frames and the speech {speech.num_frames}; make both from the same sound.")
    margin = SPEECH_CONTEXT * MELS_PER_FRAME
    given = {f.name: v[None] for f in fields(Performance) if (v := getattr(performance, f.name)) is not None}
    return Conditions(
        reference=portrait.crop[None],
        landmark_maps=portrait.landmark_maps[None],
        landmarks=portrait.crop_landmarks[None],
        mel=F.pad(speech.mel, (0, 0, margin, margin), value=SILENCE)[None],
        **given,
    )
