"""Training of a denoiser's speech encoder by itself: `python -m eadnet_core train speech --from FILE --minutes M`.

No face needs to be drawn for it, so it hears a hundred times more speech than beside the rest of the denoiser.
"""

from __future__ import annotations

import copy

import torch
from torch import Generator, Tensor, nn

from ...models.speech_encoder import SpeechEncoder
from ...synthetic.speech_corpus import SpeechCorpus
from ...types import SPEECH_CONTEXT
from ..base.objective import viseme_loss
from ..fit import Fit, Optimisation, fit
from ..progress import Progress
from .recipe import SpeechRecipe

WARMUP_STEPS, CLIP_NORM = 100, 1.0


def train_speech(
    recipe: SpeechRecipe,
    encoder: SpeechEncoder,
    corpus: SpeechCorpus,
    minutes: float,
    device: torch.device | str = "cpu",
    progress: Progress | None = None,
) -> Fit[SpeechEncoder]:
    """Teaches a speech encoder to hear visemes until the minutes are over.

    Args:
        recipe: How.
        encoder: What to go on from; it is left as it is.
        corpus: What is said; training stretches only.
        minutes: Budget.
        device: Where to train.
        progress: Told of the loss every 20 steps.
    """
    device = torch.device(device)
    net, heard = copy.deepcopy(encoder).to(device).train(), corpus.to(device)
    generator = Generator(device).manual_seed(recipe.seed)

    def losses(step: int) -> dict[str, Tensor]:
        mel, said = heard.draw(generator, recipe.batch_size, recipe.num_frames, SPEECH_CONTEXT)
        with torch.autocast(device.type, torch.bfloat16):
            spoken = net.visemes(net(mel))[:, SPEECH_CONTEXT:-SPEECH_CONTEXT]
        return {"viseme": viseme_loss(spoken, said)}

    how = Optimisation.of(recipe, WARMUP_STEPS, CLIP_NORM)
    return fit(net, nn.Module(), losses, {"viseme": 1.0}, how, minutes, progress)


@torch.inference_mode()
def measure_visemes(encoder: SpeechEncoder, corpus: SpeechCorpus, num_frames: int, stretches: int = 256, seed: int = 1) -> list[float]:
    """Correlation of each heard viseme with what is said, over random stretches of a corpus."""
    device = next(encoder.parameters()).device
    mel, said = corpus.to(device).draw(Generator(device).manual_seed(seed), stretches, num_frames, SPEECH_CONTEXT)
    heard = encoder.visemes(encoder(mel.to(next(encoder.parameters()).dtype)))[:, SPEECH_CONTEXT:-SPEECH_CONTEXT]
    pairs = zip(heard.flatten(0, 1).T, said.flatten(0, 1).T, strict=True)
    return [float(torch.corrcoef(torch.stack(pair))[0, 1]) for pair in pairs]
