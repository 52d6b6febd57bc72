"""SyncNet: lips and sound of the same moment, as vectors that point the same way where the two belong together."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from ..audio.mel_scale import NUM_MELS

LIPS_CENTER, LIPS_EXTENT = (0.5, 0.71), 0.36
"""What SyncNet sees of an aligned crop: a square from under the nose to a dropped chin; its centre and its side in crop units."""
LEAST_SPREAD = 0.02
"""Of the brightness of a lip crop (its range is 2), so that a black frame stays black and does not become noise."""


@dataclass(frozen=True, kw_only=True)
class SyncNetConfig:
    """Attributes:
    window: Frames that one embedding sees, 3 or more.
    lip_size: Side of the lip crops in pixels, divisible by 16.
    lip_channels: Channels of the lips' network at strides 2, 4, 8 and 16.
    lip_width: Channels of one frame's lips.
    speech_width: Channels of the sound's network.
    embedding_width: Length of an embedding (D).
    """

    window: int = 5
    lip_size: int = 48
    lip_channels: tuple[int, int, int, int] = (16, 32, 48, 64)
    lip_width: int = 96
    speech_width: int = 96
    embedding_width: int = 128


def cut_lips(frames: Tensor, size: int) -> Tensor:
    """The lower face of aligned crops, of any size.

    Args:
        frames: [B, T, 3, S, S], -1 to 1, crops with eyes and mouth at face.landmarks.CANONICAL (the head may move within them).
        size: Side of the result in pixels, SyncNetConfig.lip_size.

    Returns:
        float32 [B, T, 3, size, size]; differentiable. Larger frames are shrunk by area averaging first.
    """
    batch, shown_px = frames.shape[0], LIPS_EXTENT * frames.shape[-1]
    pictures = frames.flatten(0, 1).float()
    if shown_px > size:
        pictures = F.interpolate(pictures, size=round(size / LIPS_EXTENT), mode="area")
    steps = (torch.arange(size, device=frames.device) + 0.5) / size - 0.5
    x, y = (((center + LIPS_EXTENT * steps) * 2 - 1) for center in LIPS_CENTER)  # grid_sample's units span the crop from -1 to 1
    grid = torch.stack(torch.meshgrid(x, y, indexing="xy"), -1).expand(len(pictures), -1, -1, -1)
    lips = F.grid_sample(pictures, grid, padding_mode="border", align_corners=False)
    return lips.unflatten(0, (batch, -1))


def similarity_by_shift(lips: Tensor, speech: Tensor, max_shift: int) -> Tensor:
    """How well lips and sound agree when the sound is moved against the picture.

    Args:
        lips: [B, N, D], embeddings of a clip's windows, of length 1.
        speech: [B, N, D], of the same windows' sound.
        max_shift: Largest shift in frames, less than N.

    Returns:
        [B, 2 * max_shift + 1]: mean cosine of lips[n] and speech[n + s] over all n that have both, for s from -max_shift on. A
        maximum at s > 0 says that the sound comes s frames late.
    """
    cosine = lips @ speech.mT  # [B, N, N]
    means = [cosine.diagonal(shift, 1, 2).mean(1) for shift in range(-max_shift, max_shift + 1)]
    return torch.stack(means, 1)


def as_direction(x: Tensor) -> Tensor:
    """float32, the positive part of x [..., D] brought to length 1: the form of an embedding."""
    return F.normalize(F.relu(x.float()), dim=-1)


def _conv(inputs: int, outputs: int, stride: int) -> nn.Sequential:
    return nn.Sequential(nn.Conv2d(inputs, outputs, 3, stride, 1, bias=False), nn.BatchNorm2d(outputs), nn.ReLU(inplace=True))


def _temporal(inputs: int, outputs: int, kernel: int, stride: int = 1) -> nn.Sequential:
    return nn.Sequential(nn.Conv1d(inputs, outputs, kernel, stride, bias=False), nn.BatchNorm1d(outputs), nn.ReLU(inplace=True))


class Residual(nn.Module):
    """Two 3x3 convolutions beside an identity."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.first = _conv(width, width, 1)
        self.second = nn.Sequential(nn.Conv2d(width, width, 3, 1, 1, bias=False), nn.BatchNorm2d(width))

    def forward(self, x: Tensor) -> Tensor:
        """[N, width, h, w] to the same."""
        return F.relu(x + self.second(self.first(x)), inplace=True)


