"""Frozen networks that look at the clip which the denoiser makes: SyncNet hears whether lips fit the sound, TREPA sees whether it moves
like the true one."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import torch
import torch.nn.functional as F
from torch import Tensor

from ...checkpoint import load_clip_encoder, load_syncnet
from ...errors import InputError
from ...models.syncnet import SyncNet, cut_lips
from ...models.video_encoder import VideoEncoder
from ...models.videomae import load_videomae
from ...timebase import MELS_PER_FRAME
from ...types import SPEECH_CONTEXT, Conditions
from .recipe import BaseRecipe

LEAST_COSINE = 0.01
"""Cosines below it are no worse: the logarithm's slope would be all that a step sees."""
FULL_NOISE_WEIGHT, KNOWN_WEIGHT = 0.5, 0.2


@dataclass(frozen=True)
class Supervision:
    """What looks at the estimate of x0; a loss whose network is None is not computed.

    Attributes:
        sync: Hears whether lips fit the sound.
        video: Sees how a clip moves.
    """

    sync: SyncNet | None = None
    video: VideoEncoder | None = None

    def losses(self, x0: Tensor, frames: Tensor, conditions: Conditions, sigma: Tensor) -> dict[str, Tensor]:
        """Scalars by their names in a recipe's weights: "sync", "trepa".

        Args:
            x0: [B, T, 3, S, S], the one-step estimate.
            frames: The true clip.
            conditions: What the denoiser was told.
            sigma: [B, T], noise levels.
        """
        weight, parts = noise_weight(sigma), dict[str, Tensor]()
        with torch.autocast(x0.device.type, torch.bfloat16):
            if self.sync is not None and conditions.mel is not None:
                parts["sync"] = sync_loss(self.sync, x0, conditions, weight)
            if self.video is not None:
                parts["trepa"] = trepa_loss(self.video, x0, frames, weight)
        return parts


def load_supervision(recipe: BaseRecipe, syncnet: Path, video_encoder: Path | None, device: torch.device) -> Supervision:
    """The networks that a recipe gives a weight, frozen.

    Args:
        recipe: What to train; a loss that it gives no weight, or 0, needs no network.
        syncnet: A SyncNet's checkpoint.
        video_encoder: A checkpoint that `train video` made, or the folder of a VideoMAE; None: there is none.
        device: Where to train.

    Raises:
        InputError: A network is missing or damaged, or the recipe's clips are shorter than what SyncNet looks at.
    """
    sync, video = None, None
    if recipe.weights.get("sync", 0.0):
        sync = load_syncnet(syncnet).to(device).requires_grad_(False)
        shortest = min(frames for _, frames, _ in recipe.clips)
        if shortest < sync.config.window:
            needed = sync.config.window
            raise InputError(f"clips has {shortest} frames and SyncNet looks at {needed}; make them longer, or give sync no weight.")
    if recipe.weights.get("trepa", 0.0):
        if video_encoder is None:
            raise InputError("trepa has a weight but no --video-encoder is given; make one with: python -m eadnet_core train video")
        encoder = load_videomae(video_encoder) if video_encoder.is_dir() else load_clip_encoder(video_encoder)
        video = encoder.to(device).requires_grad_(False)
    return Supervision(sync, video)


def noise_weight(sigma: Tensor) -> Tensor:
    """How much the estimate of each frame counts where frozen networks look at it.

    LatentSync weighs these losses down at high noise, where the estimate of an ordinary denoiser is the mean of all clips that the noise
    may hide: a blur that no frozen network has learnt to look at. This denoiser's estimate is no such blur. It is a warp of a sharp
    portrait, speech and controls say nearly all of it at any noise, and a single step from full noise is what the sampler does by
    default: a weight that vanished there would leave the case that is used unsupervised. So the weight falls as a line from 1
    only to a half at full noise: what may still be uncertain there (controls that were dropped) is averaged, and costs less trust.
    Frames that are given clean count a fifth, as in all losses.

    Args:
        sigma: [B, T], noise levels, 0 (given) to 1.

    Returns:
        [B, T]. Source: LatentSync (arXiv 2412.09262) for the principle, the line ours.
    """
    return torch.where(sigma > 0, 1 - (1 - FULL_NOISE_WEIGHT) * sigma, KNOWN_WEIGHT)


def sync_loss(net: SyncNet, x0: Tensor, conditions: Conditions, weight: Tensor) -> Tensor:
    """-log of the cosine between lips and sound, a weighted mean over the windows of the clips that hear their sound.

    Args:
        net: Frozen.
        x0: [B, T, 3, S, S].
        conditions: With speech.
        weight: [B, T], of each frame; a window has its frames' mean.

    Source: LatentSync (arXiv 2412.09262): the binary cross-entropy of the cosine against 1, clamped.
    """
    assert conditions.mel is not None
    margin = SPEECH_CONTEXT * MELS_PER_FRAME
    lips = net.embed_lips(cut_lips(x0, net.config.lip_size))
    speech = net.embed_speech(conditions.mel[:, margin:-margin])
    cosine = (lips * speech).sum(-1)  # [B, N]
    share = weight.unfold(1, net.config.window, 1).mean(-1)
    heard = None if conditions.given is None else conditions.given.get("mel")
    if heard is not None:
        share = share * heard[:, None]
    return (-cosine.clamp(min=LEAST_COSINE).log() * share).sum() / share.sum().clamp(min=1e-6)


def trepa_loss(encoder: VideoEncoder, x0: Tensor, frames: Tensor, weight: Tensor) -> Tensor:
    """Temporal representation alignment: mean squared distance of the L2-normalised features of made and true clips, 0 to 4.

    LatentSync's further mean over a feature's channels is left out, so that a weight means the same for encoders of any width.

    Args:
        encoder: Frozen.
        x0: [B, T, 3, S, S].
        frames: The true clip.
        weight: [B, T], of each frame; a clip has its frames' mean.

    Source: TREPA, LatentSync (arXiv 2412.09262).
    """
    made = F.normalize(encoder(x0).float(), dim=-1)
    with torch.no_grad():
        true = F.normalize(encoder(frames).float(), dim=-1)
    share = weight.mean(1)
    return ((made - true).square().sum(-1).mean(1) * share).sum() / share.sum()
