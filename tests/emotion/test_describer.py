from __future__ import annotations

import math
import time

import numpy as np
import pytest

from eadnet_core.audio.sound import Sound
from eadnet_core.emotion.describer import in_words, strongest, to_span
from eadnet_core.emotion.describer_built_in import BuiltInDescriber, VoiceDescriber
from eadnet_core.emotion.meaning import Meaning
from eadnet_core.emotion.scene import Scene
from eadnet_core.emotion.track import EmotionTrack
from eadnet_core.emotion.vocabulary import EMOTIONS
from eadnet_core.errors import InputError
from tests.emotion.voices import RATE, silence, utterance

SCRIPT = (
    "I am so glad that you all came to see me today. It makes me really happy! "
    "But last week my best friend died, and I cannot stop crying. The train leaves on Monday at ten. "
    "And nobody told me! I am furious, how dare you keep that from me!"
)


def labels(track: EmotionTrack) -> list[str]:
    return [EMOTIONS[int(np.argmax(span.distribution))] if span.intensity > 0.05 else "neutral" for span in track.spans]


def test_three_moods_of_a_script() -> None:
    scene = Scene.of(SCRIPT)
    description = BuiltInDescriber().describe(scene)
    read = dict(zip((passage.text.split()[-1] for passage in scene.passages), labels(description.track), strict=True))
    assert read["today."] == read["happy!"] == "happy"
    assert read["crying."] == "sad"
    assert labels(description.track)[-1] == "angry"
    assert description.notes == ()
    assert [span.start_s for span in description.track.spans] == [passage.start_s for passage in scene.passages]
    assert math.isinf(description.track.spans[-1].end_s)


def test_a_mood_is_carried_into_a_plain_sentence_but_fades() -> None:
    track = BuiltInDescriber().describe(Scene.of(SCRIPT)).track
    crying, train = track.spans[2], track.spans[3]
    assert train.distribution == pytest.approx(crying.distribution)
    assert 0 < train.intensity < crying.intensity
    plain = BuiltInDescriber().describe(Scene.of("The train leaves at ten from platform four. It is on time today.")).track
    assert labels(plain) == ["neutral"] * len(plain.spans) and all(not span.captions for span in plain.spans)


def test_a_direction_outweighs_the_words() -> None:
    script = "(furious) What a beautiful, wonderful day this is, my love.\n[in Paris] What a beautiful, wonderful day this is, my love."
    assert labels(BuiltInDescriber().describe(Scene.of(script)).track) == ["angry", "happy"]


def test_words_decide_the_class_and_the_voice_its_strength() -> None:
    script = "I am a bit annoyed about that letter. I am a bit annoyed about that letter."
    strong = np.concatenate([utterance(3, 110, 0.08, 3, 1), silence(0.6), utterance(3, 160, 0.5, 5, 4)])
    track = BuiltInDescriber().describe(Scene.of(script, Sound(strong[None], RATE))).track
    assert labels(track) == ["angry", "angry"]
    assert track.spans[1].intensity > 1.2 * track.spans[0].intensity


def test_sound_alone_is_a_guess_and_says_so() -> None:
    sound = np.concatenate([utterance(3, 100, 0.06, 2.5, 0.5), silence(0.6), utterance(3, 170, 0.5, 5, 5)])
    description = BuiltInDescriber().describe(Scene.of("", Sound(sound[None], RATE)))
    assert len(description.track.spans) == 2 and description.track.spans[1].intensity > 0.2
    assert labels(description.track)[0] in ("sad", "neutral")
    assert any("sound alone" in note and "guess" in note for note in description.notes)


def test_frames_are_not_seen_and_that_is_said() -> None:
    frames = [np.zeros((4, 4, 3), np.uint8)] * 10
    assert any("frames" in note for note in BuiltInDescriber().describe(Scene.of(SCRIPT, None, frames)).notes)
    with pytest.raises(InputError, match="only pictures"):
        BuiltInDescriber().describe(Scene.of("", None, frames))


def test_progress_counts_passages_and_cancels() -> None:
    seen: list[tuple[int, int]] = []
    BuiltInDescriber().describe(Scene.of(SCRIPT), lambda done, total: seen.append((done, total)))
    count = len(Scene.of(SCRIPT).passages)
    assert seen == [(index + 1, count) for index in range(count)]

    def cancel(done: int, total: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        BuiltInDescriber().describe(Scene.of(SCRIPT), cancel)


def test_captions_share_what_is_felt() -> None:
    mixed = Meaning(tuple({"sad": 0.4, "angry": 0.3, "happy": 0.05}.get(name, 0.0) for name in EMOTIONS))
    span = to_span(0, 1, mixed)
    assert dict(strongest(mixed)) == pytest.approx({"sad": 4 / 7, "angry": 3 / 7})
    assert dict(span.captions) == pytest.approx({"sad": 0.75 * 4 / 7, "angry": 0.75 * 3 / 7})
    assert to_span(0, 1, Meaning()).captions == () and in_words(to_span(0, 1, Meaning())) == "neutral"
    assert in_words(span) == "strongly sad"
    assert to_span(0, 1, mixed, "close to tears").captions == (("close to tears", pytest.approx(0.75)),)


def test_a_minute_of_script_is_described_quickly() -> None:
    BuiltInDescriber().describe(Scene.of("Warm up."))
    start = time.process_time()
    assert Scene.of(SCRIPT * 4).duration_s > 60
    BuiltInDescriber().describe(Scene.of(SCRIPT * 4))
    assert time.process_time() - start < 1


def test_a_named_feeling_follows_the_voice() -> None:
    sound = np.concatenate([utterance(3, 110, 0.06, 2.5, 0.5), silence(0.6), utterance(3, 165, 0.5, 5, 4)])
    scene = Scene.of("", Sound(sound[None], RATE))
    angry = VoiceDescriber("furious, jaw clenched").describe(scene)
    assert labels(angry.track) == ["angry", "angry"] and angry.notes == ()
    assert angry.track.spans[1].intensity > angry.track.spans[0].intensity + 0.2
    assert angry.track.spans[0].caption == "furious, jaw clenched"
    sad = VoiceDescriber("sad").describe(scene).track
    assert sad.spans[0].intensity > sad.spans[1].intensity
    assert all(span.intensity == 0 for span in VoiceDescriber("sad", 0.0).describe(scene).track.spans)
    with pytest.raises(InputError, match="no recording"):
        VoiceDescriber().describe(Scene.of(SCRIPT))
    with pytest.raises(InputError, match="did you mean angry"):
        VoiceDescriber("angri").describe(scene)
