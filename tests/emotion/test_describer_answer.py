from __future__ import annotations

import json
import math
import time

import pytest

from eadnet_core.emotion.describer_answer import (
    MAX_ANSWER_LETTERS,
    MAX_PASSAGES,
    AnswerDescriber,
    build_prompt,
    read_answer,
    read_caption,
)
from eadnet_core.emotion.describer_built_in import BuiltInDescriber
from eadnet_core.emotion.scene import Scene
from eadnet_core.emotion.track import EmotionTrack
from eadnet_core.emotion.vocabulary import EMOTIONS
from eadnet_core.errors import InputError

SCRIPT = "The parcel came this morning at nine. There was a letter in it from my brother. I have put it on the table over there."
SCENE = Scene.of(SCRIPT)
DRAFT = BuiltInDescriber().describe(SCENE).track
GOOD = [
    {"passage": 1, "emotion": "happy", "intensity": 0.4, "caption": "pleased, a small smile"},
    {"passage": 2, "emotion": {"sad": 0.7, "surprised": 0.3}, "intensity": 0.6, "caption": "moved, inner brows raised"},
    {"passage": 3, "emotion": "neutral", "intensity": 0.0, "caption": ""},
]


def shares(track: EmotionTrack, index: int) -> dict[str, float]:
    return {name: share for name, share in zip(EMOTIONS, track.spans[index].distribution, strict=True) if share > 0}


def check_good(track: EmotionTrack) -> None:
    assert [(span.start_s, span.end_s) for span in track.spans] == [(span.start_s, span.end_s) for span in DRAFT.spans]
    assert shares(track, 0) == {"happy": pytest.approx(1)} and track.spans[0].intensity == pytest.approx(0.4)
    assert shares(track, 1) == pytest.approx({"sad": 0.7, "surprised": 0.3})
    assert track.spans[1].captions == (("moved, inner brows raised", pytest.approx(0.6)),)
    assert "AU1" in track.spans[1].action_units
    assert track.spans[2].intensity == 0 and math.isinf(track.spans[2].end_s)


def test_prompt_holds_every_passage_time_and_class() -> None:
    prompt = build_prompt(SCENE, DRAFT)
    assert all(passage.text in prompt for passage in SCENE.passages) and all(name in prompt for name in EMOTIONS)
    assert f"1. [0.0 to {SCENE.passages[0].end_s:.1f} s]" in prompt and "3. [" in prompt and "$" not in prompt
    tricky = Scene.of("It costs $classes dollars and {braces} to go there, you know.")
    assert "$classes dollars" in build_prompt(tricky, BuiltInDescriber().describe(tricky).track)


def test_prompts_own_example_can_be_read() -> None:
    prompt = build_prompt(SCENE, DRAFT)
    example = next(line for line in prompt.splitlines() if line.startswith('[{"passage": 1'))
    assert read_answer(example, DRAFT).track.spans[0].caption.startswith("quietly, close to tears")


@pytest.mark.parametrize(
    "answer",
    [
        json.dumps(GOOD),
        "Sure! Here is the direction you asked for:\n```json\n" + json.dumps(GOOD, indent=2) + "\n```\nShall I go on? {smile}",
        "\n".join(json.dumps(entry) for entry in GOOD),
        json.dumps({"passages": GOOD}),
        '<think>{"passage": 1, "emotion": "angry", "intensity": 1} no, rather</think>' + json.dumps(GOOD),
        json.dumps([{key: value for key, value in entry.items() if key != "passage"} for entry in GOOD]),
        json.dumps([{**entry, "passage": str(entry["passage"]), "intensity": f"{entry['intensity'] * 100:g}%"} for entry in GOOD]),
        json.dumps(GOOD, ensure_ascii=False).replace('"happy"', '"Joyful"').replace("[{", "[ {"),
    ],
    ids=["plain", "prose and fence", "lines", "wrapped", "thinking aloud", "without numbers", "numbers as text", "another word"],
)
def test_answers_of_many_shapes(answer: str) -> None:
    for strict in (True, False):
        description = read_answer(answer, DRAFT, strict)
        check_good(description.track)
        assert description.notes == ()


