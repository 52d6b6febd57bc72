"""Mouth cues follow what is said, without gaps; closures are kept, and shapes too short to be seen are not."""

from __future__ import annotations

import numpy as np
import pytest

from eadnet_core.speech.cues import LEAST, OCULUS, RHUBARB, mouth_cues
from eadnet_core.speech.phones import PHONES
from eadnet_core.speech.timed import surely_said

SAID = [(0.2, 0.3, "m"), (0.3, 0.5, "ɑ"), (0.5, 0.56, "p"), (0.56, 0.8, "u"), (0.8, 0.95, "f")]


@pytest.mark.parametrize("shapes", [RHUBARB, OCULUS])
def test_each_phone_has_one_shape(shapes: dict[str, tuple[str, ...]]) -> None:
    assert sorted(phone for phones in shapes.values() for phone in phones) == sorted(phone.name for phone in PHONES)


def test_cues_are_what_is_said_one_after_another() -> None:
    cues = mouth_cues(surely_said(SAID, 30), RHUBARB, 1.13)
    assert [cue.shape for cue in cues] == list("XADAFGX")
    assert cues[0].start_s == 0 and cues[-1].end_s == 1.13
    assert all(one.end_s == other.start_s for one, other in zip(cues, cues[1:], strict=False))
    assert [cue.start_s for cue in cues[1:]] == pytest.approx([start for start, _, _ in SAID] + [0.95], abs=0.041)
    assert [cue.shape for cue in mouth_cues(surely_said(SAID, 30), OCULUS, 1.2)] == ["sil", "PP", "aa", "PP", "ou", "FF", "sil"]


def test_nothing_flickers_but_closures() -> None:
    phones = np.random.default_rng(0).dirichlet(np.full(len(PHONES), 0.05), 500)
    cues = mouth_cues(phones, RHUBARB, 10.0)
    assert all(cue.shape == "A" or cue.end_s - cue.start_s > (LEAST - 0.1) / 50 for cue in cues)
    assert len(cues) > 20 and all(one.shape != other.shape for one, other in zip(cues, cues[1:], strict=False))


def test_a_moment_is_one_cue() -> None:
    assert len(mouth_cues(surely_said([], 1), RHUBARB, 0.01)) == 1
