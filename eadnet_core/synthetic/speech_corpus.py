"""The speech that training hears, in one small file: levels of bands, what is said in each column, and sounds that are no speech."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from ..audio.mel_scale import NUM_MELS
from ..errors import InputError

_STEP_DB = 1.0
_LOWEST_DB = -140.0


@dataclass(frozen=True)
class SpeechCorpus:
    """Utterances one after another, and other sounds.

    Attributes:
        levels: uint8 [C, 80], decibels over -140 dB of full scale, a column each 10 ms.
        labels: int8 [C], a phone of speech.phones, or speech.timed.UNKNOWN.
        ends: int64 [U]: column after the last of each utterance.
        families: U names: the kind of voice.
        sounds: uint8 [S, 80]: levels of sounds in which nobody speaks.
        sound_ends: int64 [V].
    """

    levels: np.ndarray
    labels: np.ndarray
    ends: np.ndarray
    families: np.ndarray
    sounds: np.ndarray
    sound_ends: np.ndarray

    def utterance(self, index: int) -> tuple[np.ndarray, np.ndarray]:
        """Levels float32 [cols, 80] in decibels, and labels [cols], of one utterance."""
        span = slice(int(self.ends[index - 1]) if index else 0, int(self.ends[index]))
        return decibels(self.levels[span]), self.labels[span]

    def sound(self, index: int) -> np.ndarray:
        """Levels float32 [cols, 80] of one other sound."""
        return decibels(self.sounds[int(self.sound_ends[index - 1]) if index else 0 : int(self.sound_ends[index])])

    def save(self, path: str | Path) -> None:
        """Writes the .npz, whole or not at all."""
        path = Path(path)
        path.parent.mkdir(parents=True, exist_ok=True)
        partial = path.with_suffix(".partial.npz")
        np.savez_compressed(
            partial, levels=self.levels, labels=self.labels, ends=self.ends, families=self.families, sounds=self.sounds,
            sound_ends=self.sound_ends,
        )  # fmt: skip
        partial.replace(path)


def decibels(levels: np.ndarray) -> np.ndarray:
    """float32 decibels of stored levels."""
    return levels.astype(np.float32) * np.float32(_STEP_DB) + np.float32(_LOWEST_DB)


def stored(level_db: np.ndarray) -> np.ndarray:
    """uint8 of levels in decibels."""
    return np.clip(np.round((level_db - _LOWEST_DB) / _STEP_DB), 0, 255).astype(np.uint8)


def load_corpus(path: str | Path) -> SpeechCorpus:
    """The corpus in a file that `synth speech` wrote.

    Raises:
        InputError: The file is missing or is no corpus.
    """
    path = Path(path)
    if not path.is_file():
        raise InputError(f"the speech corpus {path} does not exist; make it with: python -m eadnet_core corpus")
    try:
        with np.load(path, allow_pickle=False) as parts:
            corpus = SpeechCorpus(*(parts[name] for name in ("levels", "labels", "ends", "families", "sounds", "sound_ends")))
    except (ValueError, KeyError, OSError) as error:
        raise InputError(f"{path} is no speech corpus ({error}); make it again with: python -m eadnet_core corpus") from error
    if corpus.levels.shape != (len(corpus.labels), NUM_MELS) or not len(corpus.ends) or int(corpus.ends[-1]) != len(corpus.labels):
        raise InputError(f"{path} is a speech corpus of another version; make it again with: python -m eadnet_core corpus")
    return corpus
