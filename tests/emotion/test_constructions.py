from __future__ import annotations

import re

import pytest

from eadnet_core.emotion.constructions import entry_of_mark, is_mark, load_constructions, mark_constructions, to_regex
from eadnet_core.emotion.lexicon import split_tokens


@pytest.mark.parametrize(
    ("pattern", "text", "matches"),
    [
        ("how _ of you", "how kind of you", True), ("how _ of you", "how very kind of you", False),
        ("so _er", "so clever", True), ("so _er", "so kind", False),
        ("you ... here ?", "you came all this way here ?", True), ("you ... here ?", "you came all of this long way here ?", False),
        ("you ... here ?", "you , here ?", False), ("you ... here ?", "you here ?", True),
        ("a [very|quite] good", "a very good", True), ("a [very|quite] good", "a good", True), ("a [very|quite] good", "a so good", False),
        ("no [more]", "no", True), ("oh ~ (great|fine)", "oh , great", True), ("oh ~ (great|fine)", "oh fine", True),
    ],
)  # fmt: skip
def test_open_places(pattern: str, text: str, matches: bool) -> None:
    assert (re.fullmatch(to_regex(pattern), text) is not None) == matches


def test_every_pattern_is_a_regular_expression_that_stands_alone() -> None:
    pattern, entries = load_constructions()
    assert pattern.groups == len(entries) == len({entry.phrase for entry in entries})
    assert all(re.compile(to_regex(entry.phrase)).match("") is None for entry in entries)


def test_a_construction_becomes_one_token_and_the_rest_stays() -> None:
    tokens = mark_constructions(split_tokens("Well, how brave of you to come, dear."))
    assert tokens[:2] == ("well", ",") and tokens[3:] == ("come", ",", "dear", ".")
    assert is_mark(tokens[2]) and entry_of_mark(tokens[2]).meaning.top == "contemptuous"


def test_text_without_constructions_is_left_alone() -> None:
    tokens = split_tokens("The quorum assembles at gate four.")
    assert mark_constructions(tokens) == tokens
