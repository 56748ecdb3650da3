"""What all series have in common, estimated from all of them: empirical Bayes by generalised EM.

Variances: expected squares of the innovations under the posterior, with weak inverse-gamma priors
(Shumway & Stoffer 1982; the Student's t weights as in Liu & Rubin 1995, ECM). Thresholds, loading
and the rate's mean: one Newton or optimiser step at the posterior mean. Over-dispersion: moments.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from scipy.optimize import minimize

from tiltmeter.model.likelihood import cumulative, log_tones
from tiltmeter.model.options import ModelOptions
from tiltmeter.model.prior import DEVIATION, LEVEL, N_DOMAINS, RATE, TRANSIENT, Hyper
from tiltmeter.model.statespace import Array

# Prior guesses of the variances and how many observations each is worth. A level that moves by a
# standard deviation of 0.14 a month moves by half a logit a year; a mood by a third of a logit.
_GUESS: Final = {
    "level": (0.02, 24.0),
    "deviation": (0.005, 24.0),
    "transient": (0.1, 12.0),
    "first": (1.0, 6.0),
    "first_deviation": (0.3, 6.0),
    "pole": (0.005, 12.0),
    "rate": (2.0, 6.0),
}
_LOADING: Final = (0.5, 0.25)  # mean and standard deviation of the loading's prior
_SIZE: Final = (0.5, 50.0)
_DISPERSION: Final = (1.0, 4.0)
_CUT_SD: Final = 1.0  # of a domain's thresholds round those of all domains
# Weak prior of the first threshold and the logs of the gaps: where a tone never occurs, the data
# alone would send a threshold to infinity.
_CUTS: Final = (np.array([-2.0, 0.3, 0.7]), 1.5)


@dataclass(frozen=True, slots=True)
class Counted:
    """Contact of some cells and the posterior of what it depends on, each of shape (N,).

    ``closeness`` and ``variance`` are the latent's mean and variance, ``rest`` the mean of rate and
    exposure, ``shared`` the covariance of closeness and rate, ``rate`` the rate's variance.
    """

    counts: Array
    closeness: Array
    variance: Array
    rest: Array
    shared: Array
    rate: Array

    def spread(self, loading: float) -> Array:
        """Variance of the log mean."""
        return loading**2 * self.variance + 2 * loading * self.shared + self.rate

    def mean(self, loading: float) -> Array:
        """Expected number, over the posterior."""
        return np.exp(loading * self.closeness + self.rest + 0.5 * self.spread(loading))


def joined(parts: list[Counted]) -> Counted:
    """All cells in one."""
    names = Counted.__slots__
    return Counted(*(np.concatenate([getattr(p, n) for p in parts]) for n in names))


class Moments:
    """Sums over series of what the update needs; ``add`` once for each pole."""

    def __init__(self, options: ModelOptions) -> None:
        self.options = options
        self.square = dict.fromkeys(_GUESS, 0.0)
        self.number = dict.fromkeys(_GUESS, 0)
        self.rates: list[Array] = []
        self.cells: list[tuple[Array, Array]] = []
        self.contact: list[Counted] = []

    def note(self, name: str, squares: Array, weights: Array | float = 1.0) -> None:
        """Add expected squares, weighted, to a variance's sum."""
        self.square[name] += float((squares * weights).sum())
        self.number[name] += squares.size

    def add_series(self, x: Array, cov: Array, shared: Array, weights: Array) -> None:
        """Expected squares of all innovations of some series.

        Args:
            x: Posterior mean, (S, T, K).
            cov: Covariance blocks, (S, T, K, K).
            shared: Covariance with the month after, (S, T-1, K).
            weights: Student's t weights, (S, T-1, 1 + D).
        """
        second = x**2 + np.diagonal(cov, axis1=2, axis2=3)
        cross = x[:, 1:] * x[:, :-1] + shared
        squares = innovation_squares(second, cross)
        self.note("level", squares[:, :, LEVEL], weights[:, :, 0])
        self.note("deviation", squares[:, :, DEVIATION], weights[:, :, 1:])
        rho = self.options.rho
        mood, moved = second[:, :, TRANSIENT], cross[:, :, TRANSIENT]
        noise = mood[:, 1:] - 2 * rho * moved + rho * rho * mood[:, :-1]
        self.note("transient", noise / (1 - rho * rho))
        self.note("transient", mood[:, 0])
        self.note("first", second[:, 0, LEVEL])
        self.note("first_deviation", second[:, 0, DEVIATION])
        self.rates.append(x[:, 0, RATE])
        self.square["rate"] += float(np.diagonal(cov, axis1=2, axis2=3)[:, 0, RATE].sum())

    def variance(self, name: str) -> float:
        """Posterior mode of a variance under its inverse-gamma prior."""
        guess, worth = _GUESS[name]
        return (self.square[name] + guess * worth) / (self.number[name] + worth)


def innovation_squares(second: Array, cross: Array) -> Array:
    """E (x[t+1] - x[t])^2 from second moments, (S, T-1, K)."""
    return second[:, 1:] + second[:, :-1] - 2 * cross


def step_weights(x: Array, cov: Array, shared: Array, hyper: Hyper, nu: float) -> Array:
    """Expected weights of the innovations of level and deviations, (S, T-1, 1 + D)."""
    second = x**2 + np.diagonal(cov, axis1=2, axis2=3)
    squares = innovation_squares(second, x[:, 1:] * x[:, :-1] + shared)
    out = np.empty((*squares.shape[:2], 1 + N_DOMAINS))
    out[:, :, 0] = (nu + 1) / (nu + squares[:, :, LEVEL] / hyper.level)
    out[:, :, 1:] = (nu + 1) / (nu + squares[:, :, DEVIATION] / hyper.deviation)
    return out


