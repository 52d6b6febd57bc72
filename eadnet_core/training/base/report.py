"""What a trained denoiser can do: lips against true lips on held-out speech, words that it has not read, and a sheet to look at."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

import cv2
import numpy as np
import torch
from torch import Generator, Tensor

from ...emotion.captions import draw_captions
from ...models.denoiser import Denoiser
from ...models.warp import apply_warp
from ...synthetic.speech_corpus import SpeechCorpus
from ...types import Conditions, Warp
from .train import draw_example


@dataclass(frozen=True)
class SyncReport:
    """Correlation of the mouth's visible inside with the true distance of the lips, mean over clips.

    Attributes:
        truth: Of the drawn frames themselves: what a perfect denoiser would reach.
        made: Of one-step samples.
        other_sound: Of one-step samples that heard another clip's sound; near 0 when lips follow sound and nothing else.
    """

    truth: float
    made: float
    other_sound: float


@dataclass(frozen=True)
class WordsReport:
    """Correlation of the Action Units read from captions with those that the captions ask for, each unit against its mean.

    Attributes:
        trained: Of new captions from words of training.
        held_out: Of captions whose every word of feeling or face is held out of training.
    """

    trained: float
    held_out: float


@torch.inference_mode()
def measure_words(net: Denoiser, num_captions: int = 512, seed: int = 1) -> WordsReport:
    """The report of a denoiser's text encoder on captions that it has not read."""
    text = net.eval().conditioning.text
    device, generator = next(net.parameters()).device, Generator().manual_seed(seed)
    found = []
    for holdout in (False, True):
        captions, _, asked = draw_captions(num_captions, generator, holdout)
        read = text.units(text(captions.to(device)))[:, 0].cpu()
        found.append(correlation(*((units - units.mean(0)).reshape(1, -1) for units in (read, asked))).item())
    return WordsReport(*found)


def measure_sync(net: Denoiser, corpus: SpeechCorpus, size: int, num_clips: int = 16, num_frames: int = 16, seed: int = 1) -> SyncReport:
    """The report of a denoiser on unseen faces that speak held-out stretches.

    Args:
        net: The denoiser.
        corpus: Held-out speech.
        size: Side of the frames in pixels.
        num_clips: Clips to measure.
        num_frames: Their length.
        seed: Of faces, stretches and noise.
    """
    device = next(net.parameters()).device
    generator = Generator(device).manual_seed(seed)
    example = draw_example(corpus.to(device), num_clips, num_frames, size, 0.0, generator)
    mel = example.conditions.mel
    assert mel is not None
    opening = example.clip.opening
    moving = opening.std(1) > 0.004  # a clip in which nothing is said has no correlation
    made = sample_once(net, example.conditions, num_frames, generator)
    other = sample_once(net, replace(example.conditions, mel=mel.roll(1, 0)), num_frames, generator)
    truth = _inside(example.clip.mask)
    measured = [correlation(value, opening)[moving].mean().item() for value in (truth, _inside(made), _inside(other))]
    return SyncReport(*measured)


@torch.inference_mode()
def sample_once(net: Denoiser, conditions: Conditions, num_frames: int, generator: Generator) -> Warp:
    """The warp of one sampling step from pure noise."""
    batch, _, size, _ = conditions.reference.shape
    noise = torch.randn(batch, num_frames, 3, size, size, generator=generator, device=generator.device)
    sigma = torch.ones(batch, num_frames, device=generator.device)
    with torch.autocast(generator.device.type, torch.bfloat16):
        return net.eval()(noise, sigma, conditions).warp


def write_sheet(net: Denoiser, corpus: SpeechCorpus, size: int, path: Path, seed: int = 2) -> None:
    """A picture of eight unseen faces: portrait, then true frames above one-step samples."""
    device = next(net.parameters()).device
    generator = Generator(device).manual_seed(seed)
    example = draw_example(corpus.to(device), 8, 8, size, 0.0, generator)
    reference = example.conditions.reference
    made = apply_warp(reference, sample_once(net, example.conditions, 8, generator))
    rows = []
    for portrait, true, sampled in zip(reference, example.clip.frames, made, strict=True):
        for frames in (true, sampled):
            rows.append(np.hstack([_picture(frame) for frame in (portrait, *frames)]))
    if not cv2.imwrite(str(path), np.vstack(rows)):
        raise OSError(f"{path} cannot be written.")


def _inside(source: Tensor | Warp) -> Tensor:
    """[B, T]: share of the crop's lower half that shows the inside of the mouth; shut lids lie in the upper."""
    mask = torch.sigmoid(source.mask_logit.float()) if isinstance(source, Warp) else source
    return mask[..., mask.shape[-2] // 2 :, :].mean((2, 3, 4))


def correlation(one: Tensor, other: Tensor) -> Tensor:
    """Pearson's r [B] of rows [B, N]; 0 where one does not vary."""
    one, other = (v - v.mean(1, keepdim=True) for v in (one, other))
    return (one * other).sum(1) / (one.norm(dim=1) * other.norm(dim=1)).clamp(min=1e-8)


def _picture(frame: Tensor) -> np.ndarray:
    values = ((frame.float() + 1) * 127.5).round().clamp(0, 255).to(torch.uint8)
    return values.permute(1, 2, 0).cpu().numpy()[:, :, ::-1]
