"""What happens to a picture between the subject and the file: light, lens, medium, print and compression."""

from __future__ import annotations

import math

import torch
import torch.nn.functional as F
from torch import Generator, Tensor

from .backgrounds import chance, fractal_noise, pixel_grid, random_shape, uniform


def relight(generator: Generator, images: Tensor) -> Tensor:
    """Uneven light: a broad gradient, a soft field and a cast shadow with an edge. [B, 3, S, S], 0 to 1, to the same."""
    count, size = len(images), images.shape[-1]
    x, y = pixel_grid(size, images.device)
    angle = uniform(generator, 0, 2 * math.pi, count, 1, 1, 1)
    slope = ((x - 0.5) * angle.cos() + (y - 0.5) * angle.sin()) * 1.3 * uniform(generator, 0, 1, count, 1, 1, 1).square()
    cells = torch.randn(count, 1, 4, 4, generator=generator, device=images.device)
    field = F.interpolate(cells, (size, size), mode="bicubic", align_corners=False) * uniform(generator, 0, 0.25, count, 1, 1, 1)
    shadow = random_shape(generator, count, size, 0.15, 0.8) * uniform(generator, 0, 0.6, count, 1, 1, 1)
    light = torch.exp(slope + field) * (1 - shadow * chance(generator, 0.25, count, 1, 1, 1))
    return (images * light).clamp(0, 1)


def occlude(generator: Generator, images: Tensor, scraps: Tensor) -> Tensor:
    """Hands, props and strands in front: up to two patches of plain colour or `scraps` [B, 3, S, S], and thin curved lines."""
    count, size = len(images), images.shape[-1]
    for probability in (0.2, 0.1):
        mask = random_shape(generator, count, size, 0.04, 0.22) * chance(generator, probability, count, 1, 1, 1)
        plain = chance(generator, 0.5, count, 1, 1, 1)
        fill = plain * uniform(generator, 0, 1, count, 3, 1, 1) + (1 - plain) * scraps
        images = images * (1 - mask) + fill * mask
    x, y = pixel_grid(size, images.device)
    color = uniform(generator, 0, 1, count, 3, 1, 1).square()
    for _ in range(3):
        a, b, c = (uniform(generator, -1, 1, count, 1, 1, 1) for _ in range(3))
        path = x - 0.5 - 0.6 * a - b * (y - 0.5) - 0.8 * c * (y - 0.5) ** 2
        strand = torch.exp(-((path / uniform(generator, 0.003, 0.014, count, 1, 1, 1)) ** 2)) * chance(generator, 0.15, count, 1, 1, 1)
        images = images * (1 - strand) + color * strand
    return images


