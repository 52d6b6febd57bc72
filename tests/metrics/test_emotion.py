"""Emotion accuracy: means over frames, labels from paths, and a table of what was taken for what."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch

from eadnet_core.emotion.vocabulary import ACTION_UNITS, EMOTIONS
from eadnet_core.metrics.emotion import Confusion, EmotionMeter, EmotionNetwork, emotion_of_path
from eadnet_core.models.emotion_classifier import EmotionClassifier, EmotionClassifierConfig
from tests.metrics.faces import face, track


class Brightness(EmotionClassifier):
    """Says the class whose number is the face's brightness in tens, and units that are that brightness over 255."""

    def __init__(self) -> None:
        super().__init__(EmotionClassifierConfig(face_size=16, channels=(1, 1, 1, 1), width=1))

    def forward(self, faces: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        level = (faces.mean((1, 2, 3)) + 1) * 127.5
        logits = -100.0 * (level[:, None] / 10 - torch.arange(len(EMOTIONS))).abs()
        return logits, (level / 255)[:, None].expand(-1, len(ACTION_UNITS))


def frames(levels: list[int]) -> list[np.ndarray]:
    return [np.full((200, 200, 3), level, np.uint8) for level in levels]


def test_a_clips_distribution_is_the_mean_over_frames_with_a_face() -> None:
    """Ten frames of class 1, twenty of class 3, five without a face."""
    levels = [10] * 10 + [30] * 20 + [50] * 5
    meter = EmotionMeter(EmotionNetwork(Brightness(), "b"), track([face()] * 35, missing=tuple(range(30, 35))))
    for index, frame in enumerate(frames(levels)):
        meter.add(index, frame)
    reading = meter.result()
    assert reading is not None and reading.label == EMOTIONS[3]
    assert reading.probability(EMOTIONS[3]) == pytest.approx(2 / 3, abs=1e-6) and reading.distribution.sum() == pytest.approx(1)
    assert reading.mean_units["AU12L"] == pytest.approx((10 * 10 + 20 * 30) / 30 / 255, abs=1e-5)
    assert reading.units[:10] == pytest.approx(10 / 255, abs=1e-5) and np.isnan(reading.units[30:]).all()


def test_without_a_face_nothing_is_seen() -> None:
    meter = EmotionMeter(EmotionNetwork(Brightness(), "b"), track([face()] * 3, missing=(0, 1, 2)))
    for index, frame in enumerate(frames([0, 0, 0])):
        meter.add(index, frame)
    assert meter.result() is None


def test_confusion_has_the_truth_in_rows() -> None:
    table = Confusion.of([("happy", "happy"), ("happy", "sad"), ("sad", "sad")])
    happy, sad = EMOTIONS.index("happy"), EMOTIONS.index("sad")
    assert table.counts[happy][sad] == 1 and table.counts[sad][happy] == 0
    assert table.num_videos == 3 and table.accuracy == pytest.approx(2 / 3)
    assert Confusion.of([]).accuracy is None


@pytest.mark.parametrize(
    ("path", "emotion"),
    [
        ("MEAD/M003/video/front/contempt/level_3/012.mp4", "contemptuous"),
        ("W011/video/front/surprised/level_1/001.mp4", "surprised"),
        ("out/mona_lisa-angry.mp4", "angry"),
        ("out/Fear.mp4", "fearful"),
        ("happy/clips/a/b/talk.mp4", None),
        ("unhappy/talk.mp4", None),
        ("happy/sad.mp4", "sad"),
    ],
)
def test_names_of_files_and_folders_say_the_class(path: str, emotion: str | None) -> None:
    assert emotion_of_path(Path(path)) == emotion
