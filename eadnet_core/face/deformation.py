"""How a face moves: Action Units, visemes, lids, gaze and head pose as a backward map into the face at rest.

For each point of the moved picture the map says which point of the resting face is seen there, so that any picture can be
moved by reading it; where lips part, it says that the inside of the mouth is seen. Amplitudes are millimetres of people's
faces (EMFACS descriptions; numbers ours).
"""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from functools import partial

import torch
import torch.nn.functional as F
from torch import Tensor

from ..emotion.vocabulary import ACTION_UNITS
from .anatomy import CENTRE, MILLIMETRE, FaceShape, head_weight, lid_curves, mouth_line, skull_depth
from .head_motion import rigid_source
from .soft_shapes import blob

UNIT = {name: i for i, name in enumerate(ACTION_UNITS)}
SIDES = (("R", -1.0), ("L", 1.0))
"""The person's own side, and the sign of its x."""
LASH_THICKNESS = 0.0045
"""Half the thickness of the line that a shut lid draws, head units: half a pixel of a 128-pixel crop; it thins towards the corners."""

LASHES = 0.55
"""Share of the upper lid, from its edge up, that lashes or a misjudged edge may darken: what covers a shut eye is skin from above it."""

LARGEST_APERTURE = 0.55
"""Height of the widest eye over its width: large eyes have less to open, and an iris drawn out to an oval is seen at once."""

STRETCH, CRUMPLE = 0.9, 0.8
"""Highest lift and deepest fall of a brow over its distance from the lid: skin stretched further is seen as a smear."""


@dataclass(frozen=True)
class Pose:
    """What a face does at one moment; N moments.

    Attributes:
        action_units: [N, 24], 0 to about 1.2.
        visemes: [N, 5], 0 to 1: open, wide, round, close, teeth.
        head: [N, 6]: yaw, pitch, roll (radians), x, y (head units), log scale.
        gaze: [N, 2], -1 to 1, x and y of the picture.
        blink: [N, 2], 0 to 1, right and left lid.
    """

    action_units: Tensor
    visemes: Tensor
    head: Tensor
    gaze: Tensor
    blink: Tensor

    def select(self, index: slice) -> Pose:
        """The moments of a slice."""
        return Pose(**{f.name: getattr(self, f.name)[index] for f in fields(self)})


@dataclass(frozen=True)
class Mouth:
    """The mouth's geometry, each [N, 1, 1], head units: how far lips rise and drop at the middle, corners move out and up."""

    rise: Tensor
    drop: Tensor
    jaw: Tensor
    out: dict[float, Tensor]
    up: dict[float, Tensor]
    press: Tensor


@dataclass(frozen=True)
class Moved:
    """The backward map.

    Attributes:
        x, y: [N, S, S], the point of the resting face seen at each pixel, head units.
        gap: [N, S, S], signed distance into the parted lips, head units, positive inside.
        across: [N, S, S], -1 to 1 from corner to corner of the mouth.
        below_rest: [N, S, S], how far a pixel lies below the resting mouth line, in the frame of the skull.
        above_lower: [N, S, S], how far a pixel lies above the lower lip's edge.
        lash: [N, S, S], signed distance into the line of lashes of a closing lid, head units, positive inside.
        skull_x, skull_y: [N, S, S], the point of the skull there: the head's pose undone, the face's own motion not.
    """

    x: Tensor
    y: Tensor
    gap: Tensor
    across: Tensor
    below_rest: Tensor
    above_lower: Tensor
    lash: Tensor
    skull_x: Tensor
    skull_y: Tensor


