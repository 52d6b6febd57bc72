"""Training of the base denoiser on drawn faces and on footage: `python -m eadnet_core train base --minutes M`."""

from __future__ import annotations

import copy
import math
import time
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Protocol

import torch
from torch import Generator, Tensor
from torch.optim.swa_utils import AveragedModel, get_ema_multi_avg_fn

from ...emotion.captions import draw_captions
from ...face.landmarks import draw_landmark_maps
from ...models.denoiser import Denoiser, DenoiserConfig
from ...models.warp import apply_warp
from ...synthetic.clip import DrawnClip, draw_clip
from ...synthetic.speech_corpus import SpeechCorpus
from ...types import SPEECH_CONTEXT, Conditions
from ..progress import Progress
from .controls import draw_controls
from .objective import Losses, caption_loss, losses, viseme_loss
from .recipe import BaseRecipe
from .recorded_clip import RecordedClip
from .state import TrainingState
from .supervision import Supervision
from .world import Alone, World

TIMED_STEPS = 24
"""Steps after which the minutes that are left are turned into a number of steps, once."""
SAVE_EVERY_S = 240.0
REPORT_EVERY = 10
SEED_STRIDE = 1_000_003
"""Between the seeds of the processes that train together."""



@dataclass(frozen=True)
class Example:
    """A batch: what the denoiser is told, and what it should have made of it.

    Attributes:
        conditions: Portrait and controls.
        clip: Frames, and labels of drawn ones.
    """

    conditions: Conditions
    clip: DrawnClip | RecordedClip


class Recordings(Protocol):
    """Batches of real clips."""

    def example(self, index: int) -> Example | None:
        """Batch number `index` of a training, on its device; None where that batch is to be drawn."""


@dataclass(frozen=True)
class DrawnExample(Example):
    """A drawn batch.

    Attributes:
        clip: Frames and labels.
        visemes: [B, T, 5], what is said.
    """

    clip: DrawnClip
    visemes: Tensor


def draw_example(corpus: SpeechCorpus, batch: int, num_frames: int, size: int, drop: float, generator: Generator) -> DrawnExample:
    """A batch of random faces that speak random stretches of the corpus."""
    mel, visemes = corpus.draw(generator, batch, num_frames, SPEECH_CONTEXT)
    controls, told = draw_controls(visemes, drop, generator)
    clip = draw_clip(controls, size, generator)
    maps = draw_landmark_maps(clip.seen_landmarks, size)
    return DrawnExample(told.conditions(clip.reference, maps, clip.seen_landmarks, mel), clip, visemes)


def new_state(recipe: BaseRecipe, start: Denoiser | DenoiserConfig, world: World) -> TrainingState:
    """A training before its first step.

    Args:
        recipe: What to train.
        start: The network to go on from, of which a checkpoint's averaged weights are enough, or the form of a new one.
        world: The processes that train together; each has chance of its own, but for the first weights.
    """
    torch.manual_seed(recipe.seed)
    net = Denoiser(start) if isinstance(start, DenoiserConfig) else copy.deepcopy(start)
    net = net.to(world.device)
    average = AveragedModel(net, multi_avg_fn=get_ema_multi_avg_fn(recipe.ema_decay))
    optimizer = torch.optim.AdamW(net.parameters(), recipe.learning_rate, (0.9, 0.98), weight_decay=recipe.weight_decay, fused=True)
    generator = Generator(world.device).manual_seed(recipe.seed + SEED_STRIDE * world.rank)
    return TrainingState(net, average, optimizer, generator, world)


