"""Training pictures with their answers: rough crops for the landmark network, whole scenes for the proposal network."""

from __future__ import annotations

import math
from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Generator, Tensor

from ...face.align import MIRRORED, apply_similarity, crop_transform, invert_similarity
from ...face.landmarks import CANONICAL
from ...face.locator_net import FACE_CENTER
from .backgrounds import chance, pixel_grid, uniform
from .photography import occlude, photograph, relight, render_medium
from .pool import BackgroundPool, FacePool

CROP_EYE_DISTANCE = CANONICAL["left_eye"][0] - CANONICAL["right_eye"][0]


@dataclass(frozen=True)
class Crops:
    """Input and answers of the landmark network.

    Attributes:
        images: [B, 3, S, S], 0 to 1.
        landmarks: [B, 29, 2] in units of the side; beyond 0 to 1 where a point lies outside.
        is_face: [B], 1 where there is a face.
    """

    images: Tensor
    landmarks: Tensor
    is_face: Tensor


@dataclass(frozen=True)
class Scenes:
    """Input and answers of the proposal network.

    Attributes:
        images: [B, 3, S, S], 0 to 1.
        centers: [B, 2] pixels.
        eye_distance: [B] pixels.
        roll: [B] radians, positive where the person's left eye is the lower one.
        is_face: [B], 1 where an upright face is in the scene.
    """

    images: Tensor
    centers: Tensor
    eye_distance: Tensor
    roll: Tensor
    is_face: Tensor


def similarity(scale: Tensor, angle: Tensor, source: Tensor, target: Tensor) -> Tensor:
    """[B, 2, 3]: turns by `angle` [B], scales by `scale` [B], and carries `source` [B, 2] to `target` [B, 2]."""
    a, b = scale * angle.cos(), scale * angle.sin()
    linear = torch.stack([torch.stack([a, -b], -1), torch.stack([b, a], -1)], -2)
    return torch.cat([linear, (target - (linear @ source[..., None])[..., 0])[..., None]], -1)


CUT_OFF = 0.25
"""Share of pictures that end close around the face."""
NOSE_REACH, NOSE_SHIFT = 0.09, 0.09
"""How wide the nose stands out of the face, and how far it moves aside at a turn of 1, both in crop units."""


class Deformation:
    """A random smooth change of a face's shape: proportions, slant, a half turn (far side narrower, nose aside), and low waves.

    It makes many faces of one: `backward` says where in the drawn face a place of the deformed one comes from.
    """

    def __init__(self, generator: Generator, count: int) -> None:
        aspect = uniform(generator, -0.16, 0.16, count)
        slant = uniform(generator, -0.08, 0.08, count)
        zero = torch.zeros_like(slant)
        self.linear = torch.stack([torch.stack([aspect.exp(), slant], -1), torch.stack([zero, (-aspect).exp()], -1)], -2)  # [B, 2, 2]
        self.turn = uniform(generator, -1, 1, count, 1, 2) * uniform(generator, 0, 1, count, 1, 1) * aspect.new_tensor([0.6, 0.4])
        direction = uniform(generator, 0, 2 * math.pi, count, 6, 1)
        self.wave = torch.cat([direction.cos(), direction.sin()], -1) * uniform(generator, 3.0, 11.0, count, 6, 1)  # [B, 6, 2]
        self.phase = uniform(generator, 0, 2 * math.pi, count, 1, 6)
        self.amplitude = uniform(generator, -1, 1, count, 6, 2) / self.wave.norm(dim=-1, keepdim=True) * 0.11

    def backward(self, places: Tensor) -> Tensor:
        """[B, N, 2] crop units of the deformed face to [B, N, 2] of the drawn one."""
        centered = places - places.new_tensor(FACE_CENTER)
        nose = torch.exp(-((centered - centered.new_tensor([0.0, 0.04])) ** 2).sum(-1, keepdim=True) / (2 * NOSE_REACH**2))
        bent = torch.sin(places @ self.wave.mT + self.phase) @ self.amplitude
        turned = centered + self.turn * ((centered**2).clamp(max=0.25) - NOSE_SHIFT * nose)
        return turned @ self.linear.mT + bent + places.new_tensor(FACE_CENTER)

    def forward(self, places: Tensor) -> Tensor:
        """The inverse of `backward`, by fixed-point iteration; both are near the identity."""
        moved = places
        for _ in range(12):
            moved = moved + 0.9 * (places - self.backward(moved))
        return moved