def render_medium(generator: Generator, images: Tensor) -> Tensor:
    """Paint, pencil, print: each picture may be smeared into flat patches, outlined, hatched by a canvas, or posterised."""
    count, size = len(images), images.shape[-1]
    device = images.device
    flat = images  # strokes: every pixel takes the colour of a place nearby, the same place for all of a patch
    cells = int(torch.randint(size // 8, size // 2, (1,), generator=generator, device=device))
    offsets = torch.randn(count, 2, cells, cells, generator=generator, device=device)
    offsets = F.interpolate(offsets, (size, size), mode="nearest") * (0.7 / size) * 2
    identity = F.affine_grid(torch.eye(2, 3, device=device).expand(count, 2, 3), [count, 3, size, size], align_corners=False)
    strokes = F.grid_sample(flat, identity + offsets.permute(0, 2, 3, 1), padding_mode="border", align_corners=False)
    images = torch.where(chance(generator, 0.25, count, 1, 1, 1) > 0, strokes, images)

    gray = images.mean(1, keepdim=True)
    narrow = _smooth(gray)
    wide = _smooth(_smooth(narrow, 2), 2)
    lines = ((wide - narrow) * uniform(generator, 2, 8, count, 1, 1, 1)).clamp(0, 1)  # dark side of every edge: an outline
    outlined = images * (1 - lines)
    paper = uniform(generator, 0.6, 1, count, 3, 1, 1)
    pencil = paper * (1 - lines) * (1 - 0.35 * (1 - gray) * chance(generator, 0.6, count, 1, 1, 1))
    images = torch.where(chance(generator, 0.15, count, 1, 1, 1) > 0, outlined, images)
    images = torch.where(chance(generator, 0.05, count, 1, 1, 1) > 0, pencil, images)

    levels = uniform(generator, 4, 14, count, 1, 1, 1)
    posterised = (images * levels).round() / levels
    images = torch.where(chance(generator, 0.06, count, 1, 1, 1) > 0, posterised, images)
    grain = fractal_noise(generator, count, size, 1) * uniform(generator, 0, 0.12, count, 1, 1, 1) * chance(generator, 0.4, count, 1, 1, 1)
    return (images * (1 + grain)).clamp(0, 1)


def photograph(generator: Generator, images: Tensor) -> Tensor:
    """Lens, sensor and file: blur, sharpening, exposure, contrast, colour cast, grey, noise, low resolution, blocks.

    Args:
        generator: Draws every amount, for each picture on its own.
        images: [B, 3, S, S], 0 to 1, S divisible by 8.

    Returns:
        [B, 3, S, S], 0 to 1.
    """
    count, size = len(images), images.shape[-1]
    device = images.device
    soft = _smooth(images)
    softer = _smooth(soft, 2)
    blur = uniform(generator, -0.9, 1.0, count, 1, 1, 1)  # below zero: sharpened
    blurred = torch.where(blur < 0.5, images + (soft - images) * (blur * 2), soft + (softer - soft) * (blur * 2 - 1))
    images = torch.where(chance(generator, 0.6, count, 1, 1, 1) > 0, blurred, images)

    coarse = int(torch.randint(size // 3, size, (1,), generator=generator, device=device))
    low = F.interpolate(F.interpolate(images, (coarse, coarse), mode="area"), (size, size), mode="bilinear", align_corners=False)
    images = torch.where(chance(generator, 0.2, count, 1, 1, 1) > 0, low, images)

    images = images.clamp(0.001, 1) ** torch.exp(uniform(generator, -0.55, 0.55, count, 1, 1, 1))
    contrast = torch.exp(uniform(generator, -0.8, 0.35, count, 1, 1, 1))
    images = (images - 0.5) * contrast + 0.5 + uniform(generator, -0.14, 0.14, count, 1, 1, 1)
    images = images * torch.exp(uniform(generator, -0.25, 0.25, count, 3, 1, 1))
    gray = images.mean(1, keepdim=True)
    images = gray + (images - gray) * torch.where(chance(generator, 0.2, count, 1, 1, 1) > 0, 0.0, 1.0)

    noise = torch.randn(images.shape, generator=generator, device=device)
    images = images + noise * 0.06 * uniform(generator, 0, 1, count, 1, 1, 1).square()
    blocky = _blocks(images, uniform(generator, 0.02, 0.2, count, 1, 1, 1))
    return torch.where(chance(generator, 0.3, count, 1, 1, 1) > 0, blocky, images).clamp(0, 1)


def _smooth(images: Tensor, step: int = 1) -> Tensor:
    """Binomial blur with taps `step` pixels apart: a standard deviation of 0.7 steps."""
    padded = F.pad(images, (step, step, step, step), mode="replicate")
    across = padded[..., : -2 * step] + padded[..., 2 * step :] + 2 * padded[..., step:-step]
    return (across[..., : -2 * step, :] + across[..., 2 * step :, :] + 2 * across[..., step:-step, :]) / 16


def _blocks(images: Tensor, step: Tensor) -> Tensor:
    """JPEG's artefacts: the cosine transform of 8x8 blocks, rounded more coarsely at higher frequencies."""
    count, channels, size, _ = images.shape
    k = torch.arange(8, device=images.device, dtype=images.dtype)
    basis = torch.cos(math.pi * (k[None] + 0.5) * k[:, None] / 8) * 0.5  # [8 frequencies, 8 places]
    basis[0] *= math.sqrt(0.5)
    tiles = images.view(count, channels, size // 8, 8, size // 8, 8)
    spectrum = torch.einsum("ui,bcyixj,vj->bcyuxv", basis, tiles, basis)
    weight = step[..., None, None] * (1 + k[:, None, None] + k)  # [B, 1, 1, 8, 1, 8]
    spectrum = (spectrum / weight).round() * weight
    return torch.einsum("ui,bcyuxv,vj->bcyixj", basis, spectrum, basis).reshape(count, channels, size, size)
