"""Does the measure find what was put in? Simulated worlds, known shifts (``make bench-measure``).

Worlds of twelve states and two poles, four years, at three densities of news; two states of each
world make a lasting move. Reported: coverage of 90 % intervals, whether probabilities mean what
they say, dates of changes and false alarms. The peer, in the same run on the same worlds, is what
the field does by hand: net cooperation, its six-month moving average, and binary segmentation of it
under an L2 cost with penalty k ln n; k = 3 as usual, and the k at which the peer raises no more
false alarms than the measure does.

Where the scale stands on the whole is no fact (thresholds and closeness move together), so levels
are compared after their mean over all series is taken out; shifts need no such care.
"""

from __future__ import annotations

from collections import defaultdict
from typing import Any, Final

import numpy as np
from floors import floors, verdict
from machine import save, table
from scipy.special import ndtr, ndtri

from tiltmeter.model.closeness import Fit, fit
from tiltmeter.model.search import SURE, change_points
from tiltmeter.model.shifts import Question, contrast, moved
from tiltmeter.model.simulate import Change, Truth, World, world
from tiltmeter.model.statespace import Array

_WORLDS: Final = 30
_RATES: Final = (0.05, 0.15, 0.5)  # cooperative stories of a pair in a month and domain
_MOVED: Final = (Change("S00", "RUS", 24, 1.2), Change("S01", "RUS", 30, -1.5))
_STILL: Final = ("S02", "S03", "S04", "S05")
_NEAR: Final = 6  # months
_PENALTIES: Final = (1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 8.0, 10.0, 12.0, 16.0, 24.0)
_USUAL: Final = 3.0
_WIDE: Final = float(ndtri(0.95))
_SECURITY: Final = 2  # place of the domain in the truth's columns


class Tally:
    """What is counted over all worlds."""

    def __init__(self) -> None:
        self.sums: dict[str, list[float]] = defaultdict(list)

    def note(self, name: str, *values: float) -> None:
        """Add values to a list."""
        self.sums[name].extend(float(v) for v in values)

    def mean(self, name: str) -> float:
        """Mean of a list, rounded to what it can carry."""
        return round(float(np.mean(self.sums[name])), 3)


def main() -> None:
    """Make the worlds, measure them, write the result, fail where a floor is missed."""
    tally = Tally()
    for seed in range(_WORLDS):
        truth = Truth(seed=seed, rate=_RATES[seed % len(_RATES)], changes=_MOVED)
        made = world(truth)
        months = made.months[0], made.months[-1]
        found = fit(made.panel, made.coverage, months=months, state="S00", poles=truth.poles)
        tally.note("loading", found.hyper.loading)
        _levels(tally, made, found)
        _changes(tally, made, found)
        print(f"world {seed + 1} of {_WORLDS}", flush=True)
    figures = _figures(tally)
    save("measure", "The measure on worlds with known shifts", figures, _page(figures))
    verdict("measure", figures)


def _levels(tally: Tally, made: World, found: Fit) -> None:
    pairs = [p for p in made.closeness if found.posterior(*p) is not None]
    means = {p: found.posterior(*p).curve("overall", "total")[0].mean() for p in pairs}  # type: ignore[union-attr]
    gap = np.mean([made.closeness[p][:, 0].mean() - means[p] for p in pairs])
    before, after = (made.months[0], made.months[35]), (made.months[36], made.months[-1])
    for pair in pairs:
        one = found.posterior(*pair)
        assert one is not None
        true = made.closeness[pair] - gap
        for name, column in (("overall", 0), ("security", _SECURITY)):
            mean, sd = one.curve(name, "total")
            tally.note(f"cover_{name}", (np.abs(true[:, column] - mean) < _WIDE * sd).mean())
        weights = contrast(made.months, before, after)
        size, sd_size = moved(Question((one,), "overall"), before, after)
        real = float(weights @ true[:, 0])
        tally.note("cover_shift", abs(real - size) < _WIDE * sd_size)
        tally.note("said_up", ndtr(size / sd_size))
        tally.note("was_up", real > 0)
        naive = _net(one.group.counts[one.at])
        tally.note("naive_up", float(weights @ np.nan_to_num(naive)) > 0)


def _net(counts: Array) -> Array:
    """Net cooperation by month: share of cooperative stories less that of conflictual ones."""
    by_tone = counts.sum(axis=1)
    total = by_tone.sum(axis=1)
    net = by_tone[:, 2:].sum(1) - by_tone[:, :2].sum(1)
    return np.asarray(np.divide(net, total, out=np.zeros_like(net), where=total > 0))


def _changes(tally: Tally, made: World, found: Fit) -> None:
    real = {c.state: c for c in _MOVED}
    for state in (*real, *_STILL):
        one = found.posterior(state, "RUS")
        if one is None:
            continue
        steps = list(change_points(Question((one,), "overall"), SURE))
        net = _net(one.group.counts[one.at])
        splits = {k: _peer_splits(net, k) for k in _PENALTIES}
        if state not in real:
            tally.note("false", len(steps))
            for k, split in splits.items():
                tally.note(f"peer_false_{k}", len(split))
            tally.note("years", len(made.months) / 12)
            continue
        at = real[state].at
        tally.note("found", any(abs(s.at - at) <= _NEAR for s in steps))
        for k, split in splits.items():
            tally.note(f"peer_found_{k}", any(abs(s - at) <= _NEAR for s in split))
        near = [s for s in steps if abs(s.at - at) <= 2 * _NEAR]
        if near:
            best = min(near, key=lambda s: abs(s.at - at))
            tally.note("date_error", abs(best.at - at))
            tally.note("date_cover", best.lo <= at <= best.hi)


