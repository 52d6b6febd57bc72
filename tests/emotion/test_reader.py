from __future__ import annotations

import logging
import time
from collections.abc import Iterable
from pathlib import Path

import numpy as np
import pytest
import torch

from eadnet_core.emotion.captions import draw_caption
from eadnet_core.emotion.reader import correct_spelling, read_text, understand
from eadnet_core.emotion.vocabulary import EMOTIONS
from eadnet_core.errors import InputError

HERE = Path(__file__).parent


def read_list(name: str) -> list[tuple[list[str], str]]:
    """The sentences of a list, its last column, with the classes that are right, its first ("sad|angry" is either)."""
    rows = [line.split("\t") for line in (HERE / name).read_text(encoding="utf-8").splitlines()]
    return [(row[0].split("|"), row[-1]) for row in rows]


def right_share(name: str, classes: Iterable[str] = EMOTIONS) -> float:
    """Share of the sentences of a list that are read right; the list is of exactly these classes."""
    rows = read_list(name)
    assert {label for labels, _ in rows for label in labels} == set(classes)
    return sum(read_text(text).label in labels for labels, text in rows) / len(rows)


def test_reads_the_sentences_that_its_lexicon_was_tuned_on() -> None:
    assert right_share("sentences.tsv") >= 0.9


def test_reads_more_of_the_same_hand() -> None:
    assert right_share("sentences_unseen.tsv") >= 0.85


def test_reads_another_hand_whose_sentences_taught_it_grammar() -> None:
    assert right_share("others_sentences_a.tsv") >= 0.9


def test_reads_more_of_that_hand() -> None:
    # 60 of 80 before its misread sentences were looked at, with the grammar of then.
    assert right_share("others_sentences_b.tsv") >= 0.97


def test_reads_two_other_hands_whose_sentences_taught_it_grammar_and_words() -> None:
    # 480 sentences by two hands, 65 % and 62 % right before.
    assert right_share("others_sentences_c.tsv") >= 0.98


def test_reads_other_hands_whose_sentences_nobody_looked_at() -> None:
    # 106 of 120 by a hand that taught it nothing, and 133 of 160 more by one of those above. Not to be tuned on.
    assert right_share("others_sentences_unseen.tsv") >= 0.85


def test_leaves_ordinary_sentences_neutral() -> None:
    assert len(read_list("sentences_neutral.tsv")) == 150
    assert right_share("sentences_neutral.tsv", ["neutral"]) >= 0.95


def test_reads_much_of_what_no_word_of_feeling_tells() -> None:
    # Kept out of the lexicon: what words of feeling cannot tell ("The ice is cracking under our feet").
    assert right_share("sentences_implicit.tsv") >= 0.75


@pytest.mark.parametrize(
    ("text", "label", "lowest", "highest"),
    [
        ("happy", "happy", 1, 1), ("a bit sad", "sad", 0.3, 0.4), ("slightly happy", "happy", 0.3, 0.3),
        ("not happy at all", "sad", 0.4, 0.6), ("not angry", "neutral", 0, 0), ("neither sad nor angry", "neutral", 0, 0),
        ("not angry but sad", "sad", 1, 1), ("happy but exhausted", "happy", 1, 1), ("not only sad but furious", "angry", 1, 1),
        ("I feel down", "sad", 0.6, 0.6), ("Go down the ladder", "neutral", 0, 0), ("I can't stop laughing", "happy", 0.7, 1),
        ("no longer afraid", "neutral", 0, 0), ("FURIOUS!", "angry", 1, 1), ("I used to be so happy", "sad", 0.4, 0.8),
    ],
)  # fmt: skip
def test_degrees_and_denials(text: str, label: str, lowest: float, highest: float) -> None:
    reading = read_text(text)
    assert reading.label == label
    assert lowest - 1e-6 <= reading.meaning.intensity <= highest + 1e-6


@pytest.mark.parametrize(
    ("text", "label"),
    [
        ("Nothing but joy", "happy"), ("she was anything but relaxed", "fearful"),  # a "but" that is no turn
        ("I never felt so alone", "sad"), ("Nothing makes me happier", "happy"), ("I will never be so happy again", "sad"),
        ("I do not think this is fair", "angry"), ("by no means cheerful", "sad"), ("unable to smile", "sad"),
        ("It would have been wonderful", "sad"), ("We could have a party", "happy"), ("He should have been scared", "fearful"),
        ("You call that funny?", "contemptuous"), ("How dare you smile", "angry"),
        ("angry, though smiling", "angry"), ("Although she is smiling, she is angry", "angry"), ("smiling, but angry", "angry"),
        ("Isn't it wonderful?", "happy"), ("It isn't wonderful", "sad"),
        ("I am not overly fond of spiders", "fearful"), ("not the nicest smell", "disgusted"),
        ("a little blue this evening", "sad"), ("a little blue boat", "neutral"),
    ],
)  # fmt: skip
def test_grammar_of_denial(text: str, label: str) -> None:
    assert read_text(text).label == label


