"""Edits of Action Unit curves: lines of text laid over them, then scale, then smoothing."""

from __future__ import annotations

from ..errors import InputError
from .action_unit_tokens import edit_from_text
from .action_units import ActionUnitTrack
from .vocabulary import ACTION_UNITS


def edit_action_units(
    track: ActionUnitTrack | None, edit: str, scale: float = 1.0, units: str = "", smoothing_s: float = 0.0
) -> ActionUnitTrack:
    """The edited curves.

    Args:
        track: What is edited; None: the lines are all there is.
        edit: Lines of a plan, see ActionUnitTokens.from_text; they replace the units that they name. Empty: none.
        scale: Factor on the units, 0 to 10.
        units: Names of the units that are scaled, with commas or spaces between them; empty: all.
        smoothing_s: Standard deviation of a Gaussian in seconds, 0 to 5.

    Raises:
        InputError: There is nothing to edit, a line is wrong, a unit is not known or not there, or a number is out of range.
    """
    if edit.strip():
        lines = edit_from_text(edit)
        track = lines if track is None else track.overlaid(lines)
    if track is None:
        raise InputError("there are no Action Unit curves to edit; connect some, or write lines such as `1.2: AU4 0.8`.")
    named = [name.upper() for name in units.replace(",", " ").split()]
    unknown = [name for name in named if name not in ACTION_UNITS]
    if unknown:
        raise InputError(f"Action Unit '{unknown[0][:40]}' is not known; give any of {', '.join(ACTION_UNITS)}.")
    if scale != 1:
        track = track.scaled(scale, named or None)
    return track.smoothed(smoothing_s) if smoothing_s > 0 else track
