"""The built-in video encoder: its blocks are the clip, and any length and size will do."""

from __future__ import annotations

import pytest
import torch

from eadnet_core.models.video_encoder import ClipEncoder, ClipEncoderConfig


@pytest.fixture
def encoder() -> ClipEncoder:
    torch.manual_seed(0)
    return ClipEncoder(ClipEncoderConfig(size=16, patch=4, width=16, depth=1, num_heads=2, position_waves=4)).eval()


def test_blocks_hold_every_pixel_once_time_first(encoder: ClipEncoder) -> None:
    frames = torch.randn(1, 4, 3, 16, 16)
    blocks = encoder.blocks(frames)
    assert blocks.shape == (1, 2, 16, 2 * 16 * 3)
    block = frames[0, 2:4, :, 4:8, 8:12]  # the second row's third cell, in frames 2 and 3
    torch.testing.assert_close(blocks[0, 1, 6], block.permute(0, 2, 3, 1).flatten())


@pytest.mark.parametrize(("num_frames", "size"), [(4, 16), (5, 16), (1, 16), (4, 40), (4, 8)])
def test_any_length_and_size(encoder: ClipEncoder, num_frames: int, size: int) -> None:
    features = encoder(torch.randn(2, num_frames, 3, size, size))
    assert features.shape == (2, 16 * -(-num_frames // 2), 16)


def test_a_missing_last_frame_is_the_one_before(encoder: ClipEncoder) -> None:
    frames = torch.randn(1, 3, 3, 16, 16)
    torch.testing.assert_close(encoder(frames), encoder(torch.cat([frames, frames[:, -1:]], 1)))


def test_the_order_of_frames_matters(encoder: ClipEncoder) -> None:
    frames = torch.randn(1, 4, 3, 16, 16)
    assert (encoder(frames) - encoder(frames.flip(1))).abs().mean() > 1e-2
