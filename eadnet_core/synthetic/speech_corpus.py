"""The speech that training hears, in one small file: levels of bands, what is said in each column, and sounds that are no speech."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from ..audio.mel_scale import NUM_MELS
from ..errors import InputError
from ..speech.phones import NUM_PHONES, PAUSE, phones_of
from ..timebase import MEL_RATE, MELS_PER_FRAME

UNKNOWN = -1
"""Label of a column of which nobody knows what is said."""
_STEP_DB = 1.0
_LOWEST_DB = -140.0


@dataclass(frozen=True)
class SpeechCorpus:
    """Utterances one after another, and other sounds.

    Attributes:
        levels: uint8 [C, 64], decibels over -140 dB of full scale, a column each 10 ms.
        labels: int8 [C], a phone of speech.phones, or UNKNOWN.
        ends: int64 [U]: column after the last of each utterance.
        families: U names: the kind of voice.
        sounds: uint8 [S, 64]: levels of sounds in which nobody speaks.
        sound_ends: int64 [V].
    """

    levels: np.ndarray
    labels: np.ndarray
    ends: np.ndarray
    families: np.ndarray
    sounds: np.ndarray
    sound_ends: np.ndarray

    def utterance(self, index: int) -> tuple[np.ndarray, np.ndarray]:
        """Levels float32 [cols, 64] in decibels, and labels [cols], of one utterance."""
        span = slice(int(self.ends[index - 1]) if index else 0, int(self.ends[index]))
        return decibels(self.levels[span]), self.labels[span]

    def sound(self, index: int) -> np.ndarray:
        """Levels float32 [cols, 64] of one other sound."""
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


def column_labels(phones: list[tuple[float, float, str]], columns: int) -> np.ndarray:
    """What is said in each column of 10 ms, int8 [columns].

    Args:
        phones: Start and end in seconds and the name in the International Phonetic Alphabet, in order; an empty name is a pause. A name
            without a phone of its own (a glottal stop, the breath after a stop) leaves its columns to what follows. None at all: UNKNOWN.
        columns: How many.
    """
    labels = np.full(columns, UNKNOWN, np.int8)
    middles = (np.arange(columns) + 0.5) / float(MEL_RATE)
    for start_s, end_s, ipa in phones:
        parts = phones_of(ipa)
        for k, part in enumerate(parts):
            low, high = (start_s + (end_s - start_s) * share / len(parts) for share in (k, k + 1))
            labels[(middles >= low) & (middles < high)] = part
    if phones:
        labels[middles < phones[0][0]] = PAUSE
        labels[middles >= phones[-1][1]] = PAUSE
        known = np.append(np.flatnonzero(labels != UNKNOWN), columns)
        following = known[np.searchsorted(known, np.arange(columns))]
        labels = np.append(labels, PAUSE).astype(np.int8)[following]
    return labels


def surely_said(phones: list[tuple[float, float, str]], num_frames: int) -> np.ndarray:
    """What is said for certain, as the speech encoder would put it: float32 [2 * N, P] at 50 Hz, for phones whose times are known."""
    labels = column_labels(phones, num_frames * MELS_PER_FRAME)
    return np.eye(NUM_PHONES, dtype=np.float32)[labels].reshape(2 * num_frames, -1, NUM_PHONES).mean(1)


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
