"""Framings bring eyes and mouth to their places, and crop and head units convert both ways."""

from __future__ import annotations

import torch

from eadnet_core.face.anatomy import rest_landmarks
from eadnet_core.face.landmarks import CANONICAL, five_points
from eadnet_core.synthetic.canvas import Dice
from eadnet_core.synthetic.framing import aligned_framing, jittered, to_crop, to_head
from eadnet_core.synthetic.shapes import draw_shape


def test_units_convert_both_ways() -> None:
    dice = Dice(torch.Generator().manual_seed(0), 4)
    framing = jittered(aligned_framing(rest_landmarks(draw_shape(dice))), dice, 0.02)
    points = torch.rand(4, 7, 2)
    head = torch.stack(to_head(framing, points[..., 0], points[..., 1]), -1)
    torch.testing.assert_close(to_crop(framing, head), points, atol=1e-5, rtol=1e-4)


def test_a_turned_and_grown_face_is_framed_the_same() -> None:
    landmarks = rest_landmarks(draw_shape(Dice(torch.Generator().manual_seed(1), 2)))
    angle = torch.tensor(0.4)
    turn = torch.stack([torch.stack([angle.cos(), -angle.sin()]), torch.stack([angle.sin(), angle.cos()])])
    moved = 1.7 * landmarks @ turn.T + torch.tensor([0.2, -0.1])
    torch.testing.assert_close(to_crop(aligned_framing(moved), moved), to_crop(aligned_framing(landmarks), landmarks), atol=1e-4, rtol=1e-4)
    five = five_points(to_crop(aligned_framing(landmarks), landmarks))
    seen = torch.stack([five[:, 0], five[:, 1], five[:, 3:].mean(1)], 1)
    torch.testing.assert_close(seen.mean(1), torch.tensor(list(CANONICAL.values())).mean(0).expand(2, -1), atol=1e-4, rtol=0)
