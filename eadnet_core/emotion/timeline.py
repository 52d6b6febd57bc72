"""Emotions over time as a text file, read and written: one line for each change."""

from __future__ import annotations

import math
import shlex
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from ..errors import InputError
from ..files import read_text
from .track import TIME_TOLERANCE_S, EmotionSpan, EmotionTrack, check_intensity
from .vocabulary import EMOTIONS

FORM = '`seconds emotion [intensity] ["caption"]`, as in `2.5 sad 0.6 "quietly, close to tears"`'


def read_timeline(path: str | Path, duration_s: float = math.inf) -> EmotionTrack:
    """The track of a timeline file, see parse_timeline.

    Raises:
        InputError: The file cannot be read as text, or its contents are wrong.
    """
    return parse_timeline(read_text(path, "timeline", f"give a text file with lines {FORM}"), duration_s)


def parse_timeline(text: str, duration_s: float = math.inf) -> EmotionTrack:
    """The track of a timeline's lines, or of what `EmotionTrack.to_json` wrote.

    Each line's feeling lasts until the next line, the last until the clip ends.

    A line is a time in seconds, a label or quoted free text, an intensity from 0 to 1 (1 if left out), and a caption in
    quotes that the text encoder reads in place of the label. Before the first time the face is neutral. Empty lines and
    what follows a # are passed over.

    Args:
        text: The lines.
        duration_s: Length of the clip, in seconds.

    Raises:
        InputError: Naming the line: not of this form, time not after the line above or past the end, unknown word, or
            intensity outside 0 to 1; or the JSON is no track, or has a span past the end.
    """
    if text.lstrip().startswith("{"):
        track = EmotionTrack.from_json(text)
        track.check_within(duration_s)
        return track
    spans: list[EmotionSpan] = []
    for number, line in enumerate(text.splitlines(), 1):
        try:
            span = _parse_line(line, duration_s)
            if span is None:
                continue
            if spans and span.start_s <= spans[-1].start_s:
                raise InputError(f"time is {span.start_s:g} s, not after {spans[-1].start_s:g} s above; put lines in order of time.")
        except InputError as error:
            raise InputError(f"timeline line {number}: {error}") from error
        if spans:
            spans[-1] = replace(spans[-1], end_s=span.start_s)
        spans.append(span)
    if not spans:
        raise InputError(f"timeline has no line with an emotion; write lines {FORM}.")
    return EmotionTrack(tuple(spans))


def write_timeline(track: EmotionTrack, notes: Sequence[str] = ()) -> str:
    """Lines that parse_timeline reads back: starts, the strongest class or two, intensities and captions.

    What a line cannot say is lost: exact shares of mixed classes, and Action Units that no caption names; `to_json` keeps them.

    Args:
        track: Any.
        notes: Remarks that are put before the lines, behind a #.
    """
    lines = [f"# {' '.join(note.split())}" for note in notes]
    end = 0.0
    for span in track.spans:
        if span.start_s > end + TIME_TOLERANCE_S:
            lines.append(f"{end:.2f} neutral")
        shares = sorted(zip(span.distribution, EMOTIONS, strict=True), reverse=True)[:2]
        names = [name for share, name in shares if share >= shares[0][0] / 2 and share > 0]
        emotion = names[0] if len(names) == 1 else f'"{names[0]} and {names[1]}"'
        caption = " ".join(span.caption.replace('"', "'").split()) if span.captions else ""
        quoted = f' "{caption}"' if caption and caption not in EMOTIONS else ""
        lines.append(f"{span.start_s:.2f} neutral" if span.intensity == 0 else f"{span.start_s:.2f} {emotion} {span.intensity:.2f}{quoted}")
        end = span.end_s
    return "\n".join([*lines, *([] if math.isinf(end) else [f"{end:.2f} neutral"])])


def _parse_line(line: str, duration_s: float) -> EmotionSpan | None:
    try:
        words = _split(line)
    except ValueError as error:
        raise InputError(f"'{_start(line)}' has a quotation mark without its pair; write {FORM}.") from error
    if not words:
        return None
    if len(words) < 2 or len(words) > 4:
        raise InputError(f"'{_start(line)}' has {len(words)} parts, not 2 to 4 (quote free text); write {FORM}.")
    start_s = _number(words[0], "time", line)
    if not 0 <= start_s < duration_s:
        limit = f" and below the {duration_s:.2f} s of the sound" if start_s > 0 else ""
        raise InputError(f"time is {_start(words[0])} s; give 0 or more{limit}.")
    intensity = _number(words[2], "intensity", line) if len(words) > 2 else 1.0
    check_intensity(intensity)
    span = EmotionSpan.from_text(words[1], intensity, start_s)
    if len(words) < 4 or not span.captions:
        return span
    return _with_caption(span, words[1], words[3], intensity)


def _with_caption(span: EmotionSpan, emotion: str, caption: str, intensity: float) -> EmotionSpan:
    if not caption.strip():
        raise InputError("caption is empty; write it between the quotation marks or leave them out.")
    named = EmotionSpan.from_text(f"{emotion}, {caption}", intensity).action_units
    return replace(span, captions=((caption.strip(), intensity),), action_units=named)


def _split(line: str) -> list[str]:
    lexer = shlex.shlex(line.translate(str.maketrans("\u201c\u201d\u201e", '"""')), posix=True)
    lexer.whitespace_split, lexer.quotes, lexer.escape = True, '"', ""
    return list(lexer)


def _start(text: str) -> str:
    """As much of a text as an error shows."""
    return text.strip()[:80]


def _number(word: str, name: str, line: str) -> float:
    try:
        return float(word)
    except ValueError as error:
        raise InputError(f"{name} is '{_start(word)}', not a number, in '{_start(line)}'; write {FORM}.") from error
