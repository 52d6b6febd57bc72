"""The denoiser of the shipped weights is alive in every part, small enough, and the same in half precision; its parts do what they say."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from eadnet_core.audio.features import speech_features
from eadnet_core.audio.prosody import prosody_channels, read_prosody
from eadnet_core.audio.sound import Sound, read_sound
from eadnet_core.checkpoint import load_model
from eadnet_core.denoiser.conditions import Conditions
from eadnet_core.denoiser.config import DenoiserConfig
from eadnet_core.denoiser.denoiser import Denoiser, Past
from eadnet_core.denoiser.frame_graph import FrameGraph
from eadnet_core.denoiser.strips import StripAttention
from eadnet_core.diffusion.alive import PARTS, relative_changes
from eadnet_core.emotion.tokenizer import encode_captions
from eadnet_core.emotion.vocabulary import ACTION_UNITS, EMOTIONS
from eadnet_core.model import MotionModel

SPEECH = Path(__file__).parents[2] / "assets" / "demo_speech.wav"
SMALL = DenoiserConfig(width=32, num_blocks=2, num_heads=2)


@pytest.fixture(scope="module")
def model() -> MotionModel:
    return load_model()


def told(model: MotionModel, happy: float = 0.4) -> Conditions:
    """Everything is told of nine seconds of speech."""
    whole = read_sound(SPEECH)
    speech = speech_features(Sound(np.tile(whole.samples, 3)[:, : 9 * whole.rate], whole.rate))
    frames = speech.num_frames
    emotion, units, given = torch.zeros(1, frames, 8), torch.zeros(1, frames, 24), torch.zeros(1, frames, 24)
    emotion[..., EMOTIONS.index("happy")] = happy
    units[..., ACTION_UNITS.index("AU4")], given[..., ACTION_UNITS.index("AU4")] = 0.8, 1
    return Conditions(
        model.phones(speech.mel)[None], torch.from_numpy(prosody_channels(read_prosody(speech)))[None], emotion,
        model.captions(encode_captions(["delighted, brows raised"]))[None], torch.full((1, frames, 1), 0.5), units, given,
        torch.tensor([[0.4, 0.3, 2.0]]),
    )  # fmt: skip


def window(given: Conditions, frames: int = 64) -> Conditions:
    return replace(
        given, phones=given.phones[:, : 2 * frames],
        **{name: getattr(given, name)[:, :frames] for name in ("prosody", "emotion", "text_weights", "units", "units_given")},
    )  # fmt: skip


def test_every_advertised_part_of_the_shipped_weights_moves_the_motion(model: MotionModel) -> None:
    changes = relative_changes(model.denoiser.float(), told(model))
    assert set(changes) == set(PARTS)
    assert all(change >= 0.02 for change in changes.values()), changes
    assert changes["speech"] >= 0.3, changes


def test_speech_is_half_of_what_moves_a_neutral_mouth(model: MotionModel) -> None:
    given = told(model).without_feeling()
    assert relative_changes(model.denoiser.float(), given)["speech"] >= 0.5


def test_the_networks_are_as_small_as_promised(model: MotionModel) -> None:
    size = {name: sum(p.numel() for p in part.parameters()) for name, part in model.named_children()}
    assert size["denoiser"] <= 8e6 and size["speech"] <= 2e6


@pytest.mark.parametrize("dtype", [torch.bfloat16, torch.float16])
def test_half_precision_of_the_shipped_weights_says_the_same(model: MotionModel, dtype: torch.dtype) -> None:
    net, given = model.denoiser.float(), window(told(model))
    generator = torch.Generator().manual_seed(0)
    noisy, sigma = torch.randn(1, 64, 80, generator=generator), torch.full((1, 64), 0.8)
    held, past = torch.zeros_like(noisy), Past.none(net.config, noisy)
    with torch.inference_mode():
        whole = net(noisy, sigma, held, given, past)
        half_net = load_model().denoiser.to(dtype)
        place = next(half_net.parameters())
        half = half_net(*(part.to(dtype) for part in (noisy, sigma, held)), given.to(place), past.to(place))
    assert torch.isfinite(half).all() and (half - whole).norm() < 0.05 * whole.norm()


def test_strips_reach_all_time_along_rows_and_columns_and_no_further() -> None:
    torch.manual_seed(0)
    strips = StripAttention(32, 2)
    x = torch.randn(1, 20, 16, 32, requires_grad=True)
    strips(x)[0, 0, 4].square().sum().backward()  # the cell of row 1, column 1, in the first moment
    reached = x.grad[0].abs().sum(-1)[10] > 1e-9  # late in time: what came there came along a strip
    row, column, head = {3, 4, 5}, {1, 4, 7, 10, 13}, {15}
    assert set(reached.nonzero().flatten().tolist()) == row | column | head


def test_the_graph_keeps_the_chain_and_its_strongest_edges() -> None:
    torch.manual_seed(0)
    graph = FrameGraph(32, num_neighbours=4)
    nodes = torch.randn(1, 30, 32, requires_grad=True)
    memory, remembered = torch.randn(1, 3, 32, requires_grad=True), torch.tensor([[False, True, True]])
    graph(nodes, memory, remembered)[0, 10].square().sum().backward()
    reached = set((nodes.grad[0].abs().sum(-1) > 1e-9).nonzero().flatten().tolist())
    assert {9, 10, 11} <= reached and len(reached) <= 4 + 3
    assert (memory.grad[0].abs().sum(-1) > 1e-9).tolist() == [False, True, True], "what is not there is not remembered"


def test_cells_and_frames_are_the_same_motion() -> None:
    net, motion = Denoiser(SMALL), torch.randn(2, 8, 80)
    assert torch.equal(net._frames(net._cells(motion)), motion)


def test_a_window_does_not_depend_on_the_others_of_its_batch(model: MotionModel) -> None:
    net, given = model.denoiser.float(), window(told(model))
    other = window(told(model, happy=0.0).without_speech())
    both = Conditions(*(torch.cat([getattr(given, name), getattr(other, name)]) for name in given.__dataclass_fields__))
    noisy, sigma = torch.randn(2, 64, 80), torch.full((2, 64), 0.5)
    with torch.inference_mode():
        together = net(noisy, sigma, torch.zeros_like(noisy), both, Past.none(net.config, noisy))
        alone = net(noisy[:1], sigma[:1], torch.zeros_like(noisy[:1]), given, Past.none(net.config, noisy[:1]))
    torch.testing.assert_close(together[:1], alone, atol=1e-3, rtol=1e-3)
