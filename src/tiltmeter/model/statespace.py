"""Block-tridiagonal precision matrices, many at once: a loop over time, numpy over series.

A Gaussian state-space model with T months and K components has a precision matrix whose blocks
couple neighbouring months only. Eliminating month after month is the Kalman filter in information
form, substituting back the smoother (Rue & Held 2005, section 2.4; Durbin & Koopman 2012, chapter
4). Here the components are independent in the prior, so blocks between months are diagonal.

Axes are always series S, months T, components K, and right-hand sides M last.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

Array: TypeAlias = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Factor:
    """A factored precision.

    Attributes:
        pivots: Inverse of each month's pivot block, shape (S, T, K, K).
        links: The diagonal blocks between month t+1 and t, shape (S, T-1, K).
        log_determinant: Of the precision, shape (S,).
    """

    pivots: Array
    links: Array
    log_determinant: Array

    def solve(self, right: Array) -> Array:
        """Solve precision @ x = right.

        Args:
            right: Shape (S, T, K, M).

        Returns:
            x of the same shape.
        """
        n_months = right.shape[1]
        out = np.array(right, dtype=np.float64)
        for t in range(1, n_months):
            carried = self.pivots[:, t - 1] @ out[:, t - 1]
            out[:, t] -= self.links[:, t - 1, :, None] * carried
        out[:, -1] = self.pivots[:, -1] @ out[:, -1]
        for t in range(n_months - 2, -1, -1):
            out[:, t] = self.pivots[:, t] @ (out[:, t] - self.links[:, t, :, None] * out[:, t + 1])
        return out

    def variances(self) -> tuple[Array, Array]:
        """Marginal covariances and what neighbouring months share.

        Returns:
            Covariance blocks of each month, shape (S, T, K, K), and the covariance of each
            component with itself one month later, shape (S, T-1, K).
        """
        blocks = np.empty_like(self.pivots)
        shared = np.empty_like(self.links)
        blocks[:, -1] = self.pivots[:, -1]
        for t in range(blocks.shape[1] - 2, -1, -1):
            gain = self.pivots[:, t] * self.links[:, t, None, :]
            later = blocks[:, t + 1]
            both = gain @ later
            blocks[:, t] = self.pivots[:, t] + both @ gain.swapaxes(1, 2)
            shared[:, t] = -np.diagonal(both, axis1=1, axis2=2)
        return blocks, shared


def factor(diagonal: Array, links: Array) -> Factor:
    """Factor positive definite block-tridiagonal matrices.

    Args:
        diagonal: Symmetric blocks on the diagonal, shape (S, T, K, K).
        links: Diagonals of the blocks between months, shape (S, T-1, K).

    Raises:
        numpy.linalg.LinAlgError: A pivot is singular.
    """
    pivots = np.empty_like(diagonal)
    log_determinant = np.zeros(diagonal.shape[0])
    block = diagonal[:, 0]
    for t in range(diagonal.shape[1]):
        if t:
            link = links[:, t - 1]
            block = diagonal[:, t] - link[:, :, None] * pivots[:, t - 1] * link[:, None, :]
        inverse = np.linalg.inv(block)
        pivots[:, t] = 0.5 * (inverse + inverse.swapaxes(1, 2))
        log_determinant += np.linalg.slogdet(block)[1]
    return Factor(pivots, links, log_determinant)


def random_walk(first: Array, steps: Array) -> tuple[Array, Array]:
    """Precision of random walks with their own variance for each step.

    Args:
        first: Variance of the first month, shape (S, K).
        steps: Variance of each innovation, shape (S, T-1, K).

    Returns:
        Diagonal of the precision, shape (S, T, K), and links, shape (S, T-1, K).
    """
    diagonal = np.zeros((steps.shape[0], steps.shape[1] + 1, steps.shape[2]))
    diagonal[:, 0] = 1.0 / first
    diagonal[:, :-1] += 1.0 / steps
    diagonal[:, 1:] += 1.0 / steps
    return diagonal, -1.0 / steps


def autoregression(variance: float, rho: float, n_months: int) -> tuple[Array, Array]:
    """Precision of a stationary AR(1).

    Args:
        variance: Stationary variance.
        rho: Autocorrelation at one month.
        n_months: T.

    Returns:
        Diagonal of the precision, shape (T,), and links, shape (T-1,).
    """
    noise = variance * (1.0 - rho * rho)
    diagonal = np.full(n_months, (1.0 + rho * rho) / noise)
    diagonal[0] = diagonal[-1] = 1.0 / noise
    if n_months == 1:
        diagonal[0] = 1.0 / variance
    return diagonal, np.full(n_months - 1, -rho / noise)
