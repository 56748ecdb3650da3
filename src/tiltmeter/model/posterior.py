"""The posterior of one series: any linear function of it, with its exact Gaussian variance.

Functions are given as weights on closeness by month and part. All numbers of the product (curves,
shifts, tilts, contributions of stories) are such functions, so they agree with each other.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

import numpy as np
import pyarrow as pa
from scipy.special import ndtri

from tiltmeter.model.options import ModelOptions
from tiltmeter.model.prior import DEVIATION, LEVEL, N_COMPONENTS, TRANSIENT
from tiltmeter.model.solve import Group, Mode
from tiltmeter.model.statespace import Array, Factor
from tiltmeter.schemas import CLOSENESS, DOMAINS, OVERALL

PARTS: Final = ("total", "level", "transient", "pole")
CI_KIND: Final = "laplace"


@dataclass(frozen=True, slots=True)
class Functional:
    """Weights of a linear function: on the series, (T, K), and on the border, (M,)."""

    series: Array
    border: Array


@dataclass(slots=True)
class Posterior:
    """One series of a fit; ``at`` is its place in the group of its pole."""

    state: str
    pole: str
    months: tuple[date, ...]
    group: Group
    mode: Mode
    at: int
    options: ModelOptions

    def functional(self, by_month: Array, domain: str, part: str = "total") -> Functional:
        """The sum over months of ``by_month`` times a part of closeness.

        Args:
            by_month: Weights, (T,).
            domain: A domain, or overall: what the domains share.
            part: total, level (with the domain's deviation), transient or pole.
        """
        series = np.zeros((len(self.months), N_COMPONENTS))
        border = np.zeros(len(self.mode.z))
        if part in {"total", "level"}:
            series[:, LEVEL] = by_month
            if domain != OVERALL:
                series[:, DEVIATION.start + DOMAINS.index(domain)] = by_month
        if part in {"total", "transient"}:
            series[:, TRANSIENT] = by_month
        if part in {"total", "pole"}:
            border = by_month @ self.group.border[0, :, 0, :]
        return Functional(series, border)

    def mean(self, wanted: Functional) -> float:
        """Posterior mean of a function."""
        return float((wanted.series * self.mode.x[self.at]).sum() + wanted.border @ self.mode.z)

    def covariances(self, wanted: Sequence[Functional]) -> tuple[Array, Array]:
        """Covariance of each function with the series, (N, T, K), and with the border, (N, M)."""
        factor, at = self.mode.factor, self.at
        alone = Factor(
            factor.pivots[at : at + 1],
            factor.links[at : at + 1],
            factor.log_determinant[at : at + 1],
        )
        right = np.stack([w.series for w in wanted], axis=-1)[None]
        solved = alone.solve(right)[0]
        onto = np.stack([w.border for w in wanted])
        onto = onto - np.tensordot(right[0], self.mode.carried[at], axes=((0, 1), (0, 1)))
        border = onto @ self.mode.border_cov
        series = np.moveaxis(solved, -1, 0) - np.einsum(
            "tkm,nm->ntk", self.mode.carried[at], border
        )
        return series, border

    def moments(self, wanted: Sequence[Functional]) -> tuple[Array, Array]:
        """Posterior means and standard deviations of functions, each (N,)."""
        series, border = self.covariances(wanted)
        variance = [
            float((w.series * s).sum() + w.border @ b)
            for w, s, b in zip(wanted, series, border, strict=True)
        ]
        return np.array([self.mean(w) for w in wanted]), np.sqrt(np.maximum(variance, 0.0))

    def stories(self, domain: str) -> Array:
        """Stories in each month, (T,); of all domains where the domain is overall."""
        counts = self.group.counts[self.at].sum(-1)
        return np.asarray(counts.sum(-1) if domain == OVERALL else counts[:, DOMAINS.index(domain)])

    def curve(self, domain: str, part: str) -> tuple[Array, Array]:
        """Means and standard deviations by month, each (T,)."""
        eye = np.eye(len(self.months))
        return self.moments([self.functional(row, domain, part) for row in eye])


def interval(mean: float, sd: float, ci_prob: float) -> dict[str, Any]:
    """The columns of a Gaussian posterior that all tables share."""
    half, wide = float(ndtri(0.75)) * sd, float(ndtri(0.5 + ci_prob / 2)) * sd
    return {
        "mean": mean,
        "sd": sd,
        "lo50": mean - half,
        "hi50": mean + half,
        "lo": mean - wide,
        "hi": mean + wide,
        "ci_prob": ci_prob,
        "ci_kind": CI_KIND,
    }


def closeness_table(posteriors: Sequence[Posterior]) -> pa.Table:
    """Curves of every domain and part; contract CLOSENESS."""
    return CLOSENESS.table([row for one in posteriors for row in _rows(one)])


def _rows(one: Posterior) -> Iterator[dict[str, Any]]:
    for domain in (OVERALL, *DOMAINS):
        stories = one.stories(domain)
        for part in PARTS:
            means, sds = one.curve(domain, part)
            for month, mean, sd, n in zip(one.months, means, sds, stories, strict=True):
                yield {
                    "state": one.state,
                    "pole": one.pole,
                    "domain": domain,
                    "month": month,
                    "component": part,
                    **interval(float(mean), float(sd), one.options.ci_prob),
                    "n_stories": int(n),
                }
