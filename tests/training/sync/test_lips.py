"""Lips drawn alone are the lips of whole drawn faces."""

from __future__ import annotations

import torch

from eadnet_core.models.syncnet import cut_lips
from eadnet_core.synthetic.clip import LOCATOR_ERROR, ClipControls, draw_clip
from eadnet_core.training.sync.lips import FACE_SIZE, draw_lips


def _controls(batch: int, num_frames: int) -> ClipControls:
    visemes = torch.rand(batch, num_frames, 5, generator=torch.Generator().manual_seed(1))
    head = torch.tensor([0.1, -0.05, 0.05, 0.01, 0.0, 0.0]).expand(batch, num_frames, 6)
    nothing = torch.zeros(batch, num_frames, 2)
    return ClipControls(visemes, torch.zeros(batch, num_frames, 24), head, nothing, nothing)


def test_they_are_what_would_be_cut_from_whole_faces() -> None:
    controls = _controls(4, 3)
    whole = draw_clip(controls, FACE_SIZE, torch.Generator().manual_seed(5)).frames
    lips = draw_lips(controls, 48, LOCATOR_ERROR, 0.0, torch.Generator().manual_seed(5))
    wanted = cut_lips(whole, 48)
    error = (lips - wanted).abs().mean((2, 3, 4))
    others = (lips - wanted.roll(1, 1)).abs().mean((2, 3, 4))  # the same faces a frame later
    assert lips.shape == wanted.shape and error.max() < 0.05
    assert (error < 0.6 * others).all()


def test_a_tracker_shakes_each_frame_by_itself() -> None:
    still = ClipControls(torch.zeros(1, 4, 5), torch.zeros(1, 4, 24), torch.zeros(1, 4, 6), torch.zeros(1, 4, 2), torch.zeros(1, 4, 2))
    calm, shaken = (draw_lips(still, 32, 0.0, shake, torch.Generator().manual_seed(2)) for shake in (0.0, 0.01))
    assert calm.std(1).max() < 1e-5 and shaken.std(1).mean() > 0.005
