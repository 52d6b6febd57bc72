"""How faces differ and move: a mean face, modes of identity and the ARKit shapes on the 478 points, and their fit to a face."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cached_property, lru_cache
from math import ceil
from pathlib import Path

import numpy as np
from safetensors import SafetensorError, safe_open

from ..errors import InputError
from .expression_solver import ExpressionSolver
from .face_spread import FaceSpread, spread_of_motion, spread_of_people
from .pose import Similarity, eye_centres, to_angles
from .pose_track import PoseTrack
from .topology import LEFT_LIDS, LOWER_INNER_LIP, NUM_SKIN_POINTS, RIGHT_LIDS, STABLE, UPPER_INNER_LIP

PATH = Path(__file__).resolve().parent.parent / "weights" / "eadnet-face.safetensors"
"""Made by scripts/make_face_model.py, which says from what."""

USUAL = 0.4
"""Deviation of a shape's weight from 0 in a picture. Source: ours, by portraits at rest."""
USUAL_WAY, LEAST_USUAL, MOST_USUAL = 0.006, 0.2, 0.8
"""The same of a face that moves, from what it shows at rest: what moves skin so far, root mean square, eye distances; and its bounds."""
ROUNDS = 4
MOST_RESTING = 60
RESTING_SHARE = 0.15
"""The share of frames, and how many at most, whose middle is taken for a face at rest."""
HELD_PERCENTILE, HELD_SHARE = 10, 0.7
"""A shape whose weight falls below 0 in more than this percentage of frames is held by the face that was taken for resting; so much of
it is taken off."""
OPEN_LIDS = 0.9
"""Eyes that are less open than this share of the usual blink or look down."""


@dataclass(frozen=True, eq=False)
class FaceFit:
    """A face as the model sees it.

    Attributes:
        identity: float64 [I], standard deviations.
        expression: float64 [51], the face's own ARKit shapes, 0 to 1.
        neutral: float64 [478, 3], head's frame: this person's face with its expression taken off; what no mode explains is kept.
        canonical: float64 [478, 3], head's frame: the face as it is.
        pose: From the head's frame to pixels.
    """

    identity: np.ndarray
    expression: np.ndarray
    neutral: np.ndarray
    canonical: np.ndarray
    pose: Similarity

    @property
    def angles_deg(self) -> np.ndarray:
        """Yaw, pitch and roll in degrees (see pose.to_matrix)."""
        return to_angles(self.pose.rotation)

    @property
    def own(self) -> np.ndarray:
        """float64 [478, 3]: displacement of the points by the face's own expression, head's frame."""
        return self.canonical - self.neutral


@dataclass(frozen=True, eq=False)
class TrackFit:
    """One face through N frames.

    Attributes:
        identity: float64 [I].
        expression: float64 [N, 51].
        neutral: float64 [478, 3], head's frame: this person's face at rest.
        canonical: float64 [N, 478, 3], head's frame.
        poses: From the head's frame to pixels.
    """

    identity: np.ndarray
    expression: np.ndarray
    neutral: np.ndarray
    canonical: np.ndarray
    poses: PoseTrack


