"""How well a denoiser does on held-out drawn clips: each figure for every clip, so that arms can be compared clip by clip."""

from __future__ import annotations

import statistics
import time
from dataclasses import fields, replace

import torch
from torch import Generator, Tensor

from eadnet_core.models.denoiser import Denoiser
from eadnet_core.models.syncnet import SyncNet, cut_lips, similarity_by_shift
from eadnet_core.models.warp import apply_warp
from eadnet_core.synthetic.speech_corpus import SpeechCorpus
from eadnet_core.timebase import MELS_PER_FRAME
from eadnet_core.training.base.objective import importance
from eadnet_core.training.base.report import correlation
from eadnet_core.training.base.train import DrawnExample, draw_example
from eadnet_core.types import SPEECH_CONTEXT, Conditions, Warp

WINDOW, OVERLAP, NUM_FRAMES = 16, 4, 28
"""Two windows of the sampler's default length: 16 frames, then 12 that continue the last four of them."""
MAX_SHIFT = 7
CROP_PX = 128
AT_ONCE = 8
BETTER = {"lips": 1, "shift": 1, "cosine": 1, "flow_px": -1, "words_px": -1, "mouth_db": 1, "motion": -1, "seam": -1}
"""The measures, and whether more (1) or less (-1) is better.

lips: correlation of the visible inside of the mouth with the true distance of the lips.
shift: 1 where the SyncNet that did not supervise finds the shift of 15 within one frame.
cosine: of lips and sound, by the same SyncNet.
flow_px: distance of the flow from its label, in pixels of a crop of 128, eyes and mouth weighted as in training.
words_px: the same on captioned clips of which neither label nor Action Units are told.
mouth_db: peak signal-to-noise ratio of the lower face, decibels.
motion: error of the change from frame to frame, grey levels of 255.
seam: pixel acceleration where the second window begins, against the rest of the clip, over the same of the true clip.
"""


def draw_held_out(corpus: SpeechCorpus, num_clips: int, size: int, seed: int) -> list[DrawnExample]:
    """Clips that no arm has seen, a few at a time."""
    generator = Generator().manual_seed(seed)
    return [draw_example(corpus, min(AT_ONCE, num_clips - i), NUM_FRAMES, size, 0.0, generator) for i in range(0, num_clips, AT_ONCE)]


def measure(net: Denoiser, judge: SyncNet, examples: list[DrawnExample], seed: int) -> dict[str, Tensor]:
    """Each measure of BETTER for every clip, float32 [N]; NaN where it does not apply (lips that do not move, clips without words)."""
    generator = Generator().manual_seed(seed)
    parts = [_measure(net, judge, example, generator) for example in examples]
    return {name: torch.cat([part[name] for part in parts]) for name in BETTER}


def measure_truth(judge: SyncNet, examples: list[DrawnExample]) -> dict[str, Tensor]:
    """The same measures of the true clips, where they have any: what a perfect denoiser would reach."""
    parts = []
    for example in examples:
        found = _of_lips(example.clip.frames, example.clip.mask, judge, example)
        parts.append(found | {"seam": torch.ones(len(example.clip.frames))})
    return {name: torch.cat([part[name] for part in parts]) for name in parts[0]}


@torch.inference_mode()
def window_cpu_ms(net: Denoiser, example: DrawnExample, repeats: int = 5) -> float:
    """CPU time of the network for a window of one clip, milliseconds, median; other processes do not count."""
    tensors = {f.name: v[:1] for f in fields(Conditions) if isinstance(v := getattr(example.conditions, f.name), Tensor)}
    conditions = replace(example.conditions, **tensors, given=None).between(0, WINDOW)
    x_t, sigma = torch.zeros(1, WINDOW, 3, *conditions.reference.shape[-2:]), torch.ones(1, WINDOW)
    spent = []
    for _ in range(repeats):
        began = time.process_time()
        net(x_t, sigma, conditions)
        spent.append(time.process_time() - began)
    return 1000 * statistics.median(spent)


