"""Filmed clips as the trainer sees them: pictures without labels of motion."""

from __future__ import annotations

from dataclasses import dataclass, replace

import torch
from torch import Tensor


@dataclass(frozen=True)
class RecordedClip:
    """A clip of real people. What moved where nobody knows, so that only losses on pixels apply; the drawn counterpart is DrawnClip.

    Attributes:
        reference: [B, 3, S, S], -1 to 1: another frame of the same clip, aligned.
        frames: [B, T, 3, S, S], -1 to 1, cut out by the reference's transform.
        landmarks: [B, 29, 2], crop units, of the reference, as the locator saw them.
    """

    reference: Tensor
    frames: Tensor
    landmarks: Tensor

    def to(self, device: torch.device | str) -> RecordedClip:
        """The same clip on another device."""
        return RecordedClip(self.reference.to(device), self.frames.to(device), self.landmarks.to(device))

    def between(self, start: int, stop: int) -> RecordedClip:
        """Frames `start` to `stop` of the clip."""
        return replace(self, frames=self.frames[:, start:stop])
