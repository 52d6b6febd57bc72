"""How far lips part, and whether they come together where speech says so."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from ..face.pose import eye_centres
from ..face.track import FaceTrack
from ..timebase import FRAME_RATE, frame_centers
from .phones import Phone

SHUT = frozenset({"p", "b", "m"})
OPEN = frozenset({"aa", "ae", "ah", "ao", "aw", "ay"})
WIDE = frozenset({"iy", "ih", "ey", "eh"})
ROUND = frozenset({"uw", "uh", "ow", "w"})
CLOSED_SHARE = 0.25
"""Lips count as closed in the lowest quarter of their own range, from its 5th to its 95th percentile."""
SLACK_S = 0.02
"""A closure may come half a frame before or after its phone."""
_SHIFTS_S = tuple(0.37 * k for k in range(1, 9))
"""By which labels are moved to see what chance would score."""
LEAST_PAUSE_FRAMES = 5


@dataclass(frozen=True, eq=False)
class LipCurves:
    """Lips over time, in eye distances of the same face, so that size and distance do not count.

    Attributes:
        opening: float64 [N]: distance of the lips at their middle; NaN where there is no face.
        width: float64 [N]: distance of the corners; NaN likewise.
    """

    opening: np.ndarray
    width: np.ndarray

    @property
    def span(self) -> float | None:
        """95th less 5th percentile of the opening: how much the lips move at all; None without a face."""
        seen = self.opening[~np.isnan(self.opening)]
        return float(np.diff(np.percentile(seen, (5, 95)))[0]) if len(seen) else None


@dataclass(frozen=True)
class Closure:
    """Whether lips close when they must.

    Attributes:
        closed: Share of the places at which they must be together and are: p, b and m, or frames of pauses; None: there is no such place.
        by_chance: The same at places that do not matter: the labels moved in time, or all frames.
        open_above_shut: Chance that lips are wider apart in an open vowel than in p, b or m; 0.5 is guessing; None without labels.
        wide_above_round: Chance that the mouth is wider in "ee" than in "oo"; likewise.
        labelled: The places come from phones; False: from the level of the sound.
    """

    closed: float | None
    by_chance: float | None
    open_above_shut: float | None
    wide_above_round: float | None
    labelled: bool

    @property
    def gain(self) -> float | None:
        """By how much closing beats chance: lips that hardly ever part are always closed, and gain nothing."""
        return None if self.closed is None or self.by_chance is None else self.closed - self.by_chance


def lip_curves(track: FaceTrack) -> LipCurves:
    """The lips of a tracked face; sizes are measured against its steady eye distance."""

    def distance(one: int, other: int) -> np.ndarray:
        return np.linalg.norm(track.points[:, one, :2] - track.points[:, other, :2], axis=1).astype(np.float64)

    eyes = eye_distance_px(track.steady())
    return LipCurves(distance(13, 14) / eyes, distance(61, 291) / eyes)


def eye_distance_px(points: np.ndarray) -> np.ndarray:
    """Pixels [N] between the middles of the eyes' corners in the picture, of points [N, 478, 3]; lids do not move it."""
    right, left = eye_centres(points[..., :2])
    return np.linalg.norm(left - right, axis=1).astype(np.float64)


def closure_at_phones(curves: LipCurves, phones: tuple[Phone, ...]) -> Closure:
    """Whether lips are together in p, b and m, apart in open vowels, wide in front ones; vowels outside the video count for nothing."""
    seen = ~np.isnan(curves.opening)
    if not seen.any():
        return Closure(None, None, None, None, True)
    times = np.array(frame_centers(0, len(seen)))[seen]
    end = min(phones[-1].end_s, float(len(seen) / FRAME_RATE))
    heard = [phone for phone in phones if phone.end_s <= end]
    opening, width = curves.opening[seen], curves.width[seen]
    bound = _closed_below(opening)

    def over(curve: np.ndarray, names: frozenset[str], pick: Callable, slack_s: float = 0.0, shift_s: float = 0.0) -> list[float]:
        spans = [np.linspace(p.start_s - slack_s, p.end_s + slack_s, 9) + shift_s for p in heard if p.name in names]
        return [float(pick(np.interp(span % end if shift_s else span, times, curve))) for span in spans]

    def share_closed(shift_s: float) -> float | None:
        least = over(opening, SHUT, np.min, SLACK_S, shift_s)
        return float(np.mean(np.array(least) <= bound)) if least else None

    closed = share_closed(0.0)
    by_chance = None if closed is None else float(np.mean([share_closed(shift) for shift in _SHIFTS_S]))
    return Closure(
        closed,
        by_chance,
        chance_above(over(opening, OPEN, np.mean), over(opening, SHUT, np.mean)),
        chance_above(over(width, WIDE, np.mean), over(width, ROUND, np.mean)),
        True,
    )


def closure_in_pauses(curves: LipCurves, activity: np.ndarray) -> Closure:
    """Whether lips are together while nothing is said for a fifth of a second or longer, against all frames.

    Args:
        curves: Of N frames.
        activity: float [N], 0 (silence) to 1 (speech), see SpeechFeatures; its length may differ from N.
    """
    length = min(len(curves.opening), len(activity))
    opening, quiet = curves.opening[:length], _long_runs(activity[:length] <= 0, LEAST_PAUSE_FRAMES)
    seen = ~np.isnan(opening)
    if not (seen & quiet).any():
        return Closure(None, None, None, None, False)
    together = opening <= _closed_below(opening[seen])
    return Closure(float(together[seen & quiet].mean()), float(together[seen].mean()), None, None, False)


def chance_above(high: list[float], low: list[float]) -> float | None:
    """Chance that one of `high` exceeds one of `low`, ties counted half; None where either is empty.

    Source: the area under the ROC curve as Mann and Whitney's statistic.
    """
    if not high or not low:
        return None
    apart = np.subtract.outer(high, low)
    return float(np.mean((apart > 0) + 0.5 * (apart == 0)))


def _closed_below(opening: np.ndarray) -> float:
    low, high = np.percentile(opening, (5, 95))
    return float(low + CLOSED_SHARE * (high - low))


def _long_runs(flags: np.ndarray, least: int) -> np.ndarray:
    """The flags that stand in a row of `least` or more."""
    edges = np.flatnonzero(np.diff(np.concatenate([[False], flags, [False]]).astype(np.int8)))
    kept = np.zeros(len(flags), bool)
    for start, stop in edges.reshape(-1, 2):
        kept[start:stop] = stop - start >= least
    return kept
