"""What is learned of a performance: what is heard in a sound, what words ask of a face, and how a face moves with both."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import torch
from torch import Tensor, nn

from .denoiser.config import DenoiserConfig
from .denoiser.denoiser import Denoiser
from .emotion.text_encoder import TextEncoder, TextEncoderConfig
from .speech.encoder import SpeechEncoder, SpeechEncoderConfig
from .speech.visemes import viseme_curves


@dataclass(frozen=True, kw_only=True)
class MotionModelConfig:
    """Attributes:
    speech: The speech encoder.
    text: The text encoder.
    denoiser: What decides the motion.
    """

    speech: SpeechEncoderConfig = field(default_factory=SpeechEncoderConfig)
    text: TextEncoderConfig = field(default_factory=TextEncoderConfig)
    denoiser: DenoiserConfig = field(default_factory=DenoiserConfig)


class MotionModel(nn.Module):
    """The three networks of the pack, trained one after another."""

    def __init__(self, config: MotionModelConfig) -> None:
        super().__init__()
        self.config = config
        self.speech = SpeechEncoder(config.speech)
        self.text = TextEncoder(config.text)
        self.denoiser = Denoiser(config.denoiser)

    def phones(self, mel: Tensor) -> Tensor:
        """What is heard, float32 [2 * N, P] on the CPU, 0 to 1, of log-mel [4 * N, num_mels] (see speech.phones)."""
        return self.speech.phones(mel)

    def visemes(self, mel: Tensor) -> np.ndarray:
        """What lips do for what is heard, float32 [N, 5], of log-mel [4 * N, num_mels] (see speech.visemes)."""
        return viseme_curves(self.phones(mel).numpy())

    @torch.inference_mode()
    def captions(self, text_ids: Tensor) -> Tensor:
        """Vectors of captions, float32 [K, D] on the CPU, of ids int64 [K, W, G] (see emotion.tokenizer)."""
        return self.text(text_ids[None].to(self.text.order.device))[0].float().cpu()
