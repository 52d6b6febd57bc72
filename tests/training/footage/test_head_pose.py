"""The pose read off landmarks is the one by which the drawing program turned the head."""

from __future__ import annotations

import torch
from torch import Tensor

from eadnet_core.synthetic.clip import ClipControls, DrawnClip, draw_clip
from eadnet_core.training.base.controls import HEAD_SPREAD
from eadnet_core.training.footage.head_pose import fit_head_pose

BATCH, TIMES, SIZE = 6, 4, 128


def turned(head: Tensor) -> DrawnClip:
    still = [torch.zeros(BATCH, TIMES, n) for n in (5, 24, 2, 2)]
    return draw_clip(ClipControls(still[0], still[1], head, still[2], still[3]), SIZE, torch.Generator().manual_seed(0))


def landmarks_of(clip: DrawnClip) -> Tensor:
    """[B, T, 29, 2]: where the reference's landmarks lie in each frame, by the exact flow: q is seen at p where q + flow(q) = p."""
    axis = (torch.arange(SIZE) + 0.5) / SIZE
    place = torch.stack(torch.meshgrid(axis, axis, indexing="xy"))  # [2, S, S]
    source = (place + clip.flow).flatten(3).mT  # [B, T, S * S, 2]
    wanted = clip.landmarks[:, None]
    nearest = torch.cdist(source, wanted.expand(-1, TIMES, -1, -1)).argmin(2)[..., None].expand(-1, -1, -1, 2)  # [B, T, 29, 2]
    found = place.flatten(1).T.expand(BATCH, TIMES, -1, -1).gather(2, nearest)
    return found + wanted - source.gather(2, nearest)


def test_a_turned_head_is_read_off_exact_landmarks() -> None:
    """Each channel within about half of its usual spread, roll and shift, which need no depth, far nearer."""
    spread = torch.tensor(HEAD_SPREAD)
    head = (torch.randn(BATCH, TIMES, 6, generator=torch.Generator().manual_seed(1)) * spread).clamp(-2 * spread, 2 * spread)
    clip = turned(head)
    error = (fit_head_pose(clip.landmarks, landmarks_of(clip)) - head).square().mean((0, 1)).sqrt() / spread
    assert (error < torch.tensor([0.6, 0.6, 0.3, 0.6, 0.6, 0.9])).all(), error


def test_a_head_that_is_as_in_the_reference_has_no_pose() -> None:
    clip = turned(torch.zeros(BATCH, TIMES, 6))
    same = clip.landmarks[:, None].expand(-1, TIMES, -1, -1)
    torch.testing.assert_close(fit_head_pose(clip.landmarks, same), torch.zeros(BATCH, TIMES, 6), atol=1e-4, rtol=0)


def test_errors_of_landmarks_are_not_taken_for_motion() -> None:
    """A still head seen by an erring locator: what is read is less than heads usually move."""
    clip = turned(torch.zeros(BATCH, TIMES, 6))
    seen = clip.landmarks[:, None] + 0.006 * torch.randn(BATCH, TIMES, 29, 2, generator=torch.Generator().manual_seed(2))
    read = fit_head_pose(clip.landmarks, seen).square().mean((0, 1)).sqrt()
    assert (read < torch.tensor(HEAD_SPREAD)).all(), read
