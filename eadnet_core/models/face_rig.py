"""The rig: what a face of this build would do under the controls, before the network looks at the picture.

`face.deformation`, fitted to a portrait's landmarks, is a first answer for any portrait, and `face.mouth_inside`, in the colours of
its skin, for what its lips hide. The network's answer is added to it: it has to learn only how a face differs, which a small one can.
"""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn import functional as F

from ..emotion.vocabulary import ACTION_UNITS, EMOTION_ACTION_UNITS, EMOTIONS
from ..face.anatomy import CENTRE, FaceShape
from ..face.bared_teeth import BaredTeeth, find_bared_teeth
from ..face.deformation import Pose, backward_map
from ..face.landmarks import INDEX, five_points
from ..face.mouth_inside import MouthInside, paint_inside
from ..types import Conditions, Warp

AVERAGE_RELIEF, AVERAGE_DEPTH, AVERAGE_JAW = 0.9, 0.18, 2.4
AVERAGE_TEETH_SHOWN, AVERAGE_TEETH_DROP = 0.9, 0.008
MASK_SLOPE = 2.5
"""Of the mask's logit, for each pixel of the crop into the parted lips."""
LIP_EDGE_PX = 0.3
"""Lips that part by less show no inside."""

UPPER_LID_MARGIN, LOWER_LID_MARGIN, EYE_WIDTH_MARGIN = 0.010, 0.006, 1.12
"""The eye's opening is taken larger than its landmarks say (crop units; share): a lid that starts above the lashes and ends below the
lower lid's edge shuts the whole eye, one that does not leaves a gap. On real portraits the locator's opening is a fifth too small."""


def emotion_units(emotion: Tensor) -> Tensor:
    """The Action Units [..., 24] of emotions [..., 8]: their prototypes, mixed."""
    table = emotion.new_zeros(len(EMOTIONS), len(ACTION_UNITS))
    for row, name in enumerate(EMOTIONS):
        for unit, value in EMOTION_ACTION_UNITS[name].items():
            table[row, ACTION_UNITS.index(unit)] = value
    return emotion @ table


def rig_pose(conditions: Conditions, visemes: Tensor, units_read: Tensor) -> Pose:
    """What the rig is to do: each control where it is given, rest where it is not.

    Args:
        conditions: Of B clips; Action Units that are not given follow from the emotion, and without one from the captions.
        visemes: [B, T, 5], what is heard.
        units_read: [B, T, 24], Action Units that are read from the captions.

    Returns:
        B * T moments.
    """
    batch, num_frames = visemes.shape[:2]
    given = conditions.given or {}

    def told(name: str, width: int) -> tuple[Tensor, Tensor]:
        value = getattr(conditions, name)
        if value is None:
            return visemes.new_zeros(batch, num_frames, width), visemes.new_zeros(batch, 1, 1)
        mask = given.get(name)
        known = visemes.new_ones(batch, 1, 1) if mask is None else mask[:, None, None].to(visemes.dtype)
        return value.to(visemes.dtype) * known, known

    units, units_given = told("action_units", len(ACTION_UNITS))
    emotion, emotion_given = told("emotion", len(EMOTIONS))
    read = units_read if "text_ids" not in given else units_read * given["text_ids"][:, None, None]
    units = units + (1 - units_given) * (emotion_units(emotion) + (1 - emotion_given) * read)
    speech = visemes if "mel" not in given else visemes * given["mel"][:, None, None]
    parts = (units, speech, told("head_pose", 6)[0], told("gaze", 2)[0], told("blink", 2)[0])
    return Pose(*(part.flatten(0, 1) for part in parts))


def fit_shape(landmarks: Tensor, bared: BaredTeeth) -> FaceShape:
    """The symmetric face whose features lie where a portrait's landmarks do.

    Args:
        landmarks: [B, 29, 2], crop units.
        bared: Teeth that the portrait shows: they belong to the upper half, so the mouth parts where they end.
    """

    def at(name: str, axis: int) -> Tensor:
        return landmarks[:, INDEX[name], axis, None, None]

    def both(name: str, axis: int) -> Tensor:
        return (at(name.format("right"), axis) + at(name.format("left"), axis)) / 2

    def apart(name: str) -> Tensor:
        return at(name.format("left"), 0) - at(name.format("right"), 0)

    eye_w = ((apart("{}_eye_outer") - apart("{}_eye_inner")) / 4 * EYE_WIDTH_MARGIN).clamp(0.03, 0.08)
    tilt = ((both("{}_eye_inner", 1) - both("{}_eye_outer", 1)) / eye_w).clamp(-0.3, 0.4)
    top, bottom = both("{}_eye_top", 1) - UPPER_LID_MARGIN, both("{}_eye_bottom", 1) + LOWER_LID_MARGIN
    eye_h = ((bottom - top) / 2).clamp(0.007, 0.035)
    eye_y = 0.425 * top + 0.575 * bottom + tilt * eye_w / 2
    mouth_y = (at("upper_lip_bottom", 1) + at("lower_lip_top", 1)) / 2
    mouth_y = torch.where(bared.found[:, None, None], bared.edge[:, None, None], mouth_y)
    flat = torch.ones_like(mouth_y)
    return FaceShape(
        eye_dx=((apart("{}_eye_outer") + apart("{}_eye_inner")) / 4).clamp(0.07, 0.15),
        eye_y=eye_y,
        eye_w=eye_w,
        eye_h=eye_h,
        eye_tilt=tilt,
        brow_y=torch.minimum(both("{}_brow_mid", 1) + 0.006, eye_y - eye_h - 0.022),
        brow_w=0.062 * flat,
        brow_h=0.01 * flat,
        brow_tilt=0 * flat,
        nose_y=at("nose_tip", 1),
        nose_w=(apart("nose_{}") / 2).clamp(0.02, 0.06),
        mouth_y=mouth_y,
        mouth_w=(apart("mouth_{}") / 2).clamp(0.045, 0.14),
        mouth_bow=(both("mouth_{}", 1) - mouth_y).clamp(-0.02, 0.02),
        lip_upper=((mouth_y - at("upper_lip_top", 1)) / 0.85).clamp(0.006, 0.035),
        lip_lower=(at("lower_lip_bottom", 1) - mouth_y).clamp(0.008, 0.045),
        face_w=(apart("jaw_{}") / 2 / 0.96).clamp(0.16, 0.32),
        face_top=eye_y - 0.245,
        chin_y=torch.maximum(at("chin", 1), mouth_y + 0.09),
        jaw=AVERAGE_JAW * flat,
        depth=AVERAGE_DEPTH * flat,
        relief=AVERAGE_RELIEF * flat,
    )


