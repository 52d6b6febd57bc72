"""Emotion accuracy: expressions as classes, labels from paths, and a table of what was taken for what."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from eadnet_core.emotion.arkit import ARKIT_NAMES
from eadnet_core.emotion.vocabulary import EMOTIONS
from eadnet_core.errors import InputError
from eadnet_core.face.face_model import FaceModel
from eadnet_core.metrics.emotion import Confusion, PointReader, emotion_of_path
from tests.metrics.faces import face, track


def showing(**shapes: float) -> np.ndarray:
    """Points of the mean face with ARKit shapes, both sides alike, in pixels."""
    model = FaceModel.from_pretrained()
    sides = {name + side: value for name, value in shapes.items() for side in ("", "Left", "Right")}
    weights = [sides.get(unit, 0.0) for unit in ARKIT_NAMES[: len(model.units)]]
    points = model.mean + np.einsum("u,upc->pc", weights, model.units)
    return (points * 60 + (200, 150, 0)).astype(np.float32)


@pytest.mark.parametrize(
    ("emotion", "shapes"),
    [
        ("happy", {"mouthSmile": 0.9, "cheekSquint": 0.6}),
        ("sad", {"browInnerUp": 0.9, "mouthFrown": 0.9}),
        ("angry", {"browDown": 1.0, "eyeSquint": 0.8}),
        ("surprised", {"browInnerUp": 0.7, "browOuterUp": 1.0, "eyeWide": 0.9}),
        ("neutral", {}),
    ],
)
def test_an_expression_is_the_class_that_it_is_nearest_to(emotion: str, shapes: dict[str, float]) -> None:
    reading = PointReader().read(track([showing(**shapes)] * 6, missing=(5,)))
    assert reading.label == emotion and reading.distribution.sum() == pytest.approx(1)
    assert np.isnan(reading.units[5]).all() and np.isfinite(reading.units[:5]).all()


def test_without_a_face_nothing_is_read() -> None:
    with pytest.raises(InputError, match="no frame shows a face"):
        PointReader().read(track([face()] * 3, missing=(0, 1, 2)))


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
