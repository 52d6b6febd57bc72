"""Drawn clips with exact labels: a portrait in any expression, the frames that follow, and the flow, mask and paint between."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace

import torch
from torch import Tensor

from ..emotion.vocabulary import ACTION_UNITS, EMOTION_ACTION_UNITS
from ..face.anatomy import FaceShape, rest_landmarks
from ..face.deformation import UNIT, Moved, Pose, backward_map, mouth_of
from ..face.mouth_inside import MouthInside, Painted, paint_inside
from ..face.soft_shapes import unit_grid
from .appearance import paint_face
from .canvas import Dice, warp_image
from .framing import aligned_framing, identity_framing, jittered, landmark_noise, to_crop, to_head
from .shapes import draw_shape
from .visibility import inverse_points

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
        mask: [B, T, 1, S, S], 0 to 1: the inside of the mouth, but for teeth that the portrait shows, and the edges of shut lids.
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

    def between(self, start: int, stop: int) -> DrawnClip:
        """Frames `start` to `stop` of the clip."""
        names = ("frames", "flow", "flow_known", "mask", "paint", "opening")
        return replace(self, **{name: getattr(self, name)[:, start:stop] for name in names})


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
    points = visible_landmarks(shape, seen_at)
    framing = jittered(aligned_framing(points), dice, LOCATOR_ERROR)
    landmarks = to_crop(framing, points)
    reference, shown = _photograph(face, inside, shape, portrait, framing, size)

    poses = added_to_portrait(portrait, controls)
    many_shapes, many_framings = shape.repeat(num_frames), framing.repeat_interleave(num_frames, 0)
    moved, crop_x, crop_y = _look(many_shapes, poses, many_framings, size)
    layers = torch.cat([face, seen_at], 1).repeat_interleave(num_frames, 0)
    read = warp_image(layers, moved.x, moved.y)  # [B * T, 6, S, S]
    painted = paint_inside(inside.repeat(num_frames), moved, size)
    frames = torch.lerp(read[:, :3], painted.colour, painted.mask)
    # teeth that the portrait shows need no paint: they stay with the skull
    bared = inverse_points(shape, _head_only(portrait), size)[:, :2].repeat_interleave(num_frames, 0)
    bared = to_crop(many_framings, warp_image(bared, moved.skull_x, moved.skull_y).movedim(1, -1))  # [B * T, S, S, 2]
    teeth = warp_image(shown.teeth.repeat_interleave(num_frames, 0), bared[..., 0], bared[..., 1])
    kept = (torch.minimum(teeth, painted.teeth) > 0.35).float()  # [B * T, 1, S, S]
    mask = painted.mask * (1 - kept)
    source = to_crop(many_framings, torch.stack([read[:, 3], read[:, 4]], -1))  # [B * T, S, S, 2]
    source = torch.lerp(source, bared, kept[:, 0, :, :, None])
    flow = torch.stack([source[..., 0] - crop_x, source[..., 1] - crop_y], 1)
    known = torch.maximum((read[:, 5:] > 0.95).float() * (1 - mask), kept)
    mouth = mouth_of(poses)
    scale = torch.linalg.vector_norm(many_framings[:, 0, :2], dim=-1)
    opening = (mouth.rise + mouth.drop).flatten() / scale

    def clips(value: Tensor) -> Tensor:
        return value.unflatten(0, (batch, num_frames))

    return DrawnClip(
        reference * 2 - 1, clips(frames) * 2 - 1, clips(flow), clips(known), clips(mask), clips(painted.colour) * 2 - 1,
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
    return image, visible_landmarks(shape, inverse_points(shape, pose, size))


def draw_expressive_faces(pose: Pose, each: int, size: int, generator: torch.Generator) -> tuple[Tensor, Tensor]:
    """Random faces, aligned, in several expressions each: painting a face costs more than moving it, and what differs is the expression.

    Args:
        pose: What the faces do; N moments, `each` of one face in a row.
        each: Pictures of a face; it divides N.
        size: Side of the aligned crops in pixels, even.
        generator: Source of all randomness.

    Returns:
        Pictures [N, 3, size, size], 0 to 1, and landmarks [N, 29, 2] as shares of the side.
    """
    dice = Dice(generator, len(pose.visemes) // each)
    shape = draw_shape(dice)
    face, inside = paint_face(dice, shape, size)
    many = shape.repeat(each)
    points = visible_landmarks(many, inverse_points(many, pose, size))
    framing = aligned_framing(points)
    image = _photograph(face.repeat_interleave(each, 0), inside.repeat(each), many, pose, framing, size)[0]
    return image, to_crop(framing, points)


def portrait_pose(dice: Dice) -> Pose:
    """How people sit for a portrait: mostly near rest, some smiling, speaking, turned or looking aside. Source: ours."""
    classes = torch.stack([emotion_action_units(name) for name in EMOTION_ACTION_UNITS]).to(dice.device)
    chosen = torch.randint(0, len(classes), (dice.batch,), generator=dice.generator, device=dice.device)
    units = classes[chosen] * (dice.chance(0.5) * dice.uniform(0, 0.8))[:, :, 0]
    smile = (dice.chance(0.3) * dice.uniform(0, 0.7))[:, 0, 0]
    for name in ("AU12L", "AU12R", "AU6"):
        units[:, UNIT[name]] = torch.maximum(units[:, UNIT[name]], smile)
    speaking, bared = dice.chance(0.3)[:, :, 0], (dice.chance(0.5) * dice.uniform(0.3, 1.0))[:, 0, 0] * (smile > 0)
    visemes = torch.cat([dice.uniform(low, high)[:, :, 0] for low, high in ((0, 0.6), (0, 0.7), (0, 0.5), (0, 0), (0, 0.3))], 1) * speaking
    teeth_shown = torch.tensor([0.12, 0.0, 0.0, 0.0, 1.0], device=dice.device) * bared[:, None]  # half of the smiles bare the upper teeth
    visemes = torch.maximum(visemes, teeth_shown)
    units[:, UNIT["AU25"]] = torch.maximum(units[:, UNIT["AU25"]], 1.2 * bared)
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


def _head_only(pose: Pose) -> Pose:
    zeros = {name: torch.zeros_like(getattr(pose, name)) for name in ("action_units", "visemes", "gaze", "blink")}
    return replace(pose, **zeros)


def added_to_portrait(portrait: Pose, controls: ClipControls) -> Pose:
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


def _photograph(face: Tensor, inside: MouthInside, shape: FaceShape, pose: Pose, framing: Tensor, size: int) -> tuple[Tensor, Painted]:
    moved, _, _ = _look(shape, pose, framing, size)
    painted = paint_inside(inside, moved, size)
    return torch.lerp(warp_image(face, moved.x, moved.y), painted.colour, painted.mask), painted


def visible_landmarks(shape: FaceShape, seen_at: Tensor) -> Tensor:
    """Landmarks [B, 29, 2] of moved faces, head units, by where `inverse_points` [B, 3, S, S] sees the resting face's points."""
    rest = rest_landmarks(shape)
    return warp_image(seen_at[:, :2], rest[:, None, :, 0], rest[:, None, :, 1])[:, :, 0].transpose(1, 2)  # [B, 29, 2]
