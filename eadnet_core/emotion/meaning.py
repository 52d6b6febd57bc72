"""What words say of a face: how much of each emotion, and Action Units that are asked for by name."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

import numpy as np

from .vocabulary import ACTION_UNITS, EMOTION_ACTION_UNITS, EMOTIONS

NEUTRAL = EMOTIONS.index("neutral")
HAPPY = EMOTIONS.index("happy")
SAD = EMOTIONS.index("sad")

SADNESS_OF_NOT_HAPPY = 0.5
"""How sad "not happy" is, for each unit of happiness denied; other emotions, denied, leave a neutral face."""

LEAST_LIKENESS = 0.4
"""Cosine below which named Action Units show no class."""

ACTION_UNITS_OF_EMOTIONS = np.array(
    [[EMOTION_ACTION_UNITS[emotion].get(unit, 0.0) for unit in ACTION_UNITS] for emotion in EMOTIONS], np.float32
)
"""float32 [8, 24]: EMOTION_ACTION_UNITS as a matrix."""

Emotion = tuple[float, ...]
"""8 numbers in the order of EMOTIONS."""


@dataclass(frozen=True)
class Meaning:
    """How much of each emotion words express, and the Action Units that they name.

    Attributes:
        emotion: Distribution over EMOTIONS times intensity, 8 numbers that sum to 1 at most; the neutral entry is
            always 0, because a neutral face is one without emotion.
        action_units: Targets, 0 to 1, of the Action Units that the words name; others follow from the emotion.
    """

    emotion: Emotion = (0.0,) * len(EMOTIONS)
    action_units: Mapping[str, float] = field(default_factory=dict)

    @property
    def intensity(self) -> float:
        """0 (neutral) to 1."""
        return sum(self.emotion)

    @property
    def top(self) -> str:
        """The strongest class; neutral when nothing is felt."""
        return EMOTIONS[self.emotion.index(max(self.emotion))]

    @property
    def shown(self) -> str:
        """The class whose Action Units are most like those named (cosine); neutral when none is named or none is like them."""
        units = np.array([self.action_units.get(unit, 0.0) for unit in ACTION_UNITS])  # [24]
        likeness = ACTION_UNITS_OF_EMOTIONS @ units
        likeness /= np.maximum(np.linalg.norm(ACTION_UNITS_OF_EMOTIONS, axis=1) * np.linalg.norm(units), 1e-6)
        return EMOTIONS[int(likeness.argmax())] if likeness.max() > LEAST_LIKENESS else EMOTIONS[NEUTRAL]

    @property
    def distribution(self) -> Emotion:
        """8 numbers that sum to 1; all of it on neutral when nothing is felt."""
        total = self.intensity
        if total <= 0:
            return tuple(float(i == NEUTRAL) for i in range(len(EMOTIONS)))
        return tuple(value / total for value in self.emotion)

    def scaled(self, degree: float) -> Meaning:
        """The same feeling at another degree: emotion to a sum of 1 at most, each Action Unit to 1 at most."""
        total = self.intensity
        factor = min(degree, 1 / total) if total > 0 else degree
        return Meaning(
            tuple(value * factor for value in self.emotion),
            {unit: min(1.0, value * degree) for unit, value in self.action_units.items()},
        )

    def denied(self, sadness: float = SADNESS_OF_NOT_HAPPY) -> Meaning:
        """What is left when the words are negated ("not happy" is a little sad, "not angry" is neutral)."""
        sad = sadness * self.emotion[HAPPY]
        return Meaning(tuple(sad if i == SAD else 0.0 for i in range(len(EMOTIONS))), dict.fromkeys(self.action_units, 0.0))

    def all_action_units(self) -> np.ndarray:
        """float32 [24]: Action Units of the emotion, where the words name one that instead."""
        units = np.asarray(self.emotion, np.float32) @ ACTION_UNITS_OF_EMOTIONS  # [24]
        for name, value in self.action_units.items():
            units[ACTION_UNITS.index(name)] = value
        return units


def mix(parts: Iterable[tuple[Meaning, float]]) -> Meaning:
    """Several feelings at once: shares as strong as each is felt, and the strongest sets the intensity.

    Args:
        parts: Meanings, each with the weight of its share, above 0. A named Action Unit takes its largest target.

    Source: ours.
    """
    parts = list(parts)
    total = [sum(meaning.emotion[i] * weight for meaning, weight in parts) for i in range(len(EMOTIONS))]
    intensity = max((meaning.intensity for meaning, _ in parts), default=0.0)
    factor = intensity / sum(total) if sum(total) > 0 else 0.0
    units: dict[str, float] = {}
    for meaning, _ in parts:
        for name, value in meaning.action_units.items():
            units[name] = max(value, units.get(name, 0.0))
    return Meaning(tuple(value * factor for value in total), units)
