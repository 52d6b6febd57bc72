"""Expressions from displacements: which weights of the ARKit shapes are likeliest, and how the pose must be corrected besides."""

from __future__ import annotations

import numpy as np

from ..emotion.arkit import ARKIT_NAMES
from .face_spread import FaceSpread
from .pose_track import step_directions
from .topology import NUM_SKIN_POINTS

SWEEPS, SWEEPS_AGAIN = 24, 8
"""Of coordinate descent from nothing, after which weights change by less than 0.01, and in each of several rounds that go on from the
last one's weights."""
JAW, SHUT = ARKIT_NAMES.index("jawOpen"), ARKIT_NAMES.index("mouthClose")
SIDEWAYS = ("jawLeft", "mouthLeft")
"""These and their counterparts are two directions, not two sides of a face."""
ONE_SIDED = 0.33
"""How far a left and a right weight differ, as a share of how far either is from 0."""
SHUT_SHARE = 0.6
"""How much rarer lips are shut over an open jaw than other shapes are seen."""


class ExpressionSolver:
    """The likeliest weights, 0 to 1, of the shapes, given how faces stray from the model.

    mouthClose shuts lips over an open jaw and means nothing without it; so inside, it stands for both together.
    """

    def __init__(self, mean: np.ndarray, units: np.ndarray, spread: FaceSpread, usual: np.ndarray) -> None:
        """Args:
        mean: float64 [478, 3].
        units: float64 [51, 478, 3].
        spread: How displacements stray from what the shapes say.
        usual: float64 [51], deviation of each weight from 0.
        """
        self._units = units.copy()
        self._units[SHUT] += units[JAW]
        shapes = self._units[:, :NUM_SKIN_POINTS].reshape(len(units), -1)
        steps = step_directions(mean[:NUM_SKIN_POINTS]).reshape(-1, shapes.shape[1])
        self._shapes, self._steps = spread.weighted(shapes), spread.weighted(steps)
        self._of_both, self._of_steps = self._shapes @ steps.T, self._steps @ steps.T
        self._through_steps = self._of_both @ np.linalg.inv(self._of_steps)
        self._seen = self._shapes @ shapes.T
        self._prior = _prior(usual)

    def solve(
        self, displacement: np.ndarray, start: np.ndarray | None = None, expected: np.ndarray | None = None
    ) -> tuple[np.ndarray, np.ndarray]:
        """The likeliest expressions, and steps of the pose, of displacements float [N, 478, 3] from a face at rest.

        Args:
            displacement: In the head's frame, as well as its pose is known.
            start: float [N, 51], weights to begin with, as an earlier call gave them.
            expected: float [51], weights that are usual; None: 0.

        Returns:
            Weights float64 [N, 51], 0 to 1, of these shapes (see `arkit`), and steps [N, 7] (see pose_track).
        """
        flat = _flat(displacement)
        normal, target = self._without_steps(flat)
        if expected is not None:
            target = target + self._prior @ expected
        weights = bounded_least_squares(normal, target, start, SWEEPS_AGAIN)
        return weights, self._steps_beside(flat, weights)

    def unbounded(self, displacement: np.ndarray, expected: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """As `solve`, but weights may fall below 0 or rise above 1: below 0 the face that was taken for resting shows the shape."""
        flat = _flat(displacement)
        normal, target = self._without_steps(flat)
        weights = np.linalg.solve(normal, (target + self._prior @ expected).T).T
        return weights, self._steps_beside(flat, weights)

    def in_place(self, displacement: np.ndarray) -> np.ndarray:
        """Weights float64 [N, 51] of displacements whose pose is known exactly."""
        return bounded_least_squares(self._seen + self._prior, _flat(displacement) @ self._shapes.T)

    def moved(self, weights: np.ndarray) -> np.ndarray:
        """Displacements float64 [..., 478, 3] of weights [..., 51]."""
        return np.tensordot(weights, self._units, 1)

    @staticmethod
    def arkit(weights: np.ndarray) -> np.ndarray:
        """ARKit's weights of this solver's: an open jaw under shut lips counts as jawOpen, too."""
        known = weights.copy()
        known[..., JAW] = np.minimum(weights[..., JAW] + weights[..., SHUT], 1)
        return known

    def _without_steps(self, flat: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Normal matrix [51, 51] and right sides [N, 51] of the weights when any step of the pose is free."""
        normal = self._seen - self._through_steps @ self._of_both.T + self._prior
        return normal, flat @ self._shapes.T - flat @ self._steps.T @ self._through_steps.T

    def _steps_beside(self, flat: np.ndarray, weights: np.ndarray) -> np.ndarray:
        return np.linalg.solve(self._of_steps, (flat @ self._steps.T - weights @ self._of_both).T).T


def bounded_least_squares(normal: np.ndarray, target: np.ndarray, start: np.ndarray | None = None, sweeps: int = SWEEPS) -> np.ndarray:
    """Weights [N, U] between 0 and 1 that make w @ normal @ w - 2 w @ target least, row by row.

    Args:
        normal: float64 [U, U], positive definite.
        target: float64 [N, U].
        start: Weights to begin with; None: 0.
        sweeps: Over all coordinates.

    Source: coordinate descent (Hildreth, 1957), all rows at once.
    """
    weights = np.zeros_like(target) if start is None else start.copy()
    left = target - weights @ normal
    for _ in range(sweeps):
        for unit, (row, curvature) in enumerate(zip(normal, np.diag(normal), strict=True)):
            wanted = np.minimum(np.maximum(weights[:, unit] + left[:, unit] / curvature, 0), 1)
            change = wanted - weights[:, unit]
            if change.any():
                left -= change[:, None] * row
                weights[:, unit] = wanted
    return weights


def _prior(usual: np.ndarray) -> np.ndarray:
    """What weights cost by themselves, [51, 51], and in how far a left one must be the right one's."""
    cost = usual**-2.0
    cost[SHUT] = (SHUT_SHARE * usual[JAW]) ** -2
    prior = np.diag(cost)
    for left, name in enumerate(ARKIT_NAMES[: len(cost)]):
        if name.endswith("Left") and name not in SIDEWAYS:
            difference = np.zeros(len(cost))
            difference[[left, ARKIT_NAMES.index(name.replace("Left", "Right"))]] = 1, -1
            prior += np.outer(difference, difference) / (2 * (ONE_SIDED * usual[left]) ** 2)
    return prior


def _flat(displacement: np.ndarray) -> np.ndarray:
    return displacement[:, :NUM_SKIN_POINTS].reshape(len(displacement), -1)
