from __future__ import annotations

import numpy as np
import pytest

from eadnet_core.errors import InputError
from eadnet_core.metrics.frechet import Gaussian, GaussianFit, frechet_distance


def gaussian(mean: np.ndarray, covariance: np.ndarray) -> Gaussian:
    return Gaussian(np.asarray(mean, float), np.asarray(covariance, float), 100)


def test_on_a_line_it_is_the_distance_of_means_and_of_deviations() -> None:
    """W2 of two normal distributions on a line: (m1 - m2)^2 + (s1 - s2)^2."""
    one, other = gaussian(np.array([1.0]), np.array([[4.0]])), gaussian(np.array([4.0]), np.array([[25.0]]))
    assert frechet_distance(one, other) == pytest.approx(3.0**2 + 3.0**2)


def test_with_common_axes_deviations_are_subtracted_along_each() -> None:
    """Covariances that commute: |m1 - m2|^2 + sum (sqrt(a) - sqrt(b))^2 over their shared eigenvectors."""
    rng = np.random.default_rng(0)
    axes = np.linalg.qr(rng.normal(size=(6, 6)))[0]
    a, b = rng.uniform(0.1, 3, 6), rng.uniform(0.1, 3, 6)
    m1, m2 = rng.normal(size=(2, 6))
    wanted = ((m1 - m2) ** 2).sum() + ((np.sqrt(a) - np.sqrt(b)) ** 2).sum()
    assert frechet_distance(gaussian(m1, axes * a @ axes.T), gaussian(m2, axes * b @ axes.T)) == pytest.approx(wanted)


def test_in_the_plane_it_is_the_closed_form_of_any_two_covariances() -> None:
    """tr (C1 C2)^(1/2) of 2 x 2 matrices is sqrt(tr(C1 C2) + 2 sqrt(det(C1 C2))), by Cayley and Hamilton."""
    rng = np.random.default_rng(1)
    one, other = (half @ half.T for half in rng.normal(size=(2, 2, 2)))
    product = one @ other
    root = np.sqrt(np.trace(product) + 2 * np.sqrt(np.linalg.det(product)))
    wanted = np.trace(one) + np.trace(other) - 2 * root
    assert frechet_distance(gaussian(np.zeros(2), one), gaussian(np.zeros(2), other)) == pytest.approx(wanted)


def test_it_is_symmetric_and_nothing_from_itself_even_with_few_samples() -> None:
    rng = np.random.default_rng(2)
    fits = []
    for shift in (0.0, 0.5):
        fit = GaussianFit()
        fit.add(rng.normal(size=(10, 64)) + shift)  # rank 9 of 64
        fits.append(fit.result())
    assert frechet_distance(fits[0], fits[0]) == pytest.approx(0, abs=1e-6)
    assert frechet_distance(*fits) == pytest.approx(frechet_distance(*fits[::-1]))


def test_a_fit_in_blocks_is_mean_and_covariance_of_all() -> None:
    rng = np.random.default_rng(3)
    features = rng.normal(size=(90, 5)) @ rng.normal(size=(5, 5)) + 1000.0
    fit = GaussianFit()
    for block in (features[:1], features[1:1], features[1:40], features[40:]):
        fit.add(block)
    result = fit.result()
    assert result.count == 90
    np.testing.assert_allclose(result.mean, features.mean(0))
    np.testing.assert_allclose(result.covariance, np.cov(features.T), rtol=1e-9)


def test_one_sample_is_too_few() -> None:
    fit = GaussianFit()
    fit.add(np.ones((1, 3)))
    with pytest.raises(InputError, match="one has 1; give longer videos"):
        fit.result()
