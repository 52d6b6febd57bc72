from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
import torch

from eadnet_core.models.denoiser import Denoiser, DenoiserConfig
from eadnet_core.models.face_rig import rig_pose, rig_warp
from eadnet_core.types import Conditions

Draw = Callable[..., Conditions]


@pytest.fixture
def denoiser(small_config: DenoiserConfig) -> Denoiser:
    """A small denoiser with every parameter away from its start, so that all its parts speak."""
    torch.manual_seed(0)
    net = Denoiser(small_config)
    with torch.no_grad():
        for parameter in net.parameters():
            parameter.add_(torch.randn_like(parameter) * 0.05)
    return net.eval()


def test_the_base_model_has_at_most_eleven_million_parameters() -> None:
    assert sum(p.numel() for p in Denoiser(DenoiserConfig()).parameters()) <= 11_000_000


def test_an_untrained_denoiser_answers_with_the_rig(small_config: DenoiserConfig, draw_conditions: Draw) -> None:
    conditions = draw_conditions(1, 2)
    with torch.no_grad():
        output = Denoiser(small_config)(torch.randn(1, 2, 3, 32, 32), torch.ones(1, 2), conditions)
    rig = rig_warp(conditions.reference, conditions.landmarks, rig_pose(conditions, output.visemes, torch.zeros(1, 2, 24)), 2)
    torch.testing.assert_close(output.warp.flow, rig.flow)
    torch.testing.assert_close(output.warp.mask_logit, rig.mask_logit)
    torch.testing.assert_close(output.warp.paint, rig.paint.clamp(-0.97, 0.97))


@pytest.mark.parametrize(("num_frames", "size"), [(1, 32), (5, 32), (2, 64)])
def test_any_length_and_any_size(denoiser: Denoiser, draw_conditions: Draw, num_frames: int, size: int) -> None:
    x_t = torch.randn(2, num_frames, 3, size, size)
    output = denoiser(x_t, torch.rand(2, num_frames), draw_conditions(2, num_frames, size))
    assert output.warp.stacked().shape == (2, num_frames, 6, size, size)
    assert output.visemes.shape == (2, num_frames, 5)


def test_pure_noise_is_not_looked_at_and_known_frames_are(denoiser: Denoiser, draw_conditions: Draw) -> None:
    conditions, sigma = draw_conditions(1, 3), torch.tensor([[0.0, 1.0, 1.0]])
    x_t = torch.randn(1, 3, 3, 32, 32)
    other_noise = torch.cat([x_t[:, :1], torch.randn(1, 2, 3, 32, 32)], 1)
    plain = denoiser(x_t, sigma, conditions).warp.stacked()
    assert torch.equal(denoiser(other_noise, sigma, conditions).warp.stacked(), plain)
    other_past = torch.cat([torch.randn(1, 1, 3, 32, 32), x_t[:, 1:]], 1)
    assert (denoiser(other_past, sigma, conditions).warp.stacked() - plain)[:, 1:].abs().max() > 1e-4


def test_samples_of_a_batch_do_not_mix(denoiser: Denoiser, draw_conditions: Draw) -> None:
    conditions, x_t, sigma = draw_conditions(2, 3), torch.randn(2, 3, 3, 32, 32), torch.rand(2, 3)
    names = [n for n in vars(conditions) if isinstance(getattr(conditions, n), torch.Tensor)]
    second = replace(conditions, **{n: getattr(conditions, n)[1:] for n in names})
    both = denoiser(x_t, sigma, conditions).warp.stacked()
    torch.testing.assert_close(denoiser(x_t[1:], sigma[1:], second).warp.stacked(), both[1:], atol=1e-4, rtol=1e-4)


def test_every_parameter_learns(denoiser: Denoiser, draw_conditions: Draw) -> None:
    conditions = replace(draw_conditions(2, 3), given={n: torch.tensor([True, False]) for n in (
        "mel", "text_ids", "emotion", "action_units", "head_pose", "gaze", "blink")})  # fmt: skip
    output = denoiser(torch.randn(2, 3, 3, 32, 32), torch.rand(2, 3), conditions)
    read = denoiser.conditioning.text.units(denoiser.conditioning.text(conditions.text_ids))
    (output.warp.stacked().square().mean() + output.visemes.square().mean() + read.square().mean()).backward()
    still = [name for name, p in denoiser.named_parameters() if p.grad is None or p.grad.abs().max() == 0]
    assert still == []


def test_bfloat16_is_close_to_float32_both_ways(denoiser: Denoiser, draw_conditions: Draw) -> None:
    conditions, x_t, sigma = draw_conditions(1, 3), torch.randn(1, 3, 3, 32, 32), torch.rand(1, 3)
    with torch.no_grad():
        exact = denoiser(x_t, sigma, conditions).warp.stacked()
        with torch.autocast("cpu", torch.bfloat16):
            mixed = denoiser(x_t, sigma, conditions).warp.stacked()
        half = denoiser.to(torch.bfloat16)(x_t, sigma, conditions).warp.stacked()
    spread = exact.std()
    assert mixed.dtype == half.dtype == torch.float32
    assert (mixed - exact).abs().mean() < 0.05 * spread
    assert (half - exact).abs().mean() < 0.05 * spread


def test_without_frame_graphs_frames_tell_a_later_window_nothing(small_config: DenoiserConfig, draw_conditions: Draw) -> None:
    torch.manual_seed(0)
    net = Denoiser(replace(small_config, graph=replace(small_config.graph, enabled=False))).eval()
    assert not any("frame_graph" in name for name in net.state_dict())
    conditions, x_t, sigma = draw_conditions(1, 6), torch.randn(1, 6, 3, 32, 32), torch.ones(1, 6)
    with torch.no_grad():
        first = net(x_t, sigma, conditions)
        second = net(x_t, sigma, conditions, first.memory.before(4, 8))
    assert torch.equal(first.warp.stacked(), second.warp.stacked())
    assert second.memory.times.tolist() == [-4, -2, 0, 2, 4]


def test_memory_of_a_window_reaches_the_next(denoiser: Denoiser, draw_conditions: Draw) -> None:
    conditions, x_t, sigma = draw_conditions(1, 6), torch.randn(1, 6, 3, 32, 32), torch.ones(1, 6)
    with torch.no_grad():
        first = denoiser(x_t, sigma, conditions)
    assert first.memory.times.tolist() == [0, 2, 4]
    assert len(first.memory.nodes) == 3  # one for each full block of the small network
    memory = first.memory.before(5, denoiser.config.graph.memory_length)
    assert memory.times.tolist() == [-5, -3, -1]
    second = denoiser(x_t, sigma, conditions, memory)
    assert second.memory.times.tolist() == [-5, -3, -1, 0, 2, 4]
    assert not any(n.requires_grad for n in second.memory.nodes)
    assert (second.warp.stacked() - first.warp.stacked()).abs().max() > 1e-5
