"""Phoneme times are true to the sound."""

from __future__ import annotations

import unicodedata

import numpy as np
import pytest

pytest.importorskip("espeakng_loader", reason="espeakng-loader is not installed (extra: train)")

from eadnet_core.audio.features import log_mel
from eadnet_core.audio.sound import Sound
from eadnet_core.errors import InputError
from eadnet_core.speech.phones import phones_of
from eadnet_core.speech.timed import surely_said
from eadnet_core.speech.visemes import VISEMES, viseme_curves
from eadnet_core.synthetic.espeak import RELEASE, SpokenText, is_bilabial, speak
from eadnet_core.synthetic.texts import WORDS

PASSIVE = "hɦʔʕħʲ"
"""Sounds of the throat and of the palate alone; lips go on with what is next."""
VOICES = ("en-us", "en-us+f2", "de+m3", "es", "ru+klatt2")


def level_at(said: SpokenText, start_s: float, end_s: float) -> float:
    """Root mean square of a stretch."""
    part = said.samples[round(start_s * said.rate) : round(end_s * said.rate)]
    return float(np.sqrt(np.mean(part**2)))


@pytest.mark.parametrize("voice", VOICES)
def test_phones_follow_each_other_without_gaps(voice: str) -> None:
    said = speak("Papa mama, taba pima.", voice)
    for one, following in zip(said.phones, said.phones[1:], strict=False):
        assert one.end_s == pytest.approx(following.start_s)
        assert one.end_s > one.start_s
    assert said.phones[0].start_s == pytest.approx(0, abs=0.1)
    assert said.phones[-1].end_s == pytest.approx(len(said.samples) / said.rate, abs=1e-6)


@pytest.mark.parametrize("voice", ["en-us", "en-us+f1", "es"])
def test_a_p_starts_with_its_silence_and_ends_with_its_burst(voice: str) -> None:
    said = speak("A papa, a papa.", voice)
    inner = [i for i, phone in enumerate(said.phones) if phone.ipa.strip("ˈˌ")[:1] == "p" and i and said.phones[i - 1].ipa]
    assert len(inner) >= 3
    for i in inner:
        closure, vowel = said.phones[i], said.phones[i - 1]
        assert said.phones[i + 1].ipa == RELEASE
        assert 0.03 <= closure.end_s - closure.start_s <= 0.15
        quiet = level_at(said, closure.start_s + 0.002, closure.end_s - 0.016)
        assert quiet < 0.02 * level_at(said, vowel.start_s, vowel.end_s)
        assert level_at(said, closure.end_s - 0.014, closure.end_s) > 10 * quiet + 1e-3


def test_mel_columns_and_visemes_of_a_p_line_up() -> None:
    librosa = pytest.importorskip("librosa")
    said = speak("Apa apa apa, appa ipa apa.", "it")
    sound = librosa.resample(said.samples, orig_sr=said.rate, target_sr=16_000)
    level = 10 * np.log10((10 ** (log_mel(sound) / 10)).sum(1))
    phones = surely_said([(p.start_s, p.end_s, p.ipa) for p in said.phones], len(level) // 4)
    fine = np.repeat(viseme_curves(phones)[:, VISEMES.index("close")], 4)
    lags = range(-12, 13)
    likeness = [np.corrcoef(np.roll(fine, lag)[20:-20], -level[20:-20])[0, 1] for lag in lags]
    assert abs(lags[int(np.argmax(likeness))]) <= 2  # columns of 10 ms: within half a frame
    silences = [(p.start_s + p.end_s - 0.014) / 2 for p in said.phones if is_bilabial(p)]
    for middle in silences:
        column = int(middle * 100)
        assert level[column] < np.median(level) - 15


def test_lips_that_part_are_parted_in_an_m_before_its_vowel() -> None:
    said = speak("Mama.", "de")
    names = [phone.ipa for phone in said.phones if phone.ipa]
    assert names[0].strip("ˈ") == "m" and names[1] == RELEASE


@pytest.mark.parametrize("voice", sorted(WORDS))
def test_every_language_speaks_in_known_letters(voice: str) -> None:
    said = speak(WORDS[voice], voice, words_per_minute=300)
    names = [phone.ipa for phone in said.phones if phone.ipa and phone.ipa != RELEASE]
    known = [name for name in names if phones_of(name) or set(unicodedata.normalize("NFD", name)) & set(PASSIVE)]
    assert len(names) > 50
    assert len(known) >= 0.97 * len(names)
    assert sum(is_bilabial(phone) for phone in said.phones) > 0.08 * len(names)
    Sound(said.samples[None], said.rate)


def test_speed_and_pitch_are_obeyed() -> None:
    slow, fast = (speak("One two three four five six.", "en-us", words_per_minute=rate) for rate in (100, 220))
    assert len(slow.samples) > 1.4 * len(fast.samples)
    low, high = (speak("One two three four five six.", "en-us", pitch=pitch).samples for pitch in (5, 95))
    assert not np.array_equal(low[: len(high)], high[: len(low)])


def test_the_same_words_sound_the_same_twice() -> None:
    one = speak("Blue boats.", "en-us+f3")
    speak("Etwas anderes", "de+m1", words_per_minute=300, pitch=90)
    other = speak("Blue boats.", "en-us+f3")
    assert [phone.ipa for phone in one.phones] == [phone.ipa for phone in other.phones]
    np.testing.assert_allclose([p.start_s for p in one.phones], [p.start_s for p in other.phones], atol=0.002)


def test_unknown_voices_are_refused_by_name() -> None:
    with pytest.raises(InputError, match="klingon-mars"):
        speak("hello", "klingon-mars")
