"""The two observations: ordered tone and counted contact; slopes and curvatures by latent value.

Tone is an ordered logit (McCullagh 1980, eq. 2.1): P(y <= k) = F(c_k - eta) with F logistic, the
four tones ordered material conflict < verbal conflict < verbal cooperation < material cooperation.
Contact is a negative binomial count of cooperative stories with mean mu and variance
mu + mu^2 / size (Cameron & Trivedi 1986, NB2). Both are log-concave in the latent value.
"""

from __future__ import annotations

import numpy as np
from scipy.special import expit

from tiltmeter.model.statespace import Array

N_TONES = 4
COOPERATIVE = (2, 3)  # places of the two cooperative tones


def cumulative(eta: Array, cuts: Array) -> Array:
    """P(tone <= k) for k = -1..3, shape eta.shape + (5,); first 0, last 1.

    Args:
        eta: Latent closeness, any shape.
        cuts: The three cut points; shape broadcasts to eta.shape + (3,).
    """
    out = np.zeros((*eta.shape, N_TONES + 1))
    out[..., 1:-1] = expit(cuts - eta[..., None])
    out[..., -1] = 1.0
    return out


def tone_slopes(eta: Array, cuts: Array) -> tuple[Array, Array]:
    """Slope and curvature (minus the second derivative) of log P(tone k), shape eta.shape + (4,).

    With a and b the bounds of tone k: slope F(b) + F(a) - 1, curvature f(a) + f(b), f = F(1 - F).
    """
    below = cumulative(eta, cuts)
    density = below * (1.0 - below)
    return below[..., 1:] + below[..., :-1] - 1.0, density[..., 1:] + density[..., :-1]


def log_tones(eta: Array, cuts: Array) -> Array:
    """Log P(tone k), shape eta.shape + (4,)."""
    below = cumulative(eta, cuts)
    return np.log(np.maximum(below[..., 1:] - below[..., :-1], 1e-300))


def contact_slopes(counts: Array, log_mean: Array, size: float) -> tuple[Array, Array]:
    """Slope by the log mean, and curvature (n + size) mu size / (mu + size)^2, never negative."""
    mean = np.exp(log_mean)
    damp = size / (size + mean)
    return (counts - mean) * damp, (counts + size) / (size + mean) * mean * damp


def log_contact(counts: Array, log_mean: Array, size: float) -> Array:
    """Log likelihood of counts without the terms that do not depend on the mean."""
    return counts * log_mean - (counts + size) * np.log(size + np.exp(log_mean))