class SyncNet(nn.Module):
    """Two networks, of lips and of sound, into one space where the cosine says whether they belong to the same moment.

    Each embedding sees one window of frames and nothing else; all convolutions over time are unpadded, so a clip gives the
    embeddings of its sliding windows for the price of one pass. Embeddings are non-negative and of length 1, so that their cosine
    lies between 0 and 1 and can be read as a probability.

    Source: SyncNet (Chung & Zisserman, 2016), the embeddings' form LatentSync (arXiv 2412.09262), the networks ours.
    """

    def __init__(self, config: SyncNetConfig) -> None:
        super().__init__()
        self.config = config
        at2, at4, at8, at16 = config.lip_channels
        width, speech_width = config.lip_width, config.speech_width
        side = config.lip_size // 16
        self.lips = nn.Sequential(
            _conv(3, at2, 2), _conv(at2, at4, 2), Residual(at4), _conv(at4, at8, 2), Residual(at8), _conv(at8, at16, 2),
            nn.Flatten(), nn.Linear(side**2 * at16, width, bias=False), nn.BatchNorm1d(width), nn.ReLU(inplace=True),
        )  # fmt: skip
        self.lips_in_time = nn.Sequential(_temporal(width, width, 3), _temporal(width, width, config.window - 2))
        # six columns, then four of every second: 12 columns for three frames; the next layer reaches over the window
        self.speech = nn.Sequential(
            _temporal(NUM_MELS, speech_width, 6, 2), _temporal(speech_width, speech_width, 4, 2), _temporal(speech_width, speech_width, 1),
            _temporal(speech_width, speech_width, config.window - 2), _temporal(speech_width, speech_width, 1),
        )  # fmt: skip
        self.project_lips = nn.Linear(width, config.embedding_width)
        self.project_speech = nn.Linear(speech_width, config.embedding_width)

    def see(self, lips: Tensor) -> Tensor:
        """[B, N, lip_width], what each window of lips [B, T, 3, L, L] shows; `embed_lips` says it as a direction."""
        pictures = lips.flatten(0, 1)
        spread, mean = torch.std_mean(pictures.flatten(2), -1)
        normal = (pictures - mean[..., None, None]) / (spread[..., None, None] + LEAST_SPREAD)
        return self.lips_in_time(self.lips(normal).unflatten(0, lips.shape[:2]).mT).mT

    def hear(self, mel: Tensor) -> Tensor:
        """[B, N, speech_width], what each window of log-mel [B, 4 * T, 64] says; `embed_speech` says it as a direction."""
        return self.speech(mel.mT).mT

    def embed_lips(self, lips: Tensor) -> Tensor:
        """Embeddings of a clip's sliding windows.

        Args:
            lips: [B, T, 3, lip_size, lip_size], -1 to 1, as `cut_lips` makes them; T at least `config.window`. Brightness, contrast
                and tint do not matter: each frame's channels are brought to mean 0 and deviation 1.

        Returns:
            float32 [B, N, D], N = T - window + 1; 0 or more, of length 1. Window n shows frames n to n + window - 1.
        """
        return as_direction(self.project_lips(self.see(lips)))

    def embed_speech(self, mel: Tensor) -> Tensor:
        """Embeddings of the sound of the same windows.

        Args:
            mel: [B, 4 * T, 64], level-normalised log-mel of the clip's T frames (SpeechFeatures.mel), without context.

        Returns:
            float32 [B, N, D], N = T - window + 1; 0 or more, of length 1. Window n hears the columns of frames n to n + window - 1.
        """
        return as_direction(self.project_speech(self.hear(mel)))