@pytest.mark.parametrize(
    ("text", "label"),
    [
        ("I can't say I'm not frightened", "fearful"), ("You can't tell me those trainers don't reek", "disgusted"),  # two negations
        ("I have not laughed like that in years", "happy"), ("I have not laughed in years", "sad"),
        ("I'd be lying if I said I wasn't astonished", "surprised"), ("Don't think for a second I'm not proud", "happy"),
        ("Don't wake the monster", "fearful"), ("There was no monster", "neutral"),  # an order sees it coming
        ("You will not be happy about the delay", "angry"), ("She is hardly crying over her promotion", "happy"),
    ],
)  # fmt: skip
def test_negations_that_take_back_or_leave_standing(text: str, label: str) -> None:
    assert read_text(text).label == label


@pytest.mark.parametrize(
    ("text", "label"),
    [
        ("Inside she boils, yet her face gives nothing away", "neutral"), ("The joke lands, yet not a muscle stirs", "neutral"),
        ("The others wept, but he stamped the form", "neutral"), ("She wept, but he stamped the form", "sad"),
        ("The crowd roared; the clerk merely nodded", "neutral"), ("She was afraid once, but now it is a date in a diary", "neutral"),
        ("Everybody panicked while the clerk went on, expressionless", "neutral"), ("a relaxed, blank face", "neutral"),
        ("a calm voice, but furious", "angry"), ("While he smiles, she is furious", "angry"),
        ("She was bored until her jaw dropped", "surprised"), ("Lovely, maggots again", "disgusted"), ("Lovely, you came", "happy"),
    ],
)  # fmt: skip
def test_masks_turns_and_irony(text: str, label: str) -> None:
    assert read_text(text).label == label


@pytest.mark.parametrize(
    ("text", "label"),
    [("eyebrows raised, mouth open", "surprised"), ("nose wrinkled", "disgusted"), ("a smirk", "contemptuous"), ("eyes closed", "neutral")],
)
def test_a_face_without_words_of_feeling_is_called_what_it_shows(text: str, label: str) -> None:
    reading = read_text(text)
    assert reading.label == label and reading.meaning.intensity == 0


def test_a_caption_is_not_guessed_at() -> None:
    assert understand("a teacher explaining maths").intensity == 0 and understand("it is raining").intensity == 0
    assert read_text("miserable man").label == "sad"


def test_what_no_phrase_says_is_guessed_faintly_from_the_company_of_its_words() -> None:
    reading = read_text("The axe swung towards the locked cupboard")
    assert reading.label == "fearful" and 0 < reading.meaning.intensity <= 0.3 and reading.words == ()


def test_long_cues_outweigh_single_words() -> None:
    assert read_text("My heart sank at the party").label == "sad"


def test_parts_of_the_face_are_named_with_their_degree() -> None:
    meaning = read_text("angry, lips pressed together, brows slightly raised").meaning
    assert meaning.action_units == pytest.approx({"AU24": 0.9, "AU1": 0.255, "AU2L": 0.255, "AU2R": 0.255})
    assert meaning.emotion[EMOTIONS.index("angry")] == 1


@pytest.mark.parametrize("label", EMOTIONS[1:])
@pytest.mark.parametrize("text", ["a {} face", "with a {} look", "in a {} voice", "a {} glance", "a {} woman"])
def test_a_label_in_a_caption_is_felt_in_full(text: str, label: str) -> None:
    assert read_text(text.format(label)).meaning.emotion[EMOTIONS.index(label)] == 1


@pytest.mark.parametrize(
    ("text", "units"),
    [
        ("corners of the mouth slightly up", {"AU12L": 0.27, "AU12R": 0.27}), ("eyes widened", {"AU5": 0.9}),
        ("wrinkling the nose", {"AU9": 0.9}), ("eyes bulging", {"AU5": 0.9}),
    ],
)  # fmt: skip
def test_phrases_of_scripts_do_not_hide_what_names_action_units(text: str, units: dict[str, float]) -> None:
    meaning = read_text(text).meaning
    assert meaning.action_units == pytest.approx(units) and meaning.intensity == 0


