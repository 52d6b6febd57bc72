"""What travels between the stages: each type says its shapes, units and ranges once."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, fields, replace
from fractions import Fraction

import numpy as np
import torch
from torch import Tensor

from .timebase import MELS_PER_FRAME

CROP_SIZE = 128
"""Side of the square crop that the denoiser sees, in pixels (S below)."""
SPEECH_CONTEXT = 3
"""Frames of speech that each frame sees on either side."""
PER_FRAME = ("text_weights", "emotion", "action_units", "head_pose", "gaze", "blink")
"""Fields of Conditions and Performance that have a row for each frame."""

Report = Callable[[int, int, np.ndarray | None], None]
"""report(done, total, preview): progress in frames, preview uint8 [H, W, 3] or None; raising in it cancels."""


@dataclass(frozen=True)
class Portrait:
    """A picture in which a face was found.

    Attributes:
        image: uint8 [H, W, 3], RGB, the picture at its own size; never changed.
        box: (left, top, right, bottom) of the face in pixels.
        landmarks: float32 [29, 2] in pixels of the picture (see face.landmarks).
        to_crop: float64 [2, 3], the similarity transform from pixels to crop units (0 to 1).
        crop: float32 [3, S, S], -1 to 1, the aligned face.
        landmark_maps: float32 [5, S, S], 0 to 1.
    """

    image: np.ndarray
    box: tuple[float, float, float, float]
    landmarks: np.ndarray
    to_crop: np.ndarray
    crop: Tensor
    landmark_maps: Tensor

    @property
    def crop_landmarks(self) -> Tensor:
        """The landmarks in crop units, float32 [29, 2]."""
        linear, shift = self.to_crop[:, :2], self.to_crop[:, 2]
        return torch.from_numpy((self.landmarks @ linear.T + shift).astype(np.float32))


@dataclass(frozen=True)
class SpeechFeatures:
    """A recording as the denoiser hears it.

    Attributes:
        mel: float32 [4 * num_frames, 64], level-normalised log-mel, roughly -2 to 2.
        activity: float32 [num_frames], 0 (silence) to 1 (speech).
        duration_s: Exact length of the sound in seconds.
    """

    mel: Tensor
    activity: Tensor
    duration_s: Fraction

    @property
    def num_frames(self) -> int:
        return self.mel.shape[0] // MELS_PER_FRAME


@dataclass(frozen=True)
class Conditions:
    """What a clip of T frames is made from; every field but the portrait's three may be None (not given).

    Attributes:
        reference: float [B, 3, S, S], -1 to 1.
        landmark_maps: float [B, 5, S, S], 0 to 1.
        landmarks: float [B, 29, 2], crop units.
        mel: float [B, 4 * (T + 6), 64]: the clip's log-mel with SPEECH_CONTEXT frames on either side.
        text_ids: int64 [B, K, W, G]: hashed n-grams (0: none) of W words of K captions.
        text_weights: float [B, T, K]: how much of each caption each frame hears; rows sum to 1.
        emotion: float [B, T, 8]: distribution over EMOTIONS times intensity; all zero is neutral.
        action_units: float [B, T, 24], 0 to 1.
        head_pose: float [B, T, 6]: yaw, pitch, roll (radians), x, y (crop units), log scale, relative to the portrait.
        gaze: float [B, T, 2]: x, y, -1 to 1 (image right and down are positive), relative to the portrait.
        blink: float [B, T, 2]: lids of the person's right and left eye, 0 as in the portrait to 1 closed.
        given: For each optional field name, bool [B]: samples whose value counts; None: all do. Training drops with it.
    """

    reference: Tensor
    landmark_maps: Tensor
    landmarks: Tensor
    mel: Tensor | None = None
    text_ids: Tensor | None = None
    text_weights: Tensor | None = None
    emotion: Tensor | None = None
    action_units: Tensor | None = None
    head_pose: Tensor | None = None
    gaze: Tensor | None = None
    blink: Tensor | None = None
    given: dict[str, Tensor] | None = field(default=None)

    def to(self, device: torch.device | str, dtype: torch.dtype | None = None) -> Conditions:
        """The same conditions on another device; floating tensors also change to `dtype`."""

        def move(value: Tensor) -> Tensor:
            return value.to(device, dtype if dtype is not None and value.is_floating_point() else None)

        moved = {f.name: move(v) for f in fields(self) if isinstance(v := getattr(self, f.name), Tensor)}
        given = None if self.given is None else {k: v.to(device) for k, v in self.given.items()}
        return replace(self, **moved, given=given)

    def between(self, start: int, stop: int) -> Conditions:
        """The conditions of frames `start` to `stop`; captions that none of them hears are left out."""
        parts = {name: v[:, start:stop] for name in PER_FRAME if (v := getattr(self, name)) is not None}
        if self.mel is not None:
            parts["mel"] = self.mel[:, start * MELS_PER_FRAME : (stop + 2 * SPEECH_CONTEXT) * MELS_PER_FRAME]
        if self.text_ids is not None and "text_weights" in parts:
            heard = parts["text_weights"].any(0).any(0)  # [K]: a described film has hundreds, a window two or three
            parts |= {"text_ids": self.text_ids[:, heard], "text_weights": parts["text_weights"][..., heard]}
        return replace(self, **parts)


@dataclass(frozen=True)
class Performance:
    """Everything but sound and portrait that a whole clip of N frames is made from; None means not given.

    Attributes:
        text_ids: int64 [K, W, G], see Conditions.
        text_weights: float32 [N, K].
        emotion: float32 [N, 8].
        action_units: float32 [N, 24].
        head_pose: float32 [N, 6].
        gaze: float32 [N, 2].
        blink: float32 [N, 2].
    """

    text_ids: Tensor | None = None
    text_weights: Tensor | None = None
    emotion: Tensor | None = None
    action_units: Tensor | None = None
    head_pose: Tensor | None = None
    gaze: Tensor | None = None
    blink: Tensor | None = None


@dataclass(frozen=True)
class MotionControl:
    """How much the person moves where nothing else says so.

    Attributes:
        head: Scale of head motion, 0 (still) to 3; 1 is a person talking.
        blinks: Scale of the blink rate, 0 (none) to 3; 1 is a person talking.
        gaze: Where to look, (x, y) from -1 to 1 (image right, down); None: drawn, with small saccades.
        expressiveness: Scale of the emotion's intensity, 0 to 2.
    """

    head: float = 1.0
    blinks: float = 1.0
    gaze: tuple[float, float] | None = None
    expressiveness: float = 1.0


@dataclass(frozen=True)
class Warp:
    """What the denoiser says of a clip: where each pixel comes from, and what must be painted.

    Attributes:
        flow: [B, T, 2, S, S]: backward flow into the portrait's crop, x then y, in crop units (1 is the crop's width).
        mask_logit: [B, T, 1, S, S]: the paint's mask before the sigmoid; a scaled signed distance, positive inside.
        paint: [B, T, 3, S, S]: colour, -1 to 1.
    """

    flow: Tensor
    mask_logit: Tensor
    paint: Tensor

    def stacked(self) -> Tensor:
        """[B, T, 6, S, S]: flow, mask logit, paint: the layout of a MotionField."""
        return torch.cat([self.flow, self.mask_logit, self.paint], 2)

    @staticmethod
    def from_stacked(channels: Tensor) -> Warp:
        """The Warp whose `stacked()` is `channels` [B, T, 6, S, S]."""
        return Warp(channels[:, :, 0:2], channels[:, :, 2:3], channels[:, :, 3:6])


@dataclass(frozen=True)
class MotionField:
    """The latent of this pack: a performance that can be rendered on any size of its portrait.

    Attributes:
        channels: float16 [num_frames, 6, S, S]: flow x, flow y (crop units), mask logit, paint r, g, b (-1 to 1).
            An ndarray or a memory map: long performances never sit in memory.
        duration_s: Exact length of the sound it was made for.
    """

    channels: np.ndarray
    duration_s: Fraction

    @property
    def num_frames(self) -> int:
        return self.channels.shape[0]
