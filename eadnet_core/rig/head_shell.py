"""What lies around the face: the depth of hair, ears and neck, and how much of the head's motion each place takes part in."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from ..face.topology import OVAL
from .thin_plate import spline_matrix

SKULL_MIDDLE = np.array([0.0, -0.15, 1.0])
SKULL_RADII = np.array([1.14, 1.85, 1.5])
"""An ellipsoid in the head's frame, eye distances (63 mm): hair and ears lie near it. Source: ours, after head breadth 150 mm,
head length 190 mm and hair of a finger's breadth."""
NECK_DEPTH, NECK_BELOW = 0.75, (0.35, 0.8, 1.4)
"""Depth of the neck's front, and how far below the chin it is sampled."""
JAW_FADE = 1.25
"""Over how much below the jaw the neck stops to follow the head."""
BORDER_FADE = 0.35
"""Over how much at the border of the moved region everything comes to rest."""
SMOOTHING = 0.07
"""Deviation of the blur of depths, eye distances: a head has no edges that steep, and where it turns away an error of depth shows."""
_COARSE = 72


@dataclass(frozen=True, eq=False)
class HeadShell:
    """Maps over the nodes of a square grid in the frame of the face.

    Attributes:
        depth: float32 [n, n], eye distances away from the camera.
        follows: float32 [n, n], 0 to 1: how much of the head's motion.
        middle_columns: int [n]: in each row the column of the face's middle, which hides what is beside it.
        middle_row: Row of the nose's tip.
    """

    depth: np.ndarray
    follows: np.ndarray
    middle_columns: np.ndarray
    middle_row: int


MIDLINE = (10, 151, 9, 8, 168, 6, 197, 195, 5, 4, 1, 2, 164, 0, 17, 18, 200, 199, 175, 152)
"""From the forehead down to the chin."""


def head_shell(points: np.ndarray, rotation: np.ndarray, axis_x: np.ndarray, axis_y: np.ndarray) -> HeadShell:
    """The shell of a head.

    Args:
        points: float [478, 3], the face in its frame.
        rotation: float [3, 3], from the head's own frame to that of the face: where the head looks.
        axis_x, axis_y: float [n], the grid's nodes.
    """
    middle_x = np.interp(axis_y, points[list(MIDLINE), 1], points[list(MIDLINE), 0])
    columns = np.clip(np.searchsorted(axis_x, middle_x), 1, len(axis_x) - 2)
    row = int(np.clip(np.searchsorted(axis_y, points[1, 1]), 1, len(axis_y) - 2))
    return HeadShell(_depth(points, rotation, axis_x, axis_y), _follows(points, axis_x, axis_y), columns, row)


def _depth(points: np.ndarray, rotation: np.ndarray, axis_x: np.ndarray, axis_y: np.ndarray) -> np.ndarray:
    face = points[:468]
    outline = points[list(OVAL), :2].astype(np.float32)
    skull = _skull(rotation)
    distance = np.array([cv2.pointPolygonTest(outline, (float(x), float(y)), True) for x, y in skull[:, :2]])
    skull = skull[distance < -0.2]
    chin = points[152]
    below = [chin[1] + d for d in NECK_BELOW]
    neck = np.array([(chin[0] + x, y, (rotation @ (0, 0, NECK_DEPTH))[2]) for y in below for x in (-0.9, -0.45, 0, 0.45, 0.9)])
    far = [(x, y, SKULL_MIDDLE[2]) for x in (axis_x[0], axis_x[-1]) for y in np.linspace(axis_y[0], axis_y[-1], 7)]
    far += [(x, axis_y[0], SKULL_MIDDLE[2]) for x in np.linspace(axis_x[0], axis_x[-1], 7)[1:-1]]
    controls = np.concatenate([face, skull, neck, np.array(far)])
    coarse_x, coarse_y = (np.linspace(axis[0], axis[-1], _COARSE) for axis in (axis_x, axis_y))
    at = np.stack(np.meshgrid(coarse_x, coarse_y), -1).reshape(-1, 2)
    depth = (spline_matrix(controls[:, :2], at, 2e-2) @ controls[:, 2]).reshape(_COARSE, _COARSE).astype(np.float32)
    depth = cv2.GaussianBlur(depth, (0, 0), SMOOTHING * _COARSE / (axis_x[-1] - axis_x[0]))
    u = np.interp(axis_x, coarse_x, np.arange(_COARSE)).astype(np.float32)
    v = np.interp(axis_y, coarse_y, np.arange(_COARSE)).astype(np.float32)
    columns, rows = np.meshgrid(u, v)
    return np.asarray(cv2.remap(depth, columns, rows, cv2.INTER_CUBIC))


def _skull(rotation: np.ndarray) -> np.ndarray:
    """Points [M, 3] of the side of the skull that is turned to the camera, and of its silhouette pushed outwards."""
    angle = np.linspace(0, 2 * np.pi, 28, endpoint=False)
    rows = []
    for tilt in np.deg2rad((35, 50, 65, 80)):
        ring = np.stack([np.sin(tilt) * np.cos(angle), np.sin(tilt) * np.sin(angle), np.full_like(angle, -np.cos(tilt))], -1)
        rows.append(ring)
    rim = np.stack([np.cos(angle), np.sin(angle), 0 * angle], -1)
    ball = np.concatenate(rows)
    form = rotation @ np.diag(SKULL_RADII**2) @ rotation.T  # support function of the turned ellipsoid
    on_skull = ball @ form / np.sqrt(np.einsum("ni,ij,nj->n", ball, form, ball))[:, None]
    silhouette = rim @ form / np.sqrt(np.einsum("ni,ij,nj->n", rim, form, rim))[:, None]
    outside = silhouette * [1.35, 1.35, 1.0]
    middle = rotation @ SKULL_MIDDLE
    kept = on_skull[:, 1] + middle[1] < 0.9  # below lies the neck
    beyond = outside[:, 1] + middle[1] < 1.2
    return np.concatenate([on_skull[kept], outside[beyond]]) + middle


def _follows(points: np.ndarray, axis_x: np.ndarray, axis_y: np.ndarray) -> np.ndarray:
    outline = points[list(OVAL), :2]
    lower = outline[outline[:, 1] >= np.median(outline[:, 1])]
    lower = lower[np.argsort(lower[:, 0])]
    jaw = np.interp(axis_x, lower[:, 0], lower[:, 1])  # [n]: the face's lower edge; beside the face that of the ears
    x, y = np.meshgrid(axis_x, axis_y)
    below = _ease((y - jaw[None]) / JAW_FADE)
    border = np.minimum(np.minimum(x - axis_x[0], axis_x[-1] - x), np.minimum(y - axis_y[0], axis_y[-1] - y))
    return ((1 - below) * _ease(border / BORDER_FADE)).astype(np.float32)


def _ease(share: np.ndarray) -> np.ndarray:
    share = np.clip(share, 0, 1)
    return share * share * (3 - 2 * share)
