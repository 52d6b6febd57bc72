"""From utterances and recordings to the corpus that training hears."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from scipy.ndimage import binary_opening

from ..audio.features import log_mel
from ..errors import InputError
from ..speech.phones import PAUSE
from ..speech.timed import column_labels
from ..timebase import SPEECH_RATE
from .sounds import draw_sound
from .speech_corpus import SpeechCorpus, stored
from .teacher import Teacher

logger = logging.getLogger(__name__)
SOUND_SECONDS = 8.0
LEAST_S = 0.5
HUSHED_DB, HUSHED_COLUMNS = 45.0, 12
"""So far under the loudest, for longer than a stop lasts, nobody speaks, whatever a synthesiser says of its times."""


@dataclass(frozen=True)
class Spoken:
    """Speech, and what is said when.

    Attributes:
        family: Kind of voice.
        samples: float32 [N], 16 kHz.
        phones: Start, end, name; empty: nobody knows.
    """

    family: str
    samples: np.ndarray
    phones: list[tuple[float, float, str]]


def read_utterances(folder: Path) -> Iterator[Spoken]:
    """The utterances of a folder that `synth` or `prepare` filled, in the order of their names.

    Raises:
        InputError: A file is no utterance.
    """
    for path in sorted(folder.rglob("*.npz")):
        try:
            with np.load(path, allow_pickle=False) as parts:
                phones = [(float(a), float(b), str(c)) for a, b, c in json.loads(str(parts["phones"]))] if "phones" in parts else []
                family = str(parts["family"]) if "family" in parts else str(parts["speaker"])
                yield Spoken(family, parts["samples"].astype(np.float32) / 32768, phones)
        except (ValueError, KeyError, OSError) as error:
            raise InputError(f"{path} is no utterance ({error}); delete it and run scripts/make_voices.py again.") from error


def make_corpus(spoken: Iterable[Spoken], sound_minutes: float, seed: int) -> SpeechCorpus:
    """Levels and labels of all that is spoken, and of drawn sounds in which nobody speaks.

    Args:
        spoken: What nobody has labelled is labelled by the teacher.
        sound_minutes: How much of the sounds.
        seed: Of those.

    Raises:
        InputError: There is nothing, or the teacher is needed and not installed.
    """
    teacher: Teacher | None = None
    levels, labels, families = [], [], []
    for utterance in spoken:
        if len(utterance.samples) < LEAST_S * SPEECH_RATE:
            continue
        phones = utterance.phones
        if not phones:
            teacher = teacher or Teacher()
            phones = teacher.phones(utterance.samples)
        level = log_mel(utterance.samples)
        levels.append(stored(level))
        labels.append(_hushed(column_labels(phones, len(level)), level))
        families.append(utterance.family)
        if len(levels) % 100 == 0:
            logger.info("%d utterances, %.1f minutes", len(levels), sum(map(len, labels)) / 6000)
    if not levels:
        raise InputError("there are no utterances; make some with: python scripts/make_voices.py")
    rng = np.random.default_rng(seed)
    sounds = [stored(log_mel(draw_sound(rng, SOUND_SECONDS)[1] * 0.3)) for _ in range(max(1, int(sound_minutes * 60 / SOUND_SECONDS)))]
    return SpeechCorpus(
        np.concatenate(levels), np.concatenate(labels), np.cumsum([len(part) for part in labels]), np.array(families),
        np.concatenate(sounds), np.cumsum([len(part) for part in sounds]),
    )  # fmt: skip


def _hushed(labels: np.ndarray, level: np.ndarray) -> np.ndarray:
    """The labels with a pause wherever nothing is heard."""
    loudest = level.max(1)
    quiet = loudest < np.percentile(loudest, 95) - HUSHED_DB
    return np.where(binary_opening(quiet, np.ones(HUSHED_COLUMNS, bool)), np.int8(PAUSE), labels)
