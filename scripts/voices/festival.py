"""Festival's diphone voice kal and its Russian voice. Needs: apt-get install festival festvox-kallpc16k festvox-ru."""

from __future__ import annotations

import subprocess
import tempfile
from pathlib import Path

import librosa
import numpy as np

from eadnet_core.synthetic.texts import draw_text

from .voice import PhoneTimes, Said, english

ARPABET = {
    "aa": "ɑ", "ae": "æ", "ah": "ʌ", "ao": "ɔ", "aw": "aʊ", "ax": "ə", "axr": "ɚ", "ay": "aɪ", "b": "b", "ch": "tʃ", "d": "d",
    "dh": "ð", "dx": "ɾ", "eh": "ɛ", "el": "l", "em": "m", "en": "n", "er": "ɚ", "ey": "eɪ", "f": "f", "g": "ɡ", "hh": "h",
    "hv": "h", "ih": "ɪ", "iy": "i", "jh": "dʒ", "k": "k", "l": "l", "m": "m", "n": "n", "nx": "n", "ng": "ŋ", "ow": "oʊ", "oy":
    "ɔɪ", "p": "p", "r": "ɹ", "s": "s", "sh": "ʃ", "t": "t", "th": "θ", "uh": "ʊ", "uw": "u", "v": "v", "w": "w", "y": "j", "z":
    "z", "zh": "ʒ", "pau": "",
}  # fmt: skip
"""Names of kal's phones. Its times are those of the sound: hama hears the same phones 6 ms later on the median of 850."""
TIMEOUT_S = 60


def kal(rng: np.random.Generator) -> Said:
    """American English, with the times of its phones."""
    text = english(rng)
    samples, rate, segments = _spoken("kal_diphone", text, rng.uniform(0.85, 1.25))
    return Said(samples, rate, [(a, b, ARPABET.get(name, "")) for a, b, name in segments], "kal", text)


def russian(rng: np.random.Generator) -> Said:
    """Russian; the teacher hears its phones."""
    text = draw_text(rng, "ru", int(rng.integers(5, 12)))
    samples, rate, _ = _spoken("msu_ru_nsh_clunits", text, rng.uniform(0.85, 1.25))
    return Said(samples, rate, [], "msu_ru_nsh", text)


def _spoken(voice: str, text: str, stretch: float) -> tuple[np.ndarray, int, PhoneTimes]:
    with tempfile.TemporaryDirectory() as folder:
        sound, labels, script = Path(folder) / "a.wav", Path(folder) / "a.lab", Path(folder) / "a.scm"
        quoted = text.replace('"', "")
        script.write_text(
            f"(voice_{voice})(Parameter.set 'Duration_Stretch {stretch:.2f})(set! u (Utterance Text \"{quoted}\"))(utt.synth u)"
            f"(utt.save.wave u \"{sound}\" 'riff)(utt.save.segs u \"{labels}\")",
            encoding="utf-8",
        )
        subprocess.run(["festival", "-b", str(script)], check=True, capture_output=True, timeout=TIMEOUT_S)
        samples, rate = librosa.load(sound, sr=None)
        rows = [line.split() for line in labels.read_text(encoding="utf-8", errors="replace").split("#", 1)[1].splitlines()]
    ends = [(float(row[0]), row[2]) for row in rows if len(row) > 2]
    starts = [0.0, *(end for end, _ in ends[:-1])]
    return samples, int(rate), [(start, end, name) for start, (end, name) in zip(starts, ends, strict=True)]
