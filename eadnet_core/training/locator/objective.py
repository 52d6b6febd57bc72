"""What the locator's networks are trained to do."""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor

from ...face.locator_net import EYE_DISTANCE_UNIT, PROPOSAL_STRIDE, LandmarkEstimate, Proposals
from .scenes import Crops, Scenes

COVERED = (6.5, 19.0)
"""Eye distances in pixels that one level of the pyramid must answer for; the next level is half as large."""
TOLERATED = (4.8, 27.0)
"""Eye distances outside COVERED for which either answer is accepted."""
HEAT_SHARE, SHAPE_SHARE = 0.5, 2.0
"""Weights of the heat and of the proposals' geometry in the sums."""
HEAT_CELLS = 0.9
"""Standard deviation of the target heat of a landmark, in cells of stride 4."""


def landmark_loss(estimate: LandmarkEstimate, crops: Crops) -> dict[str, Tensor]:
    """Distance of the points (mean absolute, in hundredths of the side), cross-entropy of their heat, and of the face score."""
    inside = ((crops.landmarks > 0) & (crops.landmarks < 1)).all(-1) * crops.is_face[:, None]  # [B, 29]
    share = inside / inside.sum().clamp(min=1)
    distance = ((estimate.points - crops.landmarks).abs().sum(-1) * share).sum() * 100

    height, width = estimate.log_heat.shape[-2:]
    x = torch.arange(width, device=inside.device) + 0.5
    y = torch.arange(height, device=inside.device) + 0.5
    across = torch.exp(-0.5 * ((x - crops.landmarks[..., :1] * width) / HEAT_CELLS) ** 2)
    down = torch.exp(-0.5 * ((y - crops.landmarks[..., 1:] * height) / HEAT_CELLS) ** 2)
    target = down[..., :, None] * across[..., None, :]  # [B, 29, h, w]
    target = target / target.sum((-1, -2), keepdim=True).clamp(min=1e-6)
    heat = -((target * estimate.log_heat).sum((-1, -2)) * share).sum()
    face = F.binary_cross_entropy_with_logits(estimate.logit, crops.is_face)
    return {"points": distance, "heat": HEAT_SHARE * heat, "face": face}


def proposal_loss(proposals: Proposals, scenes: Scenes) -> dict[str, Tensor]:
    """Focal loss of the centre map, and mean absolute error of centre, size and roll near the centres.

    Source: Zhou et al., "Objects as Points", 2019 (equation 1); sizes between COVERED and TOLERATED count for nothing.
    """
    logit, shape = proposals
    height, width = logit.shape[-2:]
    x = (torch.arange(width, device=logit.device) + 0.5) * PROPOSAL_STRIDE
    y = (torch.arange(height, device=logit.device) + 0.5) * PROPOSAL_STRIDE
    offset_x = scenes.centers[:, :1, None] - x  # [B, 1, w]
    offset_y = scenes.centers[:, 1:, None] - y[:, None]  # [B, h, 1]
    distance = torch.hypot(*torch.broadcast_tensors(offset_x, offset_y))  # [B, h, w]
    size = scenes.eye_distance
    covered = scenes.is_face * ((size > COVERED[0]) & (size < COVERED[1]))
    tolerated = scenes.is_face * ((size > TOLERATED[0]) & (size < TOLERATED[1])) * (1 - covered)
    reach = torch.clamp(0.35 * size, min=0.6 * PROPOSAL_STRIDE)[:, None, None]
    soft = torch.exp(-0.5 * (distance / reach) ** 2) * covered[:, None, None]
    nearest = (distance == distance.flatten(1).amin(1)[:, None, None]).float() * covered[:, None, None]
    counted = 1 - tolerated[:, None, None] * (distance < 2.5 * reach)

    log_yes, log_no = F.logsigmoid(logit[:, 0]), F.logsigmoid(-logit[:, 0])
    yes = log_yes.exp()
    focal = nearest * (1 - yes) ** 2 * log_yes + (1 - nearest) * (1 - soft) ** 4 * yes**2 * log_no * counted
    answers = [
        offset_x / EYE_DISTANCE_UNIT,
        offset_y / EYE_DISTANCE_UNIT,
        *(value[:, None, None] for value in ((size / EYE_DISTANCE_UNIT).log(), scenes.roll.cos(), scenes.roll.sin())),
    ]
    target = torch.stack([answer.expand_as(distance) for answer in answers], 1)  # [B, 5, h, w]
    near = soft * (soft > 0.3)
    error = ((shape - target).abs().mean(1) * near).sum() / near.sum().clamp(min=1)
    return {"center": -focal.sum() / covered.sum().clamp(min=1), "shape": SHAPE_SHARE * error}
