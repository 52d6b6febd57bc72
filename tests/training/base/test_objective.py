"""The losses vanish for exact labels and count what they say."""

from __future__ import annotations

import torch

from eadnet_core.models.warp import apply_warp
from eadnet_core.synthetic.clip import ClipControls, draw_clip
from eadnet_core.training.base.objective import caption_loss, importance, losses, viseme_loss
from eadnet_core.training.base.recorded_clip import RecordedClip
from eadnet_core.types import Warp


def _clip():  # noqa: ANN202
    head = torch.tensor([0.15, -0.1, 0.1, 0.03, 0.0, 0.0]).expand(2, 3, 6)
    controls = ClipControls(torch.rand(2, 3, 5), torch.zeros(2, 3, 24), head, torch.zeros(2, 3, 2), torch.zeros(2, 3, 2))
    return draw_clip(controls, 64, torch.Generator().manual_seed(0))


def test_exact_labels_cost_almost_nothing() -> None:
    clip = _clip()
    exact = Warp(clip.flow, torch.logit(clip.mask.clamp(1e-4, 1 - 1e-4)), clip.paint)
    still = Warp(torch.zeros_like(clip.flow), torch.full_like(clip.mask, -6.0), torch.zeros_like(clip.paint))
    sigma = torch.ones(2, 3)
    best, worst = (losses(w, apply_warp(clip.reference, w), clip, sigma) for w in (exact, still))
    assert best.flow < 1e-3 and best.paint < 1e-5
    assert best.picture < 0.4 * worst.picture  # what is left is the second reading of the picture, which blurs it
    assert best.mask < 0.6 * worst.mask  # soft edges cost a cross-entropy of their own


def test_clean_frames_count_a_fifth() -> None:
    clip = _clip()
    still = Warp(torch.zeros_like(clip.flow), torch.full_like(clip.mask, -6.0), torch.zeros_like(clip.paint))
    x0 = apply_warp(clip.reference, still)
    noisy, clean = (losses(still, x0, clip, torch.full((2, 3), level)) for level in (1.0, 0.0))
    torch.testing.assert_close(clean.flow, 0.2 * noisy.flow)


def test_a_recorded_clip_counts_by_its_pixels_alone() -> None:
    drawn = _clip()
    recorded = RecordedClip(drawn.reference, drawn.frames, drawn.landmarks)
    still = Warp(torch.zeros_like(drawn.flow), torch.full_like(drawn.mask, -6.0), torch.zeros_like(drawn.paint))
    x0, sigma = apply_warp(drawn.reference, still), torch.ones(2, 3)
    found, labelled = losses(still, x0, recorded, sigma), losses(still, x0, drawn, sigma)
    assert found.flow is None and found.mask is None and found.paint is None
    torch.testing.assert_close((found.picture, found.motion), (labelled.picture, labelled.motion))
    assert recorded.between(1, 3).frames.shape[1] == 2


def test_mouth_matters_most() -> None:
    clip = _clip()
    where = importance(clip.landmarks, 64)[0, 0, 0]
    x, y = (clip.landmarks[0, 18:20].mean(0) * 64).long()
    assert where[y + 1, x] > 6 and where[2, 2] < 1.1


def test_missed_closures_cost_more_than_missed_openings() -> None:
    said = torch.zeros(1, 2, 5)
    said[0, 0, 0], said[0, 1, 3] = 1, 1
    heard_opening, heard_closure = said.clone(), said.clone()
    heard_opening[0, 0, 0] = 0
    heard_closure[0, 1, 3] = 0
    assert viseme_loss(heard_closure, said) > 2 * viseme_loss(heard_opening, said)


def test_captions_cost_least_where_their_units_are_read_as_asked() -> None:
    asked = torch.tensor([0.0, 0.3, 1.0])
    shifted = torch.stack([caption_loss((asked + shift).clamp(0.01, 0.99), asked) for shift in torch.linspace(-0.5, 0.5, 11)])
    assert shifted.argmin() == 5 and shifted[0] > shifted[5] + 0.1 and shifted[10] > shifted[5] + 0.1
