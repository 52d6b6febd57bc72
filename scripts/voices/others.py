"""Families of one or a few voices, whose phones the teacher hears, and espeak-ng, which tells its own.

Needs: pip install hibari-tts py-nanotts pyopenjtalk-plus espeakng-loader; apt-get install open-jtalk-mecab-naist-jdic, with
OPEN_JTALK_DICT_DIR naming its dictionary; npm install @echogarden/gnuspeech-wasm, with GNUSPEECH naming dist/exports/GnuSpeech.js.
Licences: hibari Apache-2.0, SVOX Pico Apache-2.0, OpenJTalk BSD with the voice mei CC BY 3.0 (Nagoya Institute of Technology),
GnuSpeech and espeak-ng GPL-3.0 (programs; what they say is not).
"""

from __future__ import annotations

import json
import os
import subprocess
import tempfile
from functools import lru_cache
from pathlib import Path
from typing import Any

import librosa
import numpy as np

from eadnet_core.synthetic.espeak import speak as espeak_speak
from eadnet_core.synthetic.texts import draw_text, draw_voice

from .festival import TIMEOUT_S
from .voice import SENTENCES, Said, english

PICO_VOICES = {"en-US": "en-us", "en-GB": "en", "de-DE": "de", "es-ES": "es", "fr-FR": "fr", "it-IT": "it"}
PICO_SHARES = (0.25, 0.25, 0.2, 0.1, 0.1, 0.1)
ESPEAK_VARIANTS = (
    "m1 m2 m3 m4 m5 m6 m7 m8 f1 f2 f3 f4 f5 klatt klatt2 klatt4 Alex Andrea Annie Denis Gene Lee Marco Michael adam anika antonio benjamin "
    "boris david edward gustave john linda max pablo paul robert steph victor"
).split()
GNUSPEECH_VOICES, GNUSPEECH_SHARES = ("male", "female", "large_child", "small_child", "baby"), (0.4, 0.3, 0.15, 0.1, 0.05)


def hibari(rng: np.random.Generator) -> Said:
    """One American voice by a small network."""
    text = english(rng)
    return Said(_hibari()(text), 24_000, [], "heart", text)


def pico(rng: np.random.Generator) -> Said:
    """Six voices of five languages, by hidden Markov models."""
    voice = str(rng.choice(list(PICO_VOICES), p=PICO_SHARES))
    text = english(rng) if voice.startswith("en") else draw_text(rng, PICO_VOICES[voice], int(rng.integers(6, 14)))
    raw = _pico().speak(text, voice=voice, speed=float(rng.uniform(0.8, 1.25)), pitch=float(rng.uniform(0.8, 1.3)))
    return Said(np.frombuffer(raw, np.int16) / 32768, 16_000, [], voice, text)


def openjtalk(rng: np.random.Generator) -> Said:
    """Japanese: mei."""
    import pyopenjtalk

    text = draw_text(rng, "ja", int(rng.integers(4, 10))).replace(" ", "")
    samples, rate = pyopenjtalk.tts(text, speed=float(rng.uniform(0.8, 1.2)), half_tone=float(rng.uniform(-3, 3)))
    return Said(samples / 32768, int(rate), [], "mei", text)


def gnuspeech(rng: np.random.Generator) -> Said:
    """English by a model of the vocal tract: a man, a woman, children."""
    text, voice = str(rng.choice(SENTENCES)), str(rng.choice(GNUSPEECH_VOICES, p=GNUSPEECH_SHARES))
    module = json.dumps(os.environ["GNUSPEECH"])
    settings = {"voice": voice, "controlRate": 250, "tempo": round(float(rng.uniform(0.9, 1.2)), 2)}
    with tempfile.TemporaryDirectory() as folder:
        script, sound = Path(folder) / "a.mjs", Path(folder) / "a.wav"
        script.write_text(
            f"import {{synthesize}} from {module}; import {{writeFileSync}} from 'fs';"
            f"const said = await synthesize({json.dumps(text)}, {json.dumps(settings)});"
            f"writeFileSync({json.dumps(str(sound))}, said.audioData)",
            encoding="utf-8",
        )
        subprocess.run(["node", str(script)], check=True, capture_output=True, timeout=TIMEOUT_S)
        samples, rate = librosa.load(sound, sr=None)
    return Said(samples, int(rate), [], voice, text)


def espeak(rng: np.random.Generator) -> Said:
    """Thirty languages and forty variants, by formants and by Klatt's synthesiser."""
    language = draw_voice(rng)
    voice = f"{language}+{rng.choice(ESPEAK_VARIANTS)}"
    text = english(rng) if language.startswith("en") and rng.random() < 0.7 else draw_text(rng, language, int(rng.integers(6, 14)))
    said = espeak_speak(text, voice, int(rng.integers(120, 200)), int(rng.integers(10, 90)), int(rng.integers(25, 90)))
    return Said(said.samples, said.rate, [(phone.start_s, phone.end_s, phone.ipa) for phone in said.phones], voice, text)


@lru_cache(maxsize=1)
def _hibari() -> Any:  # noqa: ANN401
    from hibari import Hibari

    return Hibari()


@lru_cache(maxsize=1)
def _pico() -> Any:  # noqa: ANN401
    from py_nanotts import NanoTTS

    return NanoTTS()
