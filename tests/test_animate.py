"""From end to end with the weights that ship: a portrait's lips follow what is said, and not something else."""

from __future__ import annotations

import wave
from pathlib import Path

import av
import cv2
import numpy as np
import pytest

from eadnet_core import cli
from eadnet_core.face.track import track_face
from eadnet_core.speech.timed import surely_said
from eadnet_core.speech.visemes import VISEMES, viseme_curves
from eadnet_core.synthetic.espeak import speak
from eadnet_core.timebase import FRAME_RATE, frames_in
from tests.pictures import astronaut, rendered_head

SAID = "My father bought a big apple. Above the park, a lamp burned by the lake. Mama made warm bread for all of us."
OTHER = "Seven people came by the harbour at noon, but nobody saw what happened. We laughed about it for a week, papa and I."
FACES = (astronaut(220), rendered_head("head_415", 300))
STRIDE = 2
"""Every second frame is measured: tracking takes longer than making them."""


def write_speech(path: Path, text: str) -> np.ndarray:
    """Writes a recording; returns the true opening of its lips, float [N]."""
    spoken = speak(text, "en", words_per_minute=140)
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(spoken.rate)
        file.writeframes((spoken.samples.clip(-1, 1) * 32767).astype("<i2").tobytes())
    curves = viseme_curves(surely_said([(p.start_s, p.end_s, p.ipa) for p in spoken.phones], frames_in(len(spoken.samples), spoken.rate)))
    return curves[:, VISEMES.index("open")] * (1 - curves[:, VISEMES.index("close")])


def measured_opening(video: Path) -> np.ndarray:
    """Distance of the lips' inner edges in every STRIDE-th frame, in pixels, float [N / STRIDE]."""
    with av.open(str(video)) as container:
        frames = [frame.to_ndarray(format="rgb24") for frame in container.decode(video=0)][::STRIDE]
    points = track_face(frames, FRAME_RATE / STRIDE).points
    return points[:, 14, 1] - points[:, 13, 1]


@pytest.fixture(scope="module")
def correlations(tmp_path_factory: pytest.TempPathFactory) -> np.ndarray:
    """float [faces, 2]: correlation of the video's opening with the truth, for its own sound and for another."""
    folder = tmp_path_factory.mktemp("animate")
    truth = write_speech(folder / "said.wav", SAID)[::STRIDE]
    write_speech(folder / "other.wav", OTHER)
    rows = []
    for face in FACES:
        assert cv2.imwrite(str(folder / "face.png"), cv2.cvtColor(face, cv2.COLOR_RGB2BGR))
        row = []
        for sound in ("said", "other"):
            out = folder / f"{sound}.mp4"
            words = f"animate --portrait {folder}/face.png --audio {folder}/{sound}.wav --out {out} --head 0 --blinks 0 --gaze 0,0"
            assert cli.main(words.split()) == 0
            opening = measured_opening(out)
            length = min(len(opening), len(truth))
            row.append(np.corrcoef(opening[:length], truth[:length])[0, 1])
        rows.append(row)
    return np.array(rows)


def test_lips_follow_what_is_said(correlations: np.ndarray) -> None:
    assert (correlations[:, 0] > 0.6).all(), correlations


def test_lips_do_not_follow_what_is_not_said(correlations: np.ndarray) -> None:
    assert (correlations[:, 1] < 0.2).all(), correlations
