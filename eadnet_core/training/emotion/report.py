"""What a trained emotion classifier sees in faces it was not trained on."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Generator

from ...emotion.vocabulary import ACTION_UNITS, EMOTIONS
from ...models.emotion_classifier import EmotionClassifier
from .expressions import NO_CLASS
from .recipe import EmotionRecipe
from .supply import cut_faces, disguised, draw_faces

_AT_ONCE = 24


@dataclass(frozen=True)
class EmotionReport:
    """Answers for unseen drawn faces, one frame each.

    Attributes:
        accuracy: Share of right classes.
        confusion: For each true class in the order of EMOTIONS, the share of each answer.
        unit_correlation: Correlation of each Action Unit with the truth, by name.
    """

    accuracy: float
    confusion: tuple[tuple[float, ...], ...]
    unit_correlation: dict[str, float]


@torch.inference_mode()
def measure_emotion(net: EmotionClassifier, recipe: EmotionRecipe, count: int = 480, seed: int = 1) -> EmotionReport:
    """The report of a classifier.

    Args:
        net: The classifier.
        recipe: For the size of the drawn pictures and the errors of their framing.
        count: Faces to draw.
        seed: Of faces and expressions.
    """
    device = next(net.parameters()).device
    generator = Generator(device).manual_seed(seed)
    answers, truths, seen, shown = [], [], [], []
    for first in range(0, count, _AT_ONCE):
        pictures, landmarks, *labels = draw_faces(min(_AT_ONCE, count - first), 1, recipe.picture_size, generator)
        faces = cut_faces(generator, disguised(generator, pictures), landmarks, net.config.face_size, recipe.framing_error)
        logits, units = net(faces * 2 - 1)
        answers.append(logits.argmax(1))
        truths.append(labels[0])
        seen.append(units)
        shown.append(labels[1])
    answer, truth = torch.cat(answers), torch.cat(truths)
    labelled = truth != NO_CLASS
    table = torch.zeros(len(EMOTIONS), len(EMOTIONS), device=device)
    table.index_put_((truth[labelled], answer[labelled]), torch.ones(int(labelled.sum()), device=device), accumulate=True)
    shares = (table / table.sum(1, keepdim=True).clamp(min=1)).tolist()
    a, b = (values - values.mean(0) for values in (torch.cat(seen), torch.cat(shown)))
    correlation = (a * b).sum(0) / (a.norm(dim=0) * b.norm(dim=0)).clamp(min=1e-6)
    accuracy = float((answer == truth)[labelled].float().mean())
    rounded = tuple(tuple(round(share, 3) for share in row) for row in shares)
    return EmotionReport(accuracy, rounded, dict(zip(ACTION_UNITS, (round(value, 3) for value in correlation.tolist()), strict=True)))
