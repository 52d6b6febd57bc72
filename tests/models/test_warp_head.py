from __future__ import annotations

import pytest
import torch

from eadnet_core.models.warp_head import WarpHead

BATCH, FRAMES, CHANNELS, WIDTH = 2, 3, 8, 5


@pytest.fixture
def head() -> WarpHead:
    torch.manual_seed(0)
    return WarpHead(CHANNELS, fine_channels=4, patch=4, condition_width=WIDTH, num_shapes=6)


def _inputs() -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    return torch.randn(BATCH * FRAMES, CHANNELS, 8, 8), torch.randn(BATCH, 4, 16, 16), torch.randn(BATCH, FRAMES, WIDTH)


def test_it_starts_as_nothing(head: WarpHead) -> None:
    warp = head(*_inputs(), FRAMES)
    assert warp.flow.shape == (2, 3, 2, 32, 32) and warp.flow.abs().max() == 0
    assert warp.mask_logit.shape == (2, 3, 1, 32, 32) and warp.mask_logit.abs().max() == 0
    assert warp.paint.shape == (2, 3, 3, 32, 32) and warp.paint.abs().max() == 0


def test_flow_does_not_alternate_from_pixel_to_pixel(head: WarpHead) -> None:
    column = torch.arange(4) % 2 * 2.0 - 1  # -1, 1, -1, 1 within each patch
    with torch.no_grad():
        head.to_warp.bias[: 2 * 16] = column.repeat(8)  # type: ignore[index]
    assert head(*_inputs(), FRAMES).flow[..., 1:-1].abs().max() < 1e-6


def test_shapes_follow_the_conditions_in_proportion_each_portrait_its_own(head: WarpHead) -> None:
    torch.nn.init.normal_(head.to_shapes[-1].weight)  # type: ignore[arg-type]
    torch.nn.init.zeros_(head.to_weights.bias)
    x, reference, drive = _inputs()
    flow = head(x, reference, drive, FRAMES).flow
    torch.testing.assert_close(head(x, reference, 2 * drive, FRAMES).flow, 2 * flow)
    alike = head(x, reference, drive[:1, :1].expand(BATCH, FRAMES, -1), FRAMES).flow
    torch.testing.assert_close(alike[:, 0], alike[:, 2])
    assert (alike[0] - alike[1]).abs().max() > 1e-3


def test_all_is_float32_under_autocast(head: WarpHead) -> None:
    with torch.autocast("cpu", torch.bfloat16):
        warp = head(*_inputs(), FRAMES)
    assert {warp.flow.dtype, warp.mask_logit.dtype, warp.paint.dtype} == {torch.float32}