WRONG = {
    "empty": ("", "answer is empty"),
    "blank": (" \n", "answer is empty"),
    "prose": ("I am sorry, but I cannot describe feelings.", "no JSON object .* begins 'I am sorry"),
    "another language": ('[{"passage": 1, "emotion": "幸福", "intensity": 1}]', "emotion '幸福' is not known"),
    "unknown class": ('[{"passage": 1, "emotion": "xqzzt"}]', "passage 1: emotion 'xqzzt' is not known; give one of neutral, happy"),
    "guessed words": ('[{"passage": 1, "emotion": "a teacher explaining maths"}]', "emotion 'a teacher explaining maths' is not known"),
    "unknown words": ('[{"passage": 1, "emotion": "qwrt zzpl"}]', "emotion 'qwrt zzpl' is not known"),
    "no label": ('[{"passage": 1, "emotion": 3}]', "emotion '3' is not known"),
    "intensity too high": ('[{"passage": 2, "emotion": "sad", "intensity": 7}]', "passage 2: intensity is 7"),
    "intensity nan": ('[{"passage": 2, "emotion": "sad", "intensity": NaN}]', "intensity is nan"),
    "intensity in words": ('[{"passage": 2, "emotion": "sad", "intensity": "very"}]', "intensity is 'very'"),
    "intensity true": ('[{"passage": 2, "emotion": "sad", "intensity": true}]', "intensity is True"),
    "shares below 0": ('[{"passage": 1, "emotion": {"sad": -1, "happy": 2}}]', "emotion has shares"),
    "shares of 0": ('[{"passage": 1, "emotion": {"sad": 0}}]', "emotion has shares"),
    "no such passage": ('[{"passage": 9, "emotion": "sad"}]', "passage 9, but there are passages 1 to 3"),
    "passage of nonsense": ('[{"passage": [], "emotion": "sad"}]', "there are passages 1 to 3"),
    "cut off": (json.dumps(GOOD)[:150], "leaves out 2 of 3 passages"),
    "too long": ("[" + "x" * MAX_ANSWER_LETTERS, "letters, more than"),
    "deep": ("[" * 50_000 + '{"a":' * 5_000, "no JSON object"),
}


@pytest.mark.parametrize("name", WRONG)
def test_wrong_answers_are_refused_in_one_sentence_or_replaced_by_the_draft(name: str) -> None:
    answer, message = WRONG[name]
    start = time.process_time()
    with pytest.raises(InputError, match=message) as refusal:
        read_answer(answer, DRAFT, strict=True)
    assert "\n" not in str(refusal.value) and len(str(refusal.value)) < 400 and str(refusal.value).endswith(".")
    description = read_answer(answer, DRAFT)
    assert "The built-in reader described" in description.notes[-1] and len(description.notes) >= 2
    assert time.process_time() - start < 5
    if name != "cut off":
        assert description.track == DRAFT


def test_what_is_right_is_kept_where_the_rest_is_wrong() -> None:
    answer = json.dumps([GOOD[0], {"passage": 2, "emotion": "xqzzt"}, {"passage": 12, "emotion": "sad"}])
    description = read_answer(answer, DRAFT)
    assert description.track.spans[0].captions[0][0] == "pleased, a small smile"
    assert description.track.spans[1:] == DRAFT.spans[1:]
    assert description.notes[-1] == "The built-in reader described 2 of 3 passages instead."


def test_answer_as_a_describer() -> None:
    check_good(AnswerDescriber(json.dumps(GOOD)).describe(SCENE).track)
    with pytest.raises(InputError, match="answer is empty"):
        AnswerDescriber("", strict=True).describe(SCENE)


def test_a_script_of_too_many_passages_is_refused() -> None:
    long = Scene.of("This is a plain sentence of some length.\n" * (MAX_PASSAGES + 1))
    with pytest.raises(InputError, match=f"{MAX_PASSAGES + 1} passages"):
        build_prompt(long, BuiltInDescriber().describe(long).track)


@pytest.mark.parametrize(
    ("text", "caption"),
    [
        ("worn and sad, eyes down", "worn and sad, eyes down"),
        ('\n  - "Worn and sad."\nBecause ...', "Worn and sad"),
        ("Description: worn, **lips pressed**\n", "worn, lips pressed"),
        ("1. worn and sad", "worn and sad"),
        ("<think>\nworn and sad", "worn and sad"),
        ('What comes before: I\'m going to the hospital\nThe line: "No."\nworn and sad', "worn and sad"),
        ("", None),
        ("sad", None),
        ("疲れた 悲しい 顔", None),
        ("{{{{ }}}} ;;; 000", None),
        ("word " * 80, None),
    ],
)
def test_captions_in_what_a_model_wrote(text: str, caption: str | None) -> None:
    assert read_caption(text) == caption
