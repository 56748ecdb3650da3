"""The state of a series and its prior: which component is where, and how each may move.

Components of one series (state, pole), in this order: level (what the domains share), transient,
one deviation for each domain, one rate of contact for each domain. Level and deviations are random
walks whose innovations are Student's t: written as Gaussian scale mixtures, each month has a
weight, and a month with a small weight may jump (West 1984). The rate of contact does not move.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

import numpy as np

from tiltmeter.model.options import ModelOptions
from tiltmeter.model.statespace import Array, autoregression, random_walk
from tiltmeter.schemas import DOMAINS

N_DOMAINS: Final = len(DOMAINS)
LEVEL: Final = 0
TRANSIENT: Final = 1
DEVIATION: Final = slice(2, 2 + N_DOMAINS)
RATE: Final = slice(2 + N_DOMAINS, 2 + 2 * N_DOMAINS)
N_COMPONENTS: Final = 2 + 2 * N_DOMAINS
_STILL: Final = 1e-6  # innovation variance of what does not move


@dataclass(slots=True)
class Hyper:
    """What all series have in common; estimated by ``estimate.update``.

    Variances are of one month's innovation (level, deviation, pole), of the first month, or
    stationary (transient). ``cuts`` has shape (D, 3): thresholds of tone in each domain.
    """

    cuts: Array
    loading: float = 0.5
    size: float = 3.0
    dispersion: float = 1.0
    level: float = 0.02
    deviation: float = 0.005
    transient: float = 0.1
    pole: float = 0.005
    first: float = 1.0
    first_deviation: float = 0.3
    rate_mean: Array = field(default_factory=lambda: np.full(N_DOMAINS, -3.0))
    rate: float = 2.0

    def variances(self) -> Array:
        """The variances that are estimated, for judging convergence."""
        return np.array(
            [self.level, self.deviation, self.transient, self.pole, self.first, self.rate]
        )


def prior_mean(hyper: Hyper) -> Array:
    """Mean of the first month (and so of all), shape (K,)."""
    out = np.zeros(N_COMPONENTS)
    out[RATE] = hyper.rate_mean
    return out


def prior_precision(hyper: Hyper, weights: Array, options: ModelOptions) -> tuple[Array, Array]:
    """Diagonal of the prior precision, shape (S, T, K), and its links, shape (S, T-1, K).

    Args:
        hyper: Variances.
        weights: Of each innovation of level and deviations, shape (S, T-1, 1 + D).
        options: For the transient's autocorrelation.
    """
    n_series, n_steps, _ = weights.shape
    first = np.empty((n_series, N_COMPONENTS))
    first[:, LEVEL], first[:, TRANSIENT] = hyper.first, 1.0
    first[:, DEVIATION], first[:, RATE] = hyper.first_deviation, hyper.rate
    steps = np.ones((n_series, n_steps, N_COMPONENTS))
    steps[:, :, LEVEL] = hyper.level / weights[:, :, 0]
    steps[:, :, DEVIATION] = hyper.deviation / weights[:, :, 1:]
    steps[:, :, RATE] = _STILL
    diagonal, links = random_walk(first, steps)
    diagonal[:, :, TRANSIENT], links[:, :, TRANSIENT] = autoregression(
        hyper.transient, options.rho, n_steps + 1
    )
    return diagonal, links


def times(diagonal: Array, links: Array, x: Array) -> Array:
    """Prior precision times x, shape (S, T, K)."""
    out = diagonal * x
    out[:, 1:] += links * x[:, :-1]
    out[:, :-1] += links * x[:, 1:]
    return out


def latent(x: Array) -> Array:
    """Closeness of each domain without the pole's part, shape (S, T, D)."""
    return np.asarray(x[..., LEVEL, None] + x[..., TRANSIENT, None] + x[..., DEVIATION])
