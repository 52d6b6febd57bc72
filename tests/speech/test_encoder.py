"""The speech encoder: any length in flat memory, the same start whatever follows, and people understood."""

from __future__ import annotations

import torch

from eadnet_core.checkpoint import load_model
from eadnet_core.speech.encoder import SpeechEncoder, SpeechEncoderConfig
from eadnet_core.speech.phones import NUM_PHONES

SMALL = SpeechEncoderConfig(width=16, blocks=2, heads=2, kernel=7, expansion=2)


def small() -> SpeechEncoder:
    torch.manual_seed(0)
    return SpeechEncoder(SMALL).eval()


def test_shapes_and_probabilities() -> None:
    phones = small().phones(torch.randn(64, SMALL.num_mels))
    assert phones.shape == (32, NUM_PHONES) and torch.allclose(phones.sum(1), torch.ones(32))
    assert small().phones(torch.zeros(0, SMALL.num_mels)).shape == (0, NUM_PHONES)


def test_every_branch_of_a_block_counts() -> None:
    mel = torch.randn(1, 64, SMALL.num_mels)
    whole = small()(mel)
    for branch in ("before", "attention", "convolution", "after"):
        net = small()
        getattr(net.blocks[1], branch).register_forward_hook(lambda module, given, made: torch.zeros_like(made))
        assert (net(mel) - whole).abs().max() > 1e-3, branch


def test_a_longer_recording_is_heard_alike_at_its_start() -> None:
    mel = torch.randn(4000, SMALL.num_mels)
    net = small()
    one, other = net.phones(mel[:2600]), net.phones(mel)
    assert torch.allclose(one[:1000], other[:1000], atol=1e-5)


def test_the_shipped_encoder_is_small() -> None:
    assert sum(weight.numel() for weight in load_model().speech.parameters()) <= 2_000_000
