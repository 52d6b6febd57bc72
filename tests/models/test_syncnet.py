"""SyncNet's definition: sliding windows of lips and sound that see nothing else, cosines that are probabilities, the sign of a shift."""

from __future__ import annotations

import pytest
import torch

from eadnet_core.models.syncnet import LIPS_CENTER, LIPS_EXTENT, SyncNet, SyncNetConfig, cut_lips, similarity_by_shift


@pytest.fixture(params=[3, 5, 8])
def net(request: pytest.FixtureRequest) -> SyncNet:
    torch.manual_seed(0)
    config = SyncNetConfig(
        window=request.param, lip_size=16, lip_channels=(4, 4, 4, 8), lip_width=8, speech_width=8, embedding_width=16
    )
    return SyncNet(config).eval()


def test_a_weights_file_has_at_most_four_megabytes() -> None:
    assert 2 * sum(value.numel() for value in SyncNet(SyncNetConfig()).state_dict().values()) < 4_000_000


def test_one_embedding_for_each_window_not_negative_and_of_length_one(net: SyncNet) -> None:
    lips, speech = net.embed_lips(torch.rand(2, 12, 3, 16, 16)), net.embed_speech(torch.randn(2, 48, 64))
    assert lips.shape == speech.shape == (2, 12 - net.config.window + 1, 16)
    for embedding in (lips, speech):
        assert embedding.min() >= 0
        torch.testing.assert_close(embedding.norm(dim=-1), torch.ones(embedding.shape[:2]))


def test_a_window_sees_its_own_frames_and_columns_only(net: SyncNet) -> None:
    window = net.config.window
    lips, mel = torch.rand(1, 12, 3, 16, 16), torch.randn(1, 48, 64)
    alone = net.embed_lips(lips[:, 2 : 2 + window]), net.embed_speech(mel[:, 8 : 4 * (2 + window)])
    assert alone[0].shape[1] == alone[1].shape[1] == 1
    torch.testing.assert_close(net.embed_lips(lips)[:, 2:3], alone[0])
    torch.testing.assert_close(net.embed_speech(mel)[:, 2:3], alone[1])
    for column in (8, 4 * (2 + window) - 1):  # the first and the last of the window's columns are heard
        other = mel.clone()
        other[:, column] += 3
        assert (net.embed_speech(other)[:, 2:3] - alone[1]).abs().max() > 1e-6


def test_light_and_contrast_do_not_matter(net: SyncNet) -> None:
    lips = torch.rand(1, 12, 3, 16, 16) - 0.5
    tinted = lips * torch.tensor([1.5, 1.0, 1.2])[:, None, None] + torch.tensor([0.2, 0.0, -0.1])[:, None, None]
    assert (net.embed_lips(tinted) * net.embed_lips(lips)).sum(-1).min() > 0.98
    assert torch.isfinite(net.embed_lips(torch.full_like(lips, -1.0))).all()


@pytest.mark.parametrize("size", [64, 128, 512])
def test_lips_are_cut_from_where_the_mouth_lies(size: int) -> None:
    axis = (torch.arange(size) + 0.5) / size
    y, x = torch.meshgrid(axis, axis, indexing="ij")
    lips = cut_lips(torch.stack([x, y, 0 * x])[None, None] * 2 - 1, 48)[0, 0]  # a picture whose colours are its places
    shown = (lips + 1) / 2
    middles = (torch.arange(48) + 0.5) / 48 - 0.5
    for place, center, along in ((shown[0, 0], LIPS_CENTER[0], middles), (shown[1, :, 0], LIPS_CENTER[1], middles)):
        torch.testing.assert_close(place, center + LIPS_EXTENT * along, atol=1e-3, rtol=0)


def test_late_sound_has_a_positive_shift() -> None:
    lips = torch.nn.functional.one_hot(torch.arange(9) % 9, 9).float()[None]
    late = torch.zeros_like(lips)
    late[:, 2:] = lips[:, :-2]  # what the lips say at window n is heard at window n + 2
    assert similarity_by_shift(lips, late, 3).tolist() == [[0, 0, 0, 0, 0, 1, 0]]
