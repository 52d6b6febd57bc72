"""The locator's two networks: one proposes faces anywhere in a picture, the other places 29 landmarks in a rough crop."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from .landmarks import LANDMARKS

EYE_DISTANCE_UNIT = 10.0
"""Eye distance in pixels for which the proposal network's log size is zero."""
FACE_CENTER = (0.5, 0.55)
"""The middle of a face in crop units: what the proposal network looks for."""
PROPOSAL_STRIDE = 8
GRAY = (0.299, 0.587, 0.114)


@dataclass(frozen=True, kw_only=True)
class LocatorConfig:
    """Widths of the networks at each halving of the resolution, and the geometry they were trained for.

    Attributes:
        proposal_widths: Channels of the proposal network at strides 2, 4, 8 and 16.
        landmark_widths: Channels of the landmark network at strides 2, 4, 8 and 16.
        crop_size: Side of the landmark network's input in pixels.
        crop_extent: Side of that input in crop units (see face.landmarks.CANONICAL).
        crop_center: What lies at its centre, crop units.
    """

    proposal_widths: tuple[int, int, int, int] = (16, 32, 64, 88)
    landmark_widths: tuple[int, int, int, int] = (24, 48, 96, 128)
    crop_size: int = 64
    crop_extent: float = 0.85
    crop_center: tuple[float, float] = (0.5, 0.57)


class Proposals(NamedTuple):
    """What the proposal network says at every cell of PROPOSAL_STRIDE.

    Attributes:
        logit: [B, 1, h, w]: a face's centre (FACE_CENTER) lies here.
        shape: [B, 5, h, w]: offset of the centre (x, y, in EYE_DISTANCE_UNIT pixels), log eye distance, roll as (cos, sin).
    """

    logit: Tensor
    shape: Tensor


class LandmarkEstimate(NamedTuple):
    """What the landmark network says of a crop.

    Attributes:
        points: [B, 29, 2]: x, y in units of the crop's side, 0 to 1.
        log_heat: [B, 29, h, w]: log-probabilities of each point over the cells of stride 4.
        logit: [B]: the crop shows a face, roughly aligned.
    """

    points: Tensor
    log_heat: Tensor
    logit: Tensor


def locally_normalised(images: Tensor, radius: int) -> Tensor:
    """Three grey views that look alike in photographs, paintings and drawings: structure without its colour and contrast.

    Args:
        images: [B, 3, H, W], RGB, 0 to 1; sides divisible by 4.
        radius: Half width of the fine neighbourhood in pixels; the coarse one is three times as wide.

    Returns:
        [B, 3, H, W]: brightness against the fine and the coarse neighbourhood, in its standard deviations, softly limited,
        and the relief of fine detail (local standard deviation against the coarse one).

    Source: ours, after the local contrast normalisation of Jarrett et al., 2009.
    """
    gray = (images * images.new_tensor(GRAY)[:, None, None]).sum(1, keepdim=True).float()  # [B, 1, H, W]
    moments = F.avg_pool2d(torch.cat([gray, gray**2], 1), 4)  # [B, 2, H / 4, W / 4]: neighbourhoods need no finer grid

    def mean(x: Tensor, half: int) -> Tensor:
        for _ in range(2):  # two boxes: nearly a Gaussian, without ringing
            padded = F.pad(x, (half, half, half, half), mode="replicate")
            x = F.avg_pool2d(F.avg_pool2d(padded, (2 * half + 1, 1), 1), (1, 2 * half + 1), 1)
        return x

    views, deviations = [], []
    for half in (max(1, round(radius / 4)), round(3 * radius / 4)):
        center, square = mean(moments, half).split(1, 1)
        stacked = torch.cat([center, (square - center**2).clamp(min=0).sqrt()], 1)
        center, deviation = F.interpolate(stacked, scale_factor=4.0, mode="bilinear", align_corners=False).split(1, 1)
        views.append(torch.tanh((gray - center) / (deviation + 0.02) * 0.7))
        deviations.append(deviation)
    relief = torch.tanh((deviations[0] + 0.01) / (deviations[1] + 0.02) - 0.7)
    return torch.cat([*views, relief], 1)  # [B, 3, H, W]


