"""The measure of one study: curves, tilts, shifts and the stories behind each shift."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any

import pyarrow as pa

from tiltmeter.model.closeness import Fit
from tiltmeter.model.influence import Evidence
from tiltmeter.model.posterior import closeness_table
from tiltmeter.model.search import change_points
from tiltmeter.model.shifts import Question, Window, shift_row
from tiltmeter.model.tilt import tilt
from tiltmeter.schemas import DOMAINS, EVIDENCE, OVERALL, SHIFTS, TILT

_YEAR = 12  # months on either side of a change point that its size compares


def measure_study(
    found: Fit,
    state: str,
    poles: Sequence[str],
    shown: Sequence[str],
    windows: tuple[Window, Window] | None,
    panel: pa.Table,
    stories: pa.Table,
) -> dict[str, pa.Table]:
    """All tables of one study.

    Args:
        found: The fit of all series.
        state: ISO3.
        poles: The poles asked for; tilts are between the first and each other.
        shown: Poles asked for and their parts.
        windows: The two windows a brief compares, or None where the months are too few.
        panel: Contract PANEL.
        stories: Contract STORIES.

    Returns:
        Tables closeness, tilt, shifts, evidence, failures. Poles that were not fitted have no
        rows; a fitted pole without a story has its prior, moved by what was expected of it.
    """
    sides = {p: one for p in shown if (one := found.posterior(state, p)) is not None}
    asked = [sides[p] for p in poles if p in sides]
    pairs = [(asked[0], other) for other in asked[1:]]
    questions = [
        Question(who, domain)
        for who in [*((one,) for one in sides.values()), *pairs]
        for domain in (OVERALL, *DOMAINS)
    ]
    proof = Evidence(panel, stories, list(sides.values()))
    shifts: list[dict[str, Any]] = []
    evidence: list[dict[str, Any]] = []
    for question in questions:
        for row in _shifts(question, windows):
            shifts.append(row)
            evidence += proof.rows(row["shift_id"], row["size"], question, *_windows_of(row))
    return {
        "closeness": closeness_table(list(sides.values())),
        "tilt": pa.concat_tables([TILT.empty(), *(tilt(*pair) for pair in pairs)]),
        "shifts": SHIFTS.table(shifts),
        "evidence": EVIDENCE.table(evidence),
        "failures": found.failures(),
    }


def _windows_of(row: dict[str, Any]) -> tuple[Window, Window]:
    return (row["before_from"], row["before_to"]), (row["after_from"], row["after_to"])


def _shifts(question: Question, windows: tuple[Window, Window] | None) -> Iterator[dict[str, Any]]:
    if windows is not None:
        yield shift_row(question, *windows)
    months: Sequence[date] = question.sides[0].months
    steps = list(change_points(question))
    edges = [0, *(s.at for s in steps), len(months)]
    for n, step in enumerate(steps, 1):
        before = months[max(edges[n - 1], step.at - _YEAR)], months[step.at - 1]
        after = months[step.at], months[min(edges[n + 1], step.at + _YEAR) - 1]
        dated = months[step.at], months[step.lo], months[step.hi]
        yield shift_row(
            question, before, after, kind="change_point", dated=dated, p_change=step.probability
        )
