"""The losses of the base denoiser: the clip itself, its motion, and the exact labels that drawn faces bring.

With real clips only the first two have labels, and only they count. Flow, mask and paint labels teach the same thing many times
faster: a pixel loss says that a moved lip is wrong, the flow label says where it should have come from.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor

from ...face.landmarks import INDEX, five_points
from ...face.soft_shapes import blob, unit_grid
from ...synthetic.clip import DrawnClip
from ...types import Warp
from .recorded_clip import RecordedClip


@dataclass(frozen=True)
class Losses:
    """Each a scalar: see the functions that make them.

    Attributes:
        picture: Error of x0.
        motion: Error of its change from frame to frame.
        flow: Distance of the flow from its label, pixels; None of a recorded clip, which has no labels.
        mask: Cross-entropy of the mouth's mask; None likewise.
        paint: Error of the mouth's colour where it is seen; None likewise.
    """

    picture: Tensor
    motion: Tensor
    flow: Tensor | None = None
    mask: Tensor | None = None
    paint: Tensor | None = None


def importance(landmarks: Tensor, size: int) -> Tensor:
    """Weight map [B, 1, 1, S, S] of clips with landmarks [B, 29, 2]: 1, more at the eyes and brows, most at the mouth."""
    x, y = unit_grid(size, landmarks.device)
    five = five_points(landmarks)[:, :, :, None, None]  # [B, 5, 2, 1, 1]
    mouth = (five[:, 3] + five[:, 4]) / 2
    weight = 1 + 7 * blob(x, y, mouth[:, 0], mouth[:, 1] + 0.015, 0.085, 0.06)
    for eye in (five[:, 0], five[:, 1]):
        weight = weight + 4 * blob(x, y, eye[:, 0], eye[:, 1] - 0.02, 0.055, 0.045)
    chin = landmarks[:, INDEX["chin"], :, None, None]
    return (weight + 2 * blob(x, y, chin[:, 0], chin[:, 1], 0.1, 0.04))[:, None, None]


def losses(warp: Warp, x0: Tensor, clip: DrawnClip | RecordedClip, sigma: Tensor) -> Losses:
    """The losses of an estimate.

    Args:
        warp: The denoiser's answer.
        x0: [B, T, 3, S, S], what it makes of the portrait.
        clip: The true frames, and the labels of a drawn clip.
        sigma: [B, T], noise levels; frames that were given clean count a fifth.
    """
    size = x0.shape[-1]
    where = importance(clip.landmarks, size)
    where = where / where.mean((-2, -1), keepdim=True)
    unknown = torch.where(sigma > 0, 1.0, 0.2)[:, :, None, None, None]
    weight = where * unknown
    error = x0 - clip.frames
    step = (x0[:, 1:] - x0[:, :-1]) - (clip.frames[:, 1:] - clip.frames[:, :-1])
    picture = (weight * (4 * error.square() + error.abs())).mean()
    motion = (where * (4 * step.square() + step.abs())).mean()
    if isinstance(clip, RecordedClip):
        return Losses(picture, motion)
    off_px = (warp.flow - clip.flow) * size
    distance = torch.sqrt(off_px.square().sum(2, keepdim=True) + 0.01) - 0.1
    # far outside the known the label is the nearest guess, so it counts a little
    flow = (distance.clamp(max=8) * weight * (0.05 + 0.95 * clip.flow_known)).mean()
    logit = warp.mask_logit
    edge = F.binary_cross_entropy_with_logits(logit, clip.mask, reduction="none")
    shown = clip.mask * unknown
    return Losses(
        picture=picture,
        motion=motion,
        flow=flow,
        mask=(edge * weight * (1 + 3 * clip.mask)).mean() * 10,
        paint=((warp.paint - clip.paint).abs() * shown).sum() / (3 * shown.sum() + 1),
    )


def viseme_loss(estimate: Tensor, visemes: Tensor) -> Tensor:
    """Squared error of estimated visemes [..., 5], with closures, which are short and must not be missed, counting more."""
    weight = torch.tensor([1.0, 1.0, 1.0, 2.0, 0.7], device=visemes.device) * (1 + 2 * visemes[..., 3:4])
    return (weight * (estimate - visemes).square()).mean() * 10


def caption_loss(estimate: Tensor, action_units: Tensor) -> Tensor:
    """Cross-entropy of the Action Units read from captions, both [..., 24], 0 to 1: it learns rare units faster than squares do."""
    return F.binary_cross_entropy(estimate, action_units)
