"""Feelings in the answer of any language model: what to ask it, and how to read what it writes."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from ..errors import InputError
from .describer import Description, Progress, in_words, open_ended, to_span
from .describer_built_in import BuiltInDescriber
from .meaning import Meaning
from .prompt import fill_prompt
from .reader import correct_spelling, read_text, understand
from .scene import Scene
from .tokenizer import NUM_WORDS
from .track import EmotionSpan, EmotionTrack, check_intensity
from .vocabulary import EMOTIONS

MAX_ANSWER_LETTERS = 100_000
"""Longest answer that is read: a model that writes more has lost its way."""
MAX_PASSAGES = 400
"""Most passages that one answer can describe."""
_MOST_OBJECTS = 4 * MAX_PASSAGES
_LETTERS = re.compile(r"[A-Za-z]")
_ECHO = re.compile(r"(?i)(what comes (before|after)|the (line|voice|feeling)) *:")


@dataclass(frozen=True)
class AnswerDescriber:
    """Reads what another language model answered to `build_prompt`.

    Attributes:
        answer: Its text.
        strict: True: what cannot be read is an error; False: the built-in reader takes its place, and the notes say so.
    """

    answer: str
    strict: bool = False

    def describe(self, scene: Scene, progress: Progress | None = None) -> Description:
        draft = BuiltInDescriber().describe(scene, progress)
        return read_answer(self.answer, draft.track, self.strict)


def build_prompt(scene: Scene, draft: EmotionTrack) -> str:
    """What to ask a language model; its answer is for `read_answer` with the same draft.

    Args:
        scene: At most MAX_PASSAGES passages.
        draft: The built-in reader's track of the scene, one span a passage, which the model sees as a first guess.

    Raises:
        InputError: The scene has too many passages.
    """
    if len(scene.passages) > MAX_PASSAGES:
        raise InputError(f"script has {len(scene.passages)} passages; one answer can describe {MAX_PASSAGES}. Give it in parts.")
    lines = []
    for index, (passage, span) in enumerate(zip(scene.passages, draft.spans, strict=True)):
        said = f'"{passage.text}"' if passage.text else "(words not known)"
        voice = f" Voice: {scene.voice(index)}." if scene.voices else ""
        lines.append(f"{index + 1}. [{passage.start_s:.1f} to {passage.end_s:.1f} s] {said}{voice} First guess: {in_words(span)}.")
    return fill_prompt("answer", count=str(len(lines)), passages="\n".join(lines))


def read_answer(answer: str, draft: EmotionTrack, strict: bool = False) -> Description:
    """The track in an answer to `build_prompt`: JSON objects anywhere in it, whatever prose or fences stand around them.

    An object with a number describes that passage, others in order; of two for one passage the later counts, for models
    think aloud first.

    Args:
        answer: What the model wrote.
        draft: The track that `build_prompt` was given; its spans are the passages, and what takes the place of what cannot be read.
        strict: True: raise instead.

    Raises:
        InputError: With `strict`, naming the passage and what is wrong with it, or that the answer holds none.
    """
    problems: list[str] = []
    found: dict[int, EmotionSpan] = {}
    count = len(draft.spans)
    try:
        for order, entry in enumerate(_read_objects(answer)):
            said = entry.get("passage", order % count + 1)
            try:
                number = _passage(said, count)
                found[number] = _to_span(entry, draft.spans[number - 1])
            except InputError as error:
                problems.append(f"passage {str(said)[:20]}: {error}")
    except InputError as error:
        problems.append(str(error))
    missing = [str(number) for number in range(1, count + 1) if number not in found]
    if missing and not problems:
        shown = ", ".join(missing[:5]) + (", ..." if len(missing) > 5 else "")
        problems.append(f"answer leaves out {len(missing)} of {count} passages ({shown}); ask again, or for fewer passages.")
    if strict and problems:
        raise InputError(problems[0])
    spans = [found.get(number, span) for number, span in enumerate(draft.spans, 1)]
    notes = [problem[0].upper() + problem[1:] for problem in problems[:5]]
    if missing:
        notes.append(f"The built-in reader described {len(missing)} of {count} passages instead.")
    return Description(open_ended(spans), tuple(notes))


def read_caption(text: str) -> str | None:
    """The caption in what a model wrote: its first line that describes something in English, without quotes or a list's mark.

    Lines of the question that the model goes on with are passed over.

    Returns:
        The caption, or None where there is none: no words, too many, or not in Latin letters.
    """
    for line in text[:2000].splitlines():
        bare = re.sub(r"^\s*(?:[-*\u2022>#]+|\d+[.)])\s*", "", line.replace("**", "")).strip()
        bare = re.sub(r"(?i)^(?:description|caption|answer)\s*:\s*", "", bare).strip(" \t\"'`*_.\u201c\u201d")
        words = bare.split()
        letters = sum(letter.isalpha() for letter in bare)
        if bare.startswith("<") or not words or _ECHO.match(bare):
            continue
        if 2 <= len(words) <= NUM_WORDS and letters and len(_LETTERS.findall(bare)) >= 0.9 * letters and letters >= 0.6 * len(bare):
            return bare
    return None


def _read_objects(answer: str) -> list[Mapping[str, Any]]:
    """Every object with an emotion, in order; at least one."""
    if not answer.strip():
        raise InputError("answer is empty; connect the text that the language model wrote.")
    if len(answer) > MAX_ANSWER_LETTERS:
        raise InputError(f"answer has {len(answer)} letters, more than {MAX_ANSWER_LETTERS}; ask the model for the JSON list alone.")
    objects = list(_objects(answer))
    if not objects:
        start = " ".join(answer.split())[:60]
        raise InputError(f"answer has no JSON object with an \"emotion\" (it begins '{start}'); ask again, or take a larger model.")
    return objects


def _passage(said: object, count: int) -> int:
    digits = str(said).strip().removesuffix(".0")
    number = int(digits) if re.fullmatch(r"[0-9]{1,4}", digits) else 0
    if not 1 <= number <= count:
        raise InputError(f"answer describes a passage {str(said)[:20]}, but there are passages 1 to {count}; ask again.")
    return number


def _objects(answer: str) -> Iterator[Mapping[str, Any]]:
    decoder = json.JSONDecoder()
    at = answer.find("{")
    for _ in range(_MOST_OBJECTS):
        if at < 0:
            return
        try:
            value, end = decoder.raw_decode(answer, at)
        except (ValueError, RecursionError):
            value, end = None, at + 1
        if isinstance(value, dict) and "emotion" in value:
            yield value
        else:
            end = at + 1  # what it holds may be what is sought
        at = answer.find("{", end)


def _to_span(entry: Mapping[str, Any], passage: EmotionSpan) -> EmotionSpan:
    emotion = _read_emotion(entry["emotion"])
    intensity = entry.get("intensity", 0.5)
    if isinstance(intensity, str):
        try:
            intensity = float(intensity.strip().removesuffix("%")) / (100 if "%" in intensity else 1)
        except ValueError as error:
            raise InputError(f"intensity is '{intensity[:40]}', not a number; give 0 to 1.") from error
    if isinstance(intensity, bool) or not isinstance(intensity, (int, float)):
        raise InputError(f"intensity is {str(intensity)[:40]}, not a number; give 0 to 1.")
    check_intensity(intensity)
    felt = emotion.scaled(intensity)
    said = entry.get("caption", "")
    caption = read_caption(said) if isinstance(said, str) else None
    units = read_text(caption).meaning.action_units if caption else {}
    return to_span(passage.start_s, passage.end_s, replace(felt, action_units=units), caption or "")


def _read_emotion(said: object) -> Meaning:
    """In full, of a label, of a word that the lexicon knows, or of shares of such."""
    if not isinstance(said, dict):
        return _read_label(said)
    shares = {name: value for name, value in said.items() if isinstance(value, (int, float)) and 0 <= value <= 1e6}
    total = sum(shares.values())
    if len(shares) < len(said) or total <= 0:
        raise InputError(f"emotion has shares {str(list(said.values()))[:60]}; give numbers of 0 or more, not all 0.")
    emotion = [0.0] * len(EMOTIONS)
    for name, value in shares.items():
        for i, share in enumerate(_read_label(name).emotion):
            emotion[i] += share * value / total
    return Meaning(tuple(emotion))


def _read_label(said: object) -> Meaning:
    refusal = InputError(f"emotion '{str(said).strip()[:40]}' is not known; give one of {', '.join(EMOTIONS)}.")
    if not isinstance(said, str):
        raise refusal
    word = said[:80]
    try:
        meaning = understand(word)
    except InputError as error:
        raise refusal from error
    if not read_text(correct_spelling(word)).words:  # guessed at best
        raise refusal
    return Meaning(meaning.emotion).scaled(1 / meaning.intensity if meaning.intensity else 1.0)