def mouth_of(pose: Pose) -> Mouth:
    """Lip geometry of visemes and Action Units together; a closure wins over every opening."""
    mm = MILLIMETRE
    au = {name: pose.action_units[:, i, None, None] for name, i in UNIT.items()}
    opened, wide, rounded, closed, teeth = (pose.visemes[:, i, None, None] for i in range(5))
    free = (1 - closed).clamp(0, 1)
    parted = opened * (1.8 - 0.8 * opened)  # half-open sounds part the lips more than half
    jaw = (16 * parted + 12 * au["AU26"]).clamp(max=22) * free * (1 - 0.25 * au["AU24"])
    part = (3.5 * au["AU25"] + 1.8 * teeth + 1.5 * au["AU10"] + 2.5 * au["AU16"] + 1.0 * au["AU20"] * opened) * free
    lifted = 2.5 * au["AU10"] + 1.5 * au["AU9"] + 1.75 * (au["AU12L"] + au["AU12R"])  # parted lips bare the upper teeth
    rise = 2.2 * parted * free + 0.45 * part + lifted * torch.maximum(opened, au["AU25"].clamp(max=1)) * free
    drop = jaw - 2.2 * parted * free + 0.55 * part - 1.5 * teeth * free
    drop = (drop - 2.0 * au["AU17"] * opened).clamp(min=0)
    out, up = {}, {}
    for name, side in SIDES:
        smile, dimple = au[f"AU12{name}"], au[f"AU14{name}"]
        spread = (
            4.0 * wide
            + (6.0 * smile + 6.0 * au["AU20"] + 2.5 * dimple) * (1 - 0.6 * rounded)
            - 9.0 * rounded
            - 8.0 * au["AU18"]
        )
        out[side] = (spread - 0.1 * jaw).clamp(-11, 9) * mm
        up[side] = (6.5 * smile - 6.5 * au["AU15"] + 2.0 * dimple - 0.2 * au["AU20"] - 0.33 * jaw) * mm  # corners follow the jaw
    press = torch.maximum(0.45 * closed, 0.35 * au["AU23"]) + 0.5 * au["AU24"] - 0.35 * rounded * free - 0.35 * au["AU18"]
    return Mouth(rise * mm, drop * mm, 0.8 * jaw * mm, out, up, press.clamp(-0.5, 0.75))


def backward_map(shape: FaceShape, pose: Pose, x: Tensor, y: Tensor) -> Moved:
    """The resting point seen at each point of the moved picture.

    Args:
        shape: N faces.
        pose: N moments.
        x, y: [N, S, S], points of the moved picture, head units; S even.

    Returns:
        The map. Source: ours.
    """
    coarse_x, coarse_y = (F.avg_pool2d(v[:, None], 2)[:, 0] for v in (x, y))
    head_x, head_y = _undo_head(shape, pose.head, coarse_x, coarse_y)
    soft_x, soft_y = _soft_tissue(shape, pose, head_x, head_y)
    smooth = torch.stack([head_x - coarse_x, head_y - coarse_y, soft_x, soft_y], 1)
    smooth = F.interpolate(smooth, x.shape[-2:], mode="bilinear", align_corners=False)
    head_x, head_y = x + smooth[:, 0], y + smooth[:, 1]
    mouth = mouth_of(pose)
    moved = _undo_mouth(shape, mouth, head_x, head_y)
    rest_x, rest_y, lash = _undo_lids(shape, pose, moved.x, moved.y)
    return replace(moved, x=rest_x + smooth[:, 2], y=rest_y + smooth[:, 3], lash=lash)


def _undo_head(shape: FaceShape, head: Tensor, x: Tensor, y: Tensor) -> tuple[Tensor, Tensor]:
    rest_x, rest_y = rigid_source(x, y, head, shape.chin_y - 0.04, partial(skull_depth, shape))
    weight = head_weight(shape, x, y)
    return x + weight * (rest_x - x), y + weight * (rest_y - y)


