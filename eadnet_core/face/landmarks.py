"""The landmark scheme: which points a face has, where they belong in a crop, and how they are drawn as soft maps."""

from __future__ import annotations

import torch
from torch import Tensor

LANDMARKS = (
    "right_brow_outer", "right_brow_mid", "right_brow_inner",
    "left_brow_inner", "left_brow_mid", "left_brow_outer",
    "right_eye_outer", "right_eye_top", "right_eye_inner", "right_eye_bottom",
    "left_eye_inner", "left_eye_top", "left_eye_outer", "left_eye_bottom",
    "nose_bridge", "nose_tip", "nose_right", "nose_left",
    "mouth_right", "mouth_left",
    "upper_lip_top", "upper_lip_bottom", "lower_lip_top", "lower_lip_bottom",
    "jaw_right", "jaw_lower_right", "chin", "jaw_lower_left", "jaw_left",
)  # fmt: skip
"""29 points; right and left are the person's own, so right_* lies at smaller x in an unmirrored picture."""
INDEX = {name: i for i, name in enumerate(LANDMARKS)}

FIVE_POINTS = ("right_eye", "left_eye", "nose_tip", "mouth_right", "mouth_left")

CANONICAL = {"right_eye": (0.39, 0.45), "left_eye": (0.61, 0.45), "mouth": (0.5, 0.685)}
"""Where eye centres and mouth centre lie in the unit square of an aligned crop; a similarity transform fits a face to it."""

MAPS: dict[str, tuple[tuple[str, ...], ...]] = {
    "eyes": (
        ("right_eye_outer", "right_eye_top", "right_eye_inner", "right_eye_bottom", "right_eye_outer"),
        ("left_eye_outer", "left_eye_top", "left_eye_inner", "left_eye_bottom", "left_eye_outer"),
    ),
    "brows": (("right_brow_outer", "right_brow_mid", "right_brow_inner"), ("left_brow_inner", "left_brow_mid", "left_brow_outer")),
    "nose": (("nose_bridge", "nose_tip"), ("nose_right", "nose_tip", "nose_left")),
    "mouth": (
        ("mouth_right", "upper_lip_bottom", "mouth_left"),
        ("mouth_right", "lower_lip_top", "mouth_left"),
    ),
    "jaw": (("jaw_right", "jaw_lower_right", "chin", "jaw_lower_left", "jaw_left"),),
}
"""The soft maps that join the denoiser's input, each a set of polylines over landmarks. Source: AUHead's structured 2-D representation."""


def five_points(landmarks: Tensor) -> Tensor:
    """Eye centres, nose tip and mouth corners of full landmark sets.

    Args:
        landmarks: [..., 29, 2], any unit.

    Returns:
        [..., 5, 2] in the order of FIVE_POINTS, same unit.
    """
    right = [INDEX[f"right_eye_{side}"] for side in ("outer", "top", "inner", "bottom")]
    left = [INDEX[f"left_eye_{side}"] for side in ("outer", "top", "inner", "bottom")]
    single = [INDEX[name] for name in FIVE_POINTS[2:]]
    eyes = [landmarks[..., right, :].mean(-2), landmarks[..., left, :].mean(-2)]
    return torch.stack([*eyes, *(landmarks[..., i, :] for i in single)], -2)  # [..., 5, 2]


def draw_landmark_maps(landmarks: Tensor, size: int, width: float = 0.018) -> Tensor:
    """Soft maps of eyes, brows, nose, mouth line and jaw: 1 on the line, falling as a Gaussian of the distance.

    Args:
        landmarks: [B, 29, 2] in crop units (0 to 1, x then y).
        size: Side of the maps in pixels.
        width: Standard deviation of the lines in crop units.

    Returns:
        [B, 5, size, size], 0 to 1.
    """
    axis = (torch.arange(size, device=landmarks.device, dtype=landmarks.dtype) + 0.5) / size
    grid = torch.stack(torch.meshgrid(axis, axis, indexing="xy"), -1)  # [S, S, 2]
    maps = []
    for lines in MAPS.values():
        start = [INDEX[a] for line in lines for a in line[:-1]]
        end = [INDEX[b] for line in lines for b in line[1:]]
        distance = _segment_distance(grid, landmarks[:, start], landmarks[:, end])  # [B, N, S, S]
        maps.append(torch.exp(-0.5 * (distance.amin(1) / width) ** 2))
    return torch.stack(maps, 1)  # [B, 5, S, S]


def _segment_distance(grid: Tensor, start: Tensor, end: Tensor) -> Tensor:
    along = (end - start)[:, :, None, None]  # [B, N, 1, 1, 2]
    offset = grid - start[:, :, None, None]  # [B, N, S, S, 2]
    share = ((offset * along).sum(-1) / (along**2).sum(-1).clamp(min=1e-8)).clamp(0, 1)
    return (offset - share[..., None] * along).norm(dim=-1)
