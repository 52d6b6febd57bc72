"""Endless batches of lips and sound from a slowly changing store of drawn clips."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Generator, Tensor

from ...synthetic.speech_corpus import SpeechCorpus, vary_mel
from ...synthetic.visemes import VISEMES
from ...timebase import MELS_PER_FRAME
from ..base.controls import draw_controls
from .augment import vary_lips
from .lips import draw_lips
from .recipe import SyncRecipe

AT_ONCE = 8
"""Clips drawn at a time, to spare memory."""


@dataclass(frozen=True)
class Batch:
    """Stretches of clips.

    Attributes:
        lips: [B, T, 3, L, L], -1 to 1.
        mel: [B, 4 * T, 64].
        visemes: [B, T, 5], 0 to 1.
    """

    lips: Tensor
    mel: Tensor
    visemes: Tensor


class Supply:
    """Drawn clips in a ring, each used many times, with another stretch, camera, throat and microphone each time."""

    def __init__(self, recipe: SyncRecipe, corpus: SpeechCorpus, lip_size: int, generator: Generator) -> None:
        self.recipe, self.corpus, self.generator = recipe, corpus, generator
        device, frames = generator.device, recipe.clip_frames
        self.lips = torch.empty(recipe.reservoir, frames, 3, lip_size, lip_size, dtype=torch.uint8, device=device)
        self.mel = torch.empty(recipe.reservoir, frames * MELS_PER_FRAME, corpus.mel.shape[1], device=device)
        self.visemes = torch.empty(recipe.reservoir, frames, len(VISEMES), device=device)
        self.num_drawn = 0
        while self.num_drawn < recipe.first_clips:
            self._draw(min(AT_ONCE, recipe.first_clips - self.num_drawn))

    def batch(self, step: int) -> Batch:
        """The batch of a step."""
        recipe, generator = self.recipe, self.generator
        if step and step % recipe.steps_between_new_clips == 0:
            self._draw(recipe.new_clips)
        held, count = min(self.num_drawn, recipe.reservoir), recipe.batch_size
        chosen = torch.randperm(held, generator=generator, device=generator.device)[:count]  # no clip twice: it would be its own rival
        latest = recipe.clip_frames - recipe.num_frames
        first = torch.randint(0, latest + 1, (len(chosen), 1), generator=generator, device=generator.device)
        frames = first + torch.arange(recipe.num_frames, device=generator.device)
        columns = MELS_PER_FRAME * first + torch.arange(MELS_PER_FRAME * recipe.num_frames, device=generator.device)
        lips = self.lips[chosen[:, None], frames].float() / 127.5 - 1
        mel = vary_mel(self.mel[chosen[:, None], columns], generator)
        return Batch(vary_lips(lips, generator), mel, self.visemes[chosen[:, None], frames])

    def _draw(self, count: int) -> None:
        recipe = self.recipe
        mel, visemes = self.corpus.draw(self.generator, count, recipe.clip_frames, 0, augment=False)
        controls, _ = draw_controls(visemes, 0.0, self.generator)
        lips = draw_lips(controls, self.lips.shape[-1], recipe.framing_error, recipe.shake, self.generator)
        places = torch.arange(self.num_drawn, self.num_drawn + count, device=mel.device) % recipe.reservoir
        self.lips[places] = ((lips + 1) * 127.5).round().clamp(0, 255).to(torch.uint8)
        self.mel[places], self.visemes[places] = mel, visemes
        self.num_drawn += count
