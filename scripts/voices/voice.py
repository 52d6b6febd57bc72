"""What every family of voices gives: a sentence, said, and when each phone of it is said where that is known."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import librosa
import numpy as np

from eadnet_core.synthetic.texts import draw_text
from eadnet_core.timebase import SPEECH_RATE

HERE = Path(__file__).parent
SENTENCES = (HERE / "english.txt").read_text(encoding="utf-8").splitlines()
VERSES = (HERE / "verses.txt").read_text(encoding="utf-8").splitlines()
"""Of the King James Bible, public domain: with few sentences an encoder learns sentences instead of phones."""
PhoneTimes = list[tuple[float, float, str]]


@dataclass(frozen=True)
class Said:
    """One utterance.

    Attributes:
        samples: float [N], -1 to 1.
        rate: Samples a second.
        phones: Start and end in seconds and name in the International Phonetic Alphabet; empty: not known.
        voice, text: Who said what.
    """

    samples: np.ndarray
    rate: int
    phones: PhoneTimes
    voice: str
    text: str

    def save(self, path: Path, family: str) -> float:
        """Writes the .npz, whole or not at all; its length in seconds."""
        sound = self.samples.astype(np.float32)
        if self.rate != SPEECH_RATE:
            sound = librosa.resample(sound, orig_sr=self.rate, target_sr=SPEECH_RATE)
        sound = np.round(sound / max(1.0, float(np.abs(sound).max())) * 32767).astype(np.int16)
        phones = json.dumps([[round(start, 4), round(end, 4), name] for start, end, name in self.phones])
        partial = path.with_suffix(".partial.npz")
        np.savez_compressed(partial, samples=sound, phones=phones, family=family, voice=self.voice, text=self.text)
        partial.replace(path)
        return len(sound) / SPEECH_RATE


Speak = Callable[[np.random.Generator], Said]
"""Says something that the generator draws, in a voice that it draws."""


def english(rng: np.random.Generator) -> str:
    """A sentence or two of everyday English, a verse, now and then words at random."""
    kind = rng.random()
    if kind < 0.3:
        return " ".join(rng.choice(SENTENCES, int(rng.integers(1, 3)), replace=False))
    if kind < 0.85:
        return str(rng.choice(VERSES))
    return draw_text(rng, "en-us", int(rng.integers(6, 14)))
