from __future__ import annotations

import pytest
import torch

from eadnet_core.models.warp_head import WarpHead


@pytest.fixture
def head() -> WarpHead:
    torch.manual_seed(0)
    return WarpHead(8, 4, 4)


def _inputs() -> tuple[torch.Tensor, torch.Tensor]:
    return torch.randn(6, 8, 8, 8), torch.randn(2, 4, 16, 16)


def test_it_starts_as_the_portrait(head: WarpHead) -> None:
    warp = head(*_inputs(), 3)
    assert warp.flow.shape == (2, 3, 2, 32, 32) and warp.flow.abs().max() == 0
    assert warp.mask_logit.shape == (2, 3, 1, 32, 32) and (warp.mask_logit == -4).all()
    assert warp.paint.shape == (2, 3, 3, 32, 32) and warp.paint.abs().max() == 0


def test_flow_has_no_checkerboard(head: WarpHead) -> None:
    torch.nn.init.normal_(head.to_warp.bias)  # each of the four subpixels says something else: a checkerboard
    warp = head(torch.zeros(6, 8, 8, 8), torch.zeros(2, 4, 16, 16), 3)
    inner = warp.flow[..., 4:-4, 4:-4]
    assert inner.abs().max() > 1e-3
    torch.testing.assert_close(inner, inner[..., :1, :1].expand_as(inner))


def test_all_is_float32_under_autocast(head: WarpHead) -> None:
    with torch.autocast("cpu", torch.bfloat16):
        warp = head(*_inputs(), 3)
    assert {warp.flow.dtype, warp.mask_logit.dtype, warp.paint.dtype} == {torch.float32}