def train_base(
    recipe: BaseRecipe,
    corpus: SpeechCorpus,
    minutes: float,
    state_path: Path,
    start: Denoiser | DenoiserConfig | None = None,
    world: World | None = None,
    recordings: Recordings | None = None,
    supervision: Supervision | None = None,
    progress: Progress | None = None,
    steps: int | None = None,
    max_steps: int | None = None,
) -> TrainingState:
    """Trains until the minutes are over, and keeps the state in a file now and then; goes on from it where it exists.

    Of several processes each makes its own batches, and all make the same steps.

    Args:
        recipe: What to train.
        corpus: What is said; training stretches only.
        minutes: Budget of the whole training. It is turned into a number of steps once, which a resumed training keeps.
        state_path: The state's file.
        start: The network to go on from, or the form of a new one; the default form where None. A state's file comes before it.
        world: The processes that train together; this one on the CPU where None.
        recordings: Batches of real clips; all are drawn where None.
        supervision: Frozen networks that look at the estimate, see supervision.load_supervision; none where None.
        progress: Told of the losses every 10 steps, by the first process.
        steps: Length of the whole training, instead of minutes.
        max_steps: Stops after this many steps altogether, with the state saved; None: at the end.
    """
    world = world or Alone(torch.device("cpu"))
    state = new_state(recipe, start or DenoiserConfig(), world)
    if world.agreed(state_path.exists()):
        state.load(state_path)
    state.steps = state.steps or steps or 0
    corpus, supervision = corpus.to(world.device), supervision or Supervision()
    began, timed = time.monotonic() - state.spent_s, (time.monotonic(), state.step)
    saved, smooth = time.monotonic(), dict[str, float]()
    example: Example | None = None
    while state.steps == 0 or state.step < state.steps:
        if max_steps is not None and state.step >= max_steps:
            break
        index = state.step // recipe.reuse
        batch, num_frames, past = recipe.clips[index % len(recipe.clips)]
        if example is None or state.step % recipe.reuse == 0:
            example = None if recordings is None else recordings.example(index)
            example = example or draw_example(corpus, batch, past + num_frames, recipe.size, recipe.drop, state.generator)
        found = train_step(state, recipe, example, past, corpus, supervision)
        smooth |= {name: 0.98 * smooth.get(name, value) + 0.02 * value for name, value in found.items()}
        state.step += 1
        now = time.monotonic()
        state.spent_s = now - began
        if state.steps == 0 and state.step >= timed[1] + TIMED_STEPS:
            left_s = 60 * minutes - state.spent_s
            state.steps = world.agreed(state.step + max(0, int(left_s * (state.step - timed[1]) / (now - timed[0]))))
        if progress is not None and world.rank == 0 and state.step % REPORT_EVERY == 0:
            progress(state.step, state.steps, smooth)
        # a batch that serves several steps is not part of the state, so states are kept between batches only
        if state.step % recipe.reuse == 0 and world.agreed(now - saved > SAVE_EVERY_S):
            state.save(state_path)
            saved = now
    state.save(state_path)
    return state


def train_step(
    state: TrainingState, recipe: BaseRecipe, example: Example, past: int, corpus: SpeechCorpus, supervision: Supervision
) -> dict[str, float]:
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
    parts: dict[str, Tensor] = {f.name: value for f in fields(Losses) if (value := getattr(found, f.name)) is not None}
    parts["viseme"] = viseme_loss(spoken, said)
    if recipe.captions:
        parts["caption"] = _taught_captions(net, recipe.captions, state.generator)
    parts |= supervision.losses(x0, clip.frames, conditions, sigma)
    total = torch.stack([recipe.weights[name] * value for name, value in parts.items()]).sum()
    state.optimizer.zero_grad(set_to_none=True)
    total.backward()
    state.world.average_gradients(net.parameters())
    torch.nn.utils.clip_grad_norm_(net.parameters(), recipe.clip_norm)
    state.optimizer.step()
    state.average.update_parameters(net)
    of_footage = () if isinstance(clip, DrawnClip) else ("picture", "motion", "sync", "trepa")
    return {f"footage {name}" if name in of_footage else name: value.item() for name, value in parts.items()}


def _taught_captions(net: Denoiser, count: int, generator: Generator) -> Tensor:
    """The caption loss of new captions."""
    captions, _, asked = draw_captions(count, generator)
    text = net.conditioning.text
    with torch.autocast(generator.device.type, torch.bfloat16):
        read = text.units(text(captions.to(generator.device)))[:, 0]
    return caption_loss(read, asked.to(generator.device))


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
