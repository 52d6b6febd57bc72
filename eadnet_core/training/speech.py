"""Training of the speech encoder: phones from log-mel, on many voices in many rooms."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional as F
from torch.utils.data import DataLoader, IterableDataset, get_worker_info

from ..audio.level import normalise_level
from ..audio.mel_scale import NUM_MELS
from ..speech.encoder import COLUMNS_PER_PHONE, SpeechEncoder
from ..speech.phones import NUM_PHONES, PAUSE, SHUT, viseme_classes
from ..speech.timed import UNKNOWN
from ..synthetic.acoustics import QUIET_DB
from ..synthetic.acoustics import heard as heard_elsewhere
from ..synthetic.speech_corpus import SpeechCorpus
from .fit import Fit, Optimisation, fit, own_seed
from .progress import Progress
from .recipe import Recipe

SOUND_SHARE = 0.2
"""Of the stretches: sounds in which nobody speaks, instead of a voice."""
BESIDE_SHARE = 0.3
"""Of the voices: with such a sound beside them."""
JOINED_SHARE = 0.5
"""Of the voices: another utterance or a pause follows, in the same room."""
FAMILY_POWER = 0.5
"""A family of voices is heard by the root of its length, so that one long-winded talker does not drown the others."""
HELD_OUT_EVERY = 25
"""Each so many-th utterance is kept out of training."""
LABEL_SMOOTHING = 0.05
RARITY = 0.35
"""A phone counts by its frequency to the power of minus this."""
SHUT_WEIGHT = 1.5
"""Closures are short and seen at once where they are missed."""


@dataclass(frozen=True, kw_only=True)
class SpeechRecipe(Recipe):
    """Attributes, beside those of every recipe:
    clips: Stretches of speech in a batch.
    columns: Length of each, in log-mel columns.
    """

    CALLED: ClassVar[str] = "a speech recipe"

    clips: int
    columns: int


class HeardSpeech(IterableDataset[tuple[Tensor, Tensor]]):
    """Stretches of a corpus without end: log-mel float32 [columns, 80] and phones int64 [columns / 2], UNKNOWN where nobody knows."""

    def __init__(self, corpus: SpeechCorpus, columns: int, seed: int, held_out: bool = False) -> None:
        self.corpus, self.columns, self.seed = corpus, columns, seed
        every = np.arange(len(corpus.ends))
        self.utterances = every[(every % HELD_OUT_EVERY == HELD_OUT_EVERY - 1) == held_out]
        lengths, families = np.diff(corpus.ends, prepend=0)[self.utterances], corpus.families[self.utterances]
        totals = {family: lengths[families == family].sum() for family in np.unique(families)}
        weighted = lengths * np.array([totals[family] ** (FAMILY_POWER - 1) for family in families])
        self.shares = weighted / weighted.sum()

    def __iter__(self) -> Iterator[tuple[Tensor, Tensor]]:
        worker = get_worker_info()
        rng = np.random.default_rng((self.seed, worker.id if worker else 0))
        while True:
            level, labels = self._stretch(rng)
            yield torch.from_numpy(normalise_level(level)), torch.from_numpy(labels[: self.columns : COLUMNS_PER_PHONE].astype(np.int64))

    def _stretch(self, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
        """Levels of exactly `columns` columns, and a label for each."""
        wanted = int(self.columns * 1.3)
        beside = self._sound(rng) if rng.random() < BESIDE_SHARE else None
        if rng.random() < SOUND_SHARE:
            sound = self._sound(rng)
            voice, labels = np.tile(sound, (-(-wanted // len(sound)), 1))[:wanted], np.full(wanted, PAUSE, np.int8)
        else:
            voice, labels = self._voice(rng, wanted)
        level, labels = heard_elsewhere(rng, voice, labels, beside)
        first = rng.integers(0, len(level) - self.columns + 1)
        return level[first : first + self.columns], labels[first : first + self.columns]

    def _voice(self, rng: np.random.Generator, wanted: int) -> tuple[np.ndarray, np.ndarray]:
        parts: list[tuple[np.ndarray, np.ndarray]] = []
        while sum(len(labels) for _, labels in parts) < wanted:
            level, labels = self.corpus.utterance(int(rng.choice(self.utterances, p=self.shares)))
            if not parts and rng.random() < JOINED_SHARE and len(labels) > wanted // 2:
                first = rng.integers(0, len(labels) - wanted // 2)
                level, labels = level[first:], labels[first:]
            parts.append((level - np.percentile(level.max(1), 95), labels))
            pause = int(rng.exponential(60))
            parts.append((np.full((pause, NUM_MELS), QUIET_DB, np.float32), np.full(pause, PAUSE, np.int8)))
        return np.concatenate([p[0] for p in parts])[:wanted], np.concatenate([p[1] for p in parts])[:wanted]

    def _sound(self, rng: np.random.Generator) -> np.ndarray:
        return self.corpus.sound(int(rng.integers(len(self.corpus.sound_ends))))


def train_speech(
    recipe: SpeechRecipe,
    corpus: SpeechCorpus,
    net: SpeechEncoder,
    minutes: float,
    device: torch.device,
    progress: Progress | None = None,
    workers: int = 0,
    state: Path | None = None,
) -> Fit[SpeechEncoder]:
    """Trains a speech encoder until the minutes are over.

    Args:
        recipe: What to train.
        corpus: What is said.
        net: Where to begin.
        minutes: Budget.
        device: Where to train.
        progress: Told of the loss every 20 steps.
        workers: Processes that prepare stretches; 0: this one does.
        state: See fit.
    """
    torch.manual_seed(recipe.seed)
    heard = HeardSpeech(corpus, recipe.columns, own_seed(recipe.seed))
    data = DataLoader(heard, recipe.clips, num_workers=workers, pin_memory=device.type == "cuda")
    batches, weight = iter(data), _weights(corpus).to(device)
    net = net.to(device).train()

    def losses(step: int) -> dict[str, Tensor]:
        mel, phones = (part.to(device, non_blocking=True) for part in next(batches))
        with torch.autocast(device.type, torch.bfloat16, enabled=device.type == "cuda"):
            logits = net(mel)
        return {"phone": phone_loss(logits.float(), phones, weight)}

    return fit(net, losses, {"phone": 1.0}, Optimisation.of(recipe), minutes, progress, state)


def phone_loss(logits: Tensor, phones: Tensor, weight: Tensor) -> Tensor:
    """Cross-entropy of logits [B, M, P] against phones int64 [B, M], passing over UNKNOWN."""
    return F.cross_entropy(logits.flatten(0, 1), phones.flatten(), weight, ignore_index=UNKNOWN, label_smoothing=LABEL_SMOOTHING)


@torch.inference_mode()
def balanced_accuracy(net: SpeechEncoder, data: HeardSpeech, clips: int) -> dict[str, float]:
    """Share of 20 ms frames told right, each class counting the same: over all phones, over the 13 classes of visemes, and of pauses."""
    device, classes = next(net.parameters()).device, torch.from_numpy(viseme_classes())
    told, true = [], []
    for (mel, phones), _ in zip(data, range(clips), strict=False):
        told.append(net(mel[None].to(device))[0].float().cpu().argmax(-1))
        true.append(phones)
    guess, phone = torch.cat(told), torch.cat(true)
    guess, phone = guess[phone != UNKNOWN], phone[phone != UNKNOWN]

    def balanced(a: Tensor, b: Tensor) -> float:
        return float(torch.stack([(a[b == k] == k).float().mean() for k in b.unique()]).mean())

    pause = float((guess[phone == PAUSE] == PAUSE).float().mean())
    return {"phones": balanced(guess, phone), "visemes": balanced(classes[guess], classes[phone]), "pause": pause}


def _weights(corpus: SpeechCorpus) -> Tensor:
    counts = np.bincount(corpus.labels[corpus.labels != UNKNOWN], minlength=NUM_PHONES)
    weight = np.where(SHUT, SHUT_WEIGHT, 1.0) * np.maximum(counts, counts.sum() / NUM_PHONES / 10) ** -RARITY
    weight /= weight.mean()
    weight[PAUSE] = 1.0  # nobody speaks as often as that: an unsure pause would part the lips
    return torch.from_numpy(weight).float()
