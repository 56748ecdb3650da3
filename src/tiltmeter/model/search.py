"""Search for change points: steps in closeness, one after the other, each with odds and a date.

The counts are modelled, never a smoothed curve (a change searched in a moving average is an
alarm). The level is held nearly still, so that what moves for good must be a step; passing moods
stay in the transient. Each step's odds come from the Laplace approximation to the Bayes factor of
a step at every month (as Chib 1998 and Fearnhead 2006 state the problem; one-step evaluation from
the current mode), the date's interval from the likelihood of moving the step once found.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from tiltmeter.model.prior import N_DOMAINS, prior_precision
from tiltmeter.model.shifts import Question
from tiltmeter.model.solve import Group, curvature, mode
from tiltmeter.model.statespace import Array
from tiltmeter.schemas import DOMAINS, OVERALL

_STILL: Final = 0.02  # share of the level's variance that is left when steps are searched
_EDGE: Final = 3  # months at either end, and between steps, where no step is looked for
_MOST: Final = 4  # steps in one series
SURE: Final = 0.5  # posterior probability from which a step is taken


@dataclass(frozen=True, slots=True)
class Step:
    """A change: first month of the new state, bounds of the date, probability that there is one."""

    at: int
    lo: int
    hi: int
    probability: float


class Search:
    """Steps in the closeness (or tilt) of one question."""

    def __init__(self, question: Question) -> None:
        self._options = question.sides[0].options
        self._domain = question.domain
        self._months = len(question.sides[0].months)
        # a step of the tilt is half a step of each side, in opposite directions
        signs = np.array(question.signs) / len(question.sides)
        self._columns = signs[:, None, None, None] * self._ramps()[None]
        self._group = self._still(question)
        self._start = np.concatenate([one.mode.x[[one.at]] for one in question.sides])

    def _still(self, question: Question) -> Group:
        """The sides as one group whose level hardly moves; the poles' own moves are held."""
        hyper = question.sides[0].group.hyper
        still = replace(hyper, level=_STILL * hyper.level, deviation=_STILL * hyper.deviation)
        weights = np.ones((len(question.sides), self._months - 1, 1 + N_DOMAINS))
        diagonal, links = prior_precision(still, weights, self._options)
        return Group(
            np.concatenate([one.group.counts[[one.at]] for one in question.sides]),
            np.concatenate([one.group.border @ one.mode.z for one in question.sides]),
            np.concatenate([one.group.exposure[[one.at]] for one in question.sides]),
            self._columns[..., :0],
            diagonal,
            links,
            question.sides[0].group.mean,
            np.zeros((0, 0)),
            still,
            self._options,
        )

    def _ramps(self) -> Array:
        """A step at each month, (T, D, T); column t is zero before month t."""
        ramp = np.tril(np.ones((self._months, self._months)))
        out = np.zeros((self._months, N_DOMAINS, self._months))
        chosen = range(N_DOMAINS) if self._domain == OVERALL else [DOMAINS.index(self._domain)]
        for d in chosen:
            out[:, d, :] = ramp
        return out

    def steps(self) -> list[Step]:
        """All steps more likely than not, in order of time; if there is none, the likeliest.

        Whoever asks "since when?" gets the best answer there is, with its probability beside it.
        """
        found: list[int] = []
        odds: list[float] = []
        while len(found) < _MOST:
            _, slope, information = self._evidence(found)
            log_bf = self._bayes_factors(slope, information, found)
            open_months = self._open(found)
            if not open_months.any():
                break
            prior = self._options.change_rate / 12.0
            weight = prior * np.exp(np.minimum(log_bf[open_months], 500.0))
            total = float(weight.sum())
            probability = total / (1.0 + total)
            if found and probability < SURE:
                break
            place = int(np.flatnonzero(open_months)[int(weight.argmax())])
            found.append(place)
            odds.append(probability)
            if probability < SURE:
                break
        order = np.argsort(found)
        found, odds = [found[n] for n in order], [odds[n] for n in order]
        return [self._dated(found, n, odds[n]) for n in range(len(found))]

    def _evidence(self, found: list[int]) -> tuple[Array, Array, Array]:
        """Sizes of the steps found; slope and information of a step at each month.

        The series are integrated out of the information.
        """
        precision = np.eye(len(found)) / self._options.step_sd**2
        group = replace(self._group, border=self._columns[..., found], border_precision=precision)
        at = mode(group, self._start, np.zeros(len(found)))
        pull = at.slopes.tone + group.hyper.loading * at.slopes.contact
        slope = np.tensordot(pull, self._columns, axes=3)
        probe = replace(self._group, border=self._columns)
        return at.z, slope, curvature(probe, at.slopes)[3]

    def _bayes_factors(self, slope: Array, information: Array, found: list[int]) -> Array:
        """Log Bayes factor of one more step at each month, the steps found profiled out."""
        variance = self._options.step_sd**2
        profile = np.diag(information).copy()
        if found:
            cross = information[:, found]
            within = information[np.ix_(found, found)] + np.eye(len(found)) / variance
            profile -= np.einsum("tm,mt->t", cross, np.linalg.solve(within, cross.T))
        profile = np.maximum(profile, 0.0)
        return np.asarray(
            -0.5 * np.log1p(variance * profile) + 0.5 * slope**2 / (profile + 1.0 / variance)
        )

    def _open(self, found: list[int]) -> Array:
        at = np.arange(self._months)
        free = (at >= _EDGE) & (at <= self._months - _EDGE)
        for step in found:
            free &= np.abs(at - step) >= _EDGE
        return np.asarray(free)

    def _dated(self, found: list[int], n: int, probability: float) -> Step:
        """A step's date and its bounds, from how the likelihood falls when the step is moved.

        The date is the median of its distribution: where many months would do nearly as well, the
        one with the most evidence is no better than its neighbours.
        """
        sizes, slope, information = self._evidence(found)
        size, at = float(sizes[n]), found[n]
        # ranges that end half-way between steps cannot cross
        low = (found[n - 1] + at) // 2 + 1 if n else _EDGE
        high = (at + found[n + 1]) // 2 + 1 if n + 1 < len(found) else self._months - _EDGE + 1
        months = np.arange(low, high)
        change = np.array([self._moving(slope, information, size, at, int(m)) for m in months])
        weight = np.exp(change - change.max())
        weight /= weight.sum()
        tail = (1.0 - self._options.ci_prob) / 2
        lo, point, hi = np.searchsorted(weight.cumsum(), [tail, 0.5, 1.0 - tail])
        last = len(months) - 1
        return Step(
            int(months[min(point, last)]), int(months[lo]), int(months[min(hi, last)]), probability
        )

    @staticmethod
    def _moving(slope: Array, information: Array, size: float, at: int, to: int) -> float:
        pull = size * (slope[to] - slope[at])
        bend = information[to, to] + information[at, at] - 2 * information[to, at]
        return float(pull - 0.5 * size * size * bend)


def change_points(question: Question, sure: float = 0.0) -> Iterator[Step]:
    """Steps of one question, in order of time; none where months or stories are too few.

    Args:
        question: Closeness or tilt.
        sure: Least probability of a step; from 0.5 on only steps more likely than not.
    """
    if len(question.sides[0].months) > 2 * _EDGE and _told(question):
        yield from (s for s in Search(question).steps() if s.probability >= sure)


def _told(question: Question) -> bool:
    return sum(float(one.stories(question.domain).sum()) for one in question.sides) >= 2 * _EDGE
