"""How a drawn face is framed: the aligned crop that the locator would cut, with the locator's errors."""

from __future__ import annotations

import torch
from torch import Tensor

from ..face.landmarks import CANONICAL, five_points
from .canvas import Dice


def identity_framing(batch: int, device: torch.device) -> Tensor:
    """[B, 2, 3]: crop units are head units."""
    return torch.eye(2, 3, device=device).expand(batch, -1, -1)


def aligned_framing(landmarks: Tensor) -> Tensor:
    """Similarity transforms from crop units to head units that bring eyes and mouth to their canonical places.

    Args:
        landmarks: [B, 29, 2], head units, as seen in the picture.

    Returns:
        [B, 2, 3]. Least squares in the complex plane: z_head = a * z_crop + b.
    """
    five = five_points(landmarks)
    seen = torch.stack([five[:, 0], five[:, 1], five[:, 3:].mean(1)], 1)  # [B, 3, 2]
    canonical = torch.tensor(list(CANONICAL.values()), device=landmarks.device)
    source, target = torch.view_as_complex(canonical), torch.view_as_complex(seen.contiguous())
    source_mean, target_mean = source.mean(), target.mean(1, keepdim=True)
    centred = source - source_mean
    scale = (centred.conj() * (target - target_mean)).sum(1) / (centred.abs() ** 2).sum()
    return _matrix(scale, target_mean[:, 0] - scale * source_mean)


def jittered(framing: Tensor, dice: Dice, amount: float) -> Tensor:
    """The framing with a locator's errors: about `amount` of the crop in place, and matching turn and scale."""
    turn, grow = dice.normal(2.0 * amount).flatten(), dice.normal(2.5 * amount).flatten()
    step = torch.complex(dice.normal(amount).flatten(), dice.normal(amount).flatten())
    rotation = torch.polar(torch.exp(grow), turn)
    a, b = torch.complex(framing[:, 0, 0], framing[:, 1, 0]), torch.complex(framing[:, 0, 2], framing[:, 1, 2])
    middle = torch.tensor(0.5 + 0.55j, device=framing.device)
    return _matrix(a * rotation, b + a * (middle - rotation * middle + step))


def to_head(framing: Tensor, x: Tensor, y: Tensor) -> tuple[Tensor, Tensor]:
    """Head units of crop points x, y [N, ...]."""
    a, b, tx, c, d, ty = (framing.flatten(1)[:, i].view(-1, *([1] * (x.dim() - 1))) for i in range(6))
    return a * x + b * y + tx, c * x + d * y + ty


def to_crop(framing: Tensor, points: Tensor) -> Tensor:
    """Crop units of head points [N, ..., 2]."""
    shape = (-1, *([1] * (points.dim() - 2)))
    a, c = framing[:, 0, 0].view(shape), framing[:, 1, 0].view(shape)
    x, y = points[..., 0] - framing[:, 0, 2].view(shape), points[..., 1] - framing[:, 1, 2].view(shape)
    size = a**2 + c**2
    return torch.stack([(a * x + c * y) / size, (a * y - c * x) / size], -1)


def landmark_noise(landmarks: Tensor, dice: Dice, amount: float) -> Tensor:
    """Landmarks with independent errors of standard deviation `amount` (crop units)."""
    return landmarks + amount * torch.randn(landmarks.shape, generator=dice.generator, device=dice.device)


def _matrix(a: Tensor, b: Tensor) -> Tensor:
    rows = [torch.stack([a.real, -a.imag, b.real], -1), torch.stack([a.imag, a.real, b.imag], -1)]
    return torch.stack(rows, 1)  # [B, 2, 3]
