"""Training of the base denoiser on drawn faces: `python -m eadnet_core train base --minutes M`."""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from dataclasses import dataclass, fields
from pathlib import Path

import torch
from torch import Generator, Tensor
from torch.optim.swa_utils import AveragedModel, get_ema_multi_avg_fn

from ...face.landmarks import draw_landmark_maps
from ...models.denoiser import Denoiser, DenoiserConfig
from ...models.warp import apply_warp
from ...synthetic.clip import DrawnClip, draw_clip
from ...synthetic.speech_corpus import SpeechCorpus
from ...types import SPEECH_CONTEXT, Conditions
from .controls import draw_controls
from .objective import Losses, losses, viseme_loss
from .recipe import BaseRecipe
from .state import TrainingState

TIMED_STEPS = 24
"""Steps after which the minutes that are left are turned into a number of steps, once."""
SAVE_EVERY_S = 240.0
REPORT_EVERY = 10

Progress = Callable[[int, int, dict[str, float]], None]
"""progress(step, steps, smoothed losses); steps is 0 while still unknown. Raising in it stops the training."""


@dataclass(frozen=True)
class Example:
    """A drawn batch: what the denoiser is told, and the labels.

    Attributes:
        conditions: Portrait and controls.
        clip: Frames and labels.
        visemes: [B, T, 5], what is said.
    """

    conditions: Conditions
    clip: DrawnClip
    visemes: Tensor


def draw_example(corpus: SpeechCorpus, batch: int, num_frames: int, size: int, drop: float, generator: Generator) -> Example:
    """A batch of random faces that speak random stretches of the corpus."""
    mel, visemes = corpus.draw(generator, batch, num_frames, SPEECH_CONTEXT)
    controls, told = draw_controls(visemes, drop, generator)
    clip = draw_clip(controls, size, generator)
    maps = draw_landmark_maps(clip.seen_landmarks, size)
    return Example(told.conditions(clip.reference, maps, clip.seen_landmarks, mel), clip, visemes)


def new_state(recipe: BaseRecipe, config: DenoiserConfig, device: torch.device) -> TrainingState:
    """A training before its first step."""
    torch.manual_seed(recipe.seed)
    net = Denoiser(config).to(device)
    average = AveragedModel(net, multi_avg_fn=get_ema_multi_avg_fn(recipe.ema_decay))
    optimizer = torch.optim.AdamW(net.parameters(), recipe.learning_rate, (0.9, 0.98), weight_decay=recipe.weight_decay, fused=True)
    return TrainingState(net, average, optimizer, Generator(device).manual_seed(recipe.seed))


