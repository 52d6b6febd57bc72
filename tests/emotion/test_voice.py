from __future__ import annotations

import numpy as np
import pytest

from eadnet_core.audio.sound import Sound
from eadnet_core.emotion.passages import Passage
from eadnet_core.emotion.vocabulary import EMOTIONS
from eadnet_core.emotion.voice import Voice, read_voice
from tests.emotion.voices import RATE, silence, utterance

THREE = (Passage(0, 4.2), Passage(4.2, 8.4), Passage(8.4, 12.4))
WEARY, USUAL, EXCITED = (
    utterance(4, 100, 0.08, 2.6, 0.6),
    utterance(4, 120, 0.15, 4.0, 2.0),
    utterance(4, 170, 0.4, 5.6, 5.0),
)


def three(*parts: np.ndarray, factor: float = 1.0) -> Sound:
    gap = silence(0.2)
    return Sound(factor * np.concatenate([parts[0], gap, parts[1], gap, parts[2]])[None], RATE)


def test_pitch_level_and_rate_against_the_speakers_own() -> None:
    weary, usual, excited = read_voice(three(WEARY, USUAL, EXCITED), THREE)
    assert weary.pitch < usual.pitch < excited.pitch
    assert weary.level < usual.level < excited.level
    assert weary.rate < usual.rate < excited.rate
    assert excited.pitch - usual.pitch == pytest.approx(12 * np.log2(170 / 120) / 3, rel=0.35)
    assert weary.arousal < -0.3 and abs(usual.arousal) < 0.35 and excited.arousal > 0.6


def test_one_thing_at_a_time() -> None:
    louder = read_voice(three(USUAL, 3 * USUAL, USUAL), THREE)
    assert louder[1].level - louder[0].level == pytest.approx(20 * np.log10(3) / 5, rel=0.1)
    assert louder[1].pitch == pytest.approx(louder[0].pitch, abs=0.1) and louder[1].rate == pytest.approx(louder[0].rate, abs=0.2)
    higher = read_voice(three(USUAL, utterance(4, 180, 0.15), USUAL), THREE)
    assert higher[1].pitch - higher[0].pitch > 1.2 and abs(higher[1].level - higher[0].level) < 0.4


def test_level_of_the_recording_and_the_speakers_pitch_do_not_matter() -> None:
    loud, quiet = (read_voice(three(WEARY, USUAL, EXCITED, factor=factor), THREE) for factor in (1.0, 0.02))
    assert [voice.arousal for voice in loud] == pytest.approx([voice.arousal for voice in quiet], abs=0.03)
    deep, high = (read_voice(three(*(utterance(4, hz, 0.2) for _ in range(3))), THREE) for hz in (100, 210))
    assert np.abs([voice.arousal for voice in deep + high]).max() < 0.3


def test_silence_clicks_and_noise_say_nothing_strong() -> None:
    assert read_voice(Sound(silence(12)[None], RATE), THREE) == [Voice()] * 3
    assert read_voice(Sound(np.ones((1, 3), np.float32), RATE), THREE) == [Voice()] * 3
    noise = np.random.default_rng(0).normal(0, 0.05, (1, 12 * RATE)).astype(np.float32)
    assert max(abs(voice.arousal) for voice in read_voice(Sound(noise, RATE), THREE)) < 0.6
    assert read_voice(three(USUAL, silence(4), USUAL), THREE)[1] == Voice()


def test_classes_are_a_guess_as_strong_as_the_arousal() -> None:
    assert Voice().meaning.intensity == 0
    assert Voice(pitch=1.2, level=0.5, rate=0.3, liveliness=1.5).meaning.distribution.index(
        max(Voice(pitch=1.2, level=0.5, rate=0.3, liveliness=1.5).meaning.distribution)
    ) == EMOTIONS.index("happy")
    for voice, label in ((Voice(pitch=0.2, level=1.8, rate=0.4), "angry"), (Voice(pitch=-1, level=-1, rate=-0.8, liveliness=-1), "sad")):
        assert EMOTIONS[int(np.argmax(voice.meaning.distribution))] == label
        assert 0 < voice.meaning.intensity <= 0.85 + 1e-9
    strengths = [Voice(level=x).meaning.intensity for x in (0, 0.5, 1, 1.5, 2)]
    assert strengths == sorted(strengths)


def test_in_words() -> None:
    assert Voice().in_words() == "as usual"
    assert Voice(level=1, pitch=-1, rate=0.1).in_words() == "louder and lower than usual"
    assert Voice(liveliness=-1).in_words() == "flatter than usual"
