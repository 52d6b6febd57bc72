from __future__ import annotations

import numpy as np
import pytest

from eadnet_core.audio.sound import Sound
from eadnet_core.emotion.scene import CONTEXT_LETTERS, LOOK_S, Scene
from eadnet_core.errors import InputError
from tests.emotion.voices import RATE, silence, utterance

SCRIPT = "I am so glad that you came to see me. But now my dog is dead and I cry all day. Get out of here right now!"


def frames(count: int) -> list[np.ndarray]:
    return [np.full((2, 3, 3), index, np.uint8) for index in range(count)]


def test_words_before_and_after() -> None:
    scene = Scene.of(SCRIPT)
    assert len(scene.passages) == 3 and scene.is_said and not scene.voices
    assert scene.before(0) == "nothing" and scene.after(2) == "nothing"
    assert scene.before(2).endswith("cry all day.") and scene.after(0).startswith("But now")
    assert len(Scene.of(SCRIPT * 50).before(100)) <= CONTEXT_LETTERS
    assert scene.voice(0) == "not known"


def test_a_recording_brings_its_voices() -> None:
    sound = Sound(np.concatenate([utterance(3, 120), silence(0.6), utterance(3, 190, 0.6)])[None], RATE)
    scene = Scene.of("", sound)
    assert len(scene.passages) == len(scene.voices) == 2 and not scene.is_said
    assert "higher" in scene.voice(1) and scene.duration_s == pytest.approx(6.6)


def test_frames_of_a_passage_lie_in_it() -> None:
    scene = Scene.of("", None, frames(int(25 * LOOK_S * 3)))
    assert len(scene.passages) == 3 and scene.duration_s == pytest.approx(9)
    shown = [[int(frame[0, 0, 0]) for frame in scene.frames_of(index, 4)] for index in range(3)]
    assert [len(part) for part in shown] == [4, 4, 4]
    assert max(shown[0]) < 75 <= min(shown[1]) and max(shown[1]) < 150 <= min(shown[2])
    few = Scene.of(SCRIPT, None, frames(1))
    assert [int(few.frames_of(index, 4)[0][0, 0, 0]) for index in range(3)] == [0, 0, 0]
    assert Scene.of(SCRIPT).frames_of(0, 4) == []


def test_nothing_is_no_scene() -> None:
    with pytest.raises(InputError, match="nothing to describe"):
        Scene.of("  ")
