"""Windows: how a clip of any length is made a few frames at a time, each window continuing the one before."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from torch import Tensor
from torch.nn import functional as F

from ..audio.mel_scale import SILENCE
from ..errors import InputError
from ..timebase import MELS_PER_FRAME
from ..types import SPEECH_CONTEXT, Conditions, Performance, Portrait, SpeechFeatures

PER_FRAME = ("text_weights", "emotion", "action_units", "head_pose", "gaze", "blink")
"""Fields of a Performance that have a row for each frame."""


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


@dataclass(frozen=True)
class ClipConditions:
    """The conditions of a whole clip, from which each window takes its part.

    Attributes:
        portrait: Whose face it is.
        mel: float32 [4 * (N + 6), 64]: the speech with silence before its start and after its end.
        performance: Everything else, N frames.
    """

    portrait: Portrait
    mel: Tensor
    performance: Performance

    @classmethod
    def of(cls, portrait: Portrait, speech: SpeechFeatures, performance: Performance) -> ClipConditions:
        """The conditions of a clip as long as its speech.

        Raises:
            InputError: Something of the performance has another length.
        """
        for name in PER_FRAME:
            value = getattr(performance, name)
            if value is not None and len(value) != speech.num_frames:
                raise InputError(f"{name} has {len(value)} frames and the speech {speech.num_frames}; make both from the same sound.")
        margin = SPEECH_CONTEXT * MELS_PER_FRAME
        return cls(portrait, F.pad(speech.mel, (0, 0, margin, margin), value=SILENCE), performance)

    def within(self, window: Window) -> Conditions:
        """The conditions of a window, one sample."""
        last = window.stop + 2 * SPEECH_CONTEXT
        conditions = Conditions(
            reference=self.portrait.crop[None],
            landmark_maps=self.portrait.landmark_maps[None],
            landmarks=self.portrait.crop_landmarks[None],
            mel=self.mel[None, window.start * MELS_PER_FRAME : last * MELS_PER_FRAME],
            text_ids=None if self.performance.text_ids is None else self.performance.text_ids[None],
        )
        values = {name: getattr(self.performance, name) for name in PER_FRAME}
        return replace(conditions, **{name: v[None, window.start : window.stop] for name, v in values.items() if v is not None})
