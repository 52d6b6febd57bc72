from __future__ import annotations

import numpy as np
import pytest

from eadnet_core.emotion.action_unit_edit import edit_action_units
from eadnet_core.emotion.action_unit_names import PART_OF_ACTION_UNIT
from eadnet_core.emotion.action_units import ActionUnitTrack, constant_action_units
from eadnet_core.emotion.vocabulary import ACTION_UNITS
from eadnet_core.errors import InputError

TRACK = ActionUnitTrack(np.array([0.0, 2.0]), np.array([[0.4, 0.2], [0.4, 0.6]], np.float32), ("AU1", "AU4"))


def test_nothing_to_do_changes_nothing() -> None:
    assert edit_action_units(TRACK, " \n") is TRACK


def test_lines_replace_the_units_that_they_name() -> None:
    edited = edit_action_units(TRACK, "0.0: AU4 1\n1.0: AU4 0, AU26 0.5")
    assert edited.units == ("AU1", "AU4", "AU26")
    assert edited.at(np.array([0.0, 1.0, 2.0])) == pytest.approx(np.array([[0.4, 1, 0], [0.4, 0, 0.5], [0.4, 0, 0.5]]))
    assert edit_action_units(None, "0.0: AU4 1").units == ("AU4",)


def test_only_the_chosen_units_are_scaled_and_nothing_goes_beyond_1() -> None:
    assert edit_action_units(TRACK, "", 2, "au4").at(np.array([0.0, 2.0])) == pytest.approx(np.array([[0.4, 0.4], [0.4, 1.0]]))
    assert edit_action_units(TRACK, "", 0).values.max() == 0


def test_smoothing_softens_a_step() -> None:
    step = ActionUnitTrack(np.array([0.0, 0.98, 1.0, 2.0]), np.array([[0], [0], [1], [1]], np.float32), ("AU4",))
    smooth = edit_action_units(step, "", smoothing_s=0.2).sample(50)[:, ACTION_UNITS.index("AU4")].numpy()
    assert np.abs(np.diff(smooth)).max() < 0.12 and smooth[2] < 0.01 and smooth[-2] > 0.99


@pytest.mark.parametrize(
    ("track", "edit", "units", "message"),
    [
        (None, "", "", "no Action Unit curves to edit"),
        (TRACK, "soon: AU4 1", "", "line 1"),
        (TRACK, "", "AU3", "'AU3' is not known"),
        (TRACK, "", "AU26", "'AU26' is not in the track; it holds AU1, AU4"),
    ],
)
def test_edits_that_cannot_be_done(track: ActionUnitTrack | None, edit: str, units: str, message: str) -> None:
    with pytest.raises(InputError, match=message):
        edit_action_units(track, edit, 2.0, units)


def test_sliders_hold_their_units_over_other_curves() -> None:
    assert constant_action_units({"AU1": 0.0}) is None and constant_action_units({"AU1": 0.0}, TRACK) is TRACK
    alone = constant_action_units({"AU26": 0.5, "AU1": 0.3, "AU4": 0.0})
    assert alone is not None and alone.units == ("AU1", "AU26") and alone.at(np.array([5.0])) == pytest.approx(np.array([[0.3, 0.5]]))
    over = constant_action_units({"AU26": 0.5, "AU1": 0.3, "AU4": 0.0}, TRACK)
    assert over is not None and over.at(np.array([2.0])) == pytest.approx(np.array([[0.3, 0.6, 0.5]]))


def test_every_unit_has_its_part_of_the_face() -> None:
    assert sorted(PART_OF_ACTION_UNIT) == sorted(ACTION_UNITS)
