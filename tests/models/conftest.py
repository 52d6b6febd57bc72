"""A denoiser small enough for tests, and conditions for it."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import torch

from eadnet_core.face.landmarks import LANDMARKS
from eadnet_core.models.conditioning import ConditioningConfig
from eadnet_core.models.denoiser import DenoiserConfig
from eadnet_core.models.frame_graph import FrameGraphConfig
from eadnet_core.models.speech_encoder import SpeechEncoderConfig
from eadnet_core.models.text_encoder import TextEncoderConfig
from eadnet_core.types import Conditions

HALF_FACE = {
    "brow_outer": (0.31, 0.38), "brow_mid": (0.37, 0.36), "brow_inner": (0.44, 0.38),
    "eye_outer": (0.34, 0.45), "eye_top": (0.39, 0.435), "eye_inner": (0.44, 0.45), "eye_bottom": (0.39, 0.465),
    "nose": (0.47, 0.57), "mouth": (0.42, 0.685), "jaw": (0.25, 0.5), "jaw_lower": (0.31, 0.7),
}  # fmt: skip
MIDLINE = {
    "nose_bridge": 0.45, "nose_tip": 0.56, "upper_lip_top": 0.665, "upper_lip_bottom": 0.684,
    "lower_lip_top": 0.686, "lower_lip_bottom": 0.71, "chin": 0.82,
}  # fmt: skip


def _face() -> torch.Tensor:
    """A symmetric face's landmarks [29, 2] in crop units."""
    points = {name: (0.5, y) for name, y in MIDLINE.items()}
    for name, (x, y) in HALF_FACE.items():
        part, _, rest = name.partition("_")
        for side, across in (("right", x), ("left", 1 - x)):
            paired = {"nose": f"nose_{side}", "mouth": f"mouth_{side}", "jaw": f"jaw_{side}", "jaw_lower": f"jaw_lower_{side}"}
            points[paired.get(name, f"{side}_{part}_{rest}")] = (across, y)
    return torch.tensor([points[name] for name in LANDMARKS])


@pytest.fixture
def small_config() -> DenoiserConfig:
    return DenoiserConfig(
        channels=(8, 16, 16),
        down_blocks=(1, 1, 1),
        up_blocks=(1, 1),
        num_heads=(2, 2, 2),
        fine_channels=4,
        position_waves=4,
        num_shapes=5,
        graph=FrameGraphConfig(key_width=8, num_neighbours=4, max_distance=8, memory_length=4, memory_stride=2),
        conditioning=ConditioningConfig(
            width=16,
            token_width=12,
            noise_waves=4,
            speech=SpeechEncoderConfig(width=16),
            text=TextEncoderConfig(num_buckets=64, word_width=12, width=10),
        ),
    )


@pytest.fixture
def draw_conditions() -> Callable[..., Conditions]:
    """conditions(batch, num_frames, size): random ones, all controls present."""

    def draw(batch: int, num_frames: int, size: int = 32) -> Conditions:
        rand = torch.Generator().manual_seed(7)

        def unit(*shape: int) -> torch.Tensor:
            return torch.rand(shape, generator=rand)

        return Conditions(
            reference=unit(batch, 3, size, size) * 2 - 1,
            landmark_maps=unit(batch, 5, size, size),
            landmarks=_face().expand(batch, -1, -1),
            mel=unit(batch, 4 * (num_frames + 6), 64) * 4 - 2,
            text_ids=torch.randint(1, 64, (batch, 2, 5, 4), generator=rand),
            text_weights=torch.softmax(unit(batch, num_frames, 2), -1),
            emotion=unit(batch, num_frames, 8),
            action_units=unit(batch, num_frames, 24),
            head_pose=unit(batch, num_frames, 6) * 0.1,
            gaze=unit(batch, num_frames, 2),
            blink=unit(batch, num_frames, 2),
        )

    return draw
