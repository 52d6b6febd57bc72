"""Curves of Action Units in seconds, at any rate; frames appear only when they are sampled."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
import torch
from torch import Tensor

from ..errors import InputError
from ..timebase import FRAME_RATE, frame_centers
from .vocabulary import ACTION_UNITS


@dataclass(frozen=True, eq=False)
class ActionUnitTrack:
    """Some or all of the 24 Action Units over time; between two rows they run straight, before and after all rows they stay.

    Attributes:
        times_s: float64 [M], seconds, rising, M at least 1.
        values: float32 [M, U], 0 to 1.
        units: U names out of ACTION_UNITS, in that order: units that are not among them are not asked for.
    """

    times_s: np.ndarray
    values: np.ndarray
    units: tuple[str, ...] = ACTION_UNITS

    def __post_init__(self) -> None:
        if len(self.times_s) == 0 or not self.units:
            raise InputError(f"Action Unit track has {len(self.times_s)} rows of {len(self.units)} units; give at least one of each.")
        unknown = [unit for unit in self.units if unit not in ACTION_UNITS]
        if unknown:
            raise InputError(f"Action Unit '{unknown[0]}' is not known; give any of {', '.join(ACTION_UNITS)}.")
        if self.units != tuple(unit for unit in ACTION_UNITS if unit in self.units):
            raise InputError(f"Action Units are {', '.join(self.units)}; give each once, in the order {', '.join(ACTION_UNITS)}.")
        if self.values.shape != (len(self.times_s), len(self.units)):
            raise InputError(f"Action Unit values have shape {list(self.values.shape)}; give {[len(self.times_s), len(self.units)]}.")
        self._check_numbers()

    def _check_numbers(self) -> None:
        if not np.isfinite(self.times_s).all() or (np.diff(self.times_s) <= 0).any():
            raise InputError("Action Unit times do not rise; give each row a later time in seconds than the one before.")
        wrong = np.argwhere(~((self.values >= 0) & (self.values <= 1)))
        if len(wrong):
            row, column = wrong[0]
            raise InputError(
                f"{self.units[column]} at {self.times_s[row]:g} s is {self.values[row, column]:g}; give numbers from 0 to 1 "
                "(divide FACS levels A to E, 0 to 5, by 5)."
            )

    @staticmethod
    def from_frames(values: np.ndarray | Tensor, rate: Fraction = FRAME_RATE, units: tuple[str, ...] = ACTION_UNITS) -> ActionUnitTrack:
        """The track of values [M, U] at the middles of frames at `rate` a second."""
        frames = np.asarray(values, np.float32)
        times = np.array([float((i + Fraction(1, 2)) / rate) for i in range(len(frames))])
        return ActionUnitTrack(times, frames, units)

    @property
    def end_s(self) -> float:
        """Time of the last row."""
        return float(self.times_s[-1])

    def check_within(self, duration_s: float) -> None:
        """Raises InputError if the curves begin after the end of the clip: of them only the first row would be seen, all the time."""
        if self.times_s[0] >= duration_s:
            raise InputError(
                f"Action Unit curves begin at {self.times_s[0]:g} s, but the sound ends at {duration_s:.2f} s; "
                "give times in seconds from the start of the sound."
            )

    def at(self, times_s: np.ndarray) -> np.ndarray:
        """Values at any times, float32 [N, U]."""
        curves = [np.interp(times_s, self.times_s, column) for column in self.values.T]
        return np.stack(curves, 1).astype(np.float32)

    def chosen(self) -> np.ndarray:
        """bool [24]: the units that the track names."""
        return np.array([unit in self.units for unit in ACTION_UNITS])

    def sample(self, num_frames: int, base: Tensor | None = None) -> Tensor:
        """All 24 units at the middles of frames.

        Args:
            num_frames: N, at FRAME_RATE from the start of the clip.
            base: float [N, 24], what units that the track does not name do, such as those of the emotion; None: 0.

        Returns:
            float32 [N, 24], 0 to 1.
        """
        frames = torch.zeros(num_frames, len(ACTION_UNITS)) if base is None else base.float().clone()
        columns = [ACTION_UNITS.index(unit) for unit in self.units]
        frames[:, columns] = torch.from_numpy(self.at(np.array(frame_centers(0, num_frames))))
        return frames

    def only(self, units: Iterable[str]) -> ActionUnitTrack:
        """The curves of some of the track's units.

        Raises:
            InputError: None is left, or the track lacks one.
        """
        chosen = set(units)
        missing = sorted(chosen - set(self.units))
        if missing:
            raise InputError(f"Action Unit '{missing[0]}' is not in the track; it holds {', '.join(self.units)}.")
        kept = [i for i, unit in enumerate(self.units) if unit in chosen]
        return ActionUnitTrack(self.times_s, self.values[:, kept], tuple(self.units[i] for i in kept))

    def overlaid(self, other: ActionUnitTrack) -> ActionUnitTrack:
        """Both tracks' units; where both have one, the other's counts."""
        times = np.union1d(self.times_s, other.times_s)
        units = tuple(unit for unit in ACTION_UNITS if unit in self.units or unit in other.units)
        curves = {**dict(zip(self.units, self.at(times).T, strict=True)), **dict(zip(other.units, other.at(times).T, strict=True))}
        return ActionUnitTrack(times, np.stack([curves[unit] for unit in units], 1).clip(0, 1), units)

    def resampled(self, rate: Fraction = FRAME_RATE) -> ActionUnitTrack:
        """The same curves with rows at the middles of frames at another rate, from 0 to the last row."""
        count = max(1, round(Fraction(self.end_s) * rate + Fraction(1, 2)))
        times = np.array([float((i + Fraction(1, 2)) / rate) for i in range(count)])
        return ActionUnitTrack(times, self.at(times), self.units)

    def scaled(self, factor: float, units: Iterable[str] | None = None) -> ActionUnitTrack:
        """The track with some units (None: all) stronger or weaker; no value rises above 1.

        Raises:
            InputError: A factor below 0 or above 10, or a unit that the track lacks.
        """
        if not 0 <= factor <= 10:
            raise InputError(f"Action Unit scale is {factor}; give 0 to 10.")
        chosen = set(self.units if units is None else units)
        missing = sorted(chosen - set(self.units))
        if missing:
            raise InputError(f"Action Unit '{missing[0]}' is not in the track; it holds {', '.join(self.units)}.")
        factors = np.array([factor if unit in chosen else 1.0 for unit in self.units], np.float32)
        return ActionUnitTrack(self.times_s, (self.values * factors).clip(0, 1), self.units)

    def smoothed(self, width_s: float) -> ActionUnitTrack:
        """The track at FRAME_RATE under a Gaussian; its ends are held, so that constant curves stay as they are.

        Args:
            width_s: Standard deviation in seconds, 0 to 5; 0 changes no value.
        """
        if not 0 <= width_s <= 5:
            raise InputError(f"smoothing is {width_s} s; give 0 to 5 seconds.")
        track = self.resampled()
        width = width_s * float(FRAME_RATE)  # frames
        reach = int(np.ceil(3 * width))
        kernel = np.exp(-0.5 * (np.arange(-reach, reach + 1) / max(width, 1e-6)) ** 2)
        padded = np.pad(track.values, ((reach, reach), (0, 0)), mode="edge")
        smooth = [np.convolve(column, kernel / kernel.sum(), mode="valid") for column in padded.T]
        return ActionUnitTrack(track.times_s, np.stack(smooth, 1).astype(np.float32).clip(0, 1), self.units)


def constant_action_units(values: Mapping[str, float], over: ActionUnitTrack | None = None) -> ActionUnitTrack | None:
    """The track on which some units stay at a value; at 0 a unit is left to `over`, or to the feeling. None where all are.

    Args:
        values: By unit, 0 to 1.
        over: Other curves; None: none.
    """
    units = tuple(unit for unit in ACTION_UNITS if values.get(unit, 0.0) != 0)
    if not units:
        return over
    held = ActionUnitTrack(np.zeros(1), np.array([[values[unit] for unit in units]], np.float32), units)
    return held if over is None else over.overlaid(held)