def train_base(
    recipe: BaseRecipe,
    corpus: SpeechCorpus,
    minutes: float,
    state_path: Path,
    config: DenoiserConfig | None = None,
    device: torch.device | str = "cpu",
    progress: Progress | None = None,
    max_steps: int | None = None,
) -> TrainingState:
    """Trains until the minutes are over, and keeps the state in a file now and then; goes on from it where it exists.

    Args:
        recipe: What to train.
        corpus: What is said; training stretches only.
        minutes: Budget of the whole training. It is turned into a number of steps once, which a resumed training keeps.
        state_path: The state's file.
        config: The network; the default one where None.
        device: Where to draw and to train.
        progress: Told of the losses every 20 steps.
        max_steps: Stops after this many steps altogether, with the state saved; None: at the end.
    """
    device = torch.device(device)
    state = new_state(recipe, config or DenoiserConfig(), device)
    if state_path.exists():
        state.load(state_path)
    corpus = corpus.to(device)
    began, timed = time.monotonic() - state.spent_s, (time.monotonic(), state.step)
    saved, smooth = time.monotonic(), dict[str, float]()
    example: Example | None = None
    while state.steps == 0 or state.step < state.steps:
        if max_steps is not None and state.step >= max_steps:
            break
        if example is None or state.step % recipe.reuse == 0:
            batch, num_frames, past = recipe.clips[state.step // recipe.reuse % len(recipe.clips)]
            example = draw_example(corpus, batch, past + num_frames, recipe.size, recipe.drop, state.generator)
        found = train_step(state, recipe, example, past, corpus)
        smooth = {name: 0.98 * smooth.get(name, value) + 0.02 * value for name, value in found.items()}
        state.step += 1
        now = time.monotonic()
        state.spent_s = now - began
        if state.steps == 0 and state.step >= timed[1] + TIMED_STEPS:
            left_s = 60 * minutes - state.spent_s
            state.steps = state.step + max(0, int(left_s * (state.step - timed[1]) / (now - timed[0])))
        if progress is not None and state.step % REPORT_EVERY == 0:
            progress(state.step, state.steps, smooth)
        # a batch that serves several steps is not part of the state, so states are kept between batches only
        if now - saved > SAVE_EVERY_S and state.step % recipe.reuse == 0:
            state.save(state_path)
            saved = now
    state.save(state_path)
    return state


def train_step(state: TrainingState, recipe: BaseRecipe, example: Example, past: int, corpus: SpeechCorpus) -> dict[str, float]:
    """One step of AdamW on one batch, whose first `past` frames are only remembered; returns the losses."""
    net, device = state.net, state.generator.device
    state.net.train()
    for group in state.optimizer.param_groups:
        group["lr"] = recipe.learning_rate * _rate(state.step, state.steps, recipe.warmup_steps)
    memory = None
    if past:
        noisy = _add_noise(example.clip.frames[:, :past], recipe, state.generator)
        with torch.no_grad(), torch.autocast(device.type, torch.bfloat16):
            earlier = net(*noisy, example.conditions.between(0, past))
        memory = earlier.memory.before(past, net.config.graph.memory_length)
    num_frames = example.clip.frames.shape[1]
    clip, conditions = example.clip.between(past, num_frames), example.conditions.between(past, num_frames)
    x_t, sigma = _add_noise(clip.frames, recipe, state.generator)
    heard, said = corpus.draw(state.generator, recipe.speech_clips, recipe.speech_frames, SPEECH_CONTEXT)
    with torch.autocast(device.type, torch.bfloat16):
        output = net(x_t, sigma, conditions, memory)
        speech = net.conditioning.speech
        spoken = speech.visemes(speech(heard))[:, SPEECH_CONTEXT:-SPEECH_CONTEXT]
    x0 = apply_warp(conditions.reference, output.warp)
    found = losses(output.warp, x0, clip, sigma)
    parts: dict[str, Tensor] = {field.name: getattr(found, field.name) for field in fields(Losses)}
    parts["viseme"] = viseme_loss(spoken, said)
    total = torch.stack([recipe.weights[name] * value for name, value in parts.items()]).sum()
    state.optimizer.zero_grad(set_to_none=True)
    total.backward()
    torch.nn.utils.clip_grad_norm_(net.parameters(), recipe.clip_norm)
    state.optimizer.step()
    state.average.update_parameters(net)
    return {name: value.item() for name, value in parts.items()}


def _add_noise(frames: Tensor, recipe: BaseRecipe, generator: Generator) -> tuple[Tensor, Tensor]:
    """Noisy frames [B, T, 3, S, S] and their levels [B, T]."""
    sigma = draw_noise_levels(frames.shape[0], frames.shape[1], recipe, generator)
    noise = torch.randn(frames.shape, generator=generator, device=generator.device)
    return torch.lerp(frames, noise, sigma[:, :, None, None, None]), sigma


def draw_noise_levels(batch: int, num_frames: int, recipe: BaseRecipe, generator: Generator) -> Tensor:
    """Noise levels [B, T]: 1 for most samples, else logit-normal; in half of the samples the first frames are known (0)."""
    device = generator.device
    rand = torch.rand(2, batch, 1, generator=generator, device=device)
    spread = torch.sigmoid(torch.randn(batch, 1, generator=generator, device=device) + 0.4)
    level = torch.where(rand[0] < recipe.full_noise, 1.0, spread).expand(-1, num_frames)
    most = min(recipe.known_frames, num_frames - 1)
    known = torch.randint(0, most + 1, (batch, 1), generator=generator, device=device) * (rand[1] < 0.5)
    return torch.where(torch.arange(num_frames, device=device)[None] < known, 0.0, level)


def _rate(step: int, steps: int, warmup: int) -> float:
    """Share of the learning rate: a line up, then half a cosine down to a fiftieth."""
    done = step / steps if steps else 0.0
    return min(1.0, (step + 1) / (warmup + 1)) * (0.02 + 0.98 * 0.5 * (1 + math.cos(math.pi * min(1.0, done))))
