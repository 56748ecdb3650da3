"""From panel and coverage tables to arrays: one cell for each series, month and domain."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from tiltmeter.errors import NotEnoughData
from tiltmeter.model.likelihood import COOPERATIVE, N_TONES
from tiltmeter.model.statespace import Array
from tiltmeter.schemas import DOMAINS

TONES: Final = ("n_mconf", "n_vconf", "n_vcoop", "n_mcoop")  # worst first
TONE_OF_QUAD: Final = {4: 0, 3: 1, 1: 2, 2: 3}
Pairs = Sequence[tuple[str, str]]
_FEWEST: Final = 3  # stories below which a series has no share in the common parameters


@dataclass(frozen=True, slots=True)
class Cells:
    """What was observed.

    Attributes:
        series: (state, pole), sorted; a pole's series lie together.
        months: First days of all months, without gaps.
        counts: Stories by tone, shape (S, T, D, 4).
        exposure: Log of the contact that coverage alone lets expect, mean 0, shape (S, T).
    """

    series: tuple[tuple[str, str], ...]
    months: tuple[date, ...]
    counts: Array
    exposure: Array

    @property
    def contact(self) -> Array:
        """Cooperative stories, shape (S, T, D)."""
        return np.asarray(self.counts[..., list(COOPERATIVE)].sum(axis=-1))

    def rows_of(self, pole: str) -> list[int]:
        """Places of a pole's series."""
        return [n for n, (_, p) in enumerate(self.series) if p == pole]

    @property
    def poles(self) -> tuple[str, ...]:
        """The poles, in order."""
        return tuple(dict.fromkeys(p for _, p in self.series))


def months_between(first: date, last: date) -> tuple[date, ...]:
    """First days of all months from ``first`` to ``last``."""
    start, end = (d.year * 12 + d.month - 1 for d in (first, last))
    return tuple(date(n // 12, n % 12 + 1, 1) for n in range(start, end + 1))


def cells(
    panel: pa.Table, coverage: pa.Table, months: tuple[date, date], *, keep: Pairs, pool: int
) -> Cells:
    """Lay panel and coverage out as arrays.

    Args:
        panel: Contract PANEL.
        coverage: Contract COVERAGE.
        months: First and last month.
        keep: Series that are kept however few stories they hold, even none.
        pool: Most series, the richest first.

    Raises:
        NotEnoughData: The panel holds no story of any series of ``keep`` in these months.
    """
    span = months_between(*months)
    place = {m: n for n, m in enumerate(span)}
    inside = panel.filter(pc.is_in(panel["month"], pa.array(span, pa.date32())))
    rows = inside.to_pylist()
    totals: Counter[tuple[str, str]] = Counter()
    for row in rows:
        totals[row["state"], row["pole"]] += sum(row[t] for t in TONES)
    if not any(pair in totals for pair in keep):
        raise NotEnoughData(
            f"no story joins {' or '.join('-'.join(pair) for pair in keep)} "
            f"between {span[0]:%Y-%m} and {span[-1]:%Y-%m}",
            "add reports or widen the months",
            n=0,
            needed=1,
        )
    rich = sorted(totals, key=lambda s: (-totals[s], s))
    chosen = {s for s in rich[:pool] if totals[s] >= _FEWEST} | set(keep)
    series = tuple(sorted(chosen, key=lambda s: (s[1], s[0])))
    at = {s: n for n, s in enumerate(series)}
    counts = np.zeros((len(series), len(span), len(DOMAINS), N_TONES))
    for row in rows:
        key = (row["state"], row["pole"])
        if key in at:
            counts[at[key], place[row["month"]], DOMAINS.index(row["domain"])] += [
                row[t] for t in TONES
            ]
    return Cells(series, span, counts, _exposure(series, coverage, place, counts))


def _exposure(
    series: tuple[tuple[str, str], ...], coverage: pa.Table, place: dict[date, int], counts: Array
) -> Array:
    """Log (state's coverage x pole's coverage / all coverage), the pair's own stories left out."""
    seen: dict[tuple[str, str], Array] = {}
    for row in coverage.to_pylist():
        if row["month"] in place:
            line = seen.setdefault((row["kind"], row["code"]), np.zeros(len(place)))
            line[place[row["month"]]] += row["n_stories"]
    nothing = np.zeros(len(place))
    out = np.empty((len(series), len(place)))
    for n, (state, pole) in enumerate(series):
        own = counts[n].sum(axis=(1, 2))
        parts = (("state", state, 1.0), ("pole", pole, 1.0), ("all", "*", -1.0))
        out[n] = sum(
            sign * _shrunk(np.maximum(seen.get((kind, code), nothing) - own, 0.0))
            for kind, code, sign in parts
        )
        out[n] -= out[n].mean()
    return out


def _shrunk(counts: Array) -> Array:
    """Log of the rate relative to its mean, shrunk by what chance alone does.

    Gamma-Poisson: with mean m and excess variance, the rate of a month is (n + k) / (m + k),
    k = m^2 / (variance - m). Counts no more variable than chance give a rate of one.
    """
    mean, variance = float(counts.mean()), float(counts.var())
    if variance <= mean or mean == 0.0:
        return np.zeros_like(counts)
    k = mean * mean / (variance - mean)
    return np.asarray(np.log((counts + k) / (mean + k)))
