"""How a filmed head is turned, read off its landmarks, relative to a reference frame.

Of lids and gaze nothing is read: the locator's eyes stay open when a person's close, and it has no irises.
"""

from __future__ import annotations

from functools import partial

import torch
from torch import Tensor

from ...face.anatomy import CENTRE, FaceShape, skull_depth
from ...face.bared_teeth import BaredTeeth
from ...face.head_motion import rigid_source
from ...face.landmarks import INDEX, five_points
from ...models.face_rig import fit_shape
from ..base.controls import HEAD_SPREAD

RIGID = tuple(
    INDEX[name]
    for name in (
        "right_eye_outer", "right_eye_inner", "left_eye_inner", "left_eye_outer",
        "nose_bridge", "nose_tip", "nose_right", "nose_left", "jaw_right", "jaw_left",
    )
)  # fmt: skip
"""Landmarks that move with the skull alone."""
LANDMARK_ERROR = 0.004
"""Spread of a landmark about the truth, crop units: what it says is weighed against how heads usually move, as in drawn clips."""
STEPS = 6
DIFFERENCE = 1e-3


def fit_head_pose(reference: Tensor, landmarks: Tensor) -> Tensor:
    """The pose of each frame, as the rig would have to be told it.

    The most likely pose under Gaussian landmark errors and a Gaussian prior of the size of usual head motion, by Gauss-Newton.

    Args:
        reference: float [B, 29, 2], crop units: the portrait's landmarks.
        landmarks: float [B, T, 29, 2], the frames', in the same units.

    Returns:
        float [B, T, 6], see types.Conditions.head_pose; 0 is the reference's pose. Source: ours.
    """
    num_frames = landmarks.shape[1]
    known = BaredTeeth(reference.new_zeros(len(reference), dtype=torch.bool), reference.new_zeros(len(reference)))
    shape = fit_shape(reference, known).repeat(num_frames)
    five = five_points(reference).repeat_interleave(num_frames, 0)[..., None, None]  # [B * T, 5, 2, 1, 1]
    target = reference[:, None, RIGID].expand(-1, num_frames, -1, -1).flatten(0, 1)  # [N, P, 2]
    seen = landmarks[:, :, RIGID].flatten(0, 1)
    prior = torch.diag((LANDMARK_ERROR / reference.new_tensor(HEAD_SPREAD)).square())
    pose = reference.new_zeros(len(seen), 6)
    for _ in range(STEPS):
        off = _off(shape, five, pose, seen, target)  # [N, 2P]
        nudged = [_off(shape, five, pose + DIFFERENCE * axis, seen, target) for axis in torch.eye(6).to(pose)]
        slope = (torch.stack(nudged, -1) - off[..., None]) / DIFFERENCE  # [N, 2P, 6]
        pull = slope.mT @ off[..., None] + prior @ pose[..., None]
        pose = pose - torch.linalg.solve(slope.mT @ slope + prior, pull)[..., 0]
    return pose.unflatten(0, (-1, num_frames))


def _off(shape: FaceShape, five: Tensor, pose: Tensor, seen: Tensor, target: Tensor) -> Tensor:
    """[N, 2P]: how far from their places in the reference the rig would read the points [N, P, 2] of frames in a pose [N, 6]."""
    eyes, mouth = (five[:, 0] + five[:, 1]) / 2, (five[:, 3] + five[:, 4]) / 2
    lean = (mouth[:, 0] - eyes[:, 0]) / (mouth[:, 1] - eyes[:, 1]).clamp(min=0.1)

    def midline(y: Tensor) -> Tensor:
        return eyes[:, 0] + lean * (y - eyes[:, 1]) - CENTRE

    x, y = seen[:, None, :, 0], seen[:, None, :, 1]  # [N, 1, P]
    source_x, source_y = rigid_source(x - midline(y), y, pose, shape.chin_y - 0.04, partial(skull_depth, shape))
    return torch.cat([source_x + midline(source_y) - target[:, None, :, 0], source_y - target[:, None, :, 1]], 1).flatten(1)
