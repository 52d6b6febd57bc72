"""From end to end with the weights that ship: a drawn face's lips follow what is said, and not something else."""

from __future__ import annotations

import wave
from pathlib import Path

import av
import cv2
import numpy as np
import pytest
import torch

from eadnet_core import cli
from eadnet_core.face.landmarks import INDEX
from eadnet_core.face.locator import FaceLocator
from eadnet_core.face.track import track_face
from eadnet_core.synthetic.clip import ClipControls, draw_clip
from eadnet_core.synthetic.espeak import speak
from eadnet_core.synthetic.visemes import VISEMES, viseme_curves
from eadnet_core.timebase import frames_in

SAID = "My father bought a big apple. Above the park, a lamp burned by the lake. Mama made warm bread for all of us."
OTHER = "Seven people came by the harbour at noon, but nobody saw what happened. We laughed about it for a week, papa and I."
FACES = (5, 11)
STRIDE = 2
"""Every second frame is measured: locating takes longer than making them."""


def write_speech(path: Path, text: str) -> np.ndarray:
    """Writes a recording; returns the true opening of its lips, float [N]."""
    spoken = speak(text, "en", words_per_minute=140)
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(spoken.rate)
        file.writeframes((spoken.samples.clip(-1, 1) * 32767).astype("<i2").tobytes())
    curves = viseme_curves(spoken.phones, frames_in(len(spoken.samples), spoken.rate))
    return curves[:, VISEMES.index("open")] * (1 - curves[:, VISEMES.index("close")])


def write_portrait(path: Path, seed: int) -> None:
    """Writes a drawn face at rest."""
    still = ClipControls(*(torch.zeros(1, 1, size) for size in (5, 24, 6, 2, 2)))
    picture = draw_clip(still, 192, torch.Generator().manual_seed(seed)).reference[0]
    rgb = ((picture.permute(1, 2, 0) + 1) * 127.5).round().clamp(0, 255).byte().numpy()
    assert cv2.imwrite(str(path), cv2.cvtColor(rgb, cv2.COLOR_RGB2BGR))


def measured_opening(video: Path, locator: FaceLocator) -> np.ndarray:
    """Distance of the lips' inner edges in every STRIDE-th frame, in pixels, float [N / STRIDE]."""
    upper, lower = INDEX["upper_lip_bottom"], INDEX["lower_lip_top"]
    with av.open(str(video)) as container:
        frames = [frame.to_ndarray(format="rgb24") for frame in container.decode(video=0)][::STRIDE]
    points = track_face(frames, locator).landmarks
    return points[:, lower, 1] - points[:, upper, 1]


@pytest.fixture(scope="module")
def correlations(tmp_path_factory: pytest.TempPathFactory) -> np.ndarray:
    """float [faces, 2]: correlation of the video's opening with the truth, for its own sound and for another."""
    folder, locator = tmp_path_factory.mktemp("animate"), FaceLocator.from_pretrained()
    truth = write_speech(folder / "said.wav", SAID)[::STRIDE]
    write_speech(folder / "other.wav", OTHER)
    rows = []
    for seed in FACES:
        write_portrait(folder / "face.png", seed)
        row = []
        for sound in ("said", "other"):
            out = folder / f"{sound}.mp4"
            words = f"animate --portrait {folder}/face.png --audio {folder}/{sound}.wav --out {out} --head 0 --blinks 0 --gaze 0,0"
            assert cli.main(words.split()) == 0
            opening = measured_opening(out, locator)
            length = min(len(opening), len(truth))
            row.append(np.corrcoef(opening[:length], truth[:length])[0, 1])
        rows.append(row)
    return np.array(rows)


def test_lips_follow_what_is_said(correlations: np.ndarray) -> None:
    assert (correlations[:, 0] > 0.6).all(), correlations


def test_lips_do_not_follow_what_is_not_said(correlations: np.ndarray) -> None:
    assert (correlations[:, 1] < 0.2).all(), correlations
