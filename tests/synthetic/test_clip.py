"""Drawn clips: labels agree with the pictures, portraits are aligned, the seed decides everything."""

from __future__ import annotations

import pytest
import torch

from eadnet_core.face.deformation import UNIT, Pose
from eadnet_core.face.landmarks import CANONICAL, INDEX, five_points
from eadnet_core.models.warp import apply_warp
from eadnet_core.synthetic.canvas import Dice
from eadnet_core.synthetic.clip import LOCATOR_ERROR, ClipControls, DrawnClip, draw_clip, draw_portraits
from eadnet_core.types import Warp

SIZE = 96


def controls(batch: int = 4, num_frames: int = 3) -> ClipControls:
    zeros = [torch.zeros(batch, num_frames, n) for n in (5, 24, 6, 2, 2)]
    zeros[0][:, 1:2, 0] = 1  # the middle frame says ah
    zeros[2][:, 2:] = torch.tensor([0.15, 0.1, 0.05, 0.01, 0.0, 0.0])
    return ClipControls(*zeros)


def test_flow_mask_and_paint_make_the_frames() -> None:
    clip = draw_clip(controls(), SIZE, torch.Generator().manual_seed(1))
    made = apply_warp(clip.reference, Warp(clip.flow, torch.logit(clip.mask.clamp(1e-4, 1 - 1e-4)), clip.paint))
    still = clip.reference[:, None].expand_as(made)
    error, without = ((v - clip.frames).abs() * clip.flow_known for v in (made, still))
    assert error.mean() < 0.5 * without.mean()
    assert clip.flow_known.mean() > 0.9


def test_mask_shows_where_lips_part() -> None:
    clip = draw_clip(controls(), SIZE, torch.Generator().manual_seed(1))
    shown = clip.mask.mean((2, 3, 4))
    assert (shown[:, 1] > 2 * shown[:, 0]).all()
    assert (clip.opening[:, 1] > 0.03).all() and (clip.opening[:, 0] < 0.004).all()


def test_teeth_that_the_portrait_shows_are_moved_not_painted(monkeypatch: pytest.MonkeyPatch) -> None:
    def clip_of(parted: float) -> DrawnClip:
        def posed(dice: Dice) -> Pose:  # lips part in the portrait alone, so that the frames are the same
            pose = Pose(*(torch.zeros(dice.batch, n) for n in (24, 5, 6, 2, 2)))
            pose.action_units[:, UNIT["AU25"]] = parted
            pose.visemes[:, 4] = parted
            return pose

        monkeypatch.setattr("eadnet_core.synthetic.clip.portrait_pose", posed)
        return draw_clip(controls(4), 2 * SIZE, torch.Generator().manual_seed(4))

    shut, bared = clip_of(0.0), clip_of(1.2)
    painted_shut, painted_bared = (clip.mask[:, 1].sum((1, 2, 3)) for clip in (shut, bared))  # the frame that says ah
    assert (painted_bared < 0.95 * painted_shut).any() and (painted_bared < 1.02 * painted_shut).all()
    made = apply_warp(bared.reference, Warp(bared.flow, torch.logit(bared.mask.clamp(1e-4, 1 - 1e-4)), bared.paint))
    assert (made - bared.frames).abs()[:, 1].mean() < 0.03


def test_portraits_are_aligned_up_to_the_locators_error() -> None:
    clip = draw_clip(controls(16, 1), SIZE, torch.Generator().manual_seed(2))
    five = five_points(clip.landmarks)
    seen = torch.stack([five[:, 0], five[:, 1], five[:, 3:].mean(1)], 1)
    off = (seen - torch.tensor(list(CANONICAL.values()))).mean((0, 1))
    assert off.abs().max() < 3 * LOCATOR_ERROR
    assert (seen - torch.tensor(list(CANONICAL.values()))).abs().max() < 0.08
    noise = (clip.seen_landmarks - clip.landmarks).std()
    assert 0.7 * LOCATOR_ERROR < noise < 1.3 * LOCATOR_ERROR


def test_the_seed_decides() -> None:
    one, same, other = (draw_clip(controls(1, 1), 32, torch.Generator().manual_seed(s)) for s in (3, 3, 4))
    assert torch.equal(one.frames, same.frames)
    assert not torch.equal(one.frames, other.frames)


def test_portraits_have_landmarks_in_order() -> None:
    images, landmarks = draw_portraits(6, 64, torch.Generator().manual_seed(0))
    assert images.shape == (6, 3, 64, 64) and landmarks.shape == (6, 29, 2)
    assert images.min() >= 0 and images.max() <= 1
    at = {name: landmarks[:, i] for name, i in INDEX.items()}
    assert (at["right_eye_outer"][:, 0] < at["left_eye_outer"][:, 0]).all()
    assert (at["nose_tip"][:, 1] < at["chin"][:, 1]).all()
    assert (at["upper_lip_top"][:, 1] < at["lower_lip_bottom"][:, 1]).all()
