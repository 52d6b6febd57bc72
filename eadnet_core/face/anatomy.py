"""The shape of a face: where everything lies at rest, how far it stands out, and its landmarks.

Positions live in head units: the unit square, eyes near y 0.45 and mouth near y 0.69, about 285 mm a side.
"""

from __future__ import annotations

from dataclasses import dataclass, fields

import torch
from torch import Tensor

from .head_motion import fade_from_head
from .landmarks import INDEX, LANDMARKS
from .soft_shapes import blob

MILLIMETRE = 0.22 / 63
"""Head units in a millimetre: people's eyes are 63 mm apart, ours 0.22 on average."""
CENTRE = 0.5
"""The x of the face's axis."""


@dataclass(frozen=True)
class FaceShape:
    """A batch of faces at rest; every field [B, 1, 1] in head units unless said otherwise.

    Attributes:
        eye_dx: Half the distance of the eyes. eye_y: Their height. eye_w, eye_h: Half width and half height of the opening.
        eye_tilt: Rise of the outer corner, share of eye_w.
        brow_y: Height of the brows. brow_w: Half their length. brow_h: Half their thickness. brow_tilt: Radians.
        nose_y: Height of the nose's tip. nose_w: Half its width.
        mouth_y, mouth_w: Height and half width of the mouth line. mouth_bow: Fall of the corners below its middle.
        lip_upper, lip_lower: Thickness of the lips.
        face_w: Half width of the face. face_top: Hairline. chin_y: Lowest point of the chin. jaw: Squareness, 2 to 3.2.
        depth: How far the face's middle stands out. relief: Scale of nose, brows, sockets, lips (0.5 flat to 1.5).
    """

    eye_dx: Tensor
    eye_y: Tensor
    eye_w: Tensor
    eye_h: Tensor
    eye_tilt: Tensor
    brow_y: Tensor
    brow_w: Tensor
    brow_h: Tensor
    brow_tilt: Tensor
    nose_y: Tensor
    nose_w: Tensor
    mouth_y: Tensor
    mouth_w: Tensor
    mouth_bow: Tensor
    lip_upper: Tensor
    lip_lower: Tensor
    face_w: Tensor
    face_top: Tensor
    chin_y: Tensor
    jaw: Tensor
    depth: Tensor
    relief: Tensor

    def repeat(self, times: int) -> FaceShape:
        """Each face `times` times in a row: [B * times, 1, 1]."""
        return FaceShape(**{f.name: getattr(self, f.name).repeat_interleave(times, 0) for f in fields(self)})


def face_outline(shape: FaceShape, x: Tensor, y: Tensor) -> Tensor:
    """Radius of a point relative to the face's outline: 0 at its middle, 1 on it; cranium above, jaw below."""
    middle = shape.eye_y + 0.03
    height = torch.where(y < middle, middle - shape.face_top, shape.chin_y - middle)
    narrowing = 1 - 0.16 * ((y - middle) / (shape.chin_y - middle)).clamp(0, 1.3)
    dx, dy = (x - CENTRE) / (shape.face_w * narrowing), (y - middle) / height
    return (dx.abs() ** shape.jaw + dy.abs() ** shape.jaw + 1e-8) ** (1 / shape.jaw)


def skull_depth(shape: FaceShape, x: Tensor, y: Tensor) -> Tensor:
    """How far the head's smooth form stands out towards the viewer, head units; 0 outside it. Carries parallax and light."""
    dx = (x - CENTRE) / (shape.face_w * 1.12)
    dy = (y - (shape.eye_y + 0.04)) / (shape.chin_y - shape.eye_y + 0.03)
    dome = (1 - dx**2 - dy**2).clamp(min=0).sqrt()
    nose = blob(x, y, CENTRE, shape.nose_y, shape.nose_w * 0.7, 0.03) + 0.6 * blob(x, y, CENTRE, shape.nose_y - 0.06, 0.014, 0.05)
    return shape.depth * dome + 0.055 * shape.relief * nose


def mouth_line(shape: FaceShape, across: Tensor) -> Tensor:
    """Height of the closed mouth's line; `across` is (x - CENTRE) / mouth_w."""
    return shape.mouth_y + shape.mouth_bow * across.abs().clamp(max=1.3) ** 2


def lid_curves(shape: FaceShape, along: Tensor) -> tuple[Tensor, Tensor]:
    """Heights of upper and lower lid at rest; `along` runs from -1 at the inner corner to 1 at the outer."""
    arch = (1 - along**2).clamp(min=0)
    axis = shape.eye_y - shape.eye_tilt * shape.eye_w * 0.5 * (along + 1)
    return axis - 1.15 * shape.eye_h * (0.5 * arch + 0.5 * arch.sqrt()), axis + 0.85 * shape.eye_h * arch


def rest_landmarks(shape: FaceShape) -> Tensor:
    """The landmarks of faces at rest, [B, 29, 2], head units."""
    s, points = shape, {}
    zero = torch.zeros_like(s.eye_y)
    for name, side in (("right", -1.0), ("left", 1.0)):
        eye = CENTRE + side * s.eye_dx
        upper, lower = lid_curves(s, zero)
        tilt = s.eye_tilt * s.eye_w
        points[f"{name}_eye_outer"] = (eye + side * s.eye_w, s.eye_y - tilt)
        points[f"{name}_eye_inner"] = (eye - side * s.eye_w, s.eye_y + zero)
        points[f"{name}_eye_top"] = (eye + zero, upper)
        points[f"{name}_eye_bottom"] = (eye + zero, lower)
        rise = torch.sin(s.brow_tilt) * s.brow_w
        points[f"{name}_brow_outer"] = (eye + side * (s.brow_w + 0.012), s.brow_y - rise + 0.006)
        points[f"{name}_brow_mid"] = (eye + side * 0.012, s.brow_y - 0.006 + zero)
        points[f"{name}_brow_inner"] = (eye + side * (0.012 - s.brow_w), s.brow_y + rise + 0.004)
        points[f"nose_{name}"] = (CENTRE + side * s.nose_w, s.nose_y + 0.008)
        points[f"mouth_{name}"] = (CENTRE + side * s.mouth_w, s.mouth_y + s.mouth_bow)
        points[f"jaw_{name}"] = (CENTRE + side * s.face_w * 0.96, s.nose_y - 0.03)
        points[f"jaw_lower_{name}"] = (CENTRE + side * s.face_w * 0.62, (s.mouth_y + s.chin_y) / 2 + 0.025)
    points["nose_bridge"] = (CENTRE + zero, s.eye_y + zero)
    points["nose_tip"] = (CENTRE + zero, s.nose_y + zero)
    points["upper_lip_top"] = (CENTRE + zero, s.mouth_y - s.lip_upper * 0.85)
    points["upper_lip_bottom"] = (CENTRE + zero, s.mouth_y - 0.004)
    points["lower_lip_top"] = (CENTRE + zero, s.mouth_y + 0.004)
    points["lower_lip_bottom"] = (CENTRE + zero, s.mouth_y + s.lip_lower)
    points["chin"] = (CENTRE + zero, s.chin_y + zero)
    ordered = [torch.cat([points[name][0], points[name][1]], -1) for name in LANDMARKS]
    assert len(points) == len(INDEX)
    return torch.cat(ordered, 1)  # [B, 29, 2]


def head_weight(shape: FaceShape, x: Tensor, y: Tensor) -> Tensor:
    """How much a point moves with the head: 1 on it, fading over neck and background to 0 before the square's border."""
    return fade_from_head(face_outline(shape, x, y), x, y)