def _peer_splits(net: Array, k: float) -> list[int]:
    """Binary segmentation of the standardised six-month moving average, penalty k ln n."""
    smooth = np.convolve(net, np.ones(6) / 6, mode="same")
    penalty = k * np.log(len(smooth)) * float(np.var(smooth))
    out: list[int] = []
    parts = [(0, len(smooth))]
    while parts:
        first, last = parts.pop()
        piece = smooth[first:last]
        if len(piece) < 2 * 3:
            continue
        whole = float(((piece - piece.mean()) ** 2).sum())
        costs = [
            float(((a - a.mean()) ** 2).sum() + ((b - b.mean()) ** 2).sum())
            for k in range(3, len(piece) - 2)
            for a, b in [(piece[:k], piece[k:])]
        ]
        best = int(np.argmin(costs))
        if whole - costs[best] > penalty:
            cut = first + 3 + best
            out.append(cut)
            parts += [(first, cut), (cut, last)]
    return sorted(out)


def _figures(tally: Tally) -> dict[str, Any]:
    said, was = np.array(tally.sums["said_up"]), np.array(tally.sums["was_up"])
    years = sum(tally.sums["years"])
    false = sum(tally.sums["false"])
    matched = next(
        (k for k in _PENALTIES if sum(tally.sums[f"peer_false_{k}"]) <= false), _PENALTIES[-1]
    )
    reliability = []
    for lo, hi in ((0, 0.1), (0.1, 0.34), (0.34, 0.66), (0.66, 0.9), (0.9, 1.0001)):
        inside = (said >= lo) & (said < hi)
        if inside.any():
            reliability.append(
                {
                    "from": lo,
                    "to": min(hi, 1.0),
                    "n": int(inside.sum()),
                    "said": round(float(said[inside].mean()), 3),
                    "was": round(float(was[inside].mean()), 3),
                }
            )
    return {
        "worlds": _WORLDS,
        "coverage_level": tally.mean("cover_overall"),
        "coverage_domain": tally.mean("cover_security"),
        "coverage_shift": tally.mean("cover_shift"),
        "brier": round(float(((said - was) ** 2).mean()), 3),
        "sign_right": round(float(((said > 0.5) == (was > 0.5)).mean()), 3),
        "peer_sign_right": round(float((np.array(tally.sums["naive_up"]) == was).mean()), 3),
        "changes_found": tally.mean("found"),
        "peer_changes_found": tally.mean(f"peer_found_{_USUAL}"),
        "peer_penalty_matched": matched,
        "peer_changes_found_matched": tally.mean(f"peer_found_{matched}"),
        "date_error_months": tally.mean("date_error"),
        "date_coverage": tally.mean("date_cover"),
        "false_alarms_a_year": round(false / years, 3),
        "peer_false_alarms_a_year": round(sum(tally.sums[f"peer_false_{_USUAL}"]) / years, 3),
        "peer_false_alarms_a_year_matched": round(
            sum(tally.sums[f"peer_false_{matched}"]) / years, 3
        ),
        "loading": tally.mean("loading"),
        "reliability": reliability,
    }


def _page(figures: dict[str, Any]) -> str:
    limits = floors()["measure"]
    rows = [
        ("90 % intervals of closeness cover", "coverage_level", None),
        ("90 % intervals of a domain's closeness cover", "coverage_domain", None),
        ("90 % intervals of a year's shift cover", "coverage_shift", None),
        ("direction of a year's shift right", "sign_right", "peer_sign_right"),
        ("Brier score of P(closer) (0.25 = knows nothing)", "brier", None),
        ("known changes found within 6 months", "changes_found", "peer_changes_found"),
        ("false alarms in a series and year", "false_alarms_a_year", "peer_false_alarms_a_year"),
        ("error of the date, months", "date_error_months", None),
        ("90 % intervals of the date cover", "date_coverage", None),
        ("loading of contact (true: 0.5)", "loading", None),
    ]
    body = table(
        ["", "tiltmeter", "peer", "peer, few alarms", "floor or limit"],
        [
            (
                text,
                figures[name],
                figures[peer] if peer else None,
                figures.get(f"{peer}_matched"),
                limits.get(name, limits.get(f"{name}_max")),
            )
            for text, name, peer in rows
        ],
    )
    said = table(
        ["P(closer) said", "n", "mean said", "share that was closer"],
        [
            (f"{r['from']:.2f} to {r['to']:.2f}", r["n"], r["said"], r["was"])
            for r in figures["reliability"]
        ],
    )
    return f"{body}\nDo probabilities mean what they say?\n\n{said}"


if __name__ == "__main__":
    main()