def _sample(pictures: Tensor, places: Tensor, side_pixels: Tensor) -> Tensor:
    """Pictures [B, 3, S, S] read at places [B, s, s, 2] (0 to 1), each from the halving that fits its size in the result."""
    levels = [pictures]
    while levels[-1].shape[-1] > 16:
        levels.append(F.avg_pool2d(levels[-1], 2))
    level = torch.log2(pictures.shape[-1] / side_pixels).round().clamp(0, len(levels) - 1).long()
    out = torch.empty(len(pictures), 3, *places.shape[1:3], device=pictures.device)
    for i, source in enumerate(levels):
        (chosen,) = torch.nonzero(level == i, as_tuple=True)
        if len(chosen):
            out[chosen] = F.grid_sample(source[chosen], places[chosen] * 2 - 1, padding_mode="border", align_corners=False)
    return out


def _paste(
    generator: Generator, pool: FacePool, chosen: Tensor, to_scene: Tensor, deformation: Deformation, background: Tensor, whole: float
) -> tuple[Tensor, Tensor]:
    """Draw faces into backgrounds.

    Args:
        chosen: int64 [B], which faces of the pool.
        to_scene: [B, 2, 3], from canonical crop units of the deformed face to units of the scene's side.
        background: [B, 3, S, S].
        whole: Share of faces that keep their own picture all around; of the rest some are rectangles, most are cut out softly.

    Returns:
        Scenes [B, 3, S, S] and landmarks [B, 29, 2] in units of the scene's side.
    """
    count, size = len(chosen), background.shape[-1]
    landmarks = deformation.forward(pool.landmarks[chosen])
    to_canonical = crop_transform(landmarks)
    x, y = pixel_grid(size, background.device)
    places = torch.stack([x, y], -1).view(1, -1, 2).expand(count, -1, 2)
    places = apply_similarity(invert_similarity(to_canonical), apply_similarity(invert_similarity(to_scene), places))
    places = deformation.backward(places)  # [B, S * S, 2], crop units of the drawn face
    in_picture = apply_similarity(pool.to_picture[chosen], places).view(count, size, size, 2)
    unit = (to_scene[:, :, 0].norm(dim=-1) * size) / pool.to_picture[chosen][:, :, 0].norm(dim=-1)  # the picture's side in scene pixels
    face = _sample(pool.pictures[chosen].float() / 255, in_picture, unit)
    px, py = places.view(count, size, size, 2).unbind(-1)
    head = ((px - 0.5) / uniform(generator, 0.33, 0.5, count, 1, 1)) ** 2 + ((py - 0.48) / uniform(generator, 0.42, 0.6, count, 1, 1)) ** 2
    body = torch.maximum(((px - 0.5) / uniform(generator, 0.15, 0.6, count, 1, 1)) ** 2, ((0.8 - py) * 20).exp())
    soft = torch.sigmoid((1 - torch.minimum(head, body)) * uniform(generator, 4, 30, count, 1, 1))
    inside = ((in_picture > 0.01) & (in_picture < 0.99)).all(-1).float()
    kind = uniform(generator, 0, 1, count, 1, 1)
    mask = torch.where(kind < whole, torch.ones_like(soft), torch.where(kind < whole + 0.2 * (1 - whole), inside, soft * inside))[:, None]
    return background * (1 - mask) + face * mask, apply_similarity(to_scene @ _homogeneous(to_canonical), landmarks)


def _homogeneous(matrix: Tensor) -> Tensor:
    return torch.cat([matrix, matrix.new_tensor([0.0, 0.0, 1.0]).expand(len(matrix), 1, 3)], 1)


