"""What a frame is made from: one global vector and a few tokens, of controls that may all be missing."""

from __future__ import annotations

from dataclasses import dataclass, field

import torch
from torch import Tensor, nn

from ..config import LATER
from ..emotion.vocabulary import ACTION_UNITS, EMOTIONS
from ..types import SPEECH_CONTEXT, Conditions
from .embeddings import NoiseLevelEmbedding
from .speech_encoder import SpeechEncoder, SpeechEncoderConfig, surroundings
from .text_encoder import TextEncoder, TextEncoderConfig

HEAD_POSE_UNIT = (0.2, 0.15, 0.1, 0.03, 0.03, 0.05)
"""Typical size of each head pose channel (radians, crop units, log scale): the network sees the pose in these units."""
OPTIONAL = ("mel", "text_ids", "emotion", "action_units", "head_pose", "gaze", "blink")
"""Names that Conditions.given may hold; text_ids stands for the text as a whole."""


@dataclass(frozen=True, kw_only=True)
class ConditioningConfig:
    """Attributes:
    width: Channels of the global condition.
    token_width: Channels of the tokens; speech tokens and captions have as many.
    noise_waves: Sinusoids of the noise level.
    reads_text: Whether captions are read at all; without, they count as not given.
    """

    width: int = 512
    token_width: int = 256
    noise_waves: int = 32
    speech: SpeechEncoderConfig = field(default_factory=SpeechEncoderConfig)
    text: TextEncoderConfig = field(default_factory=TextEncoderConfig)
    reads_text: bool = field(default=True, metadata=LATER)


@dataclass(frozen=True)
class ConditionState:
    """Attributes:
    vector: [B, T, width], the global condition, ready for a linear layer.
    drive: [B, T, width], the plain sum of the controls' embeddings: what follows linearly from each.
    tokens: [B, T, 9, token_width]: seven of speech, one of text, one of Action Units.
    visemes: float32 [B, T, 5], 0 to 1: what the speech encoder hears.
    units: float32 [B, T, 24], 0 to 1: Action Units that the text encoder reads.
    """

    vector: Tensor
    drive: Tensor
    tokens: Tensor
    visemes: Tensor
    units: Tensor


class ControlEmbedding(nn.Module):
    """A linear layer for a control that may be missing: then its learned null embedding stands in."""

    def __init__(self, num_channels: int, width: int) -> None:
        super().__init__()
        self.project = nn.Linear(num_channels, width)
        self.null = nn.Parameter(torch.randn(width) * 0.02)

    def forward(self, value: Tensor | None, given: Tensor | None, num_frames: int) -> Tensor:
        """[B, T, width] of a control [B, T, num_channels] (or None: [1, T, width]), for the samples of which `given` [B] is true."""
        if value is None:
            return self.null.expand(1, num_frames, -1)
        embedded = self.project(value)
        return embedded if given is None else torch.where(given[:, None, None], embedded, self.null)


class Conditioning(nn.Module):
    """Conditions and noise levels to the global vector and the tokens of each frame. Source: ours."""

    head_pose_unit: Tensor

    def __init__(self, config: ConditioningConfig) -> None:
        super().__init__()
        self.reads_text = config.reads_text
        width, token_width, num_visemes = config.width, config.token_width, config.speech.num_visemes
        self.speech = SpeechEncoder(config.speech)
        self.text = TextEncoder(config.text)
        self.noise = NoiseLevelEmbedding(config.noise_waves, width)
        self.speech_vector = ControlEmbedding(config.speech.width + num_visemes, width)
        self.text_vector = ControlEmbedding(config.text.width, width)
        self.emotion = ControlEmbedding(len(EMOTIONS), width)
        self.action_units = ControlEmbedding(len(ACTION_UNITS), width)
        self.head_pose = ControlEmbedding(len(HEAD_POSE_UNIT), width)
        self.gaze = ControlEmbedding(2, width)
        self.blink = ControlEmbedding(2, width)
        self.mix = nn.Sequential(nn.SiLU(), nn.Linear(width, width), nn.SiLU())
        self.speech_token = ControlEmbedding(config.speech.width, token_width)
        self.text_token = ControlEmbedding(config.text.width, token_width)
        self.action_unit_token = ControlEmbedding(len(ACTION_UNITS), token_width)
        self.token_place = nn.Parameter(torch.randn(2 * SPEECH_CONTEXT + 3, token_width) * 0.02)
        self.register_buffer("head_pose_unit", torch.tensor(HEAD_POSE_UNIT), persistent=False)

    def forward(self, conditions: Conditions, sigma: Tensor) -> ConditionState:
        """The condition state of a clip at noise levels [B, T]."""
        batch, num_frames = sigma.shape
        given = conditions.given or {}
        assert set(given) <= set(OPTIONAL), sorted(given)
        text, read = self._text(conditions)
        speech, visemes = self._speech(conditions)  # [B, T + 6, C], [B, T + 6, 5] or None, None
        if speech is None or visemes is None:
            heard, centre, shapes = None, None, sigma.new_zeros(batch, num_frames, self.speech.to_visemes.out_features)
        else:
            heard, shapes = speech, visemes[:, SPEECH_CONTEXT:-SPEECH_CONTEXT]
            centre = torch.cat([speech[:, SPEECH_CONTEXT:-SPEECH_CONTEXT], shapes.to(speech.dtype)], -1)
        if read is None:
            read = torch.zeros(batch, num_frames, self.text.to_units.out_features, device=sigma.device)
        pose = None if conditions.head_pose is None else conditions.head_pose / self.head_pose_unit
        units = conditions.action_units
        vector = (
            self.noise(sigma)
            + self.speech_vector(centre, given.get("mel"), num_frames)
            + self.text_vector(text, given.get("text_ids"), num_frames)
            + self.emotion(conditions.emotion, given.get("emotion"), num_frames)
            + self.action_units(units, given.get("action_units"), num_frames)
            + self.head_pose(pose, given.get("head_pose"), num_frames)
            + self.gaze(conditions.gaze, given.get("gaze"), num_frames)
            + self.blink(conditions.blink, given.get("blink"), num_frames)
        )
        speech_tokens = surroundings(self.speech_token(heard, given.get("mel"), num_frames + 2 * SPEECH_CONTEXT))  # [B, T, 7, C]
        tokens = torch.cat(
            [
                speech_tokens.expand(batch, -1, -1, -1),
                self.text_token(text, given.get("text_ids"), num_frames).expand(batch, -1, -1)[:, :, None],
                self.action_unit_token(units, given.get("action_units"), num_frames).expand(batch, -1, -1)[:, :, None],
            ],
            2,
        )
        return ConditionState(vector=self.mix(vector), drive=vector, tokens=tokens + self.token_place, visemes=shapes, units=read)

    def _speech(self, conditions: Conditions) -> tuple[Tensor | None, Tensor | None]:
        if conditions.mel is None:
            return None, None
        tokens = self.speech(conditions.mel)
        return tokens, self.speech.visemes(tokens)

    def _text(self, conditions: Conditions) -> tuple[Tensor | None, Tensor | None]:
        """Each frame's mixture of the captions [B, T, width], and of the Action Units that are read from them [B, T, 24]."""
        if not self.reads_text or conditions.text_ids is None or conditions.text_weights is None:
            return None, None
        captions = self.text(conditions.text_ids)  # [B, K, C]
        mixed = conditions.text_weights.to(captions.dtype) @ captions
        return mixed, conditions.text_weights.float() @ self.text.units(captions)
