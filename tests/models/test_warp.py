from __future__ import annotations

import torch

from eadnet_core.models.warp import apply_warp
from eadnet_core.types import Warp

SIZE = 16


def _warp(flow_x: float = 0.0, flow_y: float = 0.0, logit: float = -40.0, paint: float = 0.0, frames: int = 2) -> Warp:
    flow = torch.tensor([flow_x, flow_y])[:, None, None].expand(1, frames, 2, SIZE, SIZE)
    return Warp(flow, torch.full((1, frames, 1, SIZE, SIZE), logit), torch.full((1, frames, 3, SIZE, SIZE), paint))


def test_nothing_moves_without_flow_and_mask() -> None:
    reference = torch.rand(1, 3, SIZE, SIZE) * 2 - 1
    clip = apply_warp(reference, _warp())
    assert clip.shape == (1, 2, 3, SIZE, SIZE)
    torch.testing.assert_close(clip, reference[:, None].expand_as(clip), atol=1e-5, rtol=0)


def test_flow_fetches_from_the_place_it_points_to() -> None:
    reference = torch.rand(1, 3, SIZE, SIZE)
    clip = apply_warp(reference, _warp(flow_x=3 / SIZE, flow_y=-2 / SIZE))  # crop units: three pixels right, two up
    torch.testing.assert_close(clip[0, 1, :, 2:, :-3], reference[0, :, :-2, 3:], atol=1e-5, rtol=0)
    torch.testing.assert_close(clip[0, 0, :, 4, -3:], reference[0, :, 2, -1:].expand(3, 3), atol=1e-5, rtol=0)  # the border repeats


def test_half_a_pixel_is_the_mean_of_two() -> None:
    reference = torch.rand(1, 3, SIZE, SIZE)
    clip = apply_warp(reference, _warp(flow_x=0.5 / SIZE, frames=1))
    torch.testing.assert_close(clip[0, 0, :, :, :-1], (reference[0, :, :, :-1] + reference[0, :, :, 1:]) / 2, atol=1e-5, rtol=0)


def test_mask_mixes_the_paint_in() -> None:
    reference = torch.rand(1, 3, SIZE, SIZE)
    logit = torch.log(torch.tensor(0.25 / 0.75)).item()
    clip = apply_warp(reference, _warp(logit=logit, paint=-0.6, frames=1))
    torch.testing.assert_close(clip[0, 0], 0.75 * reference[0] + 0.25 * -0.6, atol=1e-5, rtol=0)


def test_each_sample_has_its_own_portrait_and_stays_float32() -> None:
    reference = torch.stack([torch.zeros(3, SIZE, SIZE), torch.ones(3, SIZE, SIZE)])
    still = _warp(frames=3)
    both = Warp(*(torch.cat([v, v]).bfloat16() for v in (still.flow, still.mask_logit, still.paint)))
    with torch.autocast("cpu", torch.bfloat16):
        clip = apply_warp(reference.bfloat16(), both)
    assert clip.dtype == torch.float32
    assert clip[0].abs().max() < 1e-5 and (clip[1] - 1).abs().max() < 1e-5


def test_no_frames_make_an_empty_clip() -> None:
    assert apply_warp(torch.rand(1, 3, SIZE, SIZE), _warp(frames=0)).shape == (1, 0, 3, SIZE, SIZE)