def _cut_off(generator: Generator, images: Tensor, centers: Tensor, unit: Tensor, share: float) -> Tensor:
    """A share of the pictures ends close around the face; beyond, the edge is repeated, as the locator does at a picture's border.

    Args:
        images: [B, 3, S, S].
        centers: [B, 2], of the faces, in units of the side.
        unit: [B], a crop unit in units of the side.
        share: How many are cut off, at one to four of their edges.
    """
    count, size = len(images), images.shape[-1]
    x, y = pixel_grid(size, images.device)
    grid = torch.stack([x, y], -1)[0].expand(count, -1, -1, -1)  # [B, S, S, 2]
    cut = chance(generator, 0.6, count, 4) * chance(generator, share, count, 1)
    reach = uniform(generator, 0.27, 0.6, count, 4) * unit[:, None] + (1 - cut) * 9
    low, high = (centers - reach[:, :2])[:, None, None], (centers + reach[:, 2:])[:, None, None]
    places = torch.minimum(torch.maximum(grid, low), high)
    return F.grid_sample(images, places * 2 - 1, padding_mode="border", align_corners=False)


def _scrambled(generator: Generator, images: Tensor, tile: int) -> Tensor:
    """The same pictures cut into tiles in a wrong order: all of a face's texture, none of its arrangement."""
    count, channels, size, _ = images.shape
    across = size // tile
    tiles = images.view(count, channels, across, tile, across, tile).permute(0, 2, 4, 1, 3, 5).flatten(1, 2)
    order = torch.rand(count, across * across, generator=generator, device=images.device).argsort(1)
    tiles = torch.gather(tiles, 1, order[:, :, None, None, None].expand_as(tiles)).view(count, across, across, channels, tile, tile)
    return tiles.permute(0, 3, 1, 4, 2, 5).reshape(count, channels, size, size)


