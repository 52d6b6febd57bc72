"""What is learned of a performance: what lips say in a sound, and what words ask of a face."""

from __future__ import annotations

from dataclasses import dataclass, field

import torch
from torch import Tensor, nn

from ..emotion.text_encoder import TextEncoder, TextEncoderConfig
from ..speech.encoder import SpeechEncoder, SpeechEncoderConfig


@dataclass(frozen=True, kw_only=True)
class MotionModelConfig:
    """Attributes:
    speech: The speech encoder.
    text: The text encoder.
    """

    speech: SpeechEncoderConfig = field(default_factory=SpeechEncoderConfig)
    text: TextEncoderConfig = field(default_factory=TextEncoderConfig)


class MotionModel(nn.Module):
    """The learned ears of the pack: motion itself is made by rule from what they hear and read (by_rule.py)."""

    def __init__(self, config: MotionModelConfig) -> None:
        super().__init__()
        self.config = config
        self.speech = SpeechEncoder(config.speech)
        self.text = TextEncoder(config.text)

    @torch.inference_mode()
    def visemes(self, mel: Tensor) -> Tensor:
        """What lips do, float32 [N, V] on the CPU, 0 to 1, of log-mel [4 * N, num_mels]."""
        heard = self.speech.visemes(self.speech(mel[None].to(next(self.parameters()))))
        return heard[0].float().cpu()

    @torch.inference_mode()
    def units(self, text_ids: Tensor, text_weights: Tensor) -> Tensor:
        """The Action Units that captions ask for, float32 [N, 24] on the CPU, 0 to 1.

        Args:
            text_ids: int64 [K, W, G] (see emotion.tokenizer).
            text_weights: float [N, K]: how much each caption counts in each frame.
        """
        read = self.text.units(self.text(text_ids[None].to(next(self.parameters()).device)))[0].float().cpu()  # [K, 24]
        return text_weights.float() @ read
