"""Batched drawing: random parameters, soft shapes and layers, all differentiable-free torch on any device.

Shapes are signed distances in units of the unit square (negative inside); coverage turns one into an anti-aliased layer.
"""

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


def unit_grid(size: int, device: torch.device | str) -> tuple[Tensor, Tensor]:
    """Pixel centres of the unit square: x and y, each [1, size, size]."""
    axis = (torch.arange(size, device=device) + 0.5) / size
    y, x = torch.meshgrid(axis, axis, indexing="ij")
    return x[None], y[None]


def ellipse(x: Tensor, y: Tensor, cx: Tensor | float, cy: Tensor | float, rx: Tensor | float, ry: Tensor | float,
            angle: Tensor | None = None, power: float = 2.0) -> Tensor:  # fmt: skip
    """Approximate signed distance to a (super-)ellipse, in units of the square; negative inside."""
    dx, dy = x - cx, y - cy
    if angle is not None:
        cos, sin = torch.cos(angle), torch.sin(angle)
        dx, dy = dx * cos + dy * sin, dy * cos - dx * sin
    if power == 2.0:
        radius = torch.sqrt((dx / rx) ** 2 + (dy / ry) ** 2 + 1e-8)
    else:
        radius = ((dx / rx).abs() ** power + (dy / ry).abs() ** power + 1e-8) ** (1 / power)
    smaller = torch.minimum(torch.as_tensor(rx), torch.as_tensor(ry))
    return (radius - 1) * smaller


def coverage(distance: Tensor, softness: Tensor | float, size: int) -> Tensor:
    """Share of each pixel inside a shape, 0 to 1.

    Args:
        distance: Signed distance, units of the square.
        softness: Width of the edge in units of the square, never less than a pixel.
        size: Pixels a side.
    """
    width = torch.as_tensor(softness).clamp(min=0.7 / size)
    return torch.sigmoid(-distance / width * 2.5)


def blob(x: Tensor, y: Tensor, cx: Tensor | float, cy: Tensor | float, sx: Tensor | float, sy: Tensor | float) -> Tensor:
    """Gaussian bump of height 1."""
    return torch.exp(-0.5 * (((x - cx) / sx) ** 2 + ((y - cy) / sy) ** 2))


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
