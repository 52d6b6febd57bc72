"""Pixel acceleration: how much a face's pixels jump, and whether they do so where windows meet."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from ..face.align import crop_square, crop_transform
from ..face.track import FaceTrack

SIDE = 64
"""Side in pixels of the aligned face in which acceleration is measured: the same for any size of video."""
_FACE = slice(round(0.22 * SIDE), round(0.78 * SIDE)), slice(round(0.2 * SIDE), round(0.8 * SIDE))
"""Columns and rows of the aligned crop that are face and not hair or background."""
LEAST_SHAKE = 0.2
"""Grey levels below which a median is noise of the file and no measure for a jump."""


@dataclass(frozen=True, eq=False)
class Acceleration:
    """Second differences of brightness over time.

    Attributes:
        curve: float64 [N], mean over the face of |g[t + 1] - 2 g[t] + g[t - 1]| in grey levels of 255; NaN where the face or one of
            the three frames is missing, or a cut lies between them.
        seams: int64 [K], frames at which a window of the generator begins.
    """

    curve: np.ndarray
    seams: np.ndarray

    @property
    def shake(self) -> float | None:
        """Median of the curve; None where there is none."""
        seen = self.curve[~np.isnan(self.curve)]
        return float(np.median(seen)) if len(seen) else None

    @property
    def jerk(self) -> float | None:
        """99th percentile over median: one for an even motion, large where single frames jump."""
        seen = self.curve[~np.isnan(self.curve)]
        return float(np.percentile(seen, 99) / max(float(np.median(seen)), LEAST_SHAKE)) if len(seen) else None

    @property
    def seam_ratio(self) -> float | None:
        """Mean at the seams over mean elsewhere, 1 where seams cannot be seen; None where there is no seam or nothing else.

        A jump between frames s - 1 and s shows in the second differences of both.
        """
        at_seams = np.zeros(len(self.curve), bool)
        at_seams[self.seams[self.seams < len(self.curve)]] = True
        at_seams[self.seams[self.seams <= len(self.curve)] - 1] = True
        seen = ~np.isnan(self.curve)
        if not (at_seams & seen).any() or not (~at_seams & seen).any():
            return None
        return float(self.curve[at_seams & seen].mean() / max(float(self.curve[~at_seams & seen].mean()), LEAST_SHAKE))


class AccelerationMeter:
    """Measures acceleration while frames go by; three small pictures are held.

    Each take is seen through one frame that does not move, fitted to the median of its points: a head that jumps is measured,
    and so is one that moves, which is why a real video's figures stand beside.
    """

    def __init__(self, track: FaceTrack, seams: np.ndarray) -> None:
        self._shots, self._seams = track.shots, seams
        self._curve = np.full(track.num_frames, np.nan)
        self._frames = {}
        for shot in np.unique(track.shots):
            points = track.points[(track.shots == shot) & track.present]
            if len(points):
                self._frames[int(shot)] = crop_transform(np.median(points, 0))
        self._last: list[np.ndarray | None] = []

    def add(self, index: int, frame: np.ndarray) -> None:
        """Takes in frame `index`, uint8 [H, W, 3]; frames come in order, from 0 on."""
        shot = int(self._shots[index])
        if index and shot != self._shots[index - 1]:
            self._last = []
        face = None
        if shot in self._frames:
            columns, rows = _FACE[1], _FACE[0]
            crop = crop_square(frame, self._frames[shot], SIDE)[rows, columns]
            face = cv2.cvtColor(crop, cv2.COLOR_RGB2GRAY).astype(np.float32)
        self._last = [*self._last[-2:], face]
        if len(self._last) == 3:
            before, now, after = self._last
            if before is not None and now is not None and after is not None:
                self._curve[index - 1] = float(np.abs(after - 2 * now + before).mean())

    def result(self) -> Acceleration:
        """What was measured."""
        return Acceleration(self._curve, self._seams)
