"""Random faces: where everything lies at rest, and the finer form that catches light."""

from __future__ import annotations

import torch
from torch import Tensor

from ..face.anatomy import CENTRE, FaceShape
from ..face.soft_shapes import blob
from .canvas import Dice


def draw_shape(dice: Dice) -> FaceShape:
    """Random faces: adults and children, wide and narrow, realistic and stylised. Source: ours."""
    u = dice.uniform
    eye_y, mouth_y = u(0.435, 0.465), u(0.665, 0.71)
    eye_dx = u(0.095, 0.125)
    stylised = dice.chance(0.2)
    chin_y = mouth_y + u(0.115, 0.185)
    return FaceShape(
        eye_dx=eye_dx,
        eye_y=eye_y,
        eye_w=u(0.040, 0.054) * (1 + 0.25 * stylised),
        eye_h=u(0.010, 0.021) * (1 + 0.45 * stylised * u(0.3, 1)),
        eye_tilt=u(-0.1, 0.22),
        brow_y=eye_y - u(0.050, 0.085),
        brow_w=u(0.050, 0.075),
        brow_h=u(0.006, 0.015),
        brow_tilt=u(-0.22, 0.16),
        nose_y=mouth_y - u(0.062, 0.095),
        nose_w=u(0.030, 0.050) * (1 - 0.25 * stylised),
        mouth_y=mouth_y,
        mouth_w=u(0.068, 0.104),
        mouth_bow=u(-0.012, 0.012),
        lip_upper=u(0.010, 0.026),
        lip_lower=u(0.014, 0.034),
        face_w=u(0.195, 0.265),
        face_top=eye_y - u(0.20, 0.29),
        chin_y=chin_y,
        jaw=u(2.0, 3.0),
        depth=u(0.14, 0.22),
        relief=u(0.5, 1.4),
    )


def relief(shape: FaceShape, x: Tensor, y: Tensor) -> Tensor:
    """The finer form that catches light: nose, brow ridge, sockets, cheeks, lips, chin; head units, positive outwards."""
    s, height = shape, torch.zeros_like(x + shape.eye_y)
    height = height + 0.050 * blob(x, y, CENTRE, s.nose_y, s.nose_w * 0.55, 0.022)
    height = height + 0.030 * blob(x, y, CENTRE, s.nose_y - 0.055, 0.012, 0.045)
    height = height - 0.010 * blob(x, y, CENTRE, s.nose_y + 0.038, 0.006, 0.016)
    for side in (-1.0, 1.0):
        eye = CENTRE + side * s.eye_dx
        height = height + 0.022 * blob(x, y, CENTRE + side * s.nose_w * 0.75, s.nose_y + 0.004, 0.011, 0.013)
        height = height - 0.020 * blob(x, y, eye, s.eye_y - 0.008, s.eye_w * 0.95, 0.022)
        height = height + 0.010 * blob(x, y, eye, s.eye_y + 0.002, s.eye_w * 0.7, 0.013)
        height = height + 0.012 * blob(x, y, eye, s.brow_y, s.brow_w, 0.016)
        height = height + 0.016 * blob(x, y, CENTRE + side * s.face_w * 0.62, s.nose_y - 0.025, 0.05, 0.035)
        fold = CENTRE + side * (s.mouth_w + 0.02 - (y - s.mouth_y).clamp(-0.09, 0.02) * -0.45)
        height = height - 0.006 * torch.exp(-0.5 * ((x - fold) / 0.007) ** 2) * blob(x, y, fold, s.mouth_y - 0.03, 1.0, 0.03)
    height = height + 0.012 * blob(x, y, CENTRE, s.mouth_y - s.lip_upper * 0.6, s.mouth_w * 0.55, s.lip_upper * 0.7)
    height = height + 0.016 * blob(x, y, CENTRE, s.mouth_y + s.lip_lower * 0.55, s.mouth_w * 0.5, s.lip_lower * 0.6)
    height = height - 0.012 * blob(x, y, CENTRE, s.mouth_y + s.lip_lower + 0.014, s.mouth_w * 0.5, 0.012)
    height = height + 0.016 * blob(x, y, CENTRE, s.chin_y - 0.035, 0.045, 0.03)
    return height * s.relief
