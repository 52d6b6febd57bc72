"""What is felt when: spans of emotion in seconds, which become frames only at the sampler."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import torch
from torch import Tensor

from ..errors import InputError
from ..timebase import FRAME_RATE, frame_centers
from .meaning import NEUTRAL, Emotion, Meaning
from .reader import understand
from .vocabulary import ACTION_UNITS, EMOTIONS

EASE_S = 0.4
"""Seconds that the face takes from one span to the next, half of them before the border."""
NEUTRAL_CAPTION = "neutral"
"""What a frame hears as far as no caption speaks."""
TIME_TOLERANCE_S = 1e-6

FORMAT = "eadnet-emotion-track"


@dataclass(frozen=True)
class EmotionSpan:
    """One feeling from a time to a time.

    Attributes:
        start_s: Seconds, 0 or more.
        end_s: Seconds, after start_s; infinity: to the end of the clip.
        distribution: 8 numbers over EMOTIONS, 0 or more, that sum to 1.
        intensity: 0 (neutral) to 1.
        captions: Texts that the text encoder reads, each with its share; shares are above 0 and sum to 1 at most, and what
            is left is NEUTRAL_CAPTION, so that half a feeling also reads as half.
        action_units: Targets, 0 to 1, of Action Units that are asked for by name; all others follow from the emotion.
    """

    start_s: float
    end_s: float
    distribution: Emotion
    intensity: float
    captions: tuple[tuple[str, float], ...] = ()
    action_units: Mapping[str, float] = field(default_factory=dict)

    def __post_init__(self) -> None:
        check_intensity(self.intensity)
        if not (math.isfinite(self.start_s) and self.start_s >= 0 and self.end_s > self.start_s):
            raise InputError(f"emotion span runs from {self.start_s} s to {self.end_s} s; give a start of 0 or more and a later end.")
        shares = np.asarray(self.distribution, np.float64)
        if shares.shape != (len(EMOTIONS),) or not (shares >= 0).all() or not math.isclose(shares.sum(), 1, abs_tol=1e-3):
            raise InputError(f"emotion distribution is {self.distribution}; give {len(EMOTIONS)} numbers of 0 or more that sum to 1.")
        if not all(share > 0 for _, share in self.captions) or sum(share for _, share in self.captions) > 1 + 1e-6:
            raise InputError(f"caption shares are {[share for _, share in self.captions]}; give shares above 0 that sum to 1 at most.")
        for name, value in self.action_units.items():
            if name not in ACTION_UNITS or not 0 <= value <= 1:
                raise InputError(f"Action Unit {name} is {value}; give one of {', '.join(ACTION_UNITS)} a value from 0 to 1.")

    @property
    def caption(self) -> str:
        """The caption with the largest share; NEUTRAL_CAPTION without any."""
        return max(self.captions, key=lambda item: item[1])[0] if self.captions else NEUTRAL_CAPTION

    @property
    def meaning(self) -> Meaning:
        """Emotion (distribution times intensity, the neutral share as silence) and named Action Units."""
        values = (0.0 if i == NEUTRAL else share * self.intensity for i, share in enumerate(self.distribution))
        return Meaning(tuple(values), self.action_units)

    @staticmethod
    def from_text(text: str, intensity: float = 1.0, start_s: float = 0.0, end_s: float = math.inf) -> EmotionSpan:
        """A span of a label or of free text; see reader.understand for what is known and what is refused."""
        check_intensity(intensity)
        meaning = understand(text).scaled(intensity)
        captions = ((text.strip(), intensity),) if intensity > 0 else ()
        return EmotionSpan(start_s, end_s, meaning.distribution, min(1.0, meaning.intensity), captions, dict(meaning.action_units))


@dataclass(frozen=True)
class EmotionTrack:
    """Spans in order of time that do not overlap; where there is none, the face is neutral.

    Attributes:
        spans: At least one.
    """

    spans: tuple[EmotionSpan, ...]

    def __post_init__(self) -> None:
        if not self.spans:
            raise InputError("emotion track has 0 spans; give it at least one.")
        for one, other in zip(self.spans, self.spans[1:], strict=False):
            if other.start_s < one.end_s - TIME_TOLERANCE_S:
                raise InputError(
                    f"emotion span at {other.start_s:g} s starts before the one at {one.start_s:g} s ends ({one.end_s:g} s); "
                    "spans must be in order and must not overlap."
                )

    @staticmethod
    def from_text(text: str, intensity: float = 1.0) -> EmotionTrack:
        """One feeling for a whole clip: a label ("happy") or free text ("a bit uneasy, lips pressed together").

        Raises:
            InputError: Intensity outside 0 to 1, no text, or one word that is no label and is not known.
        """
        return EmotionTrack((EmotionSpan.from_text(text, intensity),))

    def weights(self, num_frames: int) -> np.ndarray:
        """How much of each span each frame feels: neighbours cross over smoothly within EASE_S around their border.

        Returns:
            float64 [num_frames, spans], 0 to 1; rows sum to 1 at most, the rest is neutral.
        """
        times = np.array(frame_centers(0, num_frames))[:, None]  # [N, 1]
        end = float(num_frames / FRAME_RATE)
        starts = np.array([span.start_s if span.start_s > 0 else -np.inf for span in self.spans])
        ends = np.array([span.end_s if span.end_s < end - TIME_TOLERANCE_S else np.inf for span in self.spans])
        return _ease(times - starts) - _ease(times - ends)  # [N, K]

    def sample(self, num_frames: int) -> tuple[Tensor, list[str], Tensor]:
        """The track at the middles of frames.

        Args:
            num_frames: N, 1 or more, at FRAME_RATE from the start of the clip.

        Returns:
            emotion float32 [N, 8] (distribution times intensity; the neutral entry is 0), the K captions, each once,
            and text_weights float32 [N, K] of them, rows summing to 1.
        """
        weights = self.weights(num_frames)
        emotion = weights @ np.array([span.meaning.emotion for span in self.spans])  # [N, 8]
        captions: list[str] = []
        columns: list[np.ndarray] = []
        for i, span in enumerate(self.spans):
            for caption, share in span.captions:
                if caption not in captions:
                    captions.append(caption)
                    columns.append(np.zeros(num_frames))
                columns[captions.index(caption)] += weights[:, i] * share
        rest = (1 - sum(columns, start=np.zeros(num_frames))).clip(0)
        if rest.max() > 1e-6 or not captions:
            captions, columns = _with_rest(captions, columns, rest)
        text_weights = np.stack(columns, 1)  # [N, K]
        text_weights /= text_weights.sum(1, keepdims=True)
        return torch.from_numpy(emotion).float(), captions, torch.from_numpy(text_weights).float()

    def sample_action_units(self, num_frames: int) -> Tensor | None:
        """Action Units at the middles of frames, float32 [N, 24]; None when no span names any: they follow from the emotion."""
        if not any(span.action_units for span in self.spans):
            return None
        units = np.stack([span.meaning.all_action_units() for span in self.spans])  # [K, 24]
        return torch.from_numpy(self.weights(num_frames) @ units).float().clamp(0, 1)

    def scaled(self, factor: float) -> EmotionTrack:
        """The same feelings at another strength, 0 (neutral) to 2; no intensity rises above 1."""
        if not 0 <= factor <= 2:
            raise InputError(f"expressiveness is {factor}; give 0 to 2.")
        return EmotionTrack(tuple(_scaled(span, factor) for span in self.spans))

    def shifted(self, seconds: float) -> EmotionTrack:
        """The track later (or, below 0, earlier) by some seconds; what would lie before 0 is cut off.

        Raises:
            InputError: Nothing is left after 0 s.
        """
        moved = []
        for span in self.spans:
            start, end = max(0.0, span.start_s + seconds), span.end_s + seconds
            if end > start:
                moved.append(replace(span, start_s=start, end_s=end))
        if not moved:
            raise InputError(f"shift is {seconds} s and leaves nothing of a track that ends at {self.spans[-1].end_s:g} s; shift by less.")
        return EmotionTrack(tuple(moved))

    def check_within(self, duration_s: float) -> None:
        """Raises InputError if a span starts at or after the end of the clip: it would never be seen."""
        for span in self.spans:
            if span.start_s >= duration_s - TIME_TOLERANCE_S:
                raise InputError(
                    f"emotion span '{span.caption}' starts at {span.start_s:g} s, but the sound ends at {duration_s:.2f} s; "
                    "start it earlier or leave it out."
                )

    def to_json(self) -> str:
        """The track as JSON text; an open end is null."""
        spans = [
            {
                "start_s": span.start_s,
                "end_s": None if math.isinf(span.end_s) else span.end_s,
                "emotion": {name: share for name, share in zip(EMOTIONS, span.distribution, strict=True) if share > 0},
                "intensity": span.intensity,
                "captions": [list(item) for item in span.captions],
                "action_units": dict(span.action_units),
            }
            for span in self.spans
        ]
        return json.dumps({"format": FORMAT, "version": 1, "spans": spans}, indent=1, ensure_ascii=False)

    @staticmethod
    def from_json(text: str) -> EmotionTrack:
        """The track that `to_json` wrote.

        Raises:
            InputError: Not JSON, another format, or values out of range.
        """
        try:
            content = json.loads(text)
        except (ValueError, RecursionError) as error:  # ValueError: also a number of thousands of digits
            reason = f"{error.msg} in line {error.lineno}" if isinstance(error, json.JSONDecodeError) else "too deep, or too long a number"
            raise InputError(f"emotion track is no JSON ({reason}); give what to_json wrote.") from error
        if not isinstance(content, dict) or content.get("format") != FORMAT or content.get("version") != 1:
            raise InputError(f'emotion track lacks "format": "{FORMAT}", "version": 1; give what to_json wrote.')
        try:
            return EmotionTrack(tuple(_span_from_json(span) for span in content["spans"]))
        except InputError:
            raise
        except (KeyError, TypeError, AttributeError, ValueError) as error:
            raise InputError(f"emotion track has an entry that cannot be read ({error!r}); give what to_json wrote.") from error


def check_intensity(intensity: float) -> None:
    """Raises InputError unless the intensity is a number from 0 to 1."""
    if not 0 <= intensity <= 1:
        raise InputError(f"intensity is {intensity}; give a number from 0 (neutral) to 1 (full).")


def blend(one: EmotionTrack, other: EmotionTrack, amount: float) -> EmotionTrack:
    """Two tracks at once: emotions, captions and Action Units in the shares 1 - amount and amount at every time.

    Args:
        one: What amount 0 gives.
        other: What amount 1 gives.
        amount: 0 to 1.

    Raises:
        InputError: Amount outside 0 to 1.
    """
    if not 0 <= amount <= 1:
        raise InputError(f"amount is {amount}; give a number from 0 (only the first) to 1 (only the second).")
    if amount in (0, 1):
        return other if amount else one
    times = sorted({time for track in (one, other) for span in track.spans for time in (span.start_s, span.end_s)})
    spans = []
    for start, end in zip(times, times[1:], strict=False):
        parts = [(_span_at(track, start), share) for track, share in ((one, 1 - amount), (other, amount))]
        if any(span is not None for span, _ in parts):
            spans.append(_mixed(start, end, [(span, share) for span, share in parts if span is not None]))
    return EmotionTrack(tuple(spans))


def _mixed(start_s: float, end_s: float, parts: list[tuple[EmotionSpan, float]]) -> EmotionSpan:
    emotion = np.sum([np.array(span.meaning.emotion) * share for span, share in parts], 0)
    captions: dict[str, float] = {}
    for span, share in parts:
        for caption, weight in span.captions:
            captions[caption] = captions.get(caption, 0.0) + weight * share
    named = {name for span, _ in parts for name in span.action_units}
    everything = np.sum([span.meaning.all_action_units() * share for span, share in parts], 0)  # [24]
    units = {name: float(everything[ACTION_UNITS.index(name)].clip(0, 1)) for name in ACTION_UNITS if name in named}
    mixed = Meaning(tuple(float(value) for value in emotion), units)
    return EmotionSpan(start_s, end_s, mixed.distribution, min(1.0, mixed.intensity), tuple(captions.items()), units)


def _span_at(track: EmotionTrack, time_s: float) -> EmotionSpan | None:
    return next((span for span in track.spans if span.start_s <= time_s < span.end_s), None)


def _scaled(span: EmotionSpan, factor: float) -> EmotionSpan:
    total = sum(share for _, share in span.captions) * factor
    keep = factor / max(1.0, total)
    captions = tuple((caption, share * keep) for caption, share in span.captions if share * keep > 0)
    units = {name: min(1.0, value * factor) for name, value in span.action_units.items()}
    return replace(span, intensity=min(1.0, span.intensity * factor), captions=captions, action_units=units)


def _with_rest(captions: list[str], columns: list[np.ndarray], rest: np.ndarray) -> tuple[list[str], list[np.ndarray]]:
    if NEUTRAL_CAPTION in captions:
        at = captions.index(NEUTRAL_CAPTION)
        return captions, [column + rest if i == at else column for i, column in enumerate(columns)]
    return [*captions, NEUTRAL_CAPTION], [*columns, rest]


def _ease(since_border_s: np.ndarray) -> np.ndarray:
    """0 before a border, 1 behind it, and between them a curve without a jump in speed. Source: smoothstep."""
    share = (since_border_s / EASE_S + 0.5).clip(0, 1)
    return share * share * (3 - 2 * share)


def _span_from_json(span: dict[str, Any]) -> EmotionSpan:
    unknown = set(span["emotion"]) - set(EMOTIONS)
    if unknown:
        raise InputError(f"emotion '{min(unknown)}' is no class; give {', '.join(EMOTIONS)}.")
    return EmotionSpan(
        start_s=float(span["start_s"]),
        end_s=math.inf if span["end_s"] is None else float(span["end_s"]),
        distribution=tuple(float(span["emotion"].get(name, 0.0)) for name in EMOTIONS),
        intensity=float(span["intensity"]),
        captions=tuple((str(caption), float(share)) for caption, share in span["captions"]),
        action_units={str(name): float(value) for name, value in span["action_units"].items()},
    )
