"""A small classifier of expressions: which of the eight classes a face shows, and which Action Units."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor, nn

from ..emotion.vocabulary import ACTION_UNITS, EMOTIONS
from ..face.align import crop_square, crop_transform
from .syncnet import Residual

FACE_CENTER, FACE_EXTENT = (0.5, 0.61), 0.54
"""What the classifier sees of an aligned crop: a square from above the brows to below the chin; its centre and its side in crop units."""
LEAST_SPREAD = 0.05
"""Of the brightness of a face (its range is 2), so that a black picture stays black."""


@dataclass(frozen=True, kw_only=True)
class EmotionClassifierConfig:
    """Attributes:
    face_size: Side of the faces in pixels, divisible by 16.
    channels: At strides 2, 4, 8 and 16.
    width: Of the last layer before the answers.
    """

    face_size: int = 64
    channels: tuple[int, int, int, int] = (24, 40, 72, 96)
    width: int = 96


class EmotionClassifier(nn.Module):
    """One frame's face to a class and to Action Units; a clip's answer is the mean over its frames, in which speech averages out.

    Each colour channel is brought to mean 0 and deviation 1 first, so that light and skin tone count little. Source: ours.
    """

    def __init__(self, config: EmotionClassifierConfig) -> None:
        super().__init__()
        self.config = config
        inputs, layers = 3, list[nn.Module]()
        for depth, outputs in enumerate(config.channels):
            layers += [nn.Conv2d(inputs, outputs, 3, 2, 1, bias=False), nn.BatchNorm2d(outputs), nn.ReLU(inplace=True)]
            layers += [Residual(outputs)] if depth else []
            inputs = outputs
        side = config.face_size // 16
        layers += [nn.Flatten(), nn.Linear(side**2 * inputs, config.width, bias=False), nn.BatchNorm1d(config.width), nn.ReLU(inplace=True)]
        self.trunk = nn.Sequential(*layers)
        self.to_class, self.to_units = nn.Linear(config.width, len(EMOTIONS)), nn.Linear(config.width, len(ACTION_UNITS))

    def forward(self, faces: Tensor) -> tuple[Tensor, Tensor]:
        """Logits [N, 8] over EMOTIONS and Action Units [N, 24], 0 to 1, of faces [N, 3, face_size, face_size], -1 to 1."""
        mean, spread = faces.mean((2, 3), keepdim=True), faces.std((2, 3), keepdim=True)
        seen = self.trunk((faces - mean) / (spread + LEAST_SPREAD))
        return self.to_class(seen), self.to_units(seen).sigmoid()


def cut_face(frame: np.ndarray, landmarks: np.ndarray, size: int) -> np.ndarray:
    """What the classifier sees of a frame: uint8 [size, size, 3].

    Args:
        frame: uint8 [H, W, 3], RGB.
        landmarks: [29, 2] in pixels.
        size: EmotionClassifierConfig.face_size.
    """
    return crop_square(frame, face_transform(torch.from_numpy(landmarks).double()).numpy(), size)


def face_transform(landmarks: Tensor) -> Tensor:
    """The transform [..., 2, 3] from the unit of landmarks [..., 29, 2] to the classifier's square, 0 to 1."""
    to_square = crop_transform(landmarks) / FACE_EXTENT
    shift = torch.tensor([0.5 - center / FACE_EXTENT for center in FACE_CENTER]).to(landmarks)
    return torch.cat([to_square[..., :2], (to_square[..., 2] + shift)[..., None]], -1)
