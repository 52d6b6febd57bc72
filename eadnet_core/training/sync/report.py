"""What a trained SyncNet can do: how often it finds the true shift between picture and sound of clips that it never saw."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Generator

from ...models.syncnet import SyncNet, similarity_by_shift
from ...synthetic.speech_corpus import SpeechCorpus
from ..base.controls import draw_controls
from .lips import draw_lips

MAX_SHIFT = 7
"""Shifts from -7 to 7 frames: 15 to choose from."""


@dataclass(frozen=True)
class ShiftReport:
    """Of clips that are in sync.

    Attributes:
        near: Share whose best shift of 15 is -1, 0 or 1.
        exact: Share whose best shift is 0.
        true_cosine: Mean cosine at shift 0.
        other_cosine: Mean cosine of lips with the sound of another clip.
    """

    near: float
    exact: float
    true_cosine: float
    other_cosine: float


@torch.inference_mode()
def measure_shifts(
    net: SyncNet, corpus: SpeechCorpus, num_clips: int = 200, num_frames: int = 50, framing_error: float = 0.014, seed: int = 1
) -> ShiftReport:
    """The report of a SyncNet on unseen faces that speak held-out stretches.

    Args:
        net: The network.
        corpus: Held-out speech.
        num_clips: Clips to measure.
        num_frames: Their length; 50 are two seconds.
        framing_error: Spread of the errors of a clip's framing, crop units.
        seed: Of faces and stretches.
    """
    device = next(net.parameters()).device
    generator = Generator(device).manual_seed(seed)
    best, true, other = [], [], []
    corpus = corpus.to(device)
    for first in range(0, num_clips, 8):
        mel, visemes = corpus.draw(generator, min(8, num_clips - first), num_frames, 0, augment=False)
        controls, _ = draw_controls(visemes, 0.0, generator)
        lips = draw_lips(controls, net.config.lip_size, framing_error, 0.0, generator)
        seen, heard = net.embed_lips(lips), net.embed_speech(mel)
        scores = similarity_by_shift(seen, heard, MAX_SHIFT)
        best.append(scores.argmax(1) - MAX_SHIFT)
        true.append(scores[:, MAX_SHIFT])
        other.append((seen * heard.roll(1, 0)).sum(-1).mean(1))
    shift = torch.cat(best).abs()
    return ShiftReport(
        near=(shift <= 1).float().mean().item(),
        exact=(shift == 0).float().mean().item(),
        true_cosine=torch.cat(true).mean().item(),
        other_cosine=torch.cat(other).mean().item(),
    )
