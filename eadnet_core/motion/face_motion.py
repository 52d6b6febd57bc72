"""FaceMotion: how a face moves, frame by frame; a thing to keep, cut, blend, edit and put onto any portrait."""

from __future__ import annotations

from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any

import numpy as np
from scipy.ndimage import gaussian_filter1d
from scipy.spatial.transform import Rotation, Slerp

from ..errors import InputError
from ..face.pose import to_angles, to_matrix
from ..timebase import FRAME_RATE
from .space import MotionSpace

CHANNELS = {"expression": 0, "rotation": 3, "translation": 3, "gaze": 2, "lids": 2, "keep": 1}
"""Fields with a row for each frame, and their columns (0: as many as the motion space has)."""
LIMITS = {"expression": 60.0, "rotation": 180.0, "translation": 20.0, "gaze": 3.0, "lids": 3.0, "keep": 1.0}
"""Largest values that can be meant; beyond lies another unit."""
FASTEST, SLOWEST = 240, 1
FARTHEST_SHIFT_S, LONGEST_CROSSFADE_S = 3600, 10
PARTS = ("mouth", "brows", "eyes", "head")
"""What can be taken from one motion or another."""
ROWS_OF_PART = {"mouth": ("upper_lip", "lower_lip", "cheek"), "brows": ("brow",), "eyes": ("eye",)}


