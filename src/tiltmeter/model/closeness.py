"""Fit the measure: panel and coverage in, the posterior of every series out.

The model of DESIGN section 5, first version: closeness x[i,p,d,t] = g[p,t] + level + transient +
the domain's deviation; tone as an ordered logit, contact as a negative binomial with an estimated
loading on the same closeness. Two posteriors of one state and different poles are independent
given what all series have in common.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
import pyarrow as pa

from tiltmeter.errors import NotConverged
from tiltmeter.model.cells import Cells, cells
from tiltmeter.model.estimate import Counted, Moments, step_weights, thresholds, update
from tiltmeter.model.options import ModelOptions
from tiltmeter.model.posterior import Posterior
from tiltmeter.model.prior import (
    DEVIATION,
    LEVEL,
    N_COMPONENTS,
    N_DOMAINS,
    RATE,
    TRANSIENT,
    Hyper,
    prior_mean,
    prior_precision,
)
from tiltmeter.model.solve import Group, Mode, closeness, log_mean, mode
from tiltmeter.model.statespace import Array
from tiltmeter.schemas import FAILURES

_KNOTS = 60  # most knots of a pole's own movement
_MONTHS_A_KNOT = 3


@dataclass(slots=True)
class Fit:
    """The posterior of all series.

    Attributes:
        cells: What was observed.
        hyper: What all series have in common.
        options: As given.
        modes: By pole, the posterior of its series.
        groups: By pole, the likelihood and prior they were found with.
    """

    cells: Cells
    hyper: Hyper
    options: ModelOptions
    modes: dict[str, Mode]
    groups: dict[str, Group]

    def posterior(self, state: str, pole: str) -> Posterior | None:
        """Posterior of one series; None where it was not fitted."""
        if (state, pole) not in self.cells.series:
            return None
        rows = self.cells.rows_of(pole)
        at = rows.index(self.cells.series.index((state, pole)))
        return Posterior(
            state, pole, self.cells.months, self.groups[pole], self.modes[pole], at, self.options
        )

    def failures(self) -> pa.Table:
        """Poles whose posterior mode was not reached; contract FAILURES."""
        return FAILURES.table(
            [
                {
                    "stage": "measure",
                    "key": pole,
                    "error": NotConverged.__name__,
                    "message": "Newton's method did not arrive; the numbers are its last point",
                }
                for pole, found in sorted(self.modes.items())
                if not found.converged
            ]
        )


def fit(
    panel: pa.Table,
    coverage: pa.Table,
    *,
    months: tuple[date, date],
    state: str,
    poles: Sequence[str],
    options: ModelOptions | None = None,
) -> Fit:
    """Estimate what all series have in common and the posterior of each.

    Args:
        panel: Contract PANEL; all states in it share in the estimation.
        coverage: Contract COVERAGE.
        months: First and last month.
        state: The state of the study.
        poles: Its poles; their series with the state are kept even without a story.
        options: See ``ModelOptions``.

    Returns:
        The fit. Same input, same numbers: nothing in it is drawn at random.

    Raises:
        NotEnoughData: No story joins the state to any of the poles.
    """
    chosen = options or ModelOptions()
    data = cells(panel, coverage, months, keep=[(state, p) for p in poles], pool=chosen.pool)
    hyper = _start(data)
    weights = {
        p: np.ones((len(data.rows_of(p)), len(data.months) - 1, 1 + N_DOMAINS)) for p in data.poles
    }
    points: dict[str, tuple[Array, Array]] = {}
    for _ in range(chosen.rounds):
        before = hyper.variances()
        moments = Moments(chosen)
        for pole in data.poles:
            group = _group(data, pole, hyper, weights[pole], chosen)
            found = mode(group, *_point(points.get(pole), group), rounds=3)
            points[pole] = (found.x, found.z)
            weights[pole] = _collect(moments, group, found, weights[pole])
        hyper = update(hyper, moments)
        if np.abs(np.log(hyper.variances() / before)).max() < chosen.tolerance:
            break
    groups = {p: _group(data, p, hyper, weights[p], chosen) for p in data.poles}
    modes = {p: mode(groups[p], *_point(points.get(p), groups[p])) for p in data.poles}
    return Fit(data, hyper, chosen, modes, groups)


def _start(data: Cells) -> Hyper:
    counts = data.counts.reshape(-1, 4)
    domain = np.tile(np.arange(N_DOMAINS), len(counts) // N_DOMAINS)
    seen = counts.sum(-1) > 0
    hyper = Hyper(thresholds(counts[seen], np.zeros(int(seen.sum())), domain[seen]))
    mean = data.contact.mean(axis=(0, 1))
    hyper.rate_mean = np.log(mean + 0.01)
    return hyper


def _group(data: Cells, pole: str, hyper: Hyper, weights: Array, options: ModelOptions) -> Group:
    rows = data.rows_of(pole)
    diagonal, links = prior_precision(hyper, weights, options)
    border, precision = pole_border(len(data.months), hyper.pole)
    counts = data.counts[rows]
    return Group(
        counts,
        np.zeros(counts.shape[:3]),
        data.exposure[rows],
        border,
        diagonal,
        links,
        prior_mean(hyper),
        precision,
        hyper,
        options,
    )


def pole_border(n_months: int, variance: float) -> tuple[Array, Array]:
    """A pole's own movement: a random walk on knots, straight lines between them.

    Args:
        n_months: T.
        variance: Of one month's innovation.

    Returns:
        Border of shape (1, T, D, M) and the walk's precision, shape (M, M). The walk begins near
        zero: where a pole stands on the whole is the thresholds' matter.
    """
    gap = max(_MONTHS_A_KNOT, -(-n_months // _KNOTS))
    knots = np.arange(0, n_months + gap - 1, gap)
    at = np.arange(n_months)
    hats = np.maximum(0.0, 1.0 - np.abs(at[:, None] - knots[None, :]) / gap)
    border = np.repeat(hats[None, :, None, :], N_DOMAINS, axis=2)
    n = len(knots)
    precision = np.zeros((n, n))
    step = variance * gap
    for k in range(n - 1):
        precision[k : k + 2, k : k + 2] += np.array([[1.0, -1.0], [-1.0, 1.0]]) / step
    precision[0, 0] += 1.0 / step
    return border, precision


def _point(held: tuple[Array, Array] | None, group: Group) -> tuple[Array, Array]:
    if held is not None:
        return held
    x = np.zeros((*group.counts.shape[:2], N_COMPONENTS))
    contact = group.counts[..., 2:].sum(-1).mean(axis=1)
    x[:, :, RATE] = np.log(contact + np.exp(group.hyper.rate_mean))[:, None, :]
    return x, np.zeros(group.border.shape[-1])


def _collect(moments: Moments, group: Group, found: Mode, weights: Array) -> Array:
    """Add a pole's expected squares to the sums; return the new weights of its innovations."""
    cov, shared = found.factor.variances()
    moments.add_series(found.x, cov, shared, weights)
    second = np.outer(found.z, found.z) + found.border_cov
    unit = group.border_precision * group.hyper.pole
    moments.square["pole"] += float((unit * second).sum())
    moments.number["pole"] += len(found.z)
    eta = closeness(group, found.x, found.z)
    rest = log_mean(group, found.x, eta) - group.hyper.loading * eta
    moments.contact.append(
        Counted(group.counts[..., 2:].sum(-1).ravel(), eta.ravel(), *_spread(cov, rest))
    )
    for d in range(N_DOMAINS):
        seen = group.counts[:, :, d].sum(-1) > 0
        moments.cells.append((group.counts[:, :, d][seen], eta[:, :, d][seen]))
    return step_weights(found.x, cov, shared, group.hyper, moments.options.nu)


def _spread(cov: Array, rest: Array) -> tuple[Array, Array, Array, Array]:
    """Variance of closeness; mean of the rest; its covariance with closeness, and its variance."""
    at = np.arange(N_DOMAINS)
    dev, rate = DEVIATION.start + at, RATE.start + at
    common = cov[..., [LEVEL, TRANSIENT], :]
    within = common[..., [LEVEL, TRANSIENT]].sum((-1, -2))
    variance = within[..., None] + 2 * common[..., dev].sum(-2) + cov[..., dev, dev]
    shared = common[..., rate].sum(-2) + cov[..., dev, rate]
    return variance.ravel(), rest.ravel(), shared.ravel(), cov[..., rate, rate].ravel()
