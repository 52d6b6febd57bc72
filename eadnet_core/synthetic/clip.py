"""Drawn clips with exact labels: a portrait in any expression, the frames that follow, and the flow, mask and paint between."""

from __future__ import annotations

from dataclasses import dataclass, fields

import torch
from torch import Tensor

from ..emotion.vocabulary import ACTION_UNITS, EMOTION_ACTION_UNITS
from .anatomy import FaceShape, draw_shape, rest_landmarks
from .appearance import MouthInside, paint_face
from .canvas import Dice, coverage, unit_grid, warp_image
from .deformation import UNIT, Moved, Pose, backward_map, inverse_points, mouth_of
from .framing import aligned_framing, identity_framing, jittered, landmark_noise, to_crop, to_head

LOCATOR_ERROR = 0.008
"""Spread of the framing's and the landmarks' errors in training, crop units. The locator's own error is measured in its tests."""


@dataclass(frozen=True)
class ClipControls:
    """What a clip of T frames shall do, relative to its portrait (Action Units, gaze, pose are added to the portrait's own).

    Attributes:
        visemes: [B, T, 5]: open, wide, round, close, teeth.
        action_units: [B, T, 24].
        head_pose: [B, T, 6]. gaze: [B, T, 2]. blink: [B, T, 2]. See types.Conditions.
    """

    visemes: Tensor
    action_units: Tensor
    head_pose: Tensor
    gaze: Tensor
    blink: Tensor


@dataclass(frozen=True)
class DrawnClip:
    """A drawn clip and its labels.

    Attributes:
        reference: [B, 3, S, S], -1 to 1: the portrait.
        frames: [B, T, 3, S, S], -1 to 1.
        flow: [B, T, 2, S, S], crop units: the exact backward flow from frame to portrait.
        flow_known: [B, T, 1, S, S], 1 where what the frame shows is seen in the portrait too.
        mask: [B, T, 1, S, S], 0 to 1: the inside of the mouth, and the edges of shut lids.
        paint: [B, T, 3, S, S], -1 to 1: its colour.
        landmarks: [B, 29, 2], crop units, of the portrait, exact.
        seen_landmarks: the same with a locator's errors.
        opening: [B, T], crop units: the true distance of the lips at their middle.
    """

    reference: Tensor
    frames: Tensor
    flow: Tensor
    flow_known: Tensor
    mask: Tensor
    paint: Tensor
    landmarks: Tensor
    seen_landmarks: Tensor
    opening: Tensor

    def to(self, device: torch.device | str) -> DrawnClip:
        """The same clip on another device."""
        return DrawnClip(**{f.name: getattr(self, f.name).to(device) for f in fields(self)})


def draw_clip(controls: ClipControls, size: int, generator: torch.Generator) -> DrawnClip:
    """Random faces doing what the controls say.

    Args:
        controls: On the generator's device; B clips of T frames.
        size: Side of the frames in pixels, even.
        generator: Source of all randomness.
    """
    batch, num_frames = controls.visemes.shape[:2]
    dice = Dice(generator, batch)
    shape = draw_shape(dice)
    face, inside = paint_face(dice, shape, size)
    portrait = portrait_pose(dice)
    seen_at = inverse_points(shape, portrait, size)  # [B, 3, S, S]
    points = _visible_landmarks(shape, seen_at)
    framing = jittered(aligned_framing(points), dice, LOCATOR_ERROR)
    landmarks = to_crop(framing, points)
    reference = _photograph(face, inside, shape, portrait, framing, size)[0]

    poses = _added(portrait, controls)
    many_shapes, many_framings = shape.repeat(num_frames), framing.repeat_interleave(num_frames, 0)
    moved, crop_x, crop_y = _look(many_shapes, poses, many_framings, size)
    layers = torch.cat([face, seen_at], 1).repeat_interleave(num_frames, 0)
    read = warp_image(layers, moved.x, moved.y)  # [B * T, 6, S, S]
    mask, paint = _mouth_layer(inside.repeat(num_frames), many_shapes, moved, size)
    frames = torch.lerp(read[:, :3], paint, mask)
    source = to_crop(many_framings, torch.stack([read[:, 3], read[:, 4]], -1))  # [B * T, S, S, 2]
    flow = torch.stack([source[..., 0] - crop_x, source[..., 1] - crop_y], 1)
    known = (read[:, 5:] > 0.95).float() * (1 - mask)
    mouth = mouth_of(poses)
    scale = torch.linalg.vector_norm(many_framings[:, 0, :2], dim=-1)
    opening = (mouth.rise + mouth.drop).flatten() / scale

    def clips(value: Tensor) -> Tensor:
        return value.unflatten(0, (batch, num_frames))

    return DrawnClip(
        reference * 2 - 1, clips(frames) * 2 - 1, clips(flow), clips(known), clips(mask), clips(paint) * 2 - 1,
        landmarks, landmark_noise(landmarks, dice, LOCATOR_ERROR), clips(opening),
    )  # fmt: skip


def draw_portraits(count: int, size: int, generator: torch.Generator) -> tuple[Tensor, Tensor]:
    """Random faces in random expressions and poses, not aligned: what the locator learns from.

    Args:
        count: Number of pictures.
        size: Side in pixels, even.
        generator: Source of all randomness.

    Returns:
        Pictures [count, 3, size, size], 0 to 1, and landmarks [count, 29, 2] as shares of the side.
    """
    dice = Dice(generator, count)
    shape = draw_shape(dice)
    face, inside = paint_face(dice, shape, size)
    pose = portrait_pose(dice)
    image = _photograph(face, inside, shape, pose, identity_framing(count, dice.device), size)[0]
    return image, _visible_landmarks(shape, inverse_points(shape, pose, size))


