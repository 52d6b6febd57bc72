"""Training of the built-in video encoder by masked prediction on drawn clips: `python -m eadnet_core train video --minutes M`."""

from __future__ import annotations

import torch
from torch import Generator, Tensor

from ...models.video_encoder import ClipEncoder, ClipEncoderConfig
from ...synthetic.clip import draw_clip
from ...synthetic.speech_corpus import SpeechCorpus
from ..base.controls import draw_controls
from ..fit import Fit, Optimisation, fit
from ..progress import Progress
from .masked import MaskedPrediction
from .recipe import VideoRecipe

WARMUP_STEPS, CLIP_NORM = 80, 1.0


def train_video(
    recipe: VideoRecipe,
    corpus: SpeechCorpus,
    minutes: float,
    config: ClipEncoderConfig | None = None,
    device: torch.device | str = "cpu",
    progress: Progress | None = None,
) -> Fit[ClipEncoder]:
    """Trains a video encoder until the minutes are over.

    Args:
        recipe: What to train.
        corpus: What the drawn faces say; training stretches only.
        minutes: Budget.
        config: The network; the default one where None.
        device: Where to draw and to train.
        progress: Told of the loss every 20 steps.
    """
    device = torch.device(device)
    torch.manual_seed(recipe.seed)
    encoder = ClipEncoder(config or ClipEncoderConfig()).to(device).train()
    task = MaskedPrediction(encoder, recipe.decoder_width, recipe.decoder_depth).to(device)
    generator = Generator(device).manual_seed(recipe.seed)
    corpus = corpus.to(device)
    frames = torch.empty(0)

    def losses(step: int) -> dict[str, Tensor]:
        nonlocal frames
        if step % recipe.reuse == 0:
            frames = draw_frames(corpus, recipe.batch_size, recipe.num_frames, encoder.config.size, generator)
        seen = frames.flip(-1) if torch.rand((), generator=generator, device=device) < 0.5 else frames
        with torch.autocast(device.type, torch.bfloat16):
            return {"guess": task(seen, recipe.hidden, generator)}

    how = Optimisation.of(recipe, WARMUP_STEPS, CLIP_NORM)
    return fit(encoder, task, losses, {"guess": 1.0}, how, minutes, progress)


def draw_frames(corpus: SpeechCorpus, batch: int, num_frames: int, size: int, generator: Generator) -> Tensor:
    """Frames [B, T, 3, size, size], -1 to 1, of random faces that speak random stretches of the corpus."""
    _, visemes = corpus.draw(generator, batch, num_frames, 0, augment=False)
    controls, _ = draw_controls(visemes, 0.0, generator)
    return draw_clip(controls, size, generator).frames
