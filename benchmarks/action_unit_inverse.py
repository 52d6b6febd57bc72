"""The inverse of the drawn faces' motion: from what a clip shows to the Action Units that make it.

`face.deformation` says where each pixel of a face goes when an Action Unit moves. Fitted to a face's true landmarks it gives 24
displacement fields a frame; how much of each lies in the difference of two clips that are alike but for Action Units is a least
squares problem, of the clips' flow or of their pixels alone.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn import functional as F

from eadnet_core.emotion.vocabulary import ACTION_UNITS
from eadnet_core.face.deformation import Pose
from eadnet_core.models.face_rig import rig_warp
from eadnet_core.synthetic.canvas import gaussian_blur, warp_image

PROBE = 0.5
"""The strength at which an Action Unit's displacement is read; it is nearly linear, but for lids."""
STEP = 2
"""Pixels between the places that are compared."""
ROUNDS = 4
FLOW_NOISE_PX = 0.5
GREY_NOISE = 0.02
"""Residuals, of -1 to 1, beyond which a pixel is taken as explained by something else than motion, such as teeth that appear."""
BLUR_PX = 1.0


@dataclass(frozen=True)
class ActionUnitInverse:
    """Attributes:
    fields: float32 [T, 24, 2, P]: displacement at P places, crop units, for each unit of each Action Unit.
    x, y: float32 [P]: the places, crop units.
    size: Side of the crop in pixels.
    """

    fields: Tensor
    x: Tensor
    y: Tensor
    size: int

    @staticmethod
    def of_face(reference: Tensor, landmarks: Tensor, pose: Pose) -> ActionUnitInverse:
        """The inverse for one face.

        Args:
            reference: [3, S, S], -1 to 1.
            landmarks: [29, 2], exact, crop units.
            pose: What the face does beside its Action Units, which are all 0; T moments.
        """
        num_frames, size = len(pose.visemes), reference.shape[-1]

        def flow(units: Tensor) -> Tensor:
            moved = Pose(units, pose.visemes, pose.head, pose.gaze, pose.blink)
            return _places(rig_warp(reference[None], landmarks[None], moved, num_frames).flow[0])  # [T, 2, P]

        rest = flow(pose.action_units)
        probes = PROBE * torch.eye(len(ACTION_UNITS))[:, None].expand(-1, num_frames, -1)
        fields = torch.stack([(flow(probe) - rest) / PROBE for probe in probes], 1)
        axis = (torch.arange(size) + 0.5) / size
        y, x = torch.meshgrid(axis, axis, indexing="ij")
        return ActionUnitInverse(fields, _places(x), _places(y), size)

    def of_flow(self, flow: Tensor, without: Tensor) -> Tensor:
        """Action Units [T, 24] that lead from one flow [T, 2, S, S] to another, robust least squares."""
        system = self.fields.permute(0, 2, 3, 1).flatten(1, 2)  # [T, 2P, 24]
        difference = _places(flow - without)  # [T, 2, P]
        weight = torch.ones_like(difference)
        units = torch.zeros(len(flow), len(ACTION_UNITS))
        for _ in range(ROUNDS):
            units = _solved(system, difference.flatten(1), weight.flatten(1), FLOW_NOISE_PX / self.size, units * 0)
            left = difference - torch.einsum("tkcp,tk->tcp", self.fields, units)
            weight = _trust(left.square().sum(1, keepdim=True), FLOW_NOISE_PX / self.size).expand_as(left)
        return units

    def of_pixels(self, frames: Tensor, without: Tensor) -> Tensor:
        """Action Units [T, 24] that lead from one clip [T, 3, S, S] to another, by the pixels alone.

        Source: Lucas and Kanade, An iterative image registration technique, 1981, with these fields in the place of a shift.
        """
        target, source = (gaussian_blur(clip.mean(1, keepdim=True), BLUR_PX) for clip in (frames, without))
        edge = F.pad(source, (1, 1, 1, 1), mode="replicate") * self.size / 2
        slope_x = edge[..., 1:-1, 2:] - edge[..., 1:-1, :-2]
        slope_y = edge[..., 2:, 1:-1] - edge[..., :-2, 1:-1]
        layers, seen = torch.cat([source, slope_x, slope_y], 1), _places(target)[:, 0]  # [T, 3, S, S], [T, P]
        units = torch.zeros(len(frames), len(ACTION_UNITS))
        for _ in range(ROUNDS):
            shift = torch.einsum("tkcp,tk->tcp", self.fields, units)
            read = warp_image(layers, (self.x + shift[:, 0])[:, None], (self.y + shift[:, 1])[:, None])[:, :, 0]  # [T, 3, P]
            left = seen - read[:, 0]
            system = (self.fields * read[:, None, 1:]).sum(2).mT  # [T, P, 24]
            units = units + _solved(system, left, _trust(left.square(), GREY_NOISE), GREY_NOISE, units)
        return units


def _places(picture: Tensor) -> Tensor:
    """Every STEP-th pixel in each direction of [..., S, S], as [..., P]."""
    return picture[..., ::STEP, ::STEP].flatten(-2)


def _trust(squared: Tensor, noise: float) -> Tensor:
    """Weights of Geman and McClure: 1 for small residuals, 0 for large ones."""
    return (1 + squared / noise**2) ** -2


def _solved(system: Tensor, left: Tensor, weight: Tensor, noise: float, units: Tensor) -> Tensor:
    """The step [T, 24] that makes `left` [T, P] smallest through `system` [T, P, 24]; Action Units vary by about 1 around 0."""
    weighted = system * weight[..., None]
    matrix = weighted.mT @ system + noise**2 * torch.eye(system.shape[-1])
    right = (weighted.mT @ left[..., None])[..., 0] - noise**2 * units
    return torch.linalg.solve(matrix, right[..., None])[..., 0]
