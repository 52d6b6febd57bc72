from __future__ import annotations

import torch

from eadnet_core.models.attention import torch_attention
from eadnet_core.models.blocks import FullBlock, ResBlock
from eadnet_core.models.cell_norm import CellNorm
from eadnet_core.models.frame_graph import FrameGraphConfig


def test_cell_norm_takes_mean_and_deviation_over_channels() -> None:
    x = torch.randn(2, 6, 3, 4) * 3 + 1
    expected = (x - x.mean(1, keepdim=True)) / torch.sqrt(x.var(1, unbiased=False, keepdim=True) + 1e-5)
    torch.testing.assert_close(CellNorm(6)(x), expected)


def test_a_res_block_starts_as_little_and_obeys_its_condition() -> None:
    torch.manual_seed(0)
    block = ResBlock(8, 5)
    x, condition = torch.randn(2, 8, 4, 4), torch.randn(2, 5)
    assert 0 < (block(x, condition) - x).std() < 0.3
    torch.nn.init.normal_(block.conv_out.weight)
    torch.nn.init.normal_(block.modulation.weight)
    other = condition.clone()
    other[1] += 1
    one, two = block(x, condition), block(x, other)
    torch.testing.assert_close(one[0], two[0])
    assert (one[1] - two[1]).abs().max() > 1e-3


def test_a_full_block_starts_as_its_res_block_and_keeps_channels_last() -> None:
    block = FullBlock(8, 5, 6, 2, 4, 2, FrameGraphConfig(key_width=4), torch_attention)
    x = torch.randn(6, 8, 4, 4).contiguous(memory_format=torch.channels_last)
    condition = torch.randn(6, 5)
    out, nodes = block(x, condition, torch.randn(2, 3, 9, 6), torch.randn(2, 8), None, None)
    torch.testing.assert_close(out, block.residual(x, condition))
    assert out.is_contiguous(memory_format=torch.channels_last)
    assert nodes.shape == (2, 3, 8)
