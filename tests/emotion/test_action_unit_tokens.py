from __future__ import annotations

import numpy as np
import pytest

from eadnet_core.emotion.action_unit_tokens import NUM_LEVELS, TOKEN_RATE, ActionUnitTokens, edit_from_text
from eadnet_core.emotion.action_units import ActionUnitTrack
from eadnet_core.emotion.vocabulary import ACTION_UNITS
from eadnet_core.errors import InputError


def random_tokens(seed: int, num_steps: int = 40) -> ActionUnitTokens:
    rng = np.random.default_rng(seed)
    levels = rng.integers(1, NUM_LEVELS + 1, (num_steps, 24)) * (rng.random((num_steps, 24)) < 0.3)
    return ActionUnitTokens(tuple(tuple((i, int(n)) for i, n in enumerate(row) if n) for row in levels))


@pytest.mark.parametrize("seed", range(3))
def test_tokens_survive_curves_and_text(seed: int) -> None:
    tokens = random_tokens(seed)
    assert ActionUnitTokens.from_track(tokens.to_track()) == tokens
    assert ActionUnitTokens.from_text(tokens.to_text()) == tokens


def test_curves_survive_within_half_a_level() -> None:
    times = np.arange(0, 41) / float(TOKEN_RATE)
    values = np.random.default_rng(3).random((41, 24)).astype(np.float32)
    back = ActionUnitTokens.from_track(ActionUnitTrack(times, values)).to_track()
    assert np.abs(back.values - values).max() <= 0.5 / NUM_LEVELS + 1e-6
    assert back.sample(200).shape == (200, 24)


def test_only_units_that_show_are_held() -> None:
    track = ActionUnitTrack(np.array([0.0, 0.4]), np.array([[0.8, 0.0], [0.8, 0.01]], np.float32), ("AU4", "AU26"))
    assert ActionUnitTokens.from_track(track).steps == (((ACTION_UNITS.index("AU4"), 16),),) * 3


def test_text_is_short_where_nothing_changes() -> None:
    still = ActionUnitTokens((((3, 16),),) * 50 + ((),))
    assert still.to_text().splitlines() == ["0.0: AU4 0.80", "9.8: AU4 0.80", "10.0: -"]
    assert ActionUnitTokens.from_text(still.to_text()) == still


def test_text_of_another_hand_is_read() -> None:
    tokens = ActionUnitTokens.from_text("0: au4=0.8 , AU12L: 1\n\n1.0: -\n")
    assert len(tokens.steps) == 6
    assert tokens.steps[0] == ((3, 16), (ACTION_UNITS.index("AU12L"), 20)) and tokens.steps[5] == ()


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "no line"),
        ("Sure! Here are the units:", "line 1: .* does not start with a time"),
        ("0.0: AU4 0.5\nAU4 0.5", "line 2: .* does not start with a time"),
        ("0.0: AU99 0.5", "'AU99 0.5' is no unit"),
        ("0.0: AU4", "'AU4' is no unit with an intensity"),
        ("0.0: AU4 1.5", "intensity of AU4 is 1.5"),
        ("0.0: AU4 -0.5", "intensity of AU4 is -0.5"),
        ("1.0: -\n0.5: -", "line 2: time 0.5 s"),
        ("-1: -", "no time from 0"),
        ("nan: -", "no time from 0"),
        ("1e9: -", "no time from 0"),
        ("0.5", "and a colon"),
    ],
)
def test_wrong_text_is_refused(text: str, message: str) -> None:
    with pytest.raises(InputError, match=message):
        ActionUnitTokens.from_text(text)


def test_an_edit_holds_the_units_that_it_names() -> None:
    track = edit_from_text("0.0: AU4 0\n1.0: AU4 0.5, au12l 1\n2.0: -")
    assert track.units == ("AU4", "AU12L")
    assert track.at(np.array([0.0, 0.6, 1.0, 2.0, 9.0])) == pytest.approx(np.array([[0, 0], [0.3, 0.6], [0.5, 1], [0, 0], [0, 0]]))
    with pytest.raises(InputError, match="names no unit"):
        edit_from_text("0.0: -")
