"""Training of the denoiser, and before it of the networks that judge motion."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

import torch
from torch import Generator, Tensor, nn

from ..denoiser.denoiser import Denoiser
from ..motion.latent import LatentLayout
from .composition import HELD_FRAMES, Batch, Composer
from .critics import SYNC_FRAMES, MotionEncoder, MotionSyncNet, contrast, trepa
from .fit import Fit, Optimisation, fit, own_seed
from .progress import Progress
from .recipe import Recipe

SYNC_STRETCHES = 4
"""Stretches that are taken of each window for SyncNet, a quarter second apart at least."""
MOUTH_WEIGHT = 2.0
"""Lips count so much more than the rest."""


@dataclass(frozen=True, kw_only=True)
class DenoiserRecipe(Recipe):
    """Attributes, beside those of every recipe:
    windows: Of motion in a batch.
    frames: Length of each.
    change, sync, trepa: Weights of the losses beside that of x0: of its change from frame to frame, of SyncNet, of TREPA.
    noise_mean, noise_spread: Of the logit of the noise that a window is given.
    """

    CALLED: ClassVar[str] = "a denoiser recipe"

    windows: int
    frames: int
    change: float
    sync: float
    trepa: float
    noise_mean: float
    noise_spread: float


def train_syncnet(
    composer: Composer, recipe: DenoiserRecipe, seed: int, minutes: float, progress: Progress | None = None
) -> Fit[MotionSyncNet]:
    """Trains a MotionSyncNet on true motion until the minutes are over."""
    torch.manual_seed(seed)
    net, generator = MotionSyncNet().to(composer.device), Generator(composer.device).manual_seed(own_seed(seed))

    def losses(step: int) -> dict[str, Tensor]:
        batch = composer.draw(generator, recipe.windows)
        motion, phones = stretches(batch.motion, batch.said, generator)
        noisy = motion + 0.2 * torch.rand(len(motion), 1, 1, device=motion.device, generator=generator) * torch.randn(
            motion.shape, device=motion.device, generator=generator
        )
        return {"contrast": contrast(net, noisy, phones)}

    return fit(net, losses, {"contrast": 1.0}, Optimisation.of(recipe), minutes, progress)


def train_motion_encoder(
    composer: Composer, recipe: DenoiserRecipe, minutes: float, progress: Progress | None = None
) -> Fit[MotionEncoder]:
    """Trains a MotionEncoder to fill in hidden stretches and cells of true motion until the minutes are over."""
    torch.manual_seed(recipe.seed)
    net, generator = MotionEncoder().to(composer.device), Generator(composer.device).manual_seed(own_seed(recipe.seed))

    def losses(step: int) -> dict[str, Tensor]:
        motion = composer.draw(generator, recipe.windows).motion
        batch, frames, channels = motion.shape
        spans = torch.rand(batch, frames // 8, 1, generator=generator, device=motion.device).repeat_interleave(8, 1) < 0.35
        some = torch.rand(batch, 1, channels, generator=generator, device=motion.device) < 0.25
        hidden = (spans | some).float()
        return {"hidden": ((net(motion, hidden) - motion).square() * hidden).sum() / hidden.sum()}

    return fit(net, losses, {"hidden": 1.0}, Optimisation.of(recipe), minutes, progress)


def train_denoiser(
    composer: Composer,
    net: Denoiser,
    critics: tuple[MotionSyncNet, MotionEncoder],
    recipe: DenoiserRecipe,
    minutes: float,
    progress: Progress | None = None,
    state: Path | None = None,
) -> Fit[Denoiser]:
    """Trains a denoiser until the minutes are over.

    Args:
        composer: Draws performances.
        net: Where to begin.
        critics: Trained, frozen here.
        recipe: What to train.
        minutes: Budget.
        progress: Told of losses every 20 steps, and of the size of the stream before its last norm.
        state: See fit.
    """
    torch.manual_seed(recipe.seed)
    device = composer.device
    net = net.to(device).train()
    sync, encoder = critics
    for critic in critics:
        critic.to(device).eval().requires_grad_(False)
    generator = Generator(device).manual_seed(own_seed(recipe.seed))
    weight = torch.ones(net.config.num_channels, device=device)
    weight[torch.from_numpy(LatentLayout.of_face().of_part("mouth")).to(device)] = MOUTH_WEIGHT
    stream = StreamSize(net)

    def losses(step: int) -> dict[str, Tensor]:
        batch = composer.draw(generator, recipe.windows)
        noisy, sigma = noised(batch, recipe, generator)
        with torch.autocast(device.type, torch.bfloat16, enabled=device.type == "cuda"):
            estimate = net(noisy, sigma, batch.held, batch.given, batch.past)
        estimate = torch.where(batch.held > 0, batch.motion, estimate.float())
        parts = denoising_losses(estimate, batch, weight)
        made, phones = stretches(estimate, batch.said, generator)
        parts["sync"] = -(0.5 + 0.5 * sync(made, phones)).clamp(min=1e-3).log().mean()
        parts["trepa"] = trepa(encoder, estimate, batch.motion)
        parts["stream"] = stream.size
        return parts

    weights = {"x0": 1.0, "change": recipe.change} | {name: w for name, w in (("sync", recipe.sync), ("trepa", recipe.trepa)) if w}
    return fit(net, losses, weights, Optimisation.of(recipe), minutes, progress, state)


def noised(batch: Batch, recipe: DenoiserRecipe, generator: Generator) -> tuple[Tensor, Tensor]:
    """Motion with noise, clean where it is held, and the noise of each frame [B, N]: flow matching, x_t = (1 - sigma) x0 + sigma noise.

    Source: logit-normal noise levels of Esser et al., 2024.
    """
    shape, device = batch.motion.shape, batch.motion.device
    sigma = torch.sigmoid(recipe.noise_mean + recipe.noise_spread * torch.randn(shape[0], 1, 1, generator=generator, device=device))
    noise = torch.randn(shape, generator=generator, device=device)
    noisy = torch.where(batch.held > 0, batch.motion, (1 - sigma) * batch.motion + sigma * noise)
    return noisy, sigma[..., 0] * (batch.held < 1).any(-1)


def denoising_losses(estimate: Tensor, batch: Batch, weight: Tensor) -> dict[str, Tensor]:
    """Squared error of x0 and of its change from frame to frame, where it is not held."""
    free = 1 - batch.held
    error = (estimate - batch.motion) * free
    change = error.diff(dim=1)
    return {"x0": (weight * error.square()).mean(), "change": (weight * change.square()).mean()}


def stretches(motion: Tensor, phones: Tensor, generator: Generator) -> tuple[Tensor, Tensor]:
    """Some stretches of each window: motion [S * B, 16, C] and the phones heard with it [S * B, 32, P]."""
    frames = motion.shape[1]
    first = torch.randint(HELD_FRAMES, frames - SYNC_FRAMES + 1, (SYNC_STRETCHES, len(motion)), generator=generator, device=motion.device)
    rows = torch.arange(len(motion), device=motion.device)[:, None]
    lips = [motion[rows, start[:, None] + torch.arange(SYNC_FRAMES, device=motion.device)] for start in first]
    heard = [phones[rows, 2 * start[:, None] + torch.arange(2 * SYNC_FRAMES, device=motion.device)] for start in first]
    return torch.cat(lips), torch.cat(heard)


class StreamSize:
    """Watches the size of the stream before the last norm: it must stay a few units, or the blocks say nothing any more."""

    def __init__(self, net: Denoiser) -> None:
        self.size = torch.zeros(())
        net.norm.register_forward_pre_hook(self._see)

    def _see(self, module: nn.Module, args: tuple[Tensor, ...]) -> None:
        self.size = args[0].detach().float().square().mean().sqrt()
