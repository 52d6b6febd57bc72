"""Where each point of a resting face is seen once the face has moved: labels, which only drawn faces have."""

from __future__ import annotations

import torch
from torch import Tensor

from ..face.anatomy import CENTRE, FaceShape, mouth_line
from ..face.deformation import Pose, backward_map, mouth_of
from ..face.soft_shapes import unit_grid
from .canvas import warp_image


def inverse_points(shape: FaceShape, pose: Pose, size: int, rounds: int = 10) -> Tensor:
    """Where each point of the resting face is seen in the moved picture, by fixed-point iteration.

    Args:
        shape: N faces.
        pose: N moments.
        size: Side of the grid over the resting face.
        rounds: Iterations; displacements are well under half a wavelength, so ten leave less than a tenth of a pixel.

    Returns:
        [N, 3, size, size]: x and y in head units, and 1 where the point is truly seen there (0 where lids or lips hide it).
    """
    x, y = (v.expand(shape.eye_y.shape[0], -1, -1) for v in unit_grid(size, shape.eye_y.device))
    moved = backward_map(shape, pose, x, y)
    displacement = torch.stack([moved.x - x, moved.y - y], 1)
    mouth = mouth_of(pose)
    line = mouth_line(shape, (x - CENTRE) / shape.mouth_w)
    near_mouth = ((x - CENTRE).abs() < shape.mouth_w * 1.1) & ((y - line).abs() < 0.1)
    # start on the right side of parted lips: the lower lip's points below the gap, the upper lip's above it
    start = torch.where(near_mouth, torch.where(y > line, mouth.drop, -mouth.rise), torch.zeros_like(y))
    point_x, point_y = x, y + start
    for _ in range(rounds):
        step = warp_image(displacement, point_x, point_y)
        point_x, point_y = 0.3 * point_x + 0.7 * (x - step[:, 0]), 0.3 * point_y + 0.7 * (y - step[:, 1])
    step = warp_image(displacement, point_x, point_y)
    error = torch.maximum((point_x + step[:, 0] - x).abs(), (point_y + step[:, 1] - y).abs())
    return torch.stack([point_x, point_y, (error < 1.5 / size).float()], 1)
