"""A portrait's face that plays a performance: whose motion it is does not matter, whose face it is does."""

from __future__ import annotations

import numpy as np

from ..face.portrait import Portrait
from ..face.pose import NECK, to_matrix
from ..face.topology import EYE_SURROUND, LEFT_BROW, LOWER_INNER_LIP, NUM_POINTS, RIGHT_BROW, UPPER_INNER_LIP
from ..motion.face_motion import FaceMotion
from ..motion.lips import LipContact
from ..motion.space import MotionSpace
from .face_frame import FaceFrame
from .lids import lid_displacement
from .rig import PosedFace, Rig

FARTHEST_YAW, FARTHEST_PITCH, FARTHEST_ROLL = 38.0, 28.0, 32.0
"""Turns beyond which a picture has nothing left to show, degrees; they are approached, never passed."""
TURNING = np.array([1.35, 1.45, 1.0])
"""Yaw, pitch and roll of the picture to those of the motion, for small ones: of a turned photograph a tracker sees 72 and 65 hundredths of
yaw and pitch, of three portraits turned by 4 degrees; with this, motion's degrees are those that a tracker sees."""
GAP_FLOOR = 0.004
"""Inner lips nearer than this touch, eye distances."""


class Actor:
    """Puts the frames of a FaceMotion onto one portrait.

    Attributes:
        frame: Between the portrait's pixels and its face.
        rig: Of the portrait.
    """

    def __init__(self, portrait: Portrait) -> None:
        fit = portrait.fit
        roll = float(fit.angles_deg[2])
        self.frame = FaceFrame.of(fit.pose.shift[:2], fit.pose.scale, roll)
        self._to_view = to_matrix(np.array([0.0, 0.0, -roll])) @ fit.pose.rotation
        points = fit.canonical @ self._to_view.T
        self.rig = Rig(self.frame, points, self._to_view, self._to_view @ NECK)
        self._points, self._own = points, fit.own
        self._contact = LipContact(points)
        self._keep, self._mouth = portrait.keep_expression, _mouth_share()
        self._space = MotionSpace.from_pretrained()
        self._eyes_seen = float(portrait.eyes_seen)

    def pose(self, motion: FaceMotion, index: int) -> PosedFace:
        """The portrait's face in frame `index` of a motion."""
        moved = self._space.decode(motion.expression[index]).astype(np.float64)
        gaps = moved[list(LOWER_INNER_LIP), 1] - moved[list(UPPER_INNER_LIP), 1]
        kept = self._keep * (1 - self._mouth * (1 - float(motion.keep[index])))  # [478]
        displacement = (moved - (1 - kept)[:, None] * self._own) @ self._to_view.T
        displacement[:, 1] += self._contact.correction(self._points + displacement, np.maximum(gaps - GAP_FLOOR, 0))
        displacement[:, 1] += lid_displacement(
            self._points + displacement, self._eyes_seen * motion.lids[index], self._eyes_seen * float(motion.gaze[index, 1])
        )
        limits = np.array([FARTHEST_YAW, FARTHEST_PITCH, FARTHEST_ROLL])
        turn = to_matrix(limits * np.tanh(TURNING * motion.rotation[index] / limits))
        return self.rig.pose(displacement, turn, motion.translation[index].astype(np.float64))


def _mouth_share() -> np.ndarray:
    """float64 [478]: 1 where a point belongs to cheeks and mouth, 0 at eyes and brows."""
    share = np.ones(NUM_POINTS)
    upper = {*EYE_SURROUND, *RIGHT_BROW, *LEFT_BROW}
    for cell in MotionSpace.from_pretrained().cells:
        if cell.row in ("brow", "eye"):
            upper.update(cell.points.tolist())
    share[sorted(upper)] = 0
    return share
