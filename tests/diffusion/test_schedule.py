from __future__ import annotations

import pytest
import torch

from eadnet_core.diffusion.schedule import flow_schedule, frame_noise, is_seed, step_towards


@pytest.mark.parametrize("steps", [1, 2, 4, 8])
def test_noise_levels_fall_evenly_from_one_to_zero(steps: int) -> None:
    expected = [1 - i / steps for i in range(steps + 1)]
    assert flow_schedule(steps).sigmas.tolist() == pytest.approx(expected)


def test_with_the_true_clip_every_step_stays_on_the_straight_path() -> None:
    x0, noise = torch.rand(1, 2, 3, 4, 4), torch.randn(1, 2, 3, 4, 4)
    scheduler, x_t = flow_schedule(4), noise
    for index, sigma in enumerate((0.75, 0.5, 0.25, 0.0)):
        x_t = step_towards(scheduler, index, x_t, x0)
        torch.testing.assert_close(x_t, (1 - sigma) * x0 + sigma * noise)


def test_noise_depends_on_seed_and_frame_alone() -> None:
    assert torch.equal(frame_noise(5, 9, 16), frame_noise(5, 9, 16))
    assert not torch.equal(frame_noise(5, 9, 16), frame_noise(5, 10, 16))
    assert not torch.equal(frame_noise(5, 9, 16), frame_noise(9, 5, 16))
    noise = frame_noise(2**64 - 1, 0, 128)
    assert noise.dtype == torch.float32 and noise.shape == (3, 128, 128)
    assert abs(noise.mean()) < 0.02 and abs(noise.std() - 1) < 0.02


def test_seeds_have_64_bits() -> None:
    assert is_seed(0) and is_seed(2**64 - 1)
    assert not is_seed(-1) and not is_seed(2**64)
