from __future__ import annotations

from dataclasses import replace

import pytest
import torch

from eadnet_core.models.warp_head import WarpHead
from eadnet_core.types import Warp

BATCH, FRAMES, CHANNELS, WIDTH = 2, 3, 8, 5


@pytest.fixture
def head() -> WarpHead:
    torch.manual_seed(0)
    return WarpHead(CHANNELS, fine_channels=4, patch=4, condition_width=WIDTH, num_shapes=6)


def _inputs() -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    return torch.randn(BATCH * FRAMES, CHANNELS, 8, 8), torch.randn(BATCH, 4, 16, 16), torch.randn(BATCH, FRAMES, WIDTH)


def _rest() -> Warp:
    """A rig that does nothing."""
    return Warp.from_stacked(torch.zeros(BATCH, FRAMES, 6, 32, 32))


def test_it_starts_as_the_rig(head: WarpHead) -> None:
    rig = Warp.from_stacked(torch.rand(BATCH, FRAMES, 6, 32, 32) * 1.8 - 0.9)
    torch.testing.assert_close(head(*_inputs(), rig).stacked(), rig.stacked())


def test_paint_at_the_very_end_of_its_range_can_still_change(head: WarpHead) -> None:
    rig = replace(_rest(), paint=torch.ones(BATCH, FRAMES, 3, 32, 32))
    with torch.no_grad():
        head.to_warp.bias[-3 * 16 :] = -1.0  # type: ignore[index]
    assert head(*_inputs(), rig).paint.max() < 0.9


def test_flow_does_not_alternate_from_pixel_to_pixel(head: WarpHead) -> None:
    column = torch.arange(4) % 2 * 2.0 - 1  # -1, 1, -1, 1 within each patch
    with torch.no_grad():
        head.to_warp.bias[: 2 * 16] = column.repeat(8)  # type: ignore[index]
    assert head(*_inputs(), _rest()).flow[..., 1:-1].abs().max() < 1e-6


def test_shapes_follow_the_conditions_in_proportion_each_portrait_its_own(head: WarpHead) -> None:
    torch.nn.init.normal_(head.to_shapes[-1].weight)  # type: ignore[arg-type]
    torch.nn.init.zeros_(head.to_weights.bias)
    x, reference, drive = _inputs()
    flow = head(x, reference, drive, _rest()).flow
    torch.testing.assert_close(head(x, reference, 2 * drive, _rest()).flow, 2 * flow)
    alike = head(x, reference, drive[:1, :1].expand(BATCH, FRAMES, -1), _rest()).flow
    torch.testing.assert_close(alike[:, 0], alike[:, 2])
    assert (alike[0] - alike[1]).abs().max() > 1e-3


def test_all_is_float32_under_autocast(head: WarpHead) -> None:
    with torch.autocast("cpu", torch.bfloat16):
        warp = head(*_inputs(), _rest())
    assert {warp.flow.dtype, warp.mask_logit.dtype, warp.paint.dtype} == {torch.float32}
