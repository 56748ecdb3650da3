"""Worlds whose truth is known: the model read backwards, for recovery and coverage tests.

Drawn from a seeded generator; the same seed gives the same world. Nothing here is used in a fit.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Any, Final

import numpy as np
import pyarrow as pa
from scipy.special import logsumexp

from tiltmeter.model.cells import TONE_OF_QUAD, TONES, months_between
from tiltmeter.model.likelihood import log_tones
from tiltmeter.model.statespace import Array
from tiltmeter.schemas import COVERAGE, DOMAINS, PANEL

_QUAD_OF_TONE: Final = {tone: quad for quad, tone in TONE_OF_QUAD.items()}


@dataclass(frozen=True, slots=True)
class Change:
    """A step of the level: state, pole, first month of the new state (place), size."""

    state: str
    pole: str
    at: int
    size: float


@dataclass(frozen=True, slots=True)
class Truth:
    """How a world is made; variances as in ``prior.Hyper``.

    ``rate`` is the expected number of cooperative stories of a pair in a month and domain at
    closeness zero; it differs between pairs by a factor with log standard deviation ``rate_sd``.
    """

    states: int = 12
    poles: tuple[str, ...] = ("RUS", "USA")
    first: date = date(2012, 1, 1)
    months: int = 48
    rate: float = 0.4
    rate_sd: float = 0.8
    cuts: tuple[float, float, float] = (-2.2, -0.9, 1.3)
    loading: float = 0.5
    size: float = 3.0
    level: float = 0.005
    deviation: float = 0.002
    transient: float = 0.1
    rho: float = 0.5
    pole: float = 0.004
    changes: tuple[Change, ...] = ()
    seed: int = 0


@dataclass(slots=True)
class World:
    """What was made: tables as the fit takes them, stories, and true closeness.

    ``closeness[state, pole]`` has shape (T, 1 + D): overall, then each domain.
    """

    panel: pa.Table
    coverage: pa.Table
    stories: pa.Table
    months: tuple[date, ...]
    closeness: dict[tuple[str, str], Array] = field(default_factory=dict)


def states_of(truth: Truth) -> list[str]:
    """Codes of a world's states: S00, S01, ..."""
    return [f"S{n:02d}" for n in range(truth.states)]


def world(truth: Truth) -> World:
    """Make a world.

    Args:
        truth: Its parameters.

    Returns:
        Panel and coverage that keep their contracts, and the closeness they were drawn from.
    """
    rng = np.random.default_rng(truth.seed)
    months = months_between(truth.first, _last(truth))
    attention = {s: np.exp(rng.normal(0, 0.3, truth.months)) for s in states_of(truth)}
    out = World(PANEL.empty(), COVERAGE.empty(), pa.table({}), months)
    panel: list[dict[str, Any]] = []
    seen: dict[tuple[str, str], Array] = {}
    stories: list[tuple[str, int]] = []
    for pole in truth.poles:
        own = _walk(rng, truth.months, truth.pole, 1e-12)
        noise = np.exp(rng.normal(0, 0.2, truth.months))
        for state in states_of(truth):
            eta = _closeness(rng, truth, state, pole) + own[:, None]
            out.closeness[state, pole] = eta
            counts = _counts(rng, truth, eta[:, 1:], attention[state] * noise)
            made, told = _rows(state, pole, months, counts)
            panel += made
            stories += told
            for key in (("state", state), ("pole", pole), ("all", "*")):
                seen[key] = seen.get(key, np.zeros(truth.months)) + counts.sum((1, 2))
    for state in states_of(truth):  # what else is reported of it, with whoever is no pole
        other = rng.poisson(6.0 * attention[state])
        for key in (("state", state), ("all", "*")):
            seen[key] = seen[key] + other
    out.panel = PANEL.table(panel)
    out.coverage = _coverage(seen, months)
    ids, quads = zip(*stories, strict=True) if stories else ((), ())
    out.stories = pa.table({"story_id": pa.array(ids, pa.string()), "quad_class": quads})
    return out


def _last(truth: Truth) -> date:
    at = truth.first.year * 12 + truth.first.month - 2 + truth.months
    return date(at // 12, at % 12 + 1, 1)


def _walk(rng: np.random.Generator, n: int, variance: float, first: float) -> Array:
    steps = rng.normal(0, np.sqrt(variance), n)
    steps[0] = rng.normal(0, np.sqrt(first))
    return np.asarray(np.cumsum(steps))


def _closeness(rng: np.random.Generator, truth: Truth, state: str, pole: str) -> Array:
    """Overall and domain closeness without the pole's own, (T, 1 + D)."""
    level = _walk(rng, truth.months, truth.level, 1.0)
    for change in truth.changes:
        if (change.state, change.pole) == (state, pole):
            level[change.at :] += change.size
    mood = np.zeros(truth.months)
    for t in range(truth.months):
        sd = np.sqrt(truth.transient * (1 - truth.rho**2 if t else 1.0))
        mood[t] = (truth.rho * mood[t - 1] if t else 0.0) + rng.normal(0, sd)
    own = [_walk(rng, truth.months, truth.deviation, 0.2) for _ in DOMAINS]
    return np.stack([level + mood, *(level + mood + d for d in own)], axis=1)


def _counts(rng: np.random.Generator, truth: Truth, eta: Array, attention: Array) -> Array:
    """Stories by month, domain and tone, (T, D, 4)."""
    tones = log_tones(eta, np.array(truth.cuts))
    cooperative = logsumexp(tones[..., 2:], axis=-1)
    pair = np.log(truth.rate) + rng.normal(0, truth.rate_sd, eta.shape[1])
    log_mean = pair + truth.loading * eta + np.log(attention)[:, None] - cooperative
    luck = rng.gamma(truth.size, 1 / truth.size, eta.shape)
    totals = rng.poisson(np.exp(np.minimum(log_mean, 5.0)) * luck)
    shares = np.exp(tones)
    return np.asarray(rng.multinomial(totals, shares / shares.sum(-1, keepdims=True)), dtype=float)


def _rows(
    state: str, pole: str, months: tuple[date, ...], counts: Array
) -> tuple[list[dict[str, Any]], list[tuple[str, int]]]:
    rows, stories = [], []
    for t, d in zip(*np.nonzero(counts.sum(-1)), strict=True):
        ids = []
        for tone, n in enumerate(counts[t, d]):
            for k in range(int(n)):
                ids.append(f"{state}:{pole}:{t:03d}:{d}:{tone}:{k}")
                stories.append((ids[-1], _QUAD_OF_TONE[tone]))
        named = dict(zip(TONES, map(int, counts[t, d]), strict=True))
        rows.append(
            {"state": state, "pole": pole, "domain": DOMAINS[d], "month": months[t]}
            | named
            | {"story_ids": sorted(ids)}
        )
    return rows, stories


def _coverage(seen: dict[tuple[str, str], Array], months: tuple[date, ...]) -> pa.Table:
    return COVERAGE.table(
        [
            {"kind": kind, "code": code, "month": month, "n_stories": int(n)}
            for (kind, code), line in seen.items()
            for month, n in zip(months, line, strict=True)
            if n
        ]
    )