@pytest.mark.parametrize(
    ("text", "label", "intensity"),
    [
        ("sad, but only slightly", "sad", 1), ("angry, but just a little", "angry", 1), ("sad, but he just talks", "neutral", 0),
        ("calm, slightly happy", "happy", 0.3), ("mostly neutral, a bit sad", "sad", 0.35), ("a relaxed, blank face", "neutral", 0),
        ("I am furious about the noise. The crowd was loud; the clerk left.", "angry", 1),  # another sentence's "was" and ";"
    ],
)  # fmt: skip
def test_turns_leave_degrees_and_other_sentences_standing(text: str, label: str, intensity: float) -> None:
    reading = read_text(text)
    assert reading.label == label and reading.meaning.intensity == pytest.approx(intensity)


def test_named_action_units_stay_where_the_rest_is_calm() -> None:
    meaning = read_text("angry, brows raised, but calm").meaning
    assert meaning.intensity == 0 and meaning.action_units == pytest.approx({"AU1": 0.85, "AU2L": 0.85, "AU2R": 0.85})


def test_reads_what_the_grammar_of_captions_means() -> None:
    g = torch.Generator().manual_seed(11)
    drawn = [draw_caption(g, holdout) for holdout in (False, True) for _ in range(500)]
    apart = [np.abs(np.subtract(read_text(caption).meaning.emotion, meaning.emotion)).max() for caption, meaning in drawn]
    assert np.mean(np.array(apart) < 0.3) > 0.9


@pytest.mark.parametrize(
    ("text", "label"),
    [
        ("He bought her a beautiful blue boat", "happy"),
        ("I had a cold drink at a dark table", "neutral"),
        ("He has a bitter look", "angry"),
    ],
)
def test_a_thing_may_be_blue_without_being_sad(text: str, label: str) -> None:
    assert read_text(text).label == label


def test_unknown_text_is_neutral() -> None:
    reading = read_text("The quorum assembles at gate four")
    assert reading.label == "neutral" and reading.words == ()


@pytest.mark.parametrize("label", EMOTIONS)
def test_labels_are_understood_in_full(label: str) -> None:
    meaning = understand(f" {label.upper()} ")
    assert meaning.distribution[EMOTIONS.index(label)] == 1
    assert meaning.intensity == (label != "neutral")


@pytest.mark.parametrize(("word", "hint"), [("hapy", "did you mean happy?"), ("surprized", "surprised"), ("zorp", "neutral, happy, sad")])
def test_mistyped_single_label_is_refused_with_the_labels(word: str, hint: str) -> None:
    with pytest.raises(InputError, match="'" + word) as refused:
        understand(word)
    assert hint in str(refused.value)


@pytest.mark.parametrize("text", ["", "   ", "?!"])
def test_text_without_words_is_refused(text: str) -> None:
    with pytest.raises(InputError, match="without a word"):
        understand(text)


def test_free_text_with_spelling_errors_is_understood() -> None:
    assert correct_spelling("a bit hapy") == "a bit happy"
    assert correct_spelling("the same sock") == "the same sock"
    assert understand("he looks terrifed").distribution[EMOTIONS.index("fearful")] == 1


def test_words_of_which_none_is_known_leave_the_face_neutral_and_that_is_said(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO, "eadnet_core"):
        assert understand("he looks terrifed").intensity == 1 and not caplog.messages
        assert understand("the quorum assembles").intensity == 0
    assert len(caplog.messages) == 1 and "Of 'the quorum assembles' no phrase is known" in caplog.messages[0]


@pytest.mark.parametrize("text", ["高兴", "非常 高兴 的 样子", "очень рад", "とても 嬉しい 🙂"])
def test_words_in_another_script_are_refused(text: str) -> None:
    with pytest.raises(InputError, match="is not known; give neutral, .* English words"):
        understand(text)


def test_a_long_script_is_read_quickly() -> None:
    script = "She was very happy about the news, but he could not believe a single word of it. " * 200
    start = time.process_time()
    assert read_text(script).words
    assert time.process_time() - start < 2


def test_a_long_text_of_unknown_words_is_understood_quickly() -> None:
    start = time.process_time()
    assert understand("the quorum zorbles " * 400).intensity == 0
    assert time.process_time() - start < 2
