"""The block-tridiagonal solver against dense linear algebra."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tiltmeter.model.statespace import Array, autoregression, factor, random_walk


def made(seed: int, n_series: int, n_months: int, size: int) -> tuple[Array, Array, Array]:
    """Random positive definite matrices: diagonal blocks, links, and each as one dense matrix."""
    rng = np.random.default_rng(seed)
    half = rng.normal(size=(n_series, n_months, size, size))
    links = rng.normal(size=(n_series, n_months - 1, size))
    diagonal = half @ half.swapaxes(2, 3) + 8.0 * np.eye(size)
    dense = np.zeros((n_series, n_months * size, n_months * size))
    for t in range(n_months):
        here = slice(t * size, (t + 1) * size)
        dense[:, here, here] = diagonal[:, t]
        if t:
            before = slice((t - 1) * size, t * size)
            for k in range(size):
                dense[:, t * size + k, (t - 1) * size + k] = links[:, t - 1, k]
            dense[:, before, here] = dense[:, here, before].swapaxes(1, 2)
    return diagonal, links, dense


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 10**6), st.integers(1, 3), st.integers(1, 6), st.integers(1, 4))
def test_solve_and_variances_are_those_of_the_dense_inverse(
    seed: int, n_series: int, n_months: int, size: int
) -> None:
    diagonal, links, dense = made(seed, n_series, n_months, size)
    found = factor(diagonal, links)
    inverse = np.linalg.inv(dense)
    right = np.random.default_rng(seed).normal(size=(n_series, n_months, size, 2))
    want = (inverse @ right.reshape(n_series, -1, 2)).reshape(right.shape)
    np.testing.assert_allclose(found.solve(right), want, atol=1e-9)
    blocks, shared = found.variances()
    for t in range(n_months):
        here = slice(t * size, (t + 1) * size)
        np.testing.assert_allclose(blocks[:, t], inverse[:, here, here], atol=1e-9)
        if t:
            before = slice((t - 1) * size, t * size)
            beside = np.diagonal(inverse[:, here, before], axis1=1, axis2=2)
            np.testing.assert_allclose(shared[:, t - 1], beside, atol=1e-9)
    np.testing.assert_allclose(found.log_determinant, np.linalg.slogdet(dense)[1], atol=1e-8)


def test_a_random_walk_has_the_covariance_of_a_sum() -> None:
    first, steps = np.array([[2.0]]), np.array([[[0.5], [1.0], [0.25]]])
    diagonal, links = random_walk(first, steps)
    dense = np.diag(diagonal[0, :, 0]) + np.diag(links[0, :, 0], 1) + np.diag(links[0, :, 0], -1)
    reached = np.cumsum([2.0, 0.5, 1.0, 0.25])
    np.testing.assert_allclose(np.linalg.inv(dense), np.minimum.outer(reached, reached), atol=1e-12)


@pytest.mark.parametrize("n_months", [1, 2, 7])
def test_an_autoregression_keeps_its_variance_and_forgets_by_rho(n_months: int) -> None:
    diagonal, links = autoregression(0.3, 0.5, n_months)
    dense = np.diag(diagonal) + np.diag(links, 1) + np.diag(links, -1)
    apart = np.abs(np.subtract.outer(np.arange(n_months), np.arange(n_months)))
    np.testing.assert_allclose(np.linalg.inv(dense), 0.3 * 0.5**apart, atol=1e-12)
