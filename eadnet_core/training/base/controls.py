"""What training clips do: random feelings, Action Units, head motion, gaze and blinks, and which of them the denoiser is told."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Generator, Tensor

from ...emotion.captions import draw_captions
from ...emotion.tokenizer import encode_captions
from ...emotion.track import NEUTRAL_CAPTION
from ...emotion.vocabulary import ACTION_UNITS, EMOTIONS
from ...synthetic.clip import ClipControls, emotion_action_units
from ...types import Conditions

HEAD_SPREAD = (0.07, 0.055, 0.045, 0.012, 0.012, 0.012)
"""Standard deviation of head pose relative to the portrait: yaw, pitch, roll (radians), x, y (crop units), log scale."""
LIDS = [ACTION_UNITS.index("AU45L"), ACTION_UNITS.index("AU45R")]


@dataclass(frozen=True)
class Told:
    """What the denoiser is told of a clip, beside portrait and speech; fields and shapes of types.Conditions.

    Attributes:
        values: The control tensors by the names of Conditions.
        given: Names of the optional controls to bool [B].
    """

    values: dict[str, Tensor]
    given: dict[str, Tensor]

    def conditions(self, reference: Tensor, landmark_maps: Tensor, landmarks: Tensor, mel: Tensor) -> Conditions:
        """The conditions of the clip."""
        return Conditions(reference, landmark_maps, landmarks, mel, **self.values, given=self.given)


def draw_controls(visemes: Tensor, drop: float, generator: Generator) -> tuple[ClipControls, Told]:
    """Random controls for clips that speak.

    A fifth is neutral, a third has a class with an intensity, the rest a caption. A third has Action Unit curves of its own on
    top, and is told the sum. Intensity rises or falls along some clips, of a caption by mixing it with the neutral one, as tracks
    do. Source: ours.

    Args:
        visemes: [B, T, 5], what is said.
        drop: Share of samples without each control.
        generator: Source of all randomness; its device is the device of the result.

    Returns:
        What the clip does, and what the denoiser is told of it.
    """
    batch, num_frames = visemes.shape[:2]
    device = generator.device

    def chance(probability: float) -> Tensor:
        return torch.rand(batch, generator=generator, device=device) < probability

    text_ids, text_emotion, text_units = (t.to(device) for t in draw_captions(batch, generator))
    neutral_ids = encode_captions([NEUTRAL_CAPTION]).to(device)[None].expand(batch, -1, -1, -1)
    kind = torch.rand(batch, generator=generator, device=device)
    by_text, neutral = kind > 0.55, kind < 0.2
    label_emotion = _drawn_labels(batch, generator)
    emotion = torch.where(by_text[:, None], text_emotion, label_emotion) * ~neutral[:, None]
    classes = torch.stack([emotion_action_units(name) for name in EMOTIONS]).to(device)
    units = torch.where(by_text[:, None], text_units, label_emotion @ classes) * ~neutral[:, None]
    ramp = _ramp(batch, num_frames, generator)[..., None]  # [B, T, 1]
    emotion, units = emotion[:, None] * ramp, units[:, None] * ramp

    units_told = chance(0.35)
    units = (units + _sparse_curves(batch, num_frames, generator) * units_told[:, None, None]).clamp(0, 1)
    head, gaze, blink = _head(batch, num_frames, generator), _gaze(batch, num_frames, generator), _blink(batch, num_frames, generator)
    told = {
        "mel": ~chance(drop),
        "text_ids": by_text & ~neutral,
        "emotion": (~by_text | chance(0.6)) & ~chance(drop),
        "action_units": units_told & ~chance(drop),
        "head_pose": ~chance(drop),
        "gaze": ~chance(drop),
        "blink": ~chance(drop),
    }
    values = {
        "text_ids": torch.cat([text_ids, neutral_ids], 1),
        "text_weights": torch.cat([ramp, 1 - ramp], -1),
        "emotion": emotion,
        "action_units": units,
        "head_pose": head,
        "gaze": gaze,
        "blink": blink,
    }
    return ClipControls(visemes, units, head, gaze, blink), Told(values, told)


def _drawn_labels(batch: int, generator: Generator) -> Tensor:
    """[B, 8], a class, or now and then two, times an intensity."""
    device, rand = generator.device, torch.rand(batch, 3, generator=generator, device=generator.device)
    first, second = torch.randint(0, len(EMOTIONS), (2, batch), generator=generator, device=device)
    eye = torch.eye(len(EMOTIONS), device=device)
    share = torch.where(rand[:, 0] < 0.2, rand[:, 1], 0.0)[:, None]
    return (eye[first] * (1 - share) + eye[second] * share) * rand[:, 2:].sqrt()


def _ramp(batch: int, num_frames: int, generator: Generator) -> Tensor:
    """[B, T]: 1, or for a third of the clips a line between two random shares."""
    rand = torch.rand(batch, 3, generator=generator, device=generator.device)
    steps = torch.linspace(0, 1, num_frames, device=generator.device)
    line = rand[:, :1] + (rand[:, 1:2] - rand[:, :1]) * steps
    return torch.where(rand[:, 2:] < 0.33, line, torch.ones_like(line))


def _sparse_curves(batch: int, num_frames: int, generator: Generator) -> Tensor:
    """[B, T, 24]: about four active Action Units, each moving smoothly between two values; lids have their own control."""
    size, device = (batch, 1, len(ACTION_UNITS)), generator.device
    rand = torch.rand(5, *size, generator=generator, device=device)
    active = (rand[0] < 4 / len(ACTION_UNITS)).float()
    time = torch.linspace(0, 1, num_frames, device=device)[None, :, None]
    swing = torch.sigmoid((time - rand[1]) * (4 + 12 * rand[2]))
    curves = active * (rand[3] + (rand[4] - rand[3]) * swing)
    curves[..., LIDS] *= 0.5
    return curves


def _head(batch: int, num_frames: int, generator: Generator) -> Tensor:
    """[B, T, 6]: a pose and a slow drift through it."""
    device = generator.device
    spread = torch.tensor(HEAD_SPREAD, device=device)
    pose, drift = torch.randn(2, batch, 1, len(HEAD_SPREAD), generator=generator, device=device)
    time = torch.linspace(-0.5, 0.5, num_frames, device=device)[None, :, None] * num_frames / 25
    return (pose + 1.5 * drift * time).clamp(-2.5, 2.5) * spread


def _gaze(batch: int, num_frames: int, generator: Generator) -> Tensor:
    """[B, T, 2]: fixations with a jump between."""
    device = generator.device
    before, after = torch.randn(2, batch, 1, 2, generator=generator, device=device) * 0.45
    at = torch.randint(0, 2 * num_frames, (batch, 1, 1), generator=generator, device=device)
    frames = torch.arange(num_frames, device=device)[None, :, None]
    return torch.where(frames < at, before, after).clamp(-1, 1)


def _blink(batch: int, num_frames: int, generator: Generator) -> Tensor:
    """[B, T, 2]: both lids shut for a moment in most clips; some droop, some wink."""
    device = generator.device
    rand = torch.rand(4, batch, 1, generator=generator, device=device)
    centre = rand[0] * (num_frames + 8) - 4
    time = torch.arange(num_frames, device=device)[None] - centre
    curve = (1.35 - (time / torch.where(time < 0, 2.6, 4.2)).abs()).clamp(0, 1)  # [B, T]
    curve = torch.maximum(curve, torch.where(rand[1] < 0.1, rand[2], 0.0))
    one_eye = torch.stack([rand[3] < 0.96, (rand[3] > 0.04)], -1)  # [B, 1, 2]
    return curve[..., None] * one_eye