def _measure(net: Denoiser, judge: SyncNet, example: DrawnExample, generator: Generator) -> dict[str, Tensor]:
    clip, conditions = example.clip, example.conditions
    warp = sample_clip(net, conditions, generator)
    made = apply_warp(conditions.reference, warp)
    lips = [cut_lips(frames, judge.config.lip_size) / 2 for frames in (made, clip.frames)]
    error = (lips[0] - lips[1]).square().mean((1, 2, 3, 4))
    change = (made.diff(dim=1) - clip.frames.diff(dim=1)).abs().mean((1, 2, 3, 4))
    found = _of_lips(made, torch.sigmoid(warp.mask_logit), judge, example)
    return found | {
        "flow_px": _flow_error(warp, example),
        "words_px": _flow_error_by_words(net, example, generator),
        "mouth_db": -10 * error.log10(),
        "motion": 127.5 * change,
        "seam": _seam(made) / _seam(clip.frames),
    }


@torch.inference_mode()
def sample_clip(net: Denoiser, conditions: Conditions, generator: Generator) -> Warp:
    """The warp of NUM_FRAMES frames as the sampler makes them: one step a window, the second window continuing the first."""
    batch, _, size, _ = conditions.reference.shape
    noise = torch.randn(batch, NUM_FRAMES, 3, size, size, generator=generator)
    start = WINDOW - OVERLAP
    with torch.autocast("cpu", torch.bfloat16):
        first = net(noise[:, :WINDOW], torch.ones(batch, WINDOW), conditions.between(0, WINDOW))
        known = apply_warp(conditions.reference, first.warp)[:, start:]
        x_t, sigma = torch.cat([known, noise[:, WINDOW:]], 1), torch.ones(batch, NUM_FRAMES - start)
        sigma[:, :OVERLAP] = 0
        memory = first.memory.before(start, net.config.graph.memory_length)
        second = net(x_t, sigma, conditions.between(start, NUM_FRAMES), memory)
    return Warp.from_stacked(torch.cat([first.warp.stacked(), second.warp.stacked()[:, OVERLAP:]], 1))


@torch.inference_mode()
def _of_lips(frames: Tensor, mask: Tensor, judge: SyncNet, example: DrawnExample) -> dict[str, Tensor]:
    mel, margin = example.conditions.mel, SPEECH_CONTEXT * MELS_PER_FRAME
    assert mel is not None
    inside = mask[..., mask.shape[-2] // 2 :, :].mean((2, 3, 4))  # shut lids lie in the upper half
    seen, heard = judge.embed_lips(cut_lips(frames, judge.config.lip_size)), judge.embed_speech(mel[:, margin:-margin])
    scores = similarity_by_shift(seen, heard, MAX_SHIFT)
    moving = example.clip.opening.std(1) > 0.004
    return {
        "lips": torch.where(moving, correlation(inside, example.clip.opening), torch.nan),
        "shift": ((scores.argmax(1) - MAX_SHIFT).abs() <= 1).float(),
        "cosine": scores[:, MAX_SHIFT],
    }


def _flow_error(warp: Warp, example: DrawnExample) -> Tensor:
    """[B], pixels."""
    clip = example.clip
    distance = (warp.flow - clip.flow).norm(dim=2, keepdim=True) * CROP_PX
    weight = importance(clip.landmarks, distance.shape[-1]) * clip.flow_known
    return (distance * weight).sum((1, 2, 3, 4)) / weight.sum((1, 2, 3, 4))


def _flow_error_by_words(net: Denoiser, example: DrawnExample, generator: Generator) -> Tensor:
    """[B], pixels; NaN for clips without a caption, or with Action Units of their own."""
    given = example.conditions.given
    assert given is not None
    worded = given["text_ids"] & ~given["action_units"]
    told = {**given, "emotion": torch.zeros_like(worded), "action_units": torch.zeros_like(worded)}
    error = _flow_error(sample_clip(net, replace(example.conditions, given=told), generator), example)
    return torch.where(worded, error, torch.nan)


def _seam(frames: Tensor) -> Tensor:
    """[B]: mean acceleration of the pixels over the two moments that span the seam, against all others."""
    acceleration = (frames[:, 2:] - 2 * frames[:, 1:-1] + frames[:, :-2]).abs().mean((2, 3, 4))  # [B, T - 2], of frame i + 1
    at_seam = torch.zeros(acceleration.shape[1], dtype=torch.bool)
    at_seam[WINDOW - 2 : WINDOW] = True
    return acceleration[:, at_seam].mean(1) / acceleration[:, ~at_seam].mean(1).clamp(min=1e-6)
