"""Training of the emotion classifier on drawn faces: `python -m eadnet_core train emotion --minutes M`."""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Generator, Tensor, nn

from ...models.emotion_classifier import EmotionClassifier, EmotionClassifierConfig
from ..fit import Fit, Optimisation, fit
from ..progress import Progress
from .recipe import EmotionRecipe
from .supply import Supply

WARMUP_STEPS, CLIP_NORM = 60, 5.0


def train_emotion(
    recipe: EmotionRecipe,
    minutes: float,
    config: EmotionClassifierConfig | None = None,
    device: torch.device | str = "cpu",
    progress: Progress | None = None,
) -> Fit[EmotionClassifier]:
    """Trains an emotion classifier until the minutes are over.

    Args:
        recipe: How.
        minutes: Budget, without the drawing of the first faces.
        config: The network; the default one where None.
        device: Where to draw and to train.
        progress: Told of the losses every 20 steps.
    """
    device = torch.device(device)
    torch.manual_seed(recipe.seed)
    net = EmotionClassifier(config or EmotionClassifierConfig()).to(device, memory_format=torch.channels_last).train()  # type: ignore[call-overload]
    supply = Supply(recipe, net.config.face_size, Generator(device).manual_seed(recipe.seed))

    def losses(step: int) -> dict[str, Tensor]:
        faces = supply.batch(step)
        with torch.autocast(device.type, torch.bfloat16):
            logits, units = net(faces.pictures)
        return {"class": F.cross_entropy(logits.float(), faces.labels), "units": F.mse_loss(units.float(), faces.units)}

    how = Optimisation.of(recipe, WARMUP_STEPS, CLIP_NORM)
    return fit(net, nn.Module(), losses, recipe.weights, how, minutes, progress)