def draw_crops(
    generator: Generator,
    pool: FacePool,
    backgrounds: BackgroundPool,
    count: int,
    size: int,
    extent: float,
    center: tuple[float, float],
    no_face: float,
) -> Crops:
    """Rough crops, as the proposals would frame them, and fine ones, as the refinement does; a share shows no face.

    Args:
        generator: Draws everything.
        pool: Faces to draw from.
        backgrounds: What stands behind them, and alone where there is none.
        count: How many crops.
        size: Side in pixels.
        extent: Side of a well-framed crop in crop units.
        center: What lies at its centre, crop units.
        no_face: Share of crops without a face, or with one far out of place, upside down or in pieces.
    """
    device = generator.device
    normal = lambda *shape: torch.randn(*shape, generator=generator, device=device)  # noqa: E731
    rough = torch.where(uniform(generator, 0, 1, count) < 0.35, 0.3, 1.0)
    roll = (normal(count) * 0.26).clamp(-0.62, 0.62) * rough
    log_scale = (normal(count) * 0.17).clamp(-0.45, 0.45) * rough
    shift = (normal(count, 2) * 0.065).clamp(-0.2, 0.2) * rough[:, None]
    absent = uniform(generator, 0, 1, count) < no_face
    kind = torch.randint(0, 5, (count,), generator=generator, device=device)  # 0, 1: empty; 2: scrambled; 3: misframed; 4: turned
    roll = roll + torch.where(absent & (kind == 4), uniform(generator, 1.7, 2 * math.pi - 1.7, count), 0.0)
    far = torch.where(chance(generator, 0.5, count) > 0, uniform(generator, 0.85, 1.6, count), uniform(generator, -1.6, -0.85, count))
    log_scale = log_scale + torch.where(absent & (kind == 3), far, 0.0)
    side = torch.randint(0, 2, (count, 2), generator=generator, device=device) * 2 - 1
    shift = shift + torch.where((absent & (kind == 3))[:, None], side * uniform(generator, 0.1, 0.5, count, 1), 0.0)

    middle = torch.tensor(center, device=device).expand(count, 2)
    to_scene = similarity(log_scale.exp() / extent, roll, middle, 0.5 + shift)
    chosen = torch.randint(0, len(pool), (count,), generator=generator, device=device)
    scraps = pool.scraps(generator, min(count, 32), size)
    background = backgrounds.sample(generator, count, size)
    images, landmarks = _paste(generator, pool, chosen, to_scene, Deformation(generator, count), background, whole=0.5)
    images = torch.where((absent & (kind == 2))[:, None, None, None], _scrambled(generator, images, size // 4), images)
    images = torch.where((absent & (kind < 2))[:, None, None, None], background, images)
    images = occlude(generator, relight(generator, images), scraps[torch.arange(count) % len(scraps)])
    images = photograph(generator, render_medium(generator, images))
    images = _cut_off(generator, images, 0.5 + shift, log_scale.exp() / extent, CUT_OFF)
    return Crops(images, landmarks, (~absent).float())


def half_mirrored(generator: Generator, crops: Crops) -> Crops:
    """The crops, each mirrored or not."""
    flip = uniform(generator, 0, 1, len(crops.images)) < 0.5
    mirrored = crops.landmarks[:, MIRRORED] * crops.landmarks.new_tensor([-1.0, 1.0]) + crops.landmarks.new_tensor([1.0, 0.0])
    images = torch.where(flip[:, None, None, None], crops.images.flip(-1), crops.images)
    return Crops(images, torch.where(flip[:, None, None], mirrored, crops.landmarks), crops.is_face)


def draw_scenes(
    generator: Generator,
    pool: FacePool,
    backgrounds: BackgroundPool,
    count: int,
    size: int,
    sizes: tuple[float, float],
    no_face: float,
) -> Scenes:
    """Scenes with at most one face of any size and place.

    Args:
        generator: Draws everything.
        pool: Faces to draw from.
        backgrounds: What stands behind them, and alone where there is none.
        count: How many scenes.
        size: Side in pixels.
        sizes: Smallest and largest eye distance in pixels.
        no_face: Share of scenes with no face, an upside-down one or one in pieces.
    """
    device = generator.device
    eye_distance = torch.exp(uniform(generator, math.log(sizes[0]), math.log(sizes[1]), count))
    absent = uniform(generator, 0, 1, count) < no_face
    kind = torch.randint(0, 4, (count,), generator=generator, device=device)  # 0, 1: empty; 2: in pieces; 3: upside down
    slight = (torch.randn(count, generator=generator, device=device) * 0.25).clamp(-0.8, 0.8)
    roll = torch.where(chance(generator, 0.4, count) > 0, uniform(generator, -0.85, 0.85, count), slight)
    roll = roll + torch.where(absent & (kind == 3), uniform(generator, 2.2, 2 * math.pi - 2.2, count), 0.0)
    eye_distance = torch.where(absent & (kind == 2), eye_distance.clamp(min=9.0), eye_distance)
    unit = eye_distance / CROP_EYE_DISTANCE  # pixels for each crop unit
    room = torch.minimum(0.35 * unit, torch.full_like(unit, size * 0.45))[:, None]
    centers = room + (size - 2 * room) * uniform(generator, 0, 1, count, 2)
    to_scene = similarity(unit / size, roll, torch.tensor(FACE_CENTER, device=device).expand(count, 2), centers / size)
    chosen = torch.randint(0, len(pool), (count,), generator=generator, device=device)
    scraps = pool.scraps(generator, min(count, 32), size)
    background = backgrounds.sample(generator, count, size)
    images, _ = _paste(generator, pool, chosen, to_scene, Deformation(generator, count), background, whole=0.0)
    images = torch.where((absent & (kind == 2))[:, None, None, None], _scrambled(generator, images, size // 4), images)
    images = torch.where((absent & (kind < 2))[:, None, None, None], background, images)
    images = occlude(generator, relight(generator, images), scraps[torch.arange(count) % len(scraps)])
    images = photograph(generator, render_medium(generator, images))
    images = _cut_off(generator, images, centers / size, unit / size, CUT_OFF)
    return Scenes(images, centers, eye_distance, roll, (~absent).float())