def _conv(inputs: int, outputs: int, stride: int = 1, kernel: int = 3) -> nn.Sequential:
    return nn.Sequential(
        nn.Conv2d(inputs, outputs, kernel, stride, kernel // 2, bias=False), nn.BatchNorm2d(outputs), nn.ReLU(inplace=True)
    )


class Residual(nn.Module):
    """Two 3x3 convolutions beside an identity."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.first = _conv(width, width)
        self.second = nn.Sequential(nn.Conv2d(width, width, 3, 1, 1, bias=False), nn.BatchNorm2d(width))

    def forward(self, x: Tensor) -> Tensor:
        """[B, width, h, w] to the same."""
        return F.relu(x + self.second(self.first(x)), inplace=True)


class ProposalNet(nn.Module):
    """Where faces with an eye distance of 7 to 18 pixels may be; run over an image pyramid it covers every size. Source: ours."""

    def __init__(self, config: LocatorConfig) -> None:
        super().__init__()
        w2, w4, w8, w16 = config.proposal_widths
        self.at8 = nn.Sequential(_conv(3, w2, 2), _conv(w2, w4, 2), _conv(w4, w8, 2), Residual(w8))
        self.at16 = nn.Sequential(_conv(w8, w16, 2), Residual(w16), Residual(w16), _conv(w16, w8, kernel=1))
        self.head = nn.Sequential(Residual(w8), _conv(w8, w8), nn.Conv2d(w8, 6, 1))
        final = self.head[-1]
        assert isinstance(final, nn.Conv2d) and final.bias is not None
        nn.init.constant_(final.bias[:1], -4.0)  # faces are rare: the focal loss starts calm

    def forward(self, images: Tensor) -> Proposals:
        """[B, 3, H, W], RGB, 0 to 1, sides divisible by 16."""
        fine = self.at8(locally_normalised(images, radius=5))
        out = self.head(fine + F.interpolate(self.at16(fine), scale_factor=2.0, mode="nearest")).float()
        return Proposals(out[:, :1], out[:, 1:])


class LandmarkNet(nn.Module):
    """29 landmarks in a crop whose framing may be off by some 30 degrees, a third in size and a fifth in place.

    An hourglass down to stride 16 and back to stride 4, so that every point sees the whole crop. Source: ours.
    """

    def __init__(self, config: LocatorConfig) -> None:
        super().__init__()
        w2, w4, w8, w16 = config.landmark_widths
        self.radius = config.crop_size // 12
        self.at4 = nn.Sequential(_conv(3, w2, 2), _conv(w2, w4, 2), Residual(w4))
        self.at8 = nn.Sequential(_conv(w4, w8, 2), Residual(w8))
        self.at16 = nn.Sequential(_conv(w8, w16, 2), Residual(w16))
        self.summary = nn.Linear(w16, w16)
        self.up8, self.merge8 = _conv(w16, w8, kernel=1), Residual(w8)
        self.up4, self.merge4 = _conv(w8, w4, kernel=1), Residual(w4)
        self.heat = nn.Conv2d(w4, len(LANDMARKS), 1)
        self.score = nn.Linear(w16, 1)

    def forward(self, crops: Tensor) -> LandmarkEstimate:
        """[B, 3, crop_size, crop_size], RGB, 0 to 1."""
        at4 = self.at4(locally_normalised(crops, self.radius))
        at8 = self.at8(at4)
        at16 = self.at16(at8)
        summary = at16.mean((-1, -2))  # [B, w16]
        at16 = at16 + self.summary(summary)[..., None, None]
        at8 = self.merge8(at8 + F.interpolate(self.up8(at16), scale_factor=2.0, mode="nearest"))
        at4 = self.merge4(at4 + F.interpolate(self.up4(at8), scale_factor=2.0, mode="nearest"))
        heat = self.heat(at4).float()  # [B, 29, h, w]
        log_heat = heat.flatten(2).log_softmax(-1).view_as(heat)
        return LandmarkEstimate(expected_position(log_heat.exp()), log_heat, self.score(summary)[:, 0].float())


def expected_position(heat: Tensor) -> Tensor:
    """Means [..., 2] (x, y, 0 to 1) of probability maps [..., h, w]: the differentiable form of the highest cell."""
    height, width = heat.shape[-2:]
    x = (torch.arange(width, device=heat.device) + 0.5) / width
    y = (torch.arange(height, device=heat.device) + 0.5) / height
    return torch.stack([(heat.sum(-2) * x).sum(-1), (heat.sum(-1) * y).sum(-1)], -1)


class LocatorNet(nn.Module):
    """Both networks under one checkpoint."""

    def __init__(self, config: LocatorConfig) -> None:
        super().__init__()
        self.config = config
        self.proposal = ProposalNet(config)
        self.landmark = LandmarkNet(config)