def _soft_tissue(shape: FaceShape, pose: Pose, x: Tensor, y: Tensor) -> tuple[Tensor, Tensor]:
    """Displacement towards the resting point of brows, cheeks, nose, upper lip and chin."""
    s, mm = shape, MILLIMETRE
    au = {name: pose.action_units[:, i, None, None] for name, i in UNIT.items()}
    squeeze, brow, up = torch.zeros_like(x), torch.zeros_like(x), torch.zeros_like(x)
    for name, side in SIDES:
        eye = CENTRE + side * s.eye_dx
        inner = torch.exp(-0.5 * ((x - eye + side * 0.040) / 0.032) ** 2)
        outer = torch.exp(-0.5 * ((x - eye - side * 0.030) / 0.040) ** 2)
        brow = brow + inner * mm * (9.0 * au["AU1"] - 9.0 * au["AU4"] - 3.0 * au["AU9"])
        brow = brow + outer * mm * (9.5 * au[f"AU2{name}"] + 1.0 * au["AU1"] - 6.0 * au["AU4"])
        squeeze = squeeze + side * inner * mm * 3.5 * au["AU4"]
        cheek = blob(x, y, eye + side * 0.015, s.nose_y - 0.025, 0.045, 0.030)
        up = up + cheek * mm * (4.0 * au["AU6"] + 2.5 * au[f"AU12{name}"])
        wing = blob(x, y, CENTRE + side * s.nose_w, s.nose_y, 0.026, 0.026)
        up = up + wing * mm * (4.5 * au["AU9"] + 2.0 * au["AU10"])
        lip = blob(x, y, CENTRE + side * s.mouth_w * 0.45, s.mouth_y - 0.022, 0.036, 0.020)
        up = up + lip * mm * (4.0 * au["AU9"] + 5.5 * au["AU10"])
    chin = blob(x, y, CENTRE, s.chin_y - 0.050, 0.048, 0.026)
    to_lid = (s.eye_y - 1.15 * s.eye_h - s.brow_y).clamp(min=0.012)
    most = to_lid * torch.where(brow > 0, STRETCH, CRUMPLE)
    lifted = most * torch.tanh(brow / most)
    # the forehead goes with a brow; from its new place down to the lid, which stays, skin stretches or gathers
    below = y - (s.brow_y - lifted)
    down = (below / (to_lid + lifted)).clamp(0, 1)
    tall = torch.where(below < 0, torch.exp(-0.5 * (below / 0.055) ** 2), (1 - down) ** 2 * (1 + 2 * down))
    return tall * squeeze, up + tall * lifted + chin * mm * 4.5 * au["AU17"]


def _undo_mouth(shape: FaceShape, mouth: Mouth, x: Tensor, y: Tensor) -> Moved:
    s = shape
    right = x < CENTRE
    out = torch.where(right, mouth.out[-1.0], mouth.out[1.0])
    up = torch.where(right, mouth.up[-1.0], mouth.up[1.0])
    # corners: lips stretch evenly up to the corner, skin beyond it gives way
    aside, sign = (x - CENTRE).abs(), torch.where(right, -1.0, 1.0)
    half = s.mouth_w + out
    inner, beyond = (aside / half).clamp(max=1), (aside - half).clamp(min=0)
    around = torch.exp(-0.5 * ((y - s.mouth_y - 0.4 * (mouth.drop - mouth.rise)) / (0.045 + 0.5 * mouth.drop)) ** 2)
    carry = torch.exp(-0.5 * (beyond / 0.038) ** 2) * around
    lip_x = x - sign * out * inner * carry
    lip_y = y + up * inner**2 * carry
    # opening: between the edges the inside is seen
    across = (lip_x - CENTRE) / s.mouth_w
    line, arch = mouth_line(s, across), (1 - across**2).clamp(min=0)
    rounder = arch.sqrt()
    rise, drop = mouth.rise * (0.4 * arch + 0.6 * rounder), mouth.drop * rounder
    upper, lower = line - rise, line + drop
    below = lip_y > (upper + lower) / 2
    into_upper, into_lower = (upper - lip_y).clamp(min=0), (lip_y - lower).clamp(min=0)
    chin_reach = (s.chin_y - s.mouth_y) + 0.02
    jaw = mouth.jaw * torch.exp(-(((across / 1.9) ** 2) ** 2)) * torch.exp(-0.5 * ((into_lower - chin_reach).clamp(min=0) / 0.035) ** 2)
    near = torch.exp(-into_lower / 0.045)
    source_low = torch.where(lip_y > lower, lip_y - drop * near - jaw * (1 - near), line + 0.002)
    source_up = torch.where(lip_y < upper, lip_y + rise * torch.exp(-0.5 * (into_upper / 0.034) ** 2), line - 0.002)
    source = torch.where(below, source_low, source_up)
    # pressed or pouting lips: thinner or thicker about the line
    band = torch.exp(-0.5 * ((source - line) / 0.022) ** 2) * torch.exp(-0.5 * ((across.abs() - 1).clamp(min=0) / 0.25) ** 2)
    source = source + (source - line) * mouth.press * band
    gap = torch.minimum(lip_y - upper, lower - lip_y)
    past_corner = (across.abs() - 1) * s.mouth_w
    gap = torch.where(past_corner < 0, gap, -torch.hypot(past_corner, lip_y - line) - 0.004)
    return Moved(lip_x, source, gap, across, lip_y - line, lower - lip_y, torch.full_like(gap, -1.0), x, y)


