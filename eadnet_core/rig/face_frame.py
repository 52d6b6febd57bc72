"""The frame in which a portrait's head is moved: upright with the head, measured in eye distances."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True, eq=False)
class FaceFrame:
    """The similarity between a picture's pixels and the frame of the face in it.

    The frame's origin lies between the eyes, x points along them to the picture's right, y down along the face, z away from the
    camera; its unit is the eye distance. Only the head's roll is taken out: a head that looks aside looks aside in the frame, too.

    Attributes:
        to_frame: float64 [2, 3], from pixels to the frame.
        from_frame: float64 [2, 3], from the frame to pixels.
        unit_px: The eye distance in pixels.
    """

    to_frame: np.ndarray
    from_frame: np.ndarray
    unit_px: float

    @staticmethod
    def of(origin: np.ndarray, unit_px: float, roll_deg: float) -> FaceFrame:
        """The frame of a head.

        Args:
            origin: [2], pixels: the point between the eyes.
            unit_px: The eye distance in pixels.
            roll_deg: How far the head is tilted, clockwise as seen in the picture.
        """
        angle = np.deg2rad(roll_deg)
        turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]]) * unit_px
        from_frame = np.column_stack([turn, origin])
        back = np.linalg.inv(turn)
        return FaceFrame(np.column_stack([back, -back @ origin]), from_frame, unit_px)

    def points(self, pixels: np.ndarray) -> np.ndarray:
        """Points [..., 2 or 3] of the picture in the frame; a third coordinate is scaled alone."""
        flat = pixels[..., :2] @ self.to_frame[:, :2].T + self.to_frame[:, 2]
        return np.concatenate([flat, pixels[..., 2:] / self.unit_px], -1)

    def pixels(self, points: np.ndarray) -> np.ndarray:
        """Points [..., 2] of the frame in pixels of the picture."""
        return points[..., :2] @ self.from_frame[:, :2].T + self.from_frame[:, 2]

    def scaled(self, factor_x: float, factor_y: float) -> FaceFrame:
        """The frame of the same face in the picture at another size (nearly the same factor both ways)."""
        sizes = np.array([factor_x, factor_y])
        from_frame = self.from_frame * sizes[:, None]
        back = np.linalg.inv(from_frame[:, :2])
        return FaceFrame(np.column_stack([back, -back @ from_frame[:, 2]]), from_frame, self.unit_px * float(np.sqrt(factor_x * factor_y)))
