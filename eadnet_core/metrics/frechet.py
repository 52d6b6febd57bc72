"""The Frechet distance between two sets of features: what FID, FVD and their kin are, whatever network the features are of."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ..errors import InputError


@dataclass(frozen=True, eq=False)
class Gaussian:
    """The normal distribution fitted to a set of features.

    Attributes:
        mean: float64 [D].
        covariance: float64 [D, D], unbiased (divided by one less than the count).
        count: How many features it was fitted to, 2 or more.
    """

    mean: np.ndarray
    covariance: np.ndarray
    count: int


class GaussianFit:
    """Fits a Gaussian to features that arrive in blocks; what it keeps does not grow with their number.

    Sums of squares are taken around the first block's mean, so that features far from zero lose no digits.
    """

    def __init__(self) -> None:
        self.count = 0
        self._origin = self._sum = self._squares = np.zeros(0)

    def add(self, features: np.ndarray) -> None:
        """Takes in features, float [N, D]."""
        features = np.asarray(features, np.float64)
        if not len(features):
            return
        if self.count == 0:
            width = features.shape[1]
            self._origin, self._sum, self._squares = features.mean(0), np.zeros(width), np.zeros((width, width))
        centred = features - self._origin
        self.count += len(features)
        self._sum += centred.sum(0)
        self._squares += centred.T @ centred

    def result(self) -> Gaussian:
        """The Gaussian of all features so far.

        Raises:
            InputError: There are fewer than two.
        """
        if self.count < 2:
            raise InputError(f"A Frechet distance needs at least 2 samples on either side, and one has {self.count}; give longer videos.")
        mean = self._sum / self.count
        covariance = (self._squares - self.count * np.outer(mean, mean)) / (self.count - 1)
        return Gaussian(self._origin + mean, (covariance + covariance.T) / 2, self.count)


def frechet_distance(one: Gaussian, other: Gaussian) -> float:
    """Squared Frechet (2-Wasserstein) distance of two Gaussians, 0 or more: |m1 - m2|^2 + tr(C1 + C2 - 2 (C1 C2)^(1/2)).

    The last term is the sum of square roots of the eigenvalues of C1^(1/2) C2 C1^(1/2), which is symmetric: no complex numbers
    and no offsets on the diagonal, however few samples there are.

    Source: Dowson & Landau, 1982; Heusel et al., "GANs trained by a two time-scale update rule", 2017 (FID).
    """
    values, vectors = np.linalg.eigh(one.covariance)
    root = (vectors * np.sqrt(values.clip(min=0))) @ vectors.T
    shared = np.sqrt(np.linalg.eigvalsh(root @ other.covariance @ root).clip(min=0)).sum()
    apart = one.mean - other.mean
    return max(0.0, float(apart @ apart + np.trace(one.covariance) + np.trace(other.covariance) - 2 * shared))