@dataclass(frozen=True, eq=False)
class FaceModel:
    """Mean face, identity and expression, in the head's frame: unit the eye distance, origin between the eyes.

    Attributes:
        mean: float64 [478, 3].
        identity: float64 [I, 478, 3], one standard deviation each.
        units: float64 [51, 478, 3], the ARKit shapes in the order of ARKIT_NAMES, tongueOut left out, at 1.
    """

    mean: np.ndarray
    identity: np.ndarray
    units: np.ndarray

    @staticmethod
    @lru_cache(maxsize=1)
    def from_pretrained() -> FaceModel:
        """The model that ships with the pack.

        Raises:
            InputError: Its file is missing or damaged.
        """
        tensors, _ = read_face_file()
        return FaceModel(*(tensors[name].astype(np.float64) for name in ("mean", "identity", "units")))

    def fit(self, points: np.ndarray) -> FaceFit:
        """The likeliest identity, expression and pose of one face.

        Args:
            points: float [478, 3], pixels, finite.

        Source: ours, after Blanz and Vetter, Face recognition based on fitting a 3D morphable model, 2003; what no mode explains is
        taken to be smooth, so that a long chin is no open jaw.
        """
        poses, weights, canonical = self._likeliest(np.asarray(points, np.float64)[None])
        rest = canonical[0] - self._still.moved(weights[0])
        unit, origin = _frame(rest)
        neutral, canonical = (rest - origin) / unit, (canonical[0] - origin) / unit
        return FaceFit(self._identity_of(neutral), self._still.arkit(weights[0]), neutral, canonical, poses.framed(unit, origin)[0])

    def fit_track(self, points: np.ndarray) -> TrackFit:
        """One person's face at rest, and expression and pose in every frame.

        What a face is at rest is told by the frames in which lips are nearest and eyes open, fitted as one picture; frames are then
        told from it.

        Args:
            points: float [N, 478, 3], pixels, finite.
        """
        points = np.asarray(points, np.float64)
        neutral, expected = self._at_rest(points)
        poses = PoseTrack.between(neutral[list(STABLE)], points[:, list(STABLE)])
        for _ in range(ROUNDS):
            weights, steps = self._moving.unbounded(poses.undo(points) - neutral, expected)
            poses = poses.moved(steps)
        held = np.minimum(np.percentile(weights, HELD_PERCENTILE, axis=0), 0) * HELD_SHARE
        rest, expected = neutral + self._moving.moved(held), expected - held
        unit, origin = _frame(rest)
        neutral, poses = (rest - origin) / unit, poses.framed(unit, origin)
        weights = np.repeat(expected[None], len(points), 0)
        for _ in range(ROUNDS):
            weights, steps = self._moving.solve(poses.undo(points) - neutral, weights, expected)
            poses = poses.moved(steps)
        return TrackFit(self._identity_of(neutral), self._moving.arkit(weights), neutral, poses.undo(points), poses)

    def expression_of(self, displacement: np.ndarray) -> np.ndarray:
        """The likeliest ARKit weights float64 [N, 51], 0 to 1, of displacements [N, 478, 3] from rest in the head's frame."""
        return self._moving.arkit(self._moving.in_place(np.asarray(displacement, np.float64)))

    def _likeliest(self, points: np.ndarray) -> tuple[PoseTrack, np.ndarray, np.ndarray]:
        """Poses, weights and points in the head's frame of N faces [N, 478, 3], each by itself."""
        poses = PoseTrack.between(self.mean[list(STABLE)], points[:, list(STABLE)])
        weights = np.zeros((len(points), len(self.units)))
        for _ in range(ROUNDS):
            weights, steps = self._still.solve(poses.undo(points) - self.mean, weights)
            poses = poses.moved(steps)
        return poses, weights, poses.undo(points)

    def _at_rest(self, points: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """A person's face at rest [478, 3], of frames [N, 478, 3], and the weights [51] of what its most restful frames show besides."""
        poses = PoseTrack.between(self.mean[list(STABLE)], points[:, list(STABLE)])
        canonical = poses.undo(points)
        chosen = np.argsort(_restlessness(canonical, poses.angles_deg))[: min(MOST_RESTING, ceil(RESTING_SHARE * len(points)))]
        _, weights, typical = self._likeliest(np.median(canonical[chosen], 0)[None])
        rest = typical[0] - self._still.moved(weights[0])
        unit, origin = _frame(rest)
        return (rest - origin) / unit, weights[0]

    def _identity_of(self, neutral: np.ndarray) -> np.ndarray:
        return self._modes @ (neutral - self.mean)[:NUM_SKIN_POINTS].ravel()

    @cached_property
    def _people(self) -> FaceSpread:
        return spread_of_people(self.mean, self.identity)

    @cached_property
    def _modes(self) -> np.ndarray:
        """The likeliest modes of identity are this [I, 468 * 3] times a displacement from the mean face."""
        return self._people.weighted(self.identity[:, :NUM_SKIN_POINTS].reshape(len(self.identity), -1))

    @cached_property
    def _still(self) -> ExpressionSolver:
        return ExpressionSolver(self.mean, self.units, self._people, np.full(len(self.units), USUAL))

    @cached_property
    def _moving(self) -> ExpressionSolver:
        ways = np.sqrt((self.units[:, :NUM_SKIN_POINTS] ** 2).sum(-1).mean(-1))
        usual = np.clip(USUAL_WAY / np.maximum(ways, 1e-6), LEAST_USUAL, MOST_USUAL)
        return ExpressionSolver(self.mean, self.units, spread_of_motion(self.mean), usual)


def _restlessness(canonical: np.ndarray, angles_deg: np.ndarray) -> np.ndarray:
    """How far each frame is from a face that rests, looks ahead and holds its eyes open, [N], eye distances."""
    parted = np.linalg.norm(canonical[:, UPPER_INNER_LIP[5]] - canonical[:, LOWER_INNER_LIP[5]], axis=1)
    lids = [canonical[:, lower] - canonical[:, upper] for upper, lower in (RIGHT_LIDS, LEFT_LIDS)]
    opening = np.linalg.norm(lids, axis=-1).mean(0)
    aside = np.linalg.norm(angles_deg - np.median(angles_deg, 0), axis=1) + np.linalg.norm(angles_deg[:, :2], axis=1) / 2
    return parted + 2 * np.maximum(OPEN_LIDS * np.median(opening) - opening, 0) + 0.002 * aside


def _frame(neutral: np.ndarray) -> tuple[float, np.ndarray]:
    """Eye distance of a face at rest [478, 3] and the point between its eyes."""
    right, left = eye_centres(neutral)
    return float(np.linalg.norm(left - right)), (right + left) / 2


def read_face_file() -> tuple[dict[str, np.ndarray], np.ndarray]:
    """All tensors of the face file, and row and column of the motion space's cell of each skin point, int [468, 2].

    Raises:
        InputError: The file is missing or damaged.
    """
    try:
        with safe_open(PATH, framework="numpy") as file:
            cells = np.array(json.loads(file.metadata()["cells"]))
            return {name: file.get_tensor(name) for name in file.keys()}, cells
    except (OSError, SafetensorError, KeyError, TypeError, ValueError) as error:
        raise InputError(f"Face model {PATH.name} cannot be read ({error}); install the pack again.") from error
