"""Phones with times: who says what when, as labels, as certain estimates, and from the spikes of a recogniser."""

from __future__ import annotations

import numpy as np

from ..timebase import FRAME_RATE, MEL_RATE, MELS_PER_FRAME
from .phones import NUM_PHONES, PAUSE, phones_of

TimedPhones = list[tuple[float, float, str]]
"""Start and end in seconds and the name in the International Phonetic Alphabet, in order; an empty name is a pause."""

UNKNOWN = -1
"""Label of a column of which nobody knows what is said."""
LONGEST_S = 0.30
"""A phone of which no end is heard."""
_HEARD, _LEAST_S, _PAUSE_S = 0.15, 0.04, 0.06


def column_labels(phones: TimedPhones, columns: int) -> np.ndarray:
    """What is said in each column of 10 ms, int8 [columns].

    Args:
        phones: A name without a phone of its own (a glottal stop, the breath after a stop) leaves its columns to what follows. None at
            all: UNKNOWN.
        columns: How many.
    """
    labels = np.full(columns, UNKNOWN, np.int8)
    middles = (np.arange(columns) + 0.5) / float(MEL_RATE)
    for start_s, end_s, ipa in phones:
        parts = phones_of(ipa)
        for k, part in enumerate(parts):
            low, high = (start_s + (end_s - start_s) * share / len(parts) for share in (k, k + 1))
            labels[(middles >= low) & (middles < high)] = part
    if phones:
        labels[middles < phones[0][0]] = PAUSE
        labels[middles >= phones[-1][1]] = PAUSE
        known = np.append(np.flatnonzero(labels != UNKNOWN), columns)
        following = known[np.searchsorted(known, np.arange(columns))]
        labels = np.append(labels, PAUSE).astype(np.int8)[following]
    return labels


def surely_said(phones: TimedPhones, num_frames: int) -> np.ndarray:
    """What is said for certain, as the speech encoder would put it: float32 [2 * N, P] at 50 Hz, for phones whose times are known."""
    labels = column_labels(phones, num_frames * MELS_PER_FRAME)
    labels = np.where(labels == UNKNOWN, PAUSE, labels)
    return np.eye(NUM_PHONES, dtype=np.float32)[labels].reshape(2 * num_frames, -1, NUM_PHONES).mean(1)


def between_spikes(spikes: list[tuple[float, str]], activity: np.ndarray, duration_s: float) -> TimedPhones:
    """Phones of a recogniser that tells their starts alone: each lasts until the next, or until nobody is heard any more.

    Args:
        spikes: Start in seconds and name, in order.
        activity: float [N], 0 to 1, whether somebody speaks, a frame each.
        duration_s: Of the whole.
    """
    if not spikes:
        return []
    active = activity > _HEARD
    phones: TimedPhones = []
    if spikes[0][0] > 0:
        phones.append((0.0, spikes[0][0], ""))
    for (start_s, name), (next_s, _) in zip(spikes, [*spikes[1:], (duration_s, "")], strict=True):
        first, last = int(start_s * float(FRAME_RATE)) + 1, int(next_s * float(FRAME_RATE))
        quiet = np.flatnonzero(~active[first:last])
        heard_until_s = (first + int(quiet[0])) / float(FRAME_RATE) if len(quiet) > 1 else next_s
        end_s = min(next_s, max(heard_until_s, start_s + _LEAST_S))
        if next_s - start_s > LONGEST_S and end_s == next_s:
            end_s = start_s + LONGEST_S
        if next_s - end_s > _PAUSE_S:
            phones += [(start_s, end_s, name), (end_s, next_s, "")]
        else:
            phones.append((start_s, next_s, name))
    return phones
