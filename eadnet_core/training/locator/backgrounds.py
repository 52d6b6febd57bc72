"""Backgrounds without a face: gradients, noise of many scales, shapes, stripes, and scraps of pictures."""

from __future__ import annotations

import math

import torch
import torch.nn.functional as F
from torch import Generator, Tensor


def uniform(generator: Generator, low: float, high: float, *shape: int) -> Tensor:
    """Numbers between `low` and `high`, drawn with `generator` and on its device."""
    return torch.rand(shape, generator=generator, device=generator.device) * (high - low) + low


def chance(generator: Generator, probability: float, *shape: int) -> Tensor:
    """1 with the given probability, else 0, as floats on the generator's device."""
    return (torch.rand(shape, generator=generator, device=generator.device) < probability).float()


def pixel_grid(size: int, device: torch.device) -> tuple[Tensor, Tensor]:
    """x and y of each pixel's centre, 0 to 1, each [1, 1, size, size]."""
    axis = (torch.arange(size, device=device) + 0.5) / size
    y, x = torch.meshgrid(axis, axis, indexing="ij")
    return x[None, None], y[None, None]


def fractal_noise(generator: Generator, count: int, size: int, channels: int = 3) -> Tensor:
    """Noise [count, channels, size, size] of unit deviation, each picture with its own slope from clouds to sand."""
    slope = uniform(generator, -0.6, 1.6, count, 1, 1, 1)
    total = torch.zeros(count, channels, size, size, device=generator.device)
    cells = 2
    while cells <= size:
        grid = torch.randn(count, channels, cells, cells, generator=generator, device=generator.device)
        total = total + F.interpolate(grid, (size, size), mode="bilinear", align_corners=False) * (2.0 / cells) ** slope
        cells *= 2
    return total / total.std((-1, -2, -3), keepdim=True).clamp(min=1e-4)


def random_shape(generator: Generator, count: int, size: int, smallest: float = 0.03, largest: float = 0.5) -> Tensor:
    """Masks [count, 1, size, size], 0 to 1: each an ellipse, a box, a bar or a half plane, with an edge from hard to soft."""
    x, y = pixel_grid(size, generator.device)
    angle = uniform(generator, 0, math.pi, count, 1, 1, 1)
    dx, dy = x - uniform(generator, -0.1, 1.1, count, 1, 1, 1), y - uniform(generator, -0.1, 1.1, count, 1, 1, 1)
    dx, dy = dx * angle.cos() + dy * angle.sin(), dy * angle.cos() - dx * angle.sin()
    width = smallest * (largest / smallest) ** uniform(generator, 0, 1, count, 1, 1, 1)
    height = width * torch.exp(uniform(generator, -1, 1, count, 1, 1, 1))
    ellipse = (dx / width).square() + (dy / height).square() - 1
    box = torch.maximum((dx / width).abs(), (dy / height).abs()) - 1
    bar = (dx / (0.2 * width)).abs() - 1
    plane = dx / width
    kind = torch.randint(0, 4, (count, 1, 1, 1), generator=generator, device=generator.device)
    inside = torch.where(kind == 0, ellipse, torch.where(kind == 1, box, torch.where(kind == 2, bar, plane)))
    hardness = torch.exp(uniform(generator, 0.5, 4.0, count, 1, 1, 1))
    return torch.sigmoid(-inside * hardness)


def draw_backgrounds(generator: Generator, count: int, size: int, scraps: Tensor | None = None) -> Tensor:
    """Pictures in which there is no face.

    Args:
        generator: Draws everything; its device is the result's.
        count: How many.
        size: Side in pixels.
        scraps: [M, 3, S, S], 0 to 1; where given, small pieces of these pictures (hair, cloth, skin) join the shapes.

    Returns:
        [count, 3, size, size], 0 to 1.
    """
    x, y = pixel_grid(size, generator.device)
    colors = uniform(generator, 0, 1, count, 3, 3, 1, 1)
    along = (x * uniform(generator, -1, 1, count, 1, 1, 1) + y * uniform(generator, -1, 1, count, 1, 1, 1)).tanh() * 0.5 + 0.5
    image = colors[:, 0] * along + colors[:, 1] * (1 - along)
    noise = fractal_noise(generator, count, size)
    gray = chance(generator, 0.5, count, 1, 1, 1)
    noise = gray * noise.mean(1, keepdim=True) * 1.5 + (1 - gray) * noise
    image = image + noise * 0.3 * uniform(generator, 0, 1, count, 1, 1, 1).square()
    for _ in range(int(torch.randint(1, 8, (1,), generator=generator, device=generator.device))):
        mask = random_shape(generator, count, size) * chance(generator, 0.6, count, 1, 1, 1)
        grain = noise[torch.randperm(count, generator=generator, device=generator.device), :1]
        fill = uniform(generator, 0, 1, count, 3, 1, 1) + grain * uniform(generator, 0, 0.2, count, 1, 1, 1)
        if scraps is not None:
            piece = _pieces(generator, scraps, count, size)
            fill = torch.where(chance(generator, 0.4, count, 1, 1, 1) > 0, piece, fill)
        image = image * (1 - mask) + fill * mask
    frequency, angle = torch.exp(uniform(generator, 1.5, 5, count, 1, 1, 1)), uniform(generator, 0, math.pi, count, 1, 1, 1)
    bend = 0.2 * torch.randn(count, 1, 1, 1, generator=generator, device=generator.device)
    stripes = torch.sin(frequency * (x * angle.cos() + y * angle.sin() + bend * (x * y + noise[:, :1] * 0.05)))
    amount = chance(generator, 0.25, count, 1, 1, 1) * uniform(generator, 0, 0.25, count, 1, 1, 1)
    where = random_shape(generator, count, size, 0.2, 1.0)
    return (image + stripes * amount * where).clamp(0, 1)


def _pieces(generator: Generator, scraps: Tensor, count: int, size: int) -> Tensor:
    """Parts of pictures so enlarged or so turned that no upright face is seen."""
    chosen = scraps[torch.randint(0, len(scraps), (count,), generator=generator, device=generator.device)]
    angle = uniform(generator, 0.6 * math.pi, 1.4 * math.pi, count)
    zoom = torch.exp(uniform(generator, -2.2, -1.0, count))
    shift = uniform(generator, -0.8, 0.8, count, 2)
    matrix = torch.stack([angle.cos() * zoom, -angle.sin() * zoom, shift[:, 0], angle.sin() * zoom, angle.cos() * zoom, shift[:, 1]], -1)
    grid = F.affine_grid(matrix.view(count, 2, 3), [count, 3, size, size], align_corners=False)
    return F.grid_sample(chosen, grid, padding_mode="reflection", align_corners=False)