def skin_colour(reference: Tensor, landmarks: Tensor) -> Tensor:
    """Of cheeks and nose: [B, 3], 0.05 to 1.

    Args:
        reference: float32 [B, 3, S, S], -1 to 1.
        landmarks: float32 [B, 29, 2], crop units.
    """
    sides = [(landmarks[:, INDEX[f"nose_{side}"]] + landmarks[:, INDEX[f"jaw_{side}"]]) / 2 for side in ("right", "left")]
    places = torch.stack([*sides, landmarks[:, INDEX["nose_tip"]]], 1)[:, None] * 2 - 1  # [B, 1, 3, 2], grid_sample's units
    smooth = F.avg_pool2d(reference, 4)
    skin = F.grid_sample(smooth, places, padding_mode="border", align_corners=False).mean((2, 3))
    return ((skin + 1) / 2).clamp(0.05, 1)


def fit_inside(skin: Tensor, bared: BaredTeeth) -> MouthInside:
    """The inside of a mouth in the light of its portrait: teeth near white, flesh darker and deeper in hue than the skin.

    Args:
        skin: [B, 3], 0 to 1.
        bared: Where the portrait shows teeth, none are painted below them.
    """
    skin = skin[:, :, None, None]
    level = skin.mean(1, keepdim=True)
    flat = torch.ones_like(level[:, 0])
    return MouthInside(
        cavity=0.15 * skin.square(),
        teeth=(0.6 + 0.4 * level) * (skin / level) ** 0.7,
        tongue=0.7 * skin.square(),
        teeth_shown=AVERAGE_TEETH_SHOWN * flat * ~bared.found[:, None, None],
        teeth_drop=AVERAGE_TEETH_DROP * flat,
    )


@torch.no_grad()
def rig_warp(reference: Tensor, landmarks: Tensor, pose: Pose, num_frames: int) -> Warp:
    """The rig's answer.

    Args:
        reference: [B, 3, S, S], -1 to 1, S even.
        landmarks: [B, 29, 2], crop units.
        pose: B * T moments.
        num_frames: T.

    Returns:
        float32 [B, T, ...]. Source: ours.
    """
    reference, landmarks, size = reference.float(), landmarks.float(), reference.shape[-1]
    skin = skin_colour(reference, landmarks)
    bared = find_bared_teeth(reference, landmarks, skin)
    inside = fit_inside(skin, bared)
    shape = fit_shape(landmarks, bared).repeat(num_frames)
    five = five_points(landmarks).repeat_interleave(num_frames, 0)[..., None, None]  # [B * T, 5, 2, 1, 1]
    eyes, mouth = (five[:, 0] + five[:, 1]) / 2, (five[:, 3] + five[:, 4]) / 2
    lean = (mouth[:, 0] - eyes[:, 0]) / (mouth[:, 1] - eyes[:, 1]).clamp(min=0.1)

    def midline(y: Tensor) -> Tensor:
        """How far a turned or tilted face's axis lies beside the crop's."""
        return eyes[:, 0] + lean * (y - eyes[:, 1]) - CENTRE

    axis = (torch.arange(size, device=landmarks.device, dtype=torch.float32) + 0.5) / size
    x, y = (v.expand(eyes.shape[0], -1, -1) for v in torch.meshgrid(axis, axis, indexing="xy"))
    moved = backward_map(shape, pose, x - midline(y), y)
    flow = torch.stack([moved.x + midline(moved.y) - x, moved.y - y], 1)
    logit = torch.maximum(moved.gap * size - LIP_EDGE_PX, moved.lash * size) * MASK_SLOPE
    colour = paint_inside(inside.repeat(num_frames), moved, size).colour
    return Warp(*(part.unflatten(0, (-1, num_frames)) for part in (flow, logit.clamp(-8, 8)[:, None], colour * 2 - 1)))