@dataclass(frozen=True, eq=False)
class FaceMotion:
    """A performance, relative to rest: zeros everywhere are the resting, neutral face of whoever it is put on.

    Attributes:
        expression: float32 [T, K], coefficients of the motion space.
        rotation: float32 [T, 3]: yaw, pitch, roll in degrees (see face.pose).
        translation: float32 [T, 3]: of the head's joint: x right, y down in eye distances; log scale.
        gaze: float32 [T, 2]: the picture's right and down; at 1 eyes look 35 degrees aside.
        lids: float32 [T, 2]: the person's right and left: 0 as at rest, 1 closed, below 0 wider.
        keep: float32 [T], 0 to 1: how much of the portrait's own expression of the mouth shows beside this one.
        rate: Frames a second, exact.
        duration_s: Length in seconds, exact: of the sound that it was made for, if there is one.
    """

    expression: np.ndarray
    rotation: np.ndarray
    translation: np.ndarray
    gaze: np.ndarray
    lids: np.ndarray
    keep: np.ndarray
    rate: Fraction = FRAME_RATE
    duration_s: Fraction = Fraction(0)

    def __post_init__(self) -> None:
        width = MotionSpace.from_pretrained().num_coefficients
        count = len(self.expression)
        if count == 0:
            raise InputError("Motion has 0 frames; give one that lasts a frame at least.")
        if not SLOWEST <= self.rate <= FASTEST:
            raise InputError(f"Motion has {float(self.rate):g} frames a second; give {SLOWEST} to {FASTEST}.")
        for name, columns in CHANNELS.items():
            values = np.asarray(getattr(self, name), np.float32)
            wanted = (count,) if name == "keep" else (count, columns or width)
            if values.shape != wanted:
                raise InputError(f"Motion's {name} has shape {list(values.shape)}; give {list(wanted)}.")
            if not np.isfinite(values).all():
                frame = int(np.argwhere(~np.isfinite(values))[0][0])
                raise InputError(f"Motion's {name} is no number in frame {frame}; mend or leave out that frame.")
            if np.abs(values).max() > LIMITS[name]:
                frame = int(np.abs(values).reshape(count, -1).max(1).argmax())
                raise InputError(
                    f"Motion's {name} is {np.abs(values).max():g} in frame {frame}; at most {LIMITS[name]:g} can be meant: check its unit."
                )
            object.__setattr__(self, name, values)
        if self.duration_s <= 0:
            object.__setattr__(self, "duration_s", count / self.rate)

    @staticmethod
    def still(num_frames: int, rate: Fraction = FRAME_RATE, duration_s: Fraction = Fraction(0)) -> FaceMotion:
        """A face that rests."""
        width = MotionSpace.from_pretrained().num_coefficients
        zeros = {name: np.zeros((num_frames, columns or width), np.float32) for name, columns in CHANNELS.items() if name != "keep"}
        return FaceMotion(**zeros, keep=np.ones(num_frames, np.float32), rate=rate, duration_s=duration_s)

    @property
    def num_frames(self) -> int:
        return len(self.expression)

    def frames(self, first: int, stop: int) -> FaceMotion:
        """Frames from `first` to before `stop`."""
        part: dict[str, Any] = {name: getattr(self, name)[first:stop] for name in CHANNELS}
        length = max(min(Fraction(stop) / self.rate, self.duration_s) - Fraction(first) / self.rate, 1 / self.rate)
        return replace(self, **part, duration_s=length)

    def cut(self, start_s: float, stop_s: float) -> FaceMotion:
        """What happens from `start_s` to `stop_s`.

        Raises:
            InputError: The stretch is empty or lies outside.
        """
        inside = 0 <= start_s < stop_s < float("inf")
        first, stop = (round(Fraction(time_s) * self.rate) if inside else 0 for time_s in (start_s, stop_s))
        if not first < min(stop, self.num_frames):
            raise InputError(
                f"cut is {start_s:g} to {stop_s:g} s, but the motion lasts {float(self.duration_s):.2f} s; give a stretch of it."
            )
        return self.frames(first, min(stop, self.num_frames))

    def joined(self, other: FaceMotion, crossfade_s: float = 0.2) -> FaceMotion:
        """This motion, then the other, one passing into the other over `crossfade_s`.

        Raises:
            InputError: A crossfade outside 0 to 10 s.
        """
        if not 0 <= crossfade_s <= LONGEST_CROSSFADE_S:
            raise InputError(f"crossfade is {crossfade_s:g} s; give 0 to {LONGEST_CROSSFADE_S} seconds.")
        other = other.resampled(self.rate)
        overlap = min(round(crossfade_s * float(self.rate)), self.num_frames - 1, other.num_frames - 1)
        share = (np.arange(overlap, dtype=np.float32) + 1) / (overlap + 1)
        parts: dict[str, Any] = {}
        for name in CHANNELS:
            before, after = getattr(self, name), getattr(other, name)
            weight = share if before.ndim == 1 else share[:, None]
            middle = before[len(before) - overlap :] * (1 - weight) + after[:overlap] * weight
            parts[name] = np.concatenate([before[: len(before) - overlap], middle, after[overlap:]])
        return replace(self, **parts, duration_s=self.duration_s + other.duration_s - Fraction(overlap) / self.rate)

    def blended(self, other: FaceMotion, share: float | dict[str, float]) -> FaceMotion:
        """Part of this motion, part of the other, as long as this one.

        Args:
            other: Its last frame stays where it is shorter.
            share: Of the other, 0 to 1, of all or for each of PARTS; parts that are not named stay this motion's.

        Raises:
            InputError: A share is outside 0 to 1 or a part is not known.
        """
        shares = dict.fromkeys(PARTS, share) if isinstance(share, int | float) else share
        for part, value in shares.items():
            if part not in PARTS or not 0 <= value <= 1:
                raise InputError(f"blend is {value} of '{part}'; give 0 to 1 of {', '.join(PARTS)}.")
        other = other.resampled(self.rate)
        pick = np.minimum(np.arange(self.num_frames), other.num_frames - 1)
        space = MotionSpace.from_pretrained()
        expression = np.zeros(space.num_coefficients, np.float32)
        for part, rows in ROWS_OF_PART.items():
            expression[space.of_rows(*rows)] = shares.get(part, 0.0)
        weights = {name: np.float32(shares.get("head", 0.0)) for name in ("rotation", "translation")}
        weights |= {name: np.float32(shares.get("eyes", 0.0)) for name in ("gaze", "lids")}
        weights |= {"keep": np.float32(shares.get("mouth", 0.0))}
        mixed: dict[str, Any] = {"expression": self.expression * (1 - expression) + other.expression[pick] * expression}
        mixed |= {name: getattr(self, name) * (1 - w) + getattr(other, name)[pick] * w for name, w in weights.items()}
        return replace(self, **mixed)

    def scaled(self, expression: float = 1.0, head: float = 1.0, gaze: float = 1.0, blinks: float = 1.0) -> FaceMotion:
        """More or less of each; 0 is none.

        Raises:
            InputError: A factor is outside 0 to 3.
        """
        for name, value in (("expression", expression), ("head", head), ("gaze", gaze), ("blinks", blinks)):
            if not 0 <= value <= 3:
                raise InputError(f"scale of {name} is {value}; give 0 (none) to 3.")
        return replace(
            self,
            expression=self.expression * expression,
            rotation=self.rotation * head,
            translation=self.translation * head,
            gaze=self.gaze * gaze,
            lids=np.minimum(self.lids * blinks, np.maximum(self.lids, 1.0)),
        )

    def mirrored(self) -> FaceMotion:
        """The same performance as a mirror shows it."""
        flip = {"rotation": np.array([-1, 1, -1], np.float32), "translation": np.array([-1, 1, 1], np.float32)}
        flip["gaze"] = np.array([-1, 1], np.float32)
        turned = {name: getattr(self, name) * signs for name, signs in flip.items()}
        expression = MotionSpace.from_pretrained().mirrored(self.expression)
        return replace(self, expression=expression, lids=self.lids[:, ::-1].copy(), **turned)

    def shifted(self, seconds: float) -> FaceMotion:
        """The same, later by `seconds` (earlier where negative); its ends are held.

        Raises:
            InputError: More than an hour, or no number.
        """
        if not abs(seconds) <= FARTHEST_SHIFT_S:
            raise InputError(f"shift is {seconds:g} s; give -{FARTHEST_SHIFT_S} to {FARTHEST_SHIFT_S} seconds.")
        frames = round(seconds * float(self.rate))
        pick = np.clip(np.arange(self.num_frames) - frames, 0, self.num_frames - 1)
        return replace(self, **{name: getattr(self, name)[pick] for name in CHANNELS})

    def smoothed(self, width_s: float) -> FaceMotion:
        """Under a Gaussian whose deviation is `width_s`, its ends held.

        Raises:
            InputError: A width outside 0 to 5 s.
        """
        if not 0 <= width_s <= 5:
            raise InputError(f"smoothing is {width_s} s; give 0 to 5 seconds.")
        if width_s == 0:
            return self
        deviation = width_s * float(self.rate)
        return replace(self, **{name: gaussian_filter1d(getattr(self, name), deviation, axis=0, mode="nearest") for name in CHANNELS})

    def resampled(self, rate: Fraction) -> FaceMotion:
        """The same motion at other times: as many frames a second as `rate` says.

        Raises:
            InputError: A rate outside 1 to 240.
        """
        if rate == self.rate:
            return self
        if not SLOWEST <= rate <= FASTEST:
            raise InputError(f"rate is {float(rate):g} frames a second; give {SLOWEST} to {FASTEST}.")
        count = max(1, int(-(-(Fraction(self.num_frames) / self.rate * rate) // 1)))
        at = (np.arange(count) + 0.5) / float(rate) * float(self.rate) - 0.5  # in frames of this motion, middles on middles
        sampled: dict[str, Any] = {name: self._at(name, at) for name in CHANNELS}
        return replace(self, **sampled, rate=rate)

    def _at(self, name: str, at: np.ndarray) -> np.ndarray:
        values = getattr(self, name)
        at = np.clip(at, 0, self.num_frames - 1)
        if name == "rotation" and self.num_frames > 1:
            turns = Slerp(np.arange(self.num_frames), Rotation.from_matrix(to_matrix(values)))(at)
            return to_angles(turns.as_matrix()).astype(np.float32)
        columns = values.reshape(self.num_frames, -1).T
        mixed = np.stack([np.interp(at, np.arange(self.num_frames), column) for column in columns], -1)
        return mixed.reshape(len(at), *values.shape[1:]).astype(np.float32)

    def rebased(self, frame: int) -> FaceMotion:
        """The same motion, told from one of its frames: there everything is at rest.

        Raises:
            InputError: There is no such frame.
        """
        if not 0 <= frame < self.num_frames:
            raise InputError(f"frame is {frame}, but the motion has {self.num_frames}; choose from 0 to {self.num_frames - 1}.")
        turns = to_matrix(self.rotation)
        moved: dict[str, Any] = {
            name: getattr(self, name) - getattr(self, name)[frame] for name in ("expression", "translation", "gaze", "lids")
        }
        return replace(self, **moved, rotation=to_angles(turns @ turns[frame].T).astype(np.float32), keep=np.ones_like(self.keep))
