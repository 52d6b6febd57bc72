"""Endless batches of drawn faces that feel something, each time in another light, place, medium and file."""

from __future__ import annotations

from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Generator, Tensor

from ...emotion.vocabulary import ACTION_UNITS
from ...face.align import invert_similarity
from ...models.emotion_classifier import face_transform
from ...synthetic.canvas import Dice
from ...synthetic.clip import draw_expressive_faces
from ..locator.photography import photograph, relight, render_medium
from ..locator.reservoir import Reservoir
from .expressions import draw_expressions
from .recipe import EmotionRecipe

_AT_ONCE = 8
_GUISES = torch.tensor([0.5, 0.25, 0.25])[:, None, None, None, None]
"""Shares of other lights, media and files; more leaves nothing of small pictures to tell a feeling by."""
_OTHER_SIDE = {"L": "R", "R": "L"}
UNITS_MIRRORED = [ACTION_UNITS.index(name[:-1] + _OTHER_SIDE.get(name[-1], name[-1])) for name in ACTION_UNITS]
"""For each Action Unit the one that takes its place in a mirrored picture."""


@dataclass(frozen=True)
class Faces:
    """A batch.

    Attributes:
        pictures: float32 [B, 3, s, s], -1 to 1, as the classifier sees faces.
        labels: int64 [B], see Expressions.
        units: float32 [B, 24], 0 to 1.
    """

    pictures: Tensor
    labels: Tensor
    units: Tensor


class Supply:
    """Draws faces now and then, each in its own guise, and batches of them."""

    def __init__(self, recipe: EmotionRecipe, face_size: int, generator: Generator) -> None:
        self._recipe, self._face_size, self._generator = recipe, face_size, generator
        self._pictures = Reservoir(recipe.reservoir)
        self._draw(recipe.first_faces)

    def batch(self, step: int) -> Faces:
        """The faces of a step."""
        recipe = self._recipe
        if step and step % recipe.steps_between_new_faces == 0:
            self._draw(recipe.new_faces)
        pictures, landmarks, labels, units = self._pictures.draw(self._generator, recipe.batch_size)
        seen = cut_faces(self._generator, pictures, landmarks, self._face_size, recipe.framing_error)
        flip = torch.rand(len(seen), generator=self._generator, device=seen.device) < 0.5
        seen = torch.where(flip[:, None, None, None], seen.flip(-1), seen)
        return Faces(seen * 2 - 1, labels, torch.where(flip[:, None], units[:, UNITS_MIRRORED], units))

    def _draw(self, count: int) -> None:
        recipe = self._recipe
        for first in range(0, count, _AT_ONCE):
            pictures, *labels = draw_faces(min(_AT_ONCE, count - first), recipe.expressions, recipe.picture_size, self._generator)
            self._pictures.add((disguised(self._generator, pictures), *labels))


def draw_faces(count: int, expressions: int, size: int, generator: Generator) -> tuple[Tensor, Tensor, Tensor, Tensor]:
    """Faces, each in a few expressions.

    Returns:
        Pictures [count * expressions, 3, size, size], 0 to 1, landmarks [..., 29, 2] as shares of the side, labels and units (see
        Expressions).
    """
    drawn = draw_expressions(Dice(generator, count * expressions))
    pictures, landmarks = draw_expressive_faces(drawn.pose, expressions, size, generator)
    return pictures.clamp(0, 1), landmarks, drawn.labels, drawn.units


def cut_faces(generator: Generator, pictures: Tensor, landmarks: Tensor, size: int, error: float) -> Tensor:
    """Faces [B, 3, size, size] as the classifier is given them, framed with a locator's errors of spread `error` (crop units)."""
    count, device = len(pictures), pictures.device
    # errors that all points share do not average out in an alignment, as independent ones would
    shared = torch.randn(count, 1, 2, generator=generator, device=device) * error
    own = torch.randn(landmarks.shape, generator=generator, device=device) * error
    unit = (landmarks.amax(1) - landmarks.amin(1)).mean(-1)[:, None, None] / 0.45  # about the crop's side
    to_picture = invert_similarity(face_transform(landmarks + (shared + 1.5 * own) * unit))  # [B, 2, 3]: square to picture, 0 to 1
    # affine_grid's units span both from -1 to 1
    linear, shift = to_picture[..., :2], to_picture[..., 2]
    theta = torch.cat([linear, (2 * shift + linear.sum(-1) - 1)[..., None]], -1)
    grid = F.affine_grid(theta.float(), [count, 3, size, size], align_corners=False)
    return F.grid_sample(pictures, grid, padding_mode="border", align_corners=False)


def disguised(generator: Generator, pictures: Tensor) -> Tensor:
    """The pictures [B, 3, s, s], 0 to 1: half in other light, a quarter as painting or print, a quarter through a poor lens and file."""
    device = pictures.device
    lit, painted, degraded = torch.rand(3, len(pictures), 1, 1, 1, generator=generator, device=device) < _GUISES.to(device)
    shown = torch.where(lit, relight(generator, pictures), pictures)
    shown = torch.where(painted, render_medium(generator, shown), shown)
    return torch.where(degraded, photograph(generator, shown), shown)
