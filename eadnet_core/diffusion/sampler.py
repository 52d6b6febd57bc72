"""Motion out of noise: windows of some seconds, each going on from the one before, denoised in a few steps.

What is said and felt decides the lips nearly alone. So the mouth of a window is what the model expects of it at full noise, in the
first step, and is held while head, brows and eyes, which could move in many ways, are drawn in all the steps. Lips that were drawn as well
followed people's less (docs/ablation.md).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, fields

import torch
from diffusers import DPMSolverMultistepScheduler
from torch import Tensor
from torch.nn import functional as F

from ..denoiser.conditions import Conditions
from ..denoiser.denoiser import Denoiser, Past
from ..motion.latent import LatentLayout
from ..types import DEFAULT_STEPS
from .guidance import Guidance, guided_estimate
from .noise import window_noise

WINDOW_FRAMES, HELD_FRAMES = 128, 28
"""Frames of a window (5.12 s), and how many of them it has from the one before: each decides 4 s."""

SHIFT = 2.0
"""Of the noise levels: steps are closer together where there is much noise. Source: Esser et al., 2024."""
TEMPERATURE = {"head": 1.2, "brows": 1.4, "eyes": 1.05}
"""Size of the noise for parts of the face, where it is not 1: a few steps lose some of the spread that many would keep."""

Watch = Callable[[int, int, int, Tensor], None]
"""watch(done, total, first frame of the window, its estimate [N, C]) after each step; raising in it cancels."""


@dataclass(frozen=True)
class Held:
    """What is given of a clip's motion.

    Attributes:
        motion: float32 [N, C], latent.
        mask: float32 [N, C], 1 where it is given.
    """

    motion: Tensor
    mask: Tensor


@torch.inference_mode()
def sample(
    net: Denoiser,
    given: Conditions,
    seed: int,
    steps: int = DEFAULT_STEPS,
    guidance: Guidance | None = None,
    held: Held | None = None,
    watch: Watch | None = None,
) -> Tensor:
    """Latent motion float32 [N, C] on the CPU.

    Args:
        net: On its device, in its precision.
        given: Of the whole clip, one of a batch of 1, N frames, on the CPU.
        seed: Of the noise; a longer clip that begins alike moves alike but for its last window.
        steps: 1 to 20.
        guidance: How much each condition counts; None: as learned.
        held: What of the motion is given; None: nothing.
        watch: Told of each step.
    """
    frames, channels = given.prosody.shape[1], net.config.num_channels
    place = next(net.parameters())
    reach, fresh = net.config.num_memory * net.config.memory_frames, WINDOW_FRAMES - HELD_FRAMES
    count = 1 + max(0, -(-(frames - WINDOW_FRAMES) // fresh))
    length = WINDOW_FRAMES + (count - 1) * fresh
    given = padded(given, length)
    motion, mask = (torch.zeros(length, channels) for _ in range(2))
    if held is not None:
        motion[:frames], mask[:frames] = held.motion, held.mask
    scheduler = DPMSolverMultistepScheduler(use_flow_sigmas=True, prediction_type="flow_prediction", flow_shift=SHIFT)
    layout = LatentLayout.of_face()
    mouth, temperature = torch.from_numpy(layout.of_part("mouth")).to(place.device), torch.ones(channels)
    for part, scale in TEMPERATURE.items():
        temperature[torch.from_numpy(layout.of_part(part))] = scale
    for window in range(count):
        first = window * fresh
        span = slice(first, first + WINDOW_FRAMES)
        conditions = Conditions(*(part.to(place) for part in _parts(given, span)))
        variants = (guidance or Guidance()).variants(conditions)
        known = mask[None, span].to(place.device)
        if window:
            known[:, :HELD_FRAMES] = 1
        clean = motion[None, span].to(place.device)
        past = _past(motion[:first], net, reach).to(place)
        noise = (temperature * window_noise(seed, window, (1, WINDOW_FRAMES, channels))).to(place.device)
        scheduler.set_timesteps(steps)
        x = torch.where(known > 0, clean, noise)
        for step, time in enumerate(scheduler.timesteps):
            level = scheduler.sigmas[step]
            sigma = (level * (known < 1).any(-1)).to(place.device)
            estimate = torch.where(known > 0, clean, guided_estimate(net, variants, x, sigma, known, past))
            if step == 0:
                clean, known = torch.where(mouth, estimate, clean), torch.where(mouth, 1.0, known)
            x = scheduler.step((x - estimate) / level.to(x), time, x).prev_sample
            x = torch.where(known > 0, clean, x)
            if watch is not None:
                watch(window * steps + step + 1, count * steps, first, estimate[0].cpu())
        motion[span] = x[0].float().cpu()
    return motion[:frames]


def padded(given: Conditions, frames: int) -> Conditions:
    """Conditions of so many frames, the last feeling going on in silence."""
    missing = frames - given.prosody.shape[1]
    if missing <= 0:
        return given
    phones = F.pad(given.phones, (0, 0, 0, 2 * missing))
    phones[:, -2 * missing :, 0] = 1

    def held(part: Tensor) -> Tensor:
        return torch.cat([part, part[:, -1:].expand(-1, missing, -1)], 1)

    return Conditions(
        phones, F.pad(given.prosody, (0, 0, 0, missing)), held(given.emotion), given.text, held(given.text_weights), held(given.units),
        held(given.units_given), given.manner,
    )  # fmt: skip


def _parts(given: Conditions, span: slice) -> list[Tensor]:
    """Fields of a window's conditions."""
    parts = []
    for field in fields(given):
        part = getattr(given, field.name)
        if field.name == "phones":
            part = part[:, 2 * span.start : 2 * span.stop]
        elif field.name not in ("text", "manner"):
            part = part[:, span]
        parts.append(part)
    return parts


def _past(motion: Tensor, net: Denoiser, reach: int) -> Past:
    """What happened before a window that begins where `motion` [frames, C] ends."""
    config = net.config
    recent = motion[-reach:] if len(motion) else motion
    whole = torch.cat([motion.new_zeros(reach - len(recent), config.num_channels), recent])
    age = torch.arange(config.num_memory, 0, -1) * config.memory_frames  # frames from each node's beginning to the window
    return Past(whole[None], (age <= len(motion))[None])
