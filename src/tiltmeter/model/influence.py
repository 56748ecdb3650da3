"""What each story contributes to a shift: exact at the mode, so the parts sum to the whole.

At the posterior mode the mean is linear in what the observations read (a working response, as in
iteratively reweighted least squares: McCullagh & Nelder 1989, section 2.5). The contribution of a
story is its weight in the shift times its score, so that its sign is that of taking the story away.
``silence`` is what was expected: the contact that coverage lets expect in every month, and the
pair's own average tone. What is left, ``prior``, is what the model expects by itself and what other
states show of the pole.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import pyarrow as pa

from tiltmeter.model.cells import TONE_OF_QUAD
from tiltmeter.model.likelihood import COOPERATIVE, tone_slopes
from tiltmeter.model.posterior import Functional, Posterior
from tiltmeter.model.prior import DEVIATION, LEVEL, RATE, TRANSIENT
from tiltmeter.model.shifts import Question, Window, functionals
from tiltmeter.model.solve import closeness, log_mean
from tiltmeter.model.statespace import Array
from tiltmeter.schemas import DOMAINS


class Readings:
    """What the stories of one series read, by cell; made once, used for every shift."""

    def __init__(self, one: Posterior) -> None:
        self._one = one
        group, at, mode = one.group, one.at, one.mode
        options, hyper = group.options, group.hyper
        eta = closeness(group, mode.x, mode.z)[at]
        rate = mode.x[at][:, RATE]
        self._away = eta - eta.mean(axis=0)
        self._rate_away = rate - rate.mean(axis=0)
        counts = group.counts[at]
        slopes, bends = tone_slopes(eta, hyper.cuts)
        scale = 1.0 / hyper.dispersion if options.tone else 0.0
        # one story's pull on closeness, by tone, (T, D, 4): its score, so that its sign is that of
        # taking the story away
        self.tone = scale * slopes
        self.bend = scale * (counts * bends).sum(-1) * self._away
        mean = np.exp(log_mean(group, mode.x, closeness(group, mode.x, mode.z))[at])
        damp = hyper.size / (hyper.size + mean) if options.contact else np.zeros_like(mean)
        self.contact = damp
        moved = hyper.loading * self._away + self._rate_away
        self.silence = -mean * damp + mode.slopes.contact_curve[at] * moved

    def weights(self, wanted: Functional) -> tuple[Array, Array]:
        """Weight in a function of a pull on closeness and on log contact, each (T, D)."""
        one = self._one
        series, border = (a[0] for a in one.covariances([wanted]))
        tone = series[:, [LEVEL]] + series[:, [TRANSIENT]] + series[:, DEVIATION]
        tone = tone + one.group.border[0] @ border
        return tone, one.group.hyper.loading * tone + series[:, RATE]

    def contributions(self, wanted: Functional) -> tuple[Array, float]:
        """Contribution of one story of each tone in each cell, (T, D, 4), and of all silence."""
        tone, contact = self.weights(wanted)
        each = tone[..., None] * self.tone
        each[..., list(COOPERATIVE)] += (contact * self.contact)[..., None]
        return each, float((contact * self.silence).sum() + (tone * self.bend).sum())


class Evidence:
    """Contributions of stories to shifts; looks the panel's stories up once."""

    def __init__(self, panel: pa.Table, stories: pa.Table, sides: Sequence[Posterior]) -> None:
        quad = dict(
            zip(stories["story_id"].to_pylist(), stories["quad_class"].to_pylist(), strict=True)
        )
        wanted = {(one.state, one.pole): one for one in sides}
        place = {m: n for n, m in enumerate(sides[0].months)} if sides else {}
        self._stories: dict[str, list[tuple[str, int, int, int]]] = defaultdict(list)
        for row in panel.to_pylist():
            if (row["state"], row["pole"]) in wanted and row["month"] in place:
                cell = place[row["month"]], DOMAINS.index(row["domain"])
                self._stories[row["pole"]] += [
                    (story, *cell, TONE_OF_QUAD[quad[story]]) for story in row["story_ids"]
                ]
        self._readings = {one.pole: Readings(one) for one in sides}

    def rows(
        self, shift_id: str, size: float, question: Question, before: Window, after: Window
    ) -> list[dict[str, Any]]:
        """Rows of contract EVIDENCE for one shift, largest contribution first."""
        told: dict[str, float] = defaultdict(float)
        silence = 0.0
        wanted = functionals(question, before, after)
        for sign, one, function in zip(question.signs, question.sides, wanted, strict=True):
            each, quiet = self._readings[one.pole].contributions(function)
            silence += sign * quiet
            for story, month, domain, tone in self._stories[one.pole]:
                told[story] += sign * float(each[month, domain, tone])
        rest = size - silence - sum(told.values())
        parts: list[tuple[str, str | None, float]] = [
            ("silence", None, silence),
            ("prior", None, rest),
            *(("story", story, part) for story, part in told.items()),
        ]
        return list(_ranked(shift_id, parts))


def _ranked(shift_id: str, parts: list[tuple[str, str | None, float]]) -> Iterator[dict[str, Any]]:
    # equal to the last digit shown is equal: ties fall by id, not by rounding noise
    parts = sorted(parts, key=lambda p: (-round(abs(p[2]), 12), p[0], p[1] or ""))
    whole = sum(abs(c) for _, _, c in parts)
    for rank, (kind, story, contribution) in enumerate(parts, 1):
        yield {
            "shift_id": shift_id,
            "rank": rank,
            "kind": kind,
            "story_id": story,
            "contribution": contribution,
            "share": abs(contribution) / whole if whole else 0.0,
        }
