"""Small files of the kinds that training reads: voices, a folder as of GRID, and what the commands make of them."""

from __future__ import annotations

import json
from pathlib import Path

import av
import librosa
import numpy as np

from eadnet_core import cli
from eadnet_core.face.topology import NUM_POINTS
from eadnet_core.motion.space import MotionSpace
from eadnet_core.synthetic.espeak import speak
from eadnet_core.timebase import SPEECH_RATE

WORDS = ("Mama made a big apple pie above the park.", "Papa buys five warm buns for us.", "We move both boats before noon.")


def write_voices(folder: Path) -> Path:
    """Utterances as scripts/voices.py writes them."""
    folder.mkdir(parents=True, exist_ok=True)
    for index, text in enumerate(WORDS):
        said = speak(text, "en-us")
        sound = librosa.resample(said.samples, orig_sr=said.rate, target_sr=SPEECH_RATE)
        phones = json.dumps([[phone.start_s, phone.end_s, phone.ipa] for phone in said.phones])
        samples = (sound * 32767).astype(np.int16)
        np.savez(folder / f"espeak_{index}.npz", samples=samples, phones=phones, family="espeak", voice="en", text=text)
    return folder


def write_grid(folder: Path, clips: int = 8) -> Path:
    """A folder like that of GRID's motion: lips that part as a tone swells, twice a second."""
    folder.mkdir(parents=True, exist_ok=True)
    space, time_s = MotionSpace.from_pretrained(), (np.arange(75) + 0.5) / 25
    jaw = space.decode(np.eye(space.num_coefficients, dtype=np.float32)[[60]]).reshape(1, -1)
    coefficients = np.sin(2 * np.pi * time_s).clip(0)[None, :, None].repeat(clips, 0)
    np.savez(
        folder / "motion.npz", ids=np.array([f"c{i}" for i in range(clips)]), coefficients=coefficients.astype(np.float16),
        mean=np.zeros(NUM_POINTS * 3, np.float32), components=jaw.astype(np.float32),
    )  # fmt: skip
    seconds = np.arange(clips * 3 * 48_000) / 48_000
    tone = 0.5 * np.sin(2 * np.pi * 220 * seconds) * np.sin(2 * np.pi * seconds).clip(0)
    with av.open(str(folder / "sound_00.opus"), "w") as container:
        stream = container.add_stream("libopus", rate=48_000, layout="mono")
        frame = av.AudioFrame.from_ndarray((tone * 32767).astype(np.int16)[None], format="s16", layout="mono")
        frame.sample_rate = 48_000
        for packet in [*stream.encode(frame), *stream.encode(None)]:
            container.mux(packet)
    return folder


def make_training_files(folder: Path, clips: int = 8) -> tuple[Path, Path]:
    """A corpus of speech and performances, made by the commands."""
    voices, grid = write_voices(folder / "voices"), write_grid(folder / "grid", clips)
    speech, performances = folder / "speech.npz", folder / "performances.npz"
    assert cli.main(["corpus", "--voices", str(voices), "--sounds", "0.3", "--out", str(speech)]) == 0
    words = ["--voices", str(voices), "--grid", str(grid), "--speech", str(speech), "--sounds", "0.5", "--captions", "40"]
    assert cli.main(["compose", *words, "--out", str(performances)]) == 0
    return speech, performances
