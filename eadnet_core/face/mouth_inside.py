"""What parted lips show: teeth, tongue and the dark behind them; and the line that a shut lid draws."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

from .deformation import Moved
from .soft_shapes import coverage


@dataclass(frozen=True)
class MouthInside:
    """Colours of what a portrait with shut lips does not show; [B, 3, 1, 1] in 0..1 unless said otherwise.

    Attributes:
        cavity: The dark of the mouth.
        teeth, tongue: Their colours where light reaches them.
        teeth_shown: [B, 1, 1], 0 to 1: how far the teeth stand out of the dark.
        teeth_drop: [B, 1, 1]: how far the upper teeth reach below the resting mouth line, head units.
    """

    cavity: Tensor
    teeth: Tensor
    tongue: Tensor
    teeth_shown: Tensor
    teeth_drop: Tensor

    def repeat(self, times: int) -> MouthInside:
        """Each sample `times` times in a row."""
        parts = (self.cavity, self.teeth, self.tongue, self.teeth_shown, self.teeth_drop)
        return MouthInside(*(part.repeat_interleave(times, 0) for part in parts))


@dataclass(frozen=True)
class Painted:
    """What must be painted of N moved faces.

    Attributes:
        mask: [N, 1, S, S], 0 to 1: the inside of the mouth, and the lines of shut lids.
        colour: [N, 3, S, S], 0 to 1.
        teeth: [N, 1, S, S], 0 to 1: how much of each pixel are upper teeth between the lips.
    """

    mask: Tensor
    colour: Tensor
    teeth: Tensor


def paint_inside(inside: MouthInside, moved: Moved, size: int) -> Painted:
    """The inside of mouths.

    The upper teeth stay with the skull while the lips pass over them, the tongue goes with the lower lip, and both are darker
    towards the corners and close to the lips.

    Args:
        inside: Colours of N faces.
        moved: What their lips and lids do.
        size: Pixels of a head unit, the side of a picture that shows all of it.
    """
    arch = (1 - moved.across**2).clamp(min=0)
    parted = coverage(0.3 / size - moved.gap, 1.0 / size, size)[:, None]
    deep = (moved.gap / 0.012).clamp(0, 1)
    edge = inside.teeth_drop - 0.010 * (1 - arch.sqrt())
    teeth = coverage(moved.below_rest - edge, 1.2 / size, size) * arch.sqrt().sqrt() * inside.teeth_shown
    teeth_light = (0.8 + 0.2 * (moved.gap / 0.006).clamp(0, 1)) * (0.8 + 0.2 * arch)
    tongue = torch.exp(-((moved.above_lower / 0.016) ** 2)) * torch.exp(-((moved.across / 0.6) ** 2)) * deep * 0.85
    dark = inside.cavity.expand(-1, -1, *moved.gap.shape[-2:])
    colour = torch.lerp(dark, inside.tongue.expand_as(dark), tongue[:, None])
    colour = torch.lerp(colour, inside.teeth * teeth_light[:, None], teeth[:, None])
    lash = coverage(-moved.lash, 1.0 / size, size)[:, None]
    return Painted(torch.maximum(parted, lash), torch.lerp(colour, dark, lash), teeth[:, None] * parted)
