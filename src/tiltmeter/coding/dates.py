"""When a sentence says that something happened.

In: a sentence, the day it was published, and the day of the event told before it (the anchor).
Out: spans of the sentence with the first and last day they can mean, and the expressions that look
like dates and cannot be resolved ("31 February", "03/04/2014"), so that the caller can say so.

A table of about forty rules (``date_rules.RULES``), each a pattern and a function. All patterns are
tried where their cue word occurs; of overlapping matches the longest wins. Days and months without
a year are the latest not after publication, or the next if the words before them look ahead ("by",
"will", "next"), if it is less than a month off, or if the caller says ``prefer="future"``. Calendar
periods are given whole: "this year" ends on 31 December, and whoever knows that the event is done
cuts it at publication.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from typing import Literal

from tiltmeter.coding.date_calendar import Context, Period, Unresolved
from tiltmeter.coding.date_rules import CUES, RULES

__all__ = ["DateProblem", "DateScan", "DateSpan", "find_dates", "scan_dates"]

Prefer = Literal["auto", "past", "future"]

_LOOK_BACK = 60
"""Characters before a date in which a word that looks ahead is sought: about ten words."""
_AHEAD = re.compile(
    r"\b(?:will|shall|to be|is due|are due|due|set (?:to|for)|scheduled|planned|plans? to|planning"
    r"|expected|upcoming|forthcoming|until|till|by|next|no later than|ahead of|slated)\b"
)
_PERFECT = re.compile(r"\b(?:had|was|were|has)\b")
_CLAUSE = re.compile(r"[.;:!?,]\s")


@dataclass(frozen=True, slots=True)
class DateSpan:
    """A date in a sentence: half-open character offsets, words, first and last day, precision.

    ``precision`` is day, week, month, season or year: the unit the words speak in. A span of days
    ("17-19 June") has precision day and first < last.
    """

    start: int
    end: int
    text: str
    first: date
    last: date
    precision: str


@dataclass(frozen=True, slots=True)
class DateProblem:
    """Words that look like a date and cannot be resolved, and why."""

    start: int
    end: int
    text: str
    reason: str


@dataclass(frozen=True, slots=True)
class DateScan:
    """All dates of a sentence, resolved or not, both in order of appearance."""

    spans: list[DateSpan]
    problems: list[DateProblem]


def find_dates(
    sentence: str,
    published: date,
    *,
    anchor: date | None = None,
    prefer: Prefer = "auto",
    problems: list[str] | None = None,
) -> list[DateSpan]:
    """Return the resolved dates of ``scan_dates``; ``problems`` takes the others, as sentences."""
    scan = scan_dates(sentence, published, anchor=anchor, prefer=prefer)
    if problems is not None:
        problems.extend(f"{p.text!r}: {p.reason}" for p in scan.problems)
    return scan.spans


def scan_dates(
    sentence: str, published: date, *, anchor: date | None = None, prefer: Prefer = "auto"
) -> DateScan:
    """Find and resolve the dates of a sentence.

    Args:
        sentence: Text; anything longer works too, in linear time.
        published: Day of publication, against which "Monday" or "in August" is resolved.
        anchor: Day of the event told before, for "two days later"; None counts from ``published``,
            and what would then lie after publication is a problem.
        prefer: Which way days and months without a year are resolved; "auto" looks at the words
            before them, and takes what is less than a month ahead for what is meant.
    """
    found = _matches(sentence)
    scan = DateScan([], [])
    for start, end, rule, match in found:
        future = looks_ahead(sentence, start) if prefer == "auto" else prefer == "future"
        context = Context(published, anchor, future, near=prefer == "auto")
        try:
            period = RULES[rule].resolve(match, context)
        except Unresolved as problem:
            scan.problems.append(DateProblem(start, end, sentence[start:end], str(problem)))
        except (ValueError, OverflowError) as cause:
            scan.problems.append(DateProblem(start, end, sentence[start:end], f"no date: {cause}"))
        else:
            if period is not None:
                scan.spans.append(_span(sentence, start, end, period))
    return scan


def _span(sentence: str, start: int, end: int, period: Period) -> DateSpan:
    return DateSpan(start, end, sentence[start:end], period.first, period.last, period.precision)


def _matches(sentence: str) -> list[tuple[int, int, int, re.Match[str]]]:
    """Return (start, end, rule, match) of the longest non-overlapping matches, leftmost first."""
    cues = {cue for cue, pattern in CUES.items() if pattern.search(sentence)}
    if not cues:
        return []
    found: list[tuple[int, int, int, re.Match[str]]] = []
    for number, rule in enumerate(RULES):
        if rule.cue in cues:
            for match in rule.pattern.finditer(sentence):
                start, end = match.span("date") if rule.named else match.span()
                found.append((start, end, number, match))
    found.sort(key=lambda f: (f[0], -f[1], f[2]))
    kept: list[tuple[int, int, int, re.Match[str]]] = []
    for candidate in found:
        if not kept or candidate[0] >= kept[-1][1]:
            kept.append(candidate)
        elif candidate[1] - candidate[0] > kept[-1][1] - kept[-1][0]:
            kept[-1] = candidate
    return kept


def looks_ahead(sentence: str, start: int) -> bool:
    """Whether the words before a date, within its clause, speak of what is to come."""
    before = sentence[max(0, start - _LOOK_BACK) : start]
    breaks = list(_CLAUSE.finditer(before))
    if breaks:
        before = before[breaks[-1].end() :]
    markers = list(_AHEAD.finditer(before))
    if not markers:
        return False
    last = markers[-1]
    if last[0] == "by":  # "by June", but not "signed by Baku in June" nor "had left by June"
        return before[last.end() :].strip() in ("", "the end of", "early", "late", "mid") and not (
            _PERFECT.search(before[: last.start()])
        )
    return True
