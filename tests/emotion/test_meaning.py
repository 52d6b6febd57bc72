from __future__ import annotations

import numpy as np
import pytest

from eadnet_core.emotion.meaning import Meaning, mix
from eadnet_core.emotion.vocabulary import ACTION_UNITS, EMOTION_ACTION_UNITS, EMOTIONS


def felt(**shares: float) -> Meaning:
    return Meaning(tuple(shares.get(label, 0.0) for label in EMOTIONS))


def test_scaling_stops_at_full_intensity() -> None:
    assert felt(happy=0.5).scaled(0.3).intensity == pytest.approx(0.15)
    assert felt(happy=0.6, sad=0.2).scaled(3).emotion == pytest.approx(felt(happy=0.75, sad=0.25).emotion)
    assert Meaning(action_units={"AU4": 0.9}).scaled(1.5).action_units == {"AU4": 1.0}


def test_mixture_is_as_intense_as_its_strongest_part() -> None:
    mixed = mix([(felt(happy=1.0), 1), (felt(sad=0.5), 1)])
    assert mixed.emotion == pytest.approx(felt(happy=2 / 3, sad=1 / 3).emotion)
    assert mix([]).distribution == (1.0, *[0.0] * 7)


def test_denied_happiness_is_a_little_sad_and_other_denials_are_neutral() -> None:
    assert felt(happy=1.0).denied().emotion == pytest.approx(felt(sad=0.5).emotion)
    assert felt(angry=0.7, fearful=0.3).denied().intensity == 0


def test_named_action_units_override_those_of_the_emotion() -> None:
    units = Meaning(felt(angry=0.5).emotion, {"AU4": 0.0, "AU26": 0.8}).all_action_units()
    assert units.dtype == np.float32
    expected = {**{unit: 0.5 * value for unit, value in EMOTION_ACTION_UNITS["angry"].items()}, "AU4": 0.0, "AU26": 0.8}
    assert dict(zip(ACTION_UNITS, units.tolist(), strict=True)) == pytest.approx({u: expected.get(u, 0.0) for u in ACTION_UNITS})
