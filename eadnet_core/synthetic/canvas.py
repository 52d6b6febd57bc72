"""Batched drawing: random parameters, layers and filters, in torch on any device."""

from __future__ import annotations

import math
from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor


@dataclass(frozen=True)
class Dice:
    """Random parameters of a batch of drawings, one draw a sample.

    Attributes:
        generator: Source of all randomness; its device is the device of the drawing.
        batch: Number of drawings.
    """

    generator: torch.Generator
    batch: int

    @property
    def device(self) -> torch.device:
        return self.generator.device

    def uniform(self, low: float, high: float) -> Tensor:
        """[B, 1, 1], uniform."""
        return torch.rand(self.batch, 1, 1, generator=self.generator, device=self.device) * (high - low) + low

    def normal(self, scale: float) -> Tensor:
        """[B, 1, 1], normal with mean 0."""
        return torch.randn(self.batch, 1, 1, generator=self.generator, device=self.device) * scale

    def chance(self, probability: float) -> Tensor:
        """[B, 1, 1], 1 with the given probability, else 0."""
        return (self.uniform(0.0, 1.0) < probability).float()

    def colour(self, low: float = 0.0, high: float = 1.0) -> Tensor:
        """[B, 3, 1, 1], each channel uniform."""
        return torch.rand(self.batch, 3, 1, 1, generator=self.generator, device=self.device) * (high - low) + low

    def noise(self, size: int, cells: int, channels: int = 1) -> Tensor:
        """[B, channels, size, size], smooth normal noise with `cells` cells a side."""
        cells = min(cells, size)
        coarse = torch.randn(self.batch, channels, cells, cells, generator=self.generator, device=self.device)
        if cells == size:
            return coarse
        return F.interpolate(coarse, (size, size), mode="bicubic" if cells < size // 8 else "bilinear", align_corners=False)

    def texture(self, size: int, coarsest: int = 4) -> Tensor:
        """[B, 1, size, size], noise of many scales with a random roughness, about unit variance."""
        total = torch.zeros(self.batch, 1, size, size, device=self.device)
        roughness, cells, power = self.uniform(0.4, 0.95)[:, None], coarsest, 0.0
        while cells <= size:
            total = total + roughness**power * self.noise(size, cells)
            cells, power = cells * 2, power + 1
        return total * (1 - roughness**2).sqrt()


def layer(image: Tensor, alpha: Tensor, colour: Tensor) -> Tensor:
    """`colour` [B, 3, S or 1, S or 1] laid over `image` [B, 3, S, S] with `alpha` [B, S, S]."""
    return torch.lerp(image, colour.expand_as(image), alpha[:, None].expand_as(image))


def warp_image(image: Tensor, x: Tensor, y: Tensor) -> Tensor:
    """`image` [N, C, h, w] read at points x, y [N, H, W] of the unit square, bilinear, edges repeated."""
    grid = torch.stack([x, y], -1) * 2 - 1
    return F.grid_sample(image, grid, mode="bilinear", padding_mode="border", align_corners=False)


def gaussian_blur(image: Tensor, sigma_px: float) -> Tensor:
    """Gaussian blur of [N, C, H, W], edges reflected."""
    radius = max(1, math.ceil(2.5 * sigma_px))
    taps = torch.exp(-0.5 * (torch.arange(-radius, radius + 1, device=image.device) / sigma_px) ** 2)
    taps = (taps / taps.sum()).to(image.dtype)
    channels = image.shape[1]
    rows = taps.view(1, 1, 1, -1).expand(channels, 1, 1, -1)
    padded = F.pad(image, (radius, radius, radius, radius), mode="reflect")
    return F.conv2d(F.conv2d(padded, rows, groups=channels), rows.transpose(2, 3), groups=channels)
