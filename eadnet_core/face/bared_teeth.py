"""Teeth that a portrait shows: where a smile's upper teeth end, so that the mouth opens below them and not through them."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn import functional as F

from .landmarks import INDEX

ROWS, COLUMNS = 40, 5
LEAST_SKIN_SATURATION = 0.1
"""Below it a picture is grey, and bright lips cannot be told from teeth."""
LEAST_HEIGHT = 0.012
"""Of the teeth, crop units: less is a glint."""


@dataclass(frozen=True)
class BaredTeeth:
    """Of B portraits.

    Attributes:
        found: bool [B].
        edge: float32 [B], crop units: height at which the teeth end at the middle of the mouth; meaningless where none were found.
    """

    found: Tensor
    edge: Tensor


def find_bared_teeth(reference: Tensor, landmarks: Tensor, skin: Tensor) -> BaredTeeth:
    """Looks for a band between the lips that is paler than the skin and as light.

    Lips are deeper in hue than the skin around them and the mouth's inside is darker, so teeth are the only thing there that is both.

    Args:
        reference: float32 [B, 3, S, S], -1 to 1.
        landmarks: float32 [B, 29, 2], crop units.
        skin: float32 [B, 3], 0 to 1, colour of the cheeks.

    Source: ours.
    """
    right, left = landmarks[:, INDEX["mouth_right"]], landmarks[:, INDEX["mouth_left"]]
    top, bottom = landmarks[:, INDEX["upper_lip_top"], 1], landmarks[:, INDEX["lower_lip_bottom"], 1] + 0.03
    across = torch.linspace(0.3, 0.7, COLUMNS, device=reference.device)
    down = torch.linspace(0, 1, ROWS, device=reference.device)
    x = torch.lerp(right[:, :1], left[:, :1], across)[:, None].expand(-1, ROWS, -1)
    height = top[:, None] + (bottom - top)[:, None] * down  # [B, ROWS], at the middle
    y = height[:, :, None] + ((left - right)[:, 1:] * (across - 0.5))[:, None]  # [B, ROWS, COLUMNS]
    seen = F.grid_sample(reference, torch.stack([x, y], -1) * 2 - 1, padding_mode="border", align_corners=False)
    seen = (seen.mean(-1) + 1) / 2  # [B, 3, ROWS]
    skin_saturation, saturation = _saturation(skin), _saturation(seen)
    teeth = (saturation < 0.8 * skin_saturation[:, None]) & (seen.mean(1) > 0.9 * skin.mean(1, keepdim=True))
    teeth &= (skin_saturation > LEAST_SKIN_SATURATION)[:, None]
    tall = teeth.sum(1) * (bottom - top) / (ROWS - 1)
    last = (teeth * torch.arange(1, ROWS + 1, device=reference.device)).amax(1)  # row behind the band
    found = (tall > LEAST_HEIGHT) & (last < ROWS)  # a white beard goes on below
    return BaredTeeth(found, top + (bottom - top) * (last - 0.5) / (ROWS - 1))


def _saturation(colour: Tensor) -> Tensor:
    """Of [B, 3, ...], 0 (grey) to 1."""
    return 1 - colour.amin(1) / colour.amax(1).clamp(min=1e-3)
