from __future__ import annotations

import numpy as np

from eadnet_core.emotion.arkit import (
    ACTION_UNITS_LEFT_OUT,
    ACTION_UNITS_WITHOUT_SIDES,
    ARKIT_LEFT_OUT,
    ARKIT_NAMES,
    ARKIT_OF_ACTION_UNIT,
    from_arkit,
    to_arkit,
)
from eadnet_core.emotion.vocabulary import ACTION_UNITS


def test_there_are_52_names_and_every_unit_is_mapped_or_listed() -> None:
    assert len(set(ARKIT_NAMES)) == 52
    assert set(ARKIT_OF_ACTION_UNIT) | set(ACTION_UNITS_LEFT_OUT) == set(ACTION_UNITS)
    used = [name for names in ARKIT_OF_ACTION_UNIT.values() for name in names]
    assert len(used) == len(set(used)) and set(used) | set(ARKIT_LEFT_OUT) == set(ARKIT_NAMES)


def test_units_come_back_except_those_listed() -> None:
    units = np.random.default_rng(0).random((7, 24)).astype(np.float32)
    back = from_arkit(to_arkit(units))
    kept = [i for i, unit in enumerate(ACTION_UNITS) if unit not in ACTION_UNITS_LEFT_OUT]
    assert to_arkit(units).shape == (7, 52)
    assert np.allclose(back[:, kept], units[:, kept], atol=1e-6)


def test_sides_are_the_persons_own_and_paired_shapes_are_averaged() -> None:
    shapes = np.zeros(52, np.float32)
    shapes[ARKIT_NAMES.index("eyeBlinkLeft")] = 1
    shapes[ARKIT_NAMES.index("browDownRight")] = 0.8
    units = dict(zip(ACTION_UNITS, from_arkit(shapes).tolist(), strict=True))
    assert units["AU45L"] == 1 and units["AU45R"] == 0 and np.isclose(units["AU4"], 0.4)
    assert "AU4" in ACTION_UNITS_WITHOUT_SIDES and "AU45L" not in ACTION_UNITS_WITHOUT_SIDES


def test_lips_part_as_the_jaw_opens_unless_closed() -> None:
    shapes = np.zeros((2, 52), np.float32)
    shapes[:, ARKIT_NAMES.index("jawOpen")] = 0.6
    shapes[1, ARKIT_NAMES.index("mouthClose")] = 0.6
    assert np.allclose(from_arkit(shapes)[:, ACTION_UNITS.index("AU25")], [0.6, 0])
