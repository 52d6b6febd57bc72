"""Faces at rest stay at rest, closures close, openings open, and the inverse map undoes the map."""

from __future__ import annotations

from dataclasses import replace

import pytest
import torch

from eadnet_core.face.anatomy import CENTRE, MILLIMETRE, FaceShape, rest_landmarks
from eadnet_core.face.deformation import UNIT, Pose, backward_map, lid_closure, mouth_of
from eadnet_core.face.soft_shapes import unit_grid
from eadnet_core.synthetic.canvas import Dice, warp_image
from eadnet_core.synthetic.shapes import draw_shape
from eadnet_core.synthetic.visibility import inverse_points

COUNT, SIZE = 3, 96


@pytest.fixture
def shape() -> FaceShape:
    return draw_shape(Dice(torch.Generator().manual_seed(0), COUNT))


def rest() -> Pose:
    return Pose(torch.zeros(COUNT, 24), torch.zeros(COUNT, 5), torch.zeros(COUNT, 6), torch.zeros(COUNT, 2), torch.zeros(COUNT, 2))


def doing(**units: float) -> Pose:
    values = torch.zeros(COUNT, 24)
    for name, value in units.items():
        values[:, UNIT[name]] = value
    return replace(rest(), action_units=values)


def grid() -> tuple[torch.Tensor, torch.Tensor]:
    return tuple(v.expand(COUNT, -1, -1) for v in unit_grid(SIZE, "cpu"))


def rise_of(shape: FaceShape, pose: Pose, landmark: int) -> torch.Tensor:
    """How far, in millimetres, a landmark comes up."""
    at = rest_landmarks(shape)[:, landmark]
    now_y = warp_image(inverse_points(shape, pose, SIZE)[:, 1:2], at[:, 0, None, None], at[:, 1, None, None])
    return (at[:, 1] - now_y.flatten()) / MILLIMETRE


def test_at_rest_nothing_moves_and_no_mouth_is_open(shape: FaceShape) -> None:
    x, y = grid()
    moved = backward_map(shape, rest(), x, y)
    torch.testing.assert_close(moved.x, x, atol=2e-5, rtol=0)
    assert ((moved.y - y).abs() < 0.003).all()  # the two lips' own sides of the mouth line, 0.002 apart
    assert (moved.gap <= 1e-6).all()


def test_a_closure_wins_over_an_opening() -> None:
    pose = rest()
    pose.visemes[:, 0], pose.visemes[:, 3] = 1, 1
    mouth = mouth_of(pose)
    assert (mouth.rise + mouth.drop == 0).all()
    opened = mouth_of(replace(pose, visemes=torch.tensor([[1.0, 0, 0, 0, 0]]).expand(COUNT, 5)))
    assert torch.allclose((opened.rise + opened.drop) / MILLIMETRE, torch.tensor(16.0))


def test_gap_is_the_distance_of_the_lips(shape: FaceShape) -> None:
    pose = replace(rest(), visemes=torch.tensor([[1.0, 0, 0, 0, 0]]).expand(COUNT, 5))
    mouth = mouth_of(pose)
    moved = backward_map(shape, pose, *grid())
    assert torch.allclose(moved.gap.amax((1, 2)), (mouth.rise + mouth.drop).flatten() / 2, atol=1.0 / SIZE)


@pytest.mark.parametrize(("unit", "point", "least"), [("AU1", "brow_inner", 3), ("AU2", "brow_outer", 2), ("AU12", "mouth", 2)])
def test_units_lift_what_they_name(shape: FaceShape, unit: str, point: str, least: float) -> None:
    pose = doing(**({unit: 1.0} if unit in UNIT else {f"{unit}L": 1.0, f"{unit}R": 1.0}))
    names = {"brow_inner": 2, "brow_outer": 0, "mouth": 18}
    assert (rise_of(shape, pose, names[point]) > least).all()


def test_units_that_pull_down_do(shape: FaceShape) -> None:
    assert (rise_of(shape, doing(AU4=1.0), 2) < -3).all()


def test_one_sided_units_leave_the_other_side(shape: FaceShape) -> None:
    both = grid()
    moved = backward_map(shape, doing(AU12R=1.0), *both)
    change = (moved.y - both[1]).abs() + (moved.x - both[0]).abs()
    own, other = change[:, :, : SIZE // 2 - 6], change[:, :, SIZE // 2 + 6 :]  # the person's right is the picture's left
    assert own.amax() > 5 * other.amax()


def test_nothing_opens_beside_the_mouth(shape: FaceShape) -> None:
    x, y = (v.expand(COUNT, -1, -1) for v in unit_grid(SIZE, "cpu"))
    gap = backward_map(shape, rest(), x, y).gap
    away = torch.maximum((x - CENTRE).abs() - shape.mouth_w, (y - shape.mouth_y).abs())
    assert (gap[away > 0.05] < -0.03).all()


def test_a_blink_shuts_and_a_raised_lid_opens_narrow_eyes_more(shape: FaceShape) -> None:
    shut = lid_closure(shape, replace(rest(), blink=torch.ones(COUNT, 2)))
    narrow, round_ = (lid_closure(replace(shape, eye_h=share * shape.eye_w), doing(AU5=1.0)) for share in (0.25, 0.5))
    for side in (-1.0, 1.0):
        assert (shut[side][0] == 1).all()
        assert (narrow[side][0] < -0.2).all()
        assert (round_[side][0] > -0.15).all() and (round_[side][0] < -0.05).all()


def test_the_inverse_undoes_the_map(shape: FaceShape) -> None:
    pose = doing(AU1=0.8, AU12L=0.7, AU12R=0.7, AU17=0.5)
    pose = replace(pose, head=torch.tensor([[0.1, -0.08, 0.05, 0.01, -0.01, 0.02]]).expand(COUNT, 6))
    seen = inverse_points(shape, pose, SIZE)
    moved = backward_map(shape, pose, *grid())
    back = warp_image(torch.stack([moved.x, moved.y], 1), seen[:, 0], seen[:, 1])
    x, y = grid()
    error = torch.hypot(back[:, 0] - x, back[:, 1] - y)[seen[:, 2] > 0.5]
    assert error.quantile(0.99) < 0.6 / SIZE
    inner = seen[:, 2, SIZE // 5 : -SIZE // 5, SIZE // 5 : -SIZE // 5]
    assert inner.mean() > 0.97


def test_yaw_moves_the_nose_and_spares_the_border(shape: FaceShape) -> None:
    pose = replace(rest(), head=torch.tensor([[0.2, 0, 0, 0, 0, 0]]).expand(COUNT, 6))
    moved = backward_map(shape, pose, *grid())
    shift = grid()[0] - moved.x
    nose = warp_image(shift[:, None], torch.full((COUNT, 1, 1), CENTRE), shape.nose_y)
    assert (nose > 0.02).all()  # positive yaw: the nose goes to the picture's right
    assert shift[:, :, [0, -1]].abs().max() < 1e-4