def lid_closure(shape: FaceShape, pose: Pose) -> dict[float, tuple[Tensor, Tensor]]:
    """For each side: share of the opening that the upper lid covers (negative: raised) and that the lower lid does, [N, 1, 1]."""
    au = {name: pose.action_units[:, i, None, None] for name, i in UNIT.items()}
    most = (LARGEST_APERTURE * shape.eye_w / shape.eye_h - 1).clamp(0.08, 0.4)
    result = {}
    for column, (name, side) in enumerate(SIDES):
        shut = torch.maximum(pose.blink[:, column, None, None], au[f"AU45{name}"]).clamp(0, 1)
        lower = (0.26 * au["AU6"] + 0.28 * au["AU7"]).clamp(0, 0.42) * (1 - shut) + 0.12 * shut
        upper = torch.maximum((0.18 * au["AU7"] - 0.22 * au["AU5"]).clamp(max=0.4), -most)
        result[side] = upper * (1 - shut) + shut, lower
    return result


def _undo_lids(shape: FaceShape, pose: Pose, x: Tensor, y: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    s, new_x, new_y = shape, x, y
    lash = torch.full_like(x, -1.0)
    for side, (upper_share, lower_share) in lid_closure(shape, pose).items():
        eye = CENTRE + side * s.eye_dx
        along = side * (x - eye) / s.eye_w
        top, bottom = lid_curves(s, along)
        lower_lid = bottom - lower_share * (bottom - top)
        upper_lid = top + upper_share * (lower_lid - top)
        crease = s.brow_y + 0.35 * (top - s.brow_y)
        within = along.abs() < 1
        # above the lid the skin between crease and lashes is drawn down (or gathered up), without the lashes and what lies under them
        clear = top - LASHES * (2 * upper_share).clamp(0, 1) * (top - crease)
        skin = crease + (y - crease) * (clear - crease) / (upper_lid - crease)
        skin = torch.where((y > crease) & (y < upper_lid), skin, y)
        # the ball is covered by a falling lid and stretched by a rising one
        middle = top + (bottom - top) * 0.3  # only the ball's upper rim gives way: a stretched iris is seen at once
        widened = top + (y - upper_lid) * (middle - top) / (middle - upper_lid).clamp(min=1e-3)
        ball = torch.where((upper_share < 0) & (y < middle), widened, y)
        # below, the cheek's skin is pushed up onto the ball
        cheek = bottom + (y - lower_lid) * 0.030 / (0.030 + bottom - lower_lid)
        cheek = torch.where(y < bottom + 0.030, cheek, y)
        moved = torch.where(y < upper_lid, skin, torch.where(y < lower_lid, ball, cheek))
        new_y = torch.where(within, moved, new_y)
        # the edge of a falling lid hides the ball that a backward map would squeeze into it
        thick = LASH_THICKNESS * ((upper_share - 0.3) / 0.5).clamp(0, 1) * (1 - 0.8 * along**2).clamp(min=0.1)
        line = torch.minimum(thick - (y - upper_lid).abs(), (1.02 - along.abs()) * s.eye_w)
        lash = torch.where(thick > 0, torch.maximum(lash, line), lash)
        open_eye = within & (y >= upper_lid) & (y < lower_lid)
        turn = (1 - along**2).clamp(min=0).sqrt() * open_eye
        level = ((y - top) * (bottom - y) / ((bottom - top) ** 2 / 4).clamp(min=1e-6)).clamp(0, 1)
        new_x = new_x - turn * pose.gaze[:, 0, None, None] * 0.34 * s.eye_w * level.sqrt()
        new_y = new_y - turn * pose.gaze[:, 1, None, None] * 0.45 * s.eye_h * level
    return new_x, new_y, lash
