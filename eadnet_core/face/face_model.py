"""How faces differ and move: a mean face, modes of identity and the ARKit shapes on the 478 points, and their fit to a face."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np
from safetensors import SafetensorError, safe_open

from ..emotion.arkit import ARKIT_NAMES
from ..errors import InputError
from .pose import Similarity, eye_centres, similarity, to_angles
from .topology import INNER_LIPS, NUM_SKIN_POINTS, STABLE

PATH = Path(__file__).resolve().parent.parent / "weights" / "eadnet-face.safetensors"
"""Made by scripts/make_face_model.py, which says from what."""

IDENTITY_RIDGE, EXPRESSION_RIDGE = 0.020, 0.025
"""What a mode of identity at one standard deviation, or a shape at 1, must explain to be believed: root mean square of points, eye
distances. Source: ours, by portraits at rest, whose expression should be small."""
DEPTH_WEIGHT = 0.35
"""A tracker sees depth less surely than place."""
LIP_WEIGHT = 4.0
"""Of the inner lips' points: whether a mouth is open must be said by its expression, not be left unexplained."""
ROUNDS = 6
_PROJECTIONS = 60


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
        neutral: float64 [478, 3], head's frame.
        canonical: float64 [N, 478, 3], head's frame.
        poses: N similarities from the head's frame to pixels.
    """

    identity: np.ndarray
    expression: np.ndarray
    neutral: np.ndarray
    canonical: np.ndarray
    poses: tuple[Similarity, ...]


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
        """The model's answer to one face [478, 3] in pixels; see `fit_track`.

        Lips of a still face that are shut are shut over a shut jaw: mouthClose, which would hide a long chin in an open one, is left out.
        """
        allowed = np.array([name != "mouthClose" for name in ARKIT_NAMES[: len(self.units)]])
        track = self.fit_track(np.asarray(points)[None], allowed)
        return FaceFit(track.identity, track.expression[0], track.neutral, track.canonical[0], track.poses[0])

    def fit_track(self, points: np.ndarray, allowed: np.ndarray | None = None) -> TrackFit:
        """One person's identity, and expression and pose of every frame: regularised least squares, pose and shape in turns.

        Args:
            points: float [N, 478, 3], pixels, finite.
            allowed: bool [51], shapes that may be used; None: all.

        Source: ours, after Blanz and Vetter, Face recognition based on fitting a 3D morphable model, 2003.
        """
        points = np.asarray(points, np.float64)
        stable = list(STABLE)
        units = self.units if allowed is None else self.units * allowed[:, None, None]
        solve = _Shapes(self.identity, units)
        face, identity, expression = self.mean, np.zeros(len(self.identity)), np.zeros((len(points), len(self.units)))
        for round_ in range(ROUNDS):
            moved = face + np.einsum("nu,upc->npc", expression, self.units)
            poses = tuple(similarity(moved[i, stable], one[stable]) for i, one in enumerate(points))
            canonical = np.stack([pose.undo(one) for pose, one in zip(poses, points, strict=True)])
            scale, offset = _centring(canonical, self.mean)
            canonical = scale * canonical + offset
            if round_ == 0:
                expression = solve.together(canonical - self.mean)
            identity = solve.identity((canonical - self.mean - np.einsum("nu,upc->npc", expression, self.units)).mean(0))
            face = self.mean + np.einsum("i,ipc->pc", identity, self.identity)
            expression = solve.expression(canonical - face)
        poses = tuple(Similarity(p.scale / scale, p.rotation, p.shift - p.scale / scale * p.rotation @ offset) for p in poses)
        neutral = np.median(canonical - np.einsum("nu,upc->npc", expression, self.units), 0)
        return TrackFit(identity, expression, neutral, canonical, poses)


class _Shapes:
    """Weights of identity and expression for displacements, each the smaller the less it explains."""

    def __init__(self, identity: np.ndarray, units: np.ndarray) -> None:
        points = np.ones(NUM_SKIN_POINTS)
        points[list(INNER_LIPS)] = LIP_WEIGHT
        weight = (points[:, None] * [1.0, 1.0, DEPTH_WEIGHT]).ravel() / np.sqrt(NUM_SKIN_POINTS)
        self._weight = weight
        self._faces = identity[:, :NUM_SKIN_POINTS].reshape(len(identity), -1) * weight  # [I, D]
        self._units = units[:, :NUM_SKIN_POINTS].reshape(len(units), -1) * weight  # [U, D]
        self._solve_faces = np.linalg.solve(self._faces @ self._faces.T + np.eye(len(identity)) * IDENTITY_RIDGE**2, self._faces)
        self._normal = self._units @ self._units.T + np.eye(len(units)) * EXPRESSION_RIDGE**2
        self._step = 1 / np.linalg.eigvalsh(self._normal)[-1]

    def together(self, displacement: np.ndarray) -> np.ndarray:
        """First expressions [N, U] of displacements [N, 478, 3] from the mean face: with an identity of the mean beside, so that
        neither takes what is the other's."""
        flat = displacement[:, :NUM_SKIN_POINTS].reshape(len(displacement), -1) * self._weight
        both = np.concatenate([self._faces, self._units])
        ridge = np.concatenate([np.full(len(self._faces), IDENTITY_RIDGE), np.full(len(self._units), EXPRESSION_RIDGE)])
        weights = np.linalg.solve(both @ both.T + np.diag(ridge**2), both @ flat.T).T
        return np.clip(weights[:, len(self._faces) :], 0, 1)

    def identity(self, displacement: np.ndarray) -> np.ndarray:
        """[I] of one displacement [478, 3]."""
        return self._solve_faces @ (displacement[:NUM_SKIN_POINTS].ravel() * self._weight)

    def expression(self, displacement: np.ndarray) -> np.ndarray:
        """[N, U] of displacements [N, 478, 3], 0 to 1: accelerated projected gradient (Nesterov), all frames at once."""
        target = displacement[:, :NUM_SKIN_POINTS].reshape(len(displacement), -1) * self._weight @ self._units.T
        weights = ahead = np.zeros_like(target)
        momentum = 1.0
        for _ in range(_PROJECTIONS):
            following = np.clip(ahead - self._step * (ahead @ self._normal - target), 0, 1)
            after = (1 + np.sqrt(1 + 4 * momentum**2)) / 2
            ahead = following + (momentum - 1) / after * (following - weights)
            weights, momentum = following, after
        return weights


def _centring(canonical: np.ndarray, mean: np.ndarray) -> tuple[float, np.ndarray]:
    """Scale and offset that bring the eyes' centres of points [N, 478, 3] a unit apart, about the same place as in the mean face."""
    right, left = eye_centres(canonical)
    scale = 1 / float(np.median(np.linalg.norm(left - right, axis=-1)))
    return scale, np.mean(eye_centres(mean), 0) - scale * np.median((right + left) / 2, 0)


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
