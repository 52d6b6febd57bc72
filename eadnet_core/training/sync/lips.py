"""Drawn clips of the lower face alone: a few thousand pixels a frame instead of a whole crop's."""

from __future__ import annotations

import torch
from torch import Generator, Tensor

from ...face.deformation import backward_map
from ...face.mouth_inside import paint_inside
from ...face.soft_shapes import unit_grid
from ...models.syncnet import LIPS_CENTER, LIPS_EXTENT
from ...synthetic.appearance import paint_face
from ...synthetic.canvas import Dice, warp_image
from ...synthetic.clip import ClipControls, added_to_portrait, portrait_pose, visible_landmarks
from ...synthetic.framing import aligned_framing, jittered, to_head
from ...synthetic.shapes import draw_shape
from ...synthetic.visibility import inverse_points

FACE_SIZE = 128
"""Side in pixels of the painted face that the frames are read from."""
LANDMARK_GRID = 64


def draw_lips(controls: ClipControls, size: int, framing_error: float, shake: float, generator: Generator) -> Tensor:
    """The lower faces of random people doing what the controls say, as `cut_lips` would cut them.

    Args:
        controls: On the generator's device; B clips of T frames.
        size: Side of the frames in pixels, even.
        framing_error: Spread of the errors of a clip's framing, crop units; a locator makes them.
        shake: Spread of further errors of each frame's own; a tracker makes them.
        generator: Source of all randomness.

    Returns:
        [B, T, 3, size, size], -1 to 1.
    """
    batch, num_frames = controls.visemes.shape[:2]
    dice = Dice(generator, batch)
    shape = draw_shape(dice)
    face, inside = paint_face(dice, shape, FACE_SIZE)
    portrait = portrait_pose(dice)
    points = visible_landmarks(shape, inverse_points(shape, portrait, LANDMARK_GRID))
    framing = jittered(aligned_framing(points), dice, framing_error).repeat_interleave(num_frames, 0)
    framing = jittered(framing, Dice(generator, batch * num_frames), shake)
    x, y = (center + LIPS_EXTENT * (v - 0.5) for center, v in zip(LIPS_CENTER, unit_grid(size, generator.device), strict=True))
    poses = added_to_portrait(portrait, controls)
    moved = backward_map(shape.repeat(num_frames), poses, *to_head(framing, *(v.expand(len(framing), -1, -1) for v in (x, y))))
    # one tall picture for all frames of a face, which is never repeated in memory
    tall = (v.unflatten(0, (batch, num_frames)).flatten(1, 2) for v in (moved.x, moved.y))
    read = warp_image(face, *tall).unflatten(2, (num_frames, size)).transpose(1, 2)  # [B, T, 3, L, L]
    painted = paint_inside(inside.repeat(num_frames), moved, round(size / LIPS_EXTENT))
    colour, mask = (v.unflatten(0, (batch, num_frames)) for v in (painted.colour, painted.mask))
    return torch.lerp(read, colour, mask) * 2 - 1
