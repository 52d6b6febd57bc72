"""The sampler: portrait, speech and performance to the motion of a clip, window by window."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from math import isfinite

import numpy as np
import torch
from torch import Tensor

from ..errors import InputError
from ..models.denoiser import Denoiser
from ..models.frame_graph import FrameMemory
from ..models.warp import apply_warp
from ..types import Performance, Portrait, Report, SpeechFeatures, Warp
from .guidance import GuidanceScales, GuidedConditions, guide
from .schedule import flow_schedule, frame_noise, is_seed, step_towards
from .windows import Window, clip_conditions, plan_windows

MOST_STEPS = 8
LARGEST_SCALE = 10.0


@dataclass(frozen=True)
class SamplerOptions:
    """How to sample.

    Attributes:
        steps: Denoising steps, 1 to 8.
        audio_scale: Guidance by the sound, 0 (as if there were none) to 10; 1 is as trained.
        emotion_scale: Likewise by emotion and its text.
        action_unit_scale: Likewise by Action Units.
        seed: 0 to 2^64 - 1; the same seed gives the same motion on the same device.
        window: Frames made at once.
        overlap: Frames of each window that the one before has made.

    Raises:
        InputError: A value is out of range.
    """

    steps: int = 1
    audio_scale: float = 1.0
    emotion_scale: float = 1.0
    action_unit_scale: float = 1.0
    seed: int = 0
    window: int = 16
    overlap: int = 4

    def __post_init__(self) -> None:
        if not 1 <= self.steps <= MOST_STEPS:
            raise InputError(f"steps is {self.steps}; EAD-Net takes 1 to {MOST_STEPS}.")
        for name in ("audio_scale", "emotion_scale", "action_unit_scale"):
            scale = getattr(self, name)
            if not (isfinite(scale) and 0 <= scale <= LARGEST_SCALE):
                raise InputError(f"{name} is {scale}; give 0 (off) to {LARGEST_SCALE:g}, 1 is as trained.")
        if not is_seed(self.seed):
            raise InputError(f"seed is {self.seed}; give a whole number from 0 to 2^64 - 1.")
        if not 0 <= self.overlap < self.window:
            raise InputError(f"overlap is {self.overlap} frames and window {self.window}; give an overlap from 0 to less than the window.")

    @property
    def scales(self) -> GuidanceScales:
        return GuidanceScales(audio=self.audio_scale, emotion=self.emotion_scale, action_unit=self.action_unit_scale)


@dataclass(frozen=True)
class Progress:
    """Where a clip stands, and whom to tell.

    Attributes:
        done: Frames made by earlier windows.
        total: Frames of the clip.
        report: Called after each step; raising in it cancels. None: nobody listens.
    """

    done: int
    total: int
    report: Report | None

    def tell(self, share: float, reference: Tensor, new: Tensor) -> None:
        """Says that `share` (0 to 1) of a window's new frames [1, t, 6, S, S] is made; the preview is the last of them."""
        if self.report is not None:
            frame = apply_warp(reference, Warp.from_stacked(new[:, -1:]))[0, 0]  # [3, S, S]
            preview = ((frame.clamp(-1, 1) + 1) * 127.5).round().to(torch.uint8).permute(1, 2, 0).cpu().numpy()  # [S, S, 3]
            self.report(self.done + int(new.shape[1] * share), self.total, preview)


def sample_motion(
    denoiser: Denoiser,
    portrait: Portrait,
    speech: SpeechFeatures,
    performance: Performance,
    options: SamplerOptions,
    report: Report | None = None,
) -> Iterator[np.ndarray]:
    """The motion of a clip as long as its speech, a window's new frames at a time.

    Each window after the first starts with the last frames of the one before, given clean, and with the frame graphs' memory of
    those before it. The motion is the warp of the last step's estimate.

    Args:
        denoiser: On any device, in any precision.
        portrait: Whose face it is.
        speech: What is said, N frames.
        performance: Everything else, N frames.
        options: Steps, guidance and seed.
        report: Called after each step with frames made, frames in all, and the newest frame; raising in it cancels.

    Yields:
        float16 [t, 6, S, S]: the channels of a MotionField.

    Raises:
        InputError: Speech and performance differ in length.
    """
    clip = clip_conditions(portrait, speech, performance)
    device = next(denoiser.parameters()).device
    known = torch.empty(1, 0, 6, *portrait.crop.shape[1:], dtype=torch.float16, device=device)
    memory: FrameMemory | None = None
    start = 0
    for window in plan_windows(speech.num_frames, options.window, options.overlap):
        if memory is not None:
            memory = memory.before(window.start - start, denoiser.config.graph.memory_length)
        guided = guide(clip.between(window.start, window.stop), options.scales)
        guided = replace(guided, conditions=guided.conditions.to(device))
        progress = Progress(window.start + window.known, speech.num_frames, report)
        new, memory = _make_window(denoiser, guided, window, known, memory, options, progress)
        known = torch.cat([known, new], 1)[:, window.stop - window.start - options.overlap :]
        start = window.start
        yield new[0].cpu().numpy()


@torch.inference_mode()
def _make_window(
    denoiser: Denoiser,
    guided: GuidedConditions,
    window: Window,
    known: Tensor,
    memory: FrameMemory | None,
    options: SamplerOptions,
    progress: Progress,
) -> tuple[Tensor, FrameMemory]:
    """The new frames of a window, float16 [1, t, 6, S, S], and the memory that the denoiser leaves.

    `known` are the channels of its first frames, float16 [1, window.known, 6, S, S].
    """
    reference = guided.conditions.reference[:1]
    num_terms = len(guided.weights)
    clean = apply_warp(reference, Warp.from_stacked(known))
    noise = [frame_noise(options.seed, frame, known.shape[-1]) for frame in range(window.start + window.known, window.stop)]
    x_t = torch.stack(noise)[None].to(known.device)  # [1, t, 3, S, S]
    scheduler = flow_schedule(options.steps)
    for index in range(options.steps):
        sigma = torch.full((1, window.stop - window.start), float(scheduler.sigmas[index]), device=known.device)
        sigma[:, : window.known] = 0
        frames = torch.cat([clean, x_t], 1)
        output = denoiser(frames.expand(num_terms, *frames.shape[1:]), sigma.expand(num_terms, -1), guided.conditions, memory)
        new = guided.mix(output.warp).stacked()[:, window.known :].half()
        if index < options.steps - 1:
            x_t = step_towards(scheduler, index, x_t, apply_warp(reference, Warp.from_stacked(new)))
        progress.tell((index + 1) / options.steps, reference, new)
    return new, output.memory
