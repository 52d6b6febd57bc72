"""The way from noise to a clip: noise levels, noise, and one step between two levels."""

from __future__ import annotations

import numpy as np
import torch
from diffusers import FlowMatchEulerDiscreteScheduler
from torch import Tensor

_LARGEST_SEED = 2**64 - 1


def flow_schedule(steps: int) -> FlowMatchEulerDiscreteScheduler:
    """A scheduler whose noise levels fall evenly from 1 to 1 / steps, and then to 0."""
    scheduler = FlowMatchEulerDiscreteScheduler()
    scheduler.set_timesteps(sigmas=np.linspace(1.0, 1.0 / steps, steps).tolist())
    return scheduler


def step_towards(scheduler: FlowMatchEulerDiscreteScheduler, index: int, x_t: Tensor, x0: Tensor) -> Tensor:
    """x at the next noise level: x_t moved along v = (x_t - x0) / sigma.

    Args:
        scheduler: Of `flow_schedule`.
        index: Which step, from 0.
        x_t: [B, T, 3, S, S] at this step's noise level.
        x0: The clean clip as estimated from it.

    Source: flow matching, x_t = (1 - sigma) x0 + sigma noise.
    """
    velocity = (x_t - x0) / scheduler.sigmas[index]
    return scheduler.step(velocity, scheduler.timesteps[index], x_t, return_dict=False)[0]


def frame_noise(seed: int, frame: int, size: int) -> Tensor:
    """Standard normal noise of one frame, float32 [3, size, size]; it depends on nothing but seed and frame number."""
    noise = np.random.default_rng((seed, frame)).standard_normal((3, size, size), dtype=np.float32)
    return torch.from_numpy(noise)


def is_seed(seed: int) -> bool:
    """Whether a seed is in range: 0 to 2^64 - 1."""
    return 0 <= seed <= _LARGEST_SEED