def portrait_pose(dice: Dice) -> Pose:
    """How people sit for a portrait: mostly near rest, some smiling, speaking, turned or looking aside. Source: ours."""
    classes = torch.stack([emotion_action_units(name) for name in EMOTION_ACTION_UNITS]).to(dice.device)
    chosen = torch.randint(0, len(classes), (dice.batch,), generator=dice.generator, device=dice.device)
    units = classes[chosen] * (dice.chance(0.5) * dice.uniform(0, 0.8))[:, :, 0]
    smile = (dice.chance(0.3) * dice.uniform(0, 0.7))[:, 0, 0]
    for name in ("AU12L", "AU12R", "AU6"):
        units[:, UNIT[name]] = torch.maximum(units[:, UNIT[name]], smile)
    speaking = dice.chance(0.3)[:, :, 0]
    visemes = torch.cat([dice.uniform(low, high)[:, :, 0] for low, high in ((0, 0.6), (0, 0.7), (0, 0.5), (0, 0), (0, 0.3))], 1) * speaking
    head = torch.cat(
        [
            dice.normal(0.13)[:, :, 0],
            dice.normal(0.09)[:, :, 0],
            dice.normal(0.03)[:, :, 0],
            torch.zeros(dice.batch, 3, device=dice.device),
        ],
        1,
    )
    gaze = torch.cat([dice.normal(0.3)[:, :, 0], dice.normal(0.15)[:, :, 0]], 1).clamp(-1, 1)
    droop = (dice.chance(0.15) * dice.uniform(0, 0.5))[:, :, 0].expand(-1, 2)
    return Pose(units, visemes, head.clamp(-0.4, 0.4), gaze, droop)


def emotion_action_units(name: str) -> Tensor:
    """[24], the Action Units of an emotion at full intensity."""
    units = torch.zeros(len(ACTION_UNITS))
    for unit, value in EMOTION_ACTION_UNITS[name].items():
        units[UNIT[unit]] = value
    return units


def _added(portrait: Pose, controls: ClipControls) -> Pose:
    """The portrait's own expression with the controls on top; speech alone decides how far lips part."""
    times = controls.visemes.shape[1]

    def own(value: Tensor) -> Tensor:
        return value.repeat_interleave(times, 0)

    units = own(portrait.action_units).clone()
    for name in ("AU25", "AU26"):
        units[:, UNIT[name]] = 0
    units = (units + controls.action_units.flatten(0, 1)).clamp(0, 1.25)
    droop = own(portrait.blink)
    return Pose(
        units,
        controls.visemes.flatten(0, 1),
        own(portrait.head) + controls.head_pose.flatten(0, 1),
        (own(portrait.gaze) + controls.gaze.flatten(0, 1)).clamp(-1.3, 1.3),
        droop + (1 - droop) * controls.blink.flatten(0, 1),
    )


def _look(shape: FaceShape, pose: Pose, framing: Tensor, size: int) -> tuple[Moved, Tensor, Tensor]:
    crop_x, crop_y = (v.expand(framing.shape[0], -1, -1) for v in unit_grid(size, framing.device))
    return backward_map(shape, pose, *to_head(framing, crop_x, crop_y)), crop_x, crop_y


def _photograph(face: Tensor, inside: MouthInside, shape: FaceShape, pose: Pose, framing: Tensor, size: int) -> tuple[Tensor, Tensor]:
    moved, _, _ = _look(shape, pose, framing, size)
    mask, paint = _mouth_layer(inside, shape, moved, size)
    return torch.lerp(warp_image(face, moved.x, moved.y), paint, mask), mask


def _mouth_layer(inside: MouthInside, shape: FaceShape, moved: Moved, size: int) -> tuple[Tensor, Tensor]:
    """Mask [N, 1, S, S] and colour [N, 3, S, S] of what must be painted: the mouth's dark, teeth and tongue, and the edges of shut lids."""
    arch = (1 - moved.across**2).clamp(min=0)
    mask = coverage(0.3 / size - moved.gap, 1.0 / size, size)[:, None]
    deep = (moved.gap / 0.012).clamp(0, 1)
    edge = inside.teeth_drop - 0.010 * (1 - arch.sqrt())
    teeth = coverage(moved.below_rest - edge, 1.2 / size, size) * arch.sqrt().sqrt() * inside.teeth_shown
    teeth_light = (0.45 + 0.55 * (moved.gap / 0.008).clamp(0, 1)) * (0.55 + 0.45 * arch)
    tongue = torch.exp(-((moved.above_lower / 0.016) ** 2)) * torch.exp(-((moved.across / 0.6) ** 2)) * deep * 0.85
    colour = torch.lerp(inside.cavity.expand(-1, -1, size, size), inside.tongue.expand(-1, -1, size, size), tongue[:, None])
    colour = torch.lerp(colour, inside.teeth * teeth_light[:, None], teeth[:, None])
    lash = coverage(-moved.lash, 1.0 / size, size)[:, None]
    return torch.maximum(mask, lash), torch.lerp(colour, inside.cavity.expand_as(colour), lash)


def _visible_landmarks(shape: FaceShape, seen_at: Tensor) -> Tensor:
    rest = rest_landmarks(shape)
    return warp_image(seen_at[:, :2], rest[:, None, :, 0], rest[:, None, :, 1])[:, :, 0].transpose(1, 2)  # [B, 29, 2]
