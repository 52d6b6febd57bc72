"""The emotion classifier's shapes, and what it sees of a face."""

from __future__ import annotations

import numpy as np
import torch

from eadnet_core.emotion.vocabulary import ACTION_UNITS, EMOTIONS
from eadnet_core.face.points import AVERAGE_FACE
from eadnet_core.models.emotion_classifier import (
    FACE_CENTER,
    FACE_EXTENT,
    EmotionClassifier,
    EmotionClassifierConfig,
    cut_face,
    face_transform,
)


def small() -> EmotionClassifier:
    torch.manual_seed(0)
    return EmotionClassifier(EmotionClassifierConfig(face_size=32, channels=(4, 4, 8, 8), width=8)).eval()


def test_a_class_and_24_units_from_0_to_1_for_each_face() -> None:
    logits, units = small()(torch.rand(3, 3, 32, 32) * 2 - 1)
    assert logits.shape == (3, len(EMOTIONS)) and units.shape == (3, len(ACTION_UNITS))
    assert 0 <= units.min() and units.max() <= 1


def test_a_weights_file_has_at_most_two_megabytes() -> None:
    assert 2 * sum(value.numel() for value in EmotionClassifier(EmotionClassifierConfig()).state_dict().values()) < 2_000_000


def test_light_contrast_and_tint_do_not_matter() -> None:
    net, faces = small(), torch.rand(2, 3, 32, 32) - 0.5
    tinted = faces * torch.tensor([1.5, 1.0, 0.7])[:, None, None] + torch.tensor([0.1, 0.0, -0.2])[:, None, None]
    with torch.inference_mode():
        torch.testing.assert_close(net(faces)[0], net(tinted)[0], atol=0.12, rtol=0.12)


def test_it_sees_a_square_of_the_aligned_crop_wherever_the_face_is() -> None:
    """The square's corners are the crop's points centre -+ extent / 2."""
    landmarks = torch.from_numpy(AVERAGE_FACE * 300 + [40, 25])
    to_square = face_transform(landmarks)
    for sign in (-1, 1):
        crop = np.array(FACE_CENTER) + sign * FACE_EXTENT / 2
        pixel = torch.from_numpy(crop * 300 + [40, 25])
        torch.testing.assert_close(to_square[:, :2] @ pixel + to_square[:, 2], torch.full((2,), 0.5 + sign / 2).double(), atol=0.02, rtol=0)


def test_the_face_is_cut_out_upright() -> None:
    """A picture that is light above the nose's tip and dark below it, turned by a right angle with its landmarks: the same crop."""
    image = np.zeros((300, 300, 3), np.uint8)
    image[: round(0.608 * 300)] = 220
    upright = cut_face(image, (AVERAGE_FACE * 300).astype(np.float32), 32)
    turned_points = np.stack([300 - AVERAGE_FACE[:, 1] * 300, AVERAGE_FACE[:, 0] * 300], 1).astype(np.float32)
    turned = cut_face(np.ascontiguousarray(np.rot90(image, -1)), turned_points, 32)
    assert upright.shape == (32, 32, 3) and upright[0].mean() > 215 and upright[-1].mean() < 5
    assert np.abs(upright.astype(int) - turned).mean() < 4
