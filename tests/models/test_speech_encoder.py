from __future__ import annotations

import pytest
import torch

from eadnet_core.models.speech_encoder import SpeechEncoder, SpeechEncoderConfig, surroundings


@pytest.fixture
def encoder() -> SpeechEncoder:
    torch.manual_seed(0)
    return SpeechEncoder(SpeechEncoderConfig(width=16))


@pytest.mark.parametrize("num_frames", [1, 7, 22])
def test_one_token_a_frame(encoder: SpeechEncoder, num_frames: int) -> None:
    tokens = encoder(torch.randn(2, 4 * num_frames, 64))
    assert tokens.shape == (2, num_frames, 16)
    visemes = encoder.visemes(tokens)
    assert visemes.shape == (2, num_frames, 5) and visemes.min() >= 0 and visemes.max() <= 1


def test_a_token_hears_evenly_less_than_four_frames_around_it(encoder: SpeechEncoder) -> None:
    frame, mel = 12, torch.randn(1, 4 * 25, 64, requires_grad=True)
    (gradient,) = torch.autograd.grad(encoder(mel)[0, frame, 3], mel)
    heard = gradient[0].abs().sum(-1).nonzero()[:, 0]
    center = 4 * frame + 1.5
    before, after = center - heard.min().item(), heard.max().item() - center
    assert before == after
    assert 12 < after < 16


def test_a_token_does_not_depend_on_how_long_the_clip_is(encoder: SpeechEncoder) -> None:
    mel = torch.randn(1, 4 * 30, 64)
    torch.testing.assert_close(encoder(mel[:, 4 * 5 : 4 * 25])[:, 4:-4], encoder(mel)[:, 9:21])


def test_surroundings_are_three_frames_on_either_side() -> None:
    tokens = torch.randn(2, 9, 4)
    found = surroundings(tokens)
    assert found.shape == (2, 3, 7, 4)
    for frame in range(3):
        torch.testing.assert_close(found[:, frame], tokens[:, frame : frame + 7])