def update(hyper: Hyper, moments: Moments) -> Hyper:
    """One round of estimation from the posterior of all series."""
    rates = np.concatenate(moments.rates)
    mean = (rates.sum(0) + hyper.rate_mean) / (len(rates) + 1)
    moments.note("rate", (rates - mean) ** 2)
    counts = np.concatenate([c for c, _ in moments.cells])
    eta = np.concatenate([e for _, e in moments.cells])
    domain = np.concatenate(
        [np.full(len(c), n % N_DOMAINS) for n, (c, _) in enumerate(moments.cells)]
    )
    options = moments.options
    cuts = thresholds(counts, eta, domain) if options.tone and len(counts) else hyper.cuts
    loading, size = hyper.loading, hyper.size
    if options.contact:
        counted = joined(moments.contact)
        loading = _loading(counted, hyper)
        size = _size(counted, loading)
    return Hyper(
        cuts=cuts,
        loading=loading,
        size=size,
        dispersion=_dispersion(counts, eta, cuts[domain]) if len(counts) else 1.0,
        level=moments.variance("level"),
        deviation=moments.variance("deviation"),
        transient=moments.variance("transient"),
        pole=moments.variance("pole"),
        first=moments.variance("first"),
        first_deviation=moments.variance("first_deviation"),
        rate_mean=mean,
        rate=moments.variance("rate"),
    )


def thresholds(counts: Array, eta: Array, domain: Array) -> Array:
    """Cut points of every domain given closeness, shape (D, 3).

    Each domain's cuts are those of all domains moved by one number, which is drawn towards zero:
    in a domain where quarrels are the rule, a quarrel says less.

    Args:
        counts: Stories by tone, (N, 4).
        eta: Closeness, (N,).
        domain: Place of the domain, (N,).
    """
    share = (counts.sum(0).cumsum()[:-1] + 1.0) / (counts.sum() + 4.0)
    base = np.log(share / (1 - share))
    start = np.concatenate(
        [[base[0]], np.log(np.maximum(np.diff(base), 0.05)), np.zeros(N_DOMAINS)]
    )

    def unpack(values: Array) -> tuple[Array, Array]:
        common = np.cumsum(np.concatenate([values[:1], np.exp(values[1:3])]))
        return common, values[3:]

    def loss(values: Array) -> tuple[float, Array]:
        common, moved = unpack(values)
        at = common[None, :] + moved[domain, None]
        below = cumulative(eta, at)
        density = below * (1 - below)
        inverse = 1.0 / np.maximum(np.diff(below, axis=-1), 1e-300)
        pull = counts * inverse
        by_cut = density[:, 1:-1] * (pull[:, :-1] - pull[:, 1:])
        slope = by_cut.sum(0)
        tail = np.array(
            [slope.sum(), slope[1:].sum() * np.exp(values[1]), slope[2] * np.exp(values[2])]
        )
        by_domain = np.bincount(domain, weights=by_cut.sum(1), minlength=N_DOMAINS)
        value = float((counts * log_tones(eta, at)).sum()) - 0.5 * float(moved @ moved) / _CUT_SD**2
        off = (values[:3] - _CUTS[0]) / _CUTS[1]
        value -= 0.5 * float(off @ off)
        tail = tail - off / _CUTS[1]
        return -value, -np.concatenate([tail, by_domain - moved / _CUT_SD**2])

    found = minimize(loss, start, jac=True, method="L-BFGS-B", options={"maxiter": 200})
    common, moved = unpack(np.asarray(found.x))
    return np.asarray(common[None, :] + moved[:, None])


def _loading(counted: Counted, hyper: Hyper) -> float:
    """Newton steps for the loading of contact on closeness, under a normal prior, not below 0.

    The expectation over the posterior counts: without the variance of closeness, contact that
    follows its own mean would be taken for contact that follows closeness.
    """
    value, (mean, sd) = hyper.loading, _LOADING
    for _ in range(5):
        mu = counted.mean(value)
        damp = hyper.size / (hyper.size + mu)
        drift = counted.closeness + value * counted.variance + counted.shared
        slope = counted.counts * counted.closeness * damp - mu * damp * drift
        curve = mu * damp * (drift**2 + counted.variance)
        step = (float(slope.sum()) - (value - mean) / sd**2) / (float(curve.sum()) + 1 / sd**2)
        value = min(max(value + step, 0.0), 2.0)
    return value


def _size(counted: Counted, loading: float) -> float:
    """Size of the negative binomial by moments, the posterior's own spread allowed for."""
    mean = counted.mean(loading)
    spread = np.expm1(counted.spread(loading))
    # one war in one cell is not everybody's noise: no cell counts for more than five deviations
    chance = mean + mean**2 * spread
    square = np.minimum((counted.counts - mean) ** 2, 25.0 * (chance + mean**2))
    excess = float((square - chance).sum()) / float((mean**2).sum())
    return float(np.clip(1.0 / max(excess, 1e-6), *_SIZE))


def _dispersion(counts: Array, eta: Array, cuts: Array) -> float:
    """Pearson's chi-square over its degrees of freedom, in cells of two stories or more."""
    total = counts.sum(-1)
    many = total >= 2
    if many.sum() < 20:
        return 1.0
    p = np.diff(cumulative(eta[many], cuts[many]), axis=-1)
    expected = np.maximum(total[many, None] * p, 1e-9)
    # rare tones make the statistic heavy-tailed; expectations below a tenth are left out
    squares = np.where(expected >= 0.1, (counts[many] - expected) ** 2 / expected, 0.0)
    freedom = np.where(expected >= 0.1, 1.0 - p, 0.0)
    return float(np.clip(squares.sum() / freedom.sum(), *_DISPERSION))
