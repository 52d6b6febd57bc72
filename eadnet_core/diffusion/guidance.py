"""Guidance: how much the sound, the feeling and Action Units count, each inside the one before."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

from ..denoiser.conditions import Conditions
from ..denoiser.denoiser import Denoiser, Past


@dataclass(frozen=True)
class Guidance:
    """Scales, 1: as the model learned it, 0: not at all, above 1: more than people do.

    The estimate is x(-) + audio (x(a) - x(-)) + emotion (x(a, e) - x(a)) + units (x(a, e, u) - x(a, e)), where x(-) hears silence, x(a)
    is neutral, and x(a, e) has no Action Units given. Source: nested classifier-free guidance, as AUHead has it; silence and neutrality,
    which the model knows, stand for "no condition", so a scale above 1 leads away from them.

    Attributes:
        audio, emotion, units: See above.
    """

    audio: float = 1.0
    emotion: float = 1.0
    units: float = 1.0

    def variants(self, given: Conditions) -> list[tuple[float, Conditions]]:
        """Conditions under which the model is asked, and the weight of each answer; those of weight 0 are left out."""
        weights = (self.units, self.emotion - self.units, self.audio - self.emotion, 1 - self.audio)
        told = (given, given.without_units(), given.without_feeling(), given.without_speech())
        return [(weight, conditions) for weight, conditions in zip(weights, told, strict=True) if weight]


def guided_estimate(
    net: Denoiser, variants: list[tuple[float, Conditions]], noisy: Tensor, sigma: Tensor, held: Tensor, past: Past
) -> Tensor:
    """Clean motion [1, N, C] of one window, float32."""
    total = torch.zeros_like(noisy)
    place = next(net.parameters())
    for weight, given in variants:
        estimate = net(noisy.to(place), sigma.to(place), held.to(place), given, past)
        total = total + weight * estimate.float()
    return total
