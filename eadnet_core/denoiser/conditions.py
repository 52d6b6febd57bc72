"""What the denoiser is told, frame by frame, and how it is embedded."""

from __future__ import annotations

from dataclasses import dataclass, replace

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from .config import FRAMES_PER_TOKEN, DenoiserConfig

_LEAST_WEIGHT = 1e-4


@dataclass(frozen=True)
class Conditions:
    """Attributes, of B windows of N frames:
    phones: float [B, 2 * N, P]: how likely each phone is, at 50 Hz.
    prosody: float [B, N, 3]: loudness, speaking, accent.
    emotion: float [B, N, 8]: share of each class times intensity; zeros are neutral, or untold beside a caption.
    text: float [B, K, text_width]: vectors of captions.
    text_weights: float [B, N, K]: how much each counts; all zeros: none is given.
    units: float [B, N, 24]: Action Units where they are given, 0 elsewhere.
    units_given: float [B, N, 24], 1 where they are.
    manner: float [B, 3]: liveliness and articulation as logarithms, blinks against a person's; NaN: not told.
    """

    phones: Tensor
    prosody: Tensor
    emotion: Tensor
    text: Tensor
    text_weights: Tensor
    units: Tensor
    units_given: Tensor
    manner: Tensor

    def without_units(self) -> Conditions:
        """The same without Action Units given."""
        return replace(self, units=torch.zeros_like(self.units), units_given=torch.zeros_like(self.units_given))

    def without_feeling(self) -> Conditions:
        """Neutral, and without Action Units given."""
        return replace(self.without_units(), emotion=torch.zeros_like(self.emotion), text_weights=torch.zeros_like(self.text_weights))

    def without_speech(self) -> Conditions:
        """Silence, neutral."""
        phones = torch.zeros_like(self.phones)
        phones[..., 0] = 1
        return replace(self.without_feeling(), phones=phones, prosody=torch.zeros_like(self.prosody))

    def to(self, other: Tensor) -> Conditions:
        """On the device and in the precision of a tensor."""
        return Conditions(*(getattr(self, name).to(other) for name in self.__dataclass_fields__))


class ConditionEncoder(nn.Module):
    """Conditions to keys and values that each token's neighbourhood can attend to. Source: ours."""

    def __init__(self, config: DenoiserConfig) -> None:
        super().__init__()
        width = config.width
        self.reach = config.heard_tokens
        self.heard = nn.Sequential(nn.Linear(2 * config.num_phones + config.num_prosody, 2 * width), nn.GELU(), nn.Linear(2 * width, width))
        self.around = nn.Conv1d(width, width, 7, padding=3)
        self.emotion = nn.Linear(FRAMES_PER_TOKEN * config.num_emotions, width)
        self.text = nn.Linear(config.text_width, width)
        self.units = nn.Linear(FRAMES_PER_TOKEN * 2 * config.num_units, width)
        self.manner = nn.Linear(2 * config.num_manner, width)
        self.kind = nn.Parameter(torch.randn(3 + 2 * self.reach + FRAMES_PER_TOKEN, width) * 0.3)
        """Which key is which: feeling, units, manner, then what is heard from before to after."""

    def forward(self, given: Conditions) -> tuple[Tensor, Tensor, Tensor, Tensor]:
        """Embeddings of conditions.

        Returns:
            tokens: [B, T, M, D]: what each of T tokens of two frames can attend to.
            bias: [B, T, M]: logarithms of how much each counts.
            heard: [B, T, D]: what is heard at each token.
            manner: [B, D].
        """
        batch, frames = given.prosody.shape[:2]
        heard = self.heard(torch.cat([given.phones.reshape(batch, frames, -1), given.prosody], -1))
        heard = heard + self.around(heard.mT).mT  # [B, N, D]
        windows = (
            F.pad(heard, (0, 0, self.reach, self.reach)).unfold(1, 2 * self.reach + FRAMES_PER_TOKEN, FRAMES_PER_TOKEN).mT
        )  # [B, T, M', D]
        tokens = windows.shape[1]
        told = torch.cat([given.units, given.units_given], -1).reshape(batch, tokens, -1)
        known = (~given.manner.isnan()).to(heard.dtype)
        manner = self.manner(torch.cat([given.manner.nan_to_num(0.0), known], -1))  # [B, D]
        feeling = self.emotion(given.emotion.reshape(batch, tokens, -1))
        single = torch.stack([feeling, self.units(told), manner[:, None].expand(-1, tokens, -1)], 2)
        text = self.text(given.text)[:, None].expand(-1, tokens, -1, -1)  # [B, T, K, D]
        keys = torch.cat([torch.cat([single, windows], 2) + self.kind, text], 2)
        weights = given.text_weights.reshape(batch, tokens, FRAMES_PER_TOKEN, -1).mean(2)  # [B, T, K]
        bias = torch.cat([keys.new_zeros(batch, tokens, len(self.kind)), weights.clamp(min=_LEAST_WEIGHT).log()], -1)
        return keys, bias, windows[:, :, self.reach : self.reach + FRAMES_PER_TOKEN].mean(2), manner
