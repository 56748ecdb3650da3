"""Shifts: two windows compared, for closeness to one pole or for the tilt between two."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
from scipy.special import ndtr

from tiltmeter.model.posterior import Functional, Posterior, interval
from tiltmeter.model.statespace import Array

Window = tuple[date, date]


@dataclass(frozen=True, slots=True)
class Question:
    """What a shift is of: closeness to the first pole, less that to the second if there is one."""

    sides: tuple[Posterior, ...]
    domain: str

    @property
    def pole(self) -> str:
        """The first pole."""
        return self.sides[0].pole

    @property
    def pole_b(self) -> str | None:
        """The second pole of a tilt."""
        return self.sides[1].pole if len(self.sides) == 2 else None

    @property
    def name(self) -> str:
        """Beginning of the shift's id."""
        poles = ":".join(one.pole for one in self.sides)
        return f"{self.sides[0].state}:{poles}:{self.domain}"

    @property
    def signs(self) -> tuple[float, ...]:
        """+1 for the first pole, -1 for the second."""
        return (1.0, -1.0)[: len(self.sides)]


def contrast(months: Sequence[date], before: Window, after: Window) -> Array:
    """Weights by month of the mean after minus the mean before, (T,)."""
    at = np.array(months)
    late = ((at >= after[0]) & (at <= after[1])).astype(float)
    early = ((at >= before[0]) & (at <= before[1])).astype(float)
    return np.asarray(late / late.sum() - early / early.sum())


def moved(
    question: Question, before: Window, after: Window, part: str = "total"
) -> tuple[float, float]:
    """Mean and standard deviation of the difference between two windows."""
    mean, variance = 0.0, 0.0
    for sign, one in zip(question.signs, question.sides, strict=True):
        weights = contrast(one.months, before, after)
        means, sds = one.moments([one.functional(weights, question.domain, part)])
        mean += sign * float(means[0])
        variance += float(sds[0]) ** 2
    return mean, float(np.sqrt(variance))


def functionals(question: Question, before: Window, after: Window) -> list[Functional]:
    """The difference between two windows as a function of each side's series."""
    return [
        one.functional(contrast(one.months, before, after), question.domain)
        for one in question.sides
    ]


def shift_row(
    question: Question,
    before: Window,
    after: Window,
    *,
    kind: str = "window",
    dated: tuple[date, date, date] | None = None,
    p_change: float | None = None,
) -> dict[str, Any]:
    """One row of contract SHIFTS.

    Args:
        question: Of what.
        before: First and last month of the window before.
        after: First and last month of the window after.
        kind: window or change_point.
        dated: Change point and the bounds of its date; a window's is where the second begins.
        p_change: Probability that there is a change, where one was searched.
    """
    options = question.sides[0].options
    size, sd = moved(question, before, after)
    point, lo, hi = dated or (after[0], after[0], after[0])
    bounds = interval(size, sd, options.ci_prob)
    return {
        "shift_id": f"{question.name}:{kind}:{point:%Y-%m}",
        "state": question.sides[0].state,
        "pole": question.pole,
        "pole_b": question.pole_b,
        "domain": question.domain,
        "kind": kind,
        "change_point": point,
        "change_lo": lo,
        "change_hi": hi,
        "before_from": before[0],
        "before_to": before[1],
        "after_from": after[0],
        "after_to": after[1],
        "size": size,
        "sd": sd,
        **{name: bounds[name] for name in ("lo", "hi", "ci_prob", "ci_kind")},
        "delta": options.delta,
        "p_up": _beyond(size - options.delta, sd),
        "p_down": _beyond(-size - options.delta, sd),
        "p_direction": _beyond(size, sd),
        "share_level": _share(question, before, after, "level", size),
        "share_pole": _share(question, before, after, "pole", size),
        "n_stories": _stories(question, before) + _stories(question, after),
        "p_change": p_change,
    }


def _beyond(mean: float, sd: float) -> float:
    return float(ndtr(mean / sd)) if sd > 0 else float(mean > 0)


def _share(
    question: Question, before: Window, after: Window, part: str, size: float
) -> float | None:
    """How much of a shift one part carries, 0..1; null where there is no shift to divide."""
    if abs(size) < 1e-9:
        return None
    return float(np.clip(moved(question, before, after, part)[0] / size, 0.0, 1.0))


def _stories(question: Question, window: Window) -> int:
    return sum(
        int(n)
        for one in question.sides
        for month, n in zip(one.months, one.stories(question.domain), strict=True)
        if window[0] <= month <= window[1]
    )
