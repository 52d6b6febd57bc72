"""A pool of drawn faces: each is used many times, in ever new places, lights and deformations, before a new one takes its place."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Generator, Tensor

from ...face.align import apply_similarity, crop_transform, invert_similarity
from .backgrounds import draw_backgrounds, uniform

DrawFaces = Callable[[Generator, int], tuple[Tensor, Tensor]]
"""draw(generator, count): pictures [count, 3, S, S], 0 to 1, and landmarks [count, 29, 2] in units of the picture's side."""


@dataclass
class FacePool:
    """Drawn pictures and where their faces are.

    Attributes:
        pictures: uint8 [N, 3, S, S].
        landmarks: float32 [N, 29, 2] in crop units (each face at its canonical place).
        to_picture: float32 [N, 2, 3]: from crop units to units of the picture's side.
    """

    pictures: Tensor
    landmarks: Tensor
    to_picture: Tensor

    @staticmethod
    def drawn(draw: DrawFaces, generator: Generator, count: int) -> FacePool:
        """A pool of `count` new faces."""
        pictures, landmarks = draw(generator, count)
        to_crop = crop_transform(landmarks.float())
        return FacePool(
            (pictures * 255).round().clamp(0, 255).to(torch.uint8), apply_similarity(to_crop, landmarks.float()), invert_similarity(to_crop)
        )

    def __len__(self) -> int:
        return len(self.pictures)

    def joined(self, other: FacePool, limit: int) -> FacePool:
        """This pool with `other` at its end and, beyond `limit` faces, without its oldest."""
        join = [torch.cat([a, b])[-limit:] for a, b in zip(self.fields(), other.fields(), strict=True)]
        return FacePool(*join)

    def fields(self) -> tuple[Tensor, Tensor, Tensor]:
        """All tensors, in the order of the constructor."""
        return self.pictures, self.landmarks, self.to_picture

    def scraps(self, generator: Generator, count: int, size: int) -> Tensor:
        """Whole pictures [count, 3, size, size], 0 to 1, as material for backgrounds and things in front of a face."""
        chosen = torch.randint(0, len(self), (count,), generator=generator, device=generator.device)
        return F.interpolate(self.pictures[chosen].float() / 255, (size, size), mode="bilinear", antialias=True)


@dataclass
class BackgroundPool:
    """Finished backgrounds: each is seen many times, turned, enlarged and recoloured, before a new one takes its place.

    Attributes:
        pictures: uint8 [N, 3, S, S].
    """

    pictures: Tensor

    @staticmethod
    def drawn(generator: Generator, count: int, size: int, faces: FacePool) -> BackgroundPool:
        """`count` new backgrounds; `faces` lend scraps of hair, cloth and skin."""
        drawn = [draw_backgrounds(generator, 16, size, faces.scraps(generator, 16, size)) for _ in range(0, count, 16)]
        return BackgroundPool((torch.cat(drawn)[:count] * 255).to(torch.uint8))

    def joined(self, other: BackgroundPool, limit: int) -> BackgroundPool:
        """This pool with `other` at its end and, beyond `limit` pictures, without its oldest."""
        return BackgroundPool(torch.cat([self.pictures, other.pictures])[-limit:])

    def sample(self, generator: Generator, count: int, size: int) -> Tensor:
        """Backgrounds [count, 3, size, size], 0 to 1."""
        chosen = self.pictures[torch.randint(0, len(self.pictures), (count,), generator=generator, device=generator.device)].float() / 255
        chosen = chosen[:, torch.randperm(3, generator=generator, device=generator.device)]
        angle, zoom = uniform(generator, 0, 2 * math.pi, count), torch.exp(uniform(generator, -1.2, 0.0, count))
        a, b, shift = angle.cos() * zoom, angle.sin() * zoom, uniform(generator, -0.3, 0.3, 2, count)
        matrix = torch.stack([a, -b, shift[0], b, a, shift[1]], -1).view(count, 2, 3)
        grid = F.affine_grid(matrix, [count, 3, size, size], align_corners=False)
        return F.grid_sample(chosen, grid, padding_mode="reflection", align_corners=False)
