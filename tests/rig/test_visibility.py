"""Moved sheets and their inverses: exact where nothing folds, the front over the back where it does."""

from __future__ import annotations

import numpy as np
from scipy.interpolate import RegularGridInterpolator

from eadnet_core.rig.visibility import seen_from

COUNT = 81
AXIS = np.linspace(-2, 2, COUNT)
X, Y = np.meshgrid(AXIS, AXIS)
MIDDLE = np.full(COUNT, COUNT // 2)


def bump(width: float = 0.6) -> np.ndarray:
    return np.exp(-(X**2 + Y**2) / width)


def test_without_folds_it_is_the_exact_inverse() -> None:
    x, y = X + 0.2 * bump() * np.sin(2 * Y), Y + 0.15 * bump()
    seen = seen_from(x, y, AXIS, AXIS, MIDDLE, COUNT // 2)
    forward = RegularGridInterpolator((AXIS, AXIS), np.stack([x, y], -1), bounds_error=False, fill_value=None)
    again = forward(seen[..., ::-1])
    np.testing.assert_allclose(again[3:-3, 3:-3], np.stack([X, Y], -1)[3:-3, 3:-3], atol=1e-3)


def test_what_does_not_move_is_seen_where_it_is() -> None:
    np.testing.assert_allclose(seen_from(X, Y, AXIS, AXIS, MIDDLE, COUNT // 2), np.stack([X, Y], -1), atol=1e-6)


def test_the_front_hides_what_folds_behind_it() -> None:
    """A ridge in the middle moves right by 0.5: what lies beside it on the right is hidden, and nothing is seen twice."""
    x = X + 0.5 * np.exp(-(X**2) / 0.1) * (np.abs(Y) < 1.5)
    row = seen_from(x, Y, AXIS, AXIS, MIDDLE, COUNT // 2)[COUNT // 2, :, 0]
    assert (np.diff(row) > -1e-6).all(), "each place is seen once, in order"
    middle = np.interp(0.5, AXIS, row)
    assert abs(middle) < 0.06, "the ridge is seen where it went"
    assert np.diff(row).max() > 0.1, "behind it places are skipped"


def test_calm_horizons_keep_the_order() -> None:
    x = X + 0.6 * np.exp(-(X**2) / 0.1) * (Y > 0)
    row = seen_from(x, Y, AXIS, AXIS, MIDDLE, COUNT // 2, 0.15, 1.3)
    assert (np.diff(row[..., 0], axis=1) > -1e-6).all()
