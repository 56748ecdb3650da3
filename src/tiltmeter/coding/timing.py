"""When an event happened: the sentence's own date, the paragraph's, or the day of publication."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from typing import Final, Protocol

from tiltmeter.coding.dates import DateSpan, looks_ahead, scan_dates
from tiltmeter.coding.parsing import Tree

# "for the first time since 2006": a year or month after these words bounds the act, or is another's
_BOUND: Final = re.compile(r"\b(?:since|after|before|until|till|through|over)\s+(?:the\s+)?$", re.I)
_YEAR: Final = re.compile(r"\b(?:19|20)\d\d\b")
_AIMED: Final = re.compile(r"\b(?:for|from|to|until|till|by|through|before)\s+(?:the\s+)?$", re.I)
_LONG_AGO: Final = 180  # days, for days of another year
_COARSE: Final = frozenset({"year", "season", "month"})


@dataclass(frozen=True, slots=True)
class When:
    """A day (the first of the span) with how exactly it is known.

    ``span`` is where the sentence says so; None where the day is that of the text before, or of
    publication.
    """

    day: date
    precision: str
    span: tuple[int, int] | None = None


class _Sink(Protocol):
    problems: list[str]


class Timing:
    """Dates of one document, read in text order."""

    def __init__(self, published: date) -> None:
        self.published = published
        self._segment: int | None = None
        self._inherited: DateSpan | None = None
        self._anchor: date | None = None
        self._spans: list[DateSpan] = []
        self._sentence = ""
        self._problems: list[str] = []

    def enter(self, segment: int) -> None:
        """Tell that the next sentence stands in this segment; dates do not cross segments."""
        if segment != self._segment:
            self._segment = segment
            self._inherited = None

    def read(self, sentence: str, sink: _Sink) -> None:
        """Find the dates of a sentence; those that cannot be resolved go to ``sink.problems``."""
        self._sentence, self._problems = sentence, sink.problems
        scan = scan_dates(sentence, self.published, anchor=self._anchor)
        self._spans = [
            s
            for s in scan.spans
            if s.precision not in _COARSE or not _BOUND.search(sentence[: s.start])
        ]
        sink.problems.extend(f"date {p.text!r}: {p.reason}" for p in scan.problems)
        days = [s for s in self._spans if s.precision == "day" and s.first <= self.published]
        if days:
            self._inherited = days[-1]
            self._anchor = days[-1].first

    def when(self, at: int, status: str, tree: Tree | None = None) -> When:
        """The date of an event whose trigger stands at offset ``at`` of the sentence.

        What is planned is dated when the plan is told, not by the day it is for. A date long gone
        dates what its own clause tells, and no other: in "condemned a law on those killed in 1915"
        nobody is condemned in 1915. An explicit date after publication dates nothing, and is told
        as a problem where the act is said to be done.
        """
        spans = [s for s in self._spans if s.first <= self.published]
        if tree is not None:
            spans = [s for s in spans if not self._old(s) or shares_clause(tree, s, at)]
        best = min(spans, key=lambda s: (_gap(s, at), s.start), default=None)
        if status == "done":
            self._tell_late(at, best, tree)
        if best is not None:
            return When(best.first, best.precision, (best.start, best.end))
        if self._inherited is not None:
            return When(self._inherited.first, self._inherited.precision)
        return When(self.published, "day")

    def _old(self, span: DateSpan) -> bool:
        if span.last.year >= self.published.year:
            return False
        return span.precision in _COARSE or (self.published - span.last).days > _LONG_AGO

    def _tell_late(self, at: int, best: DateSpan | None, tree: Tree | None) -> None:
        for span in self._spans:
            explicit = _YEAR.search(span.text) and not looks_ahead(self._sentence, span.start)
            if not explicit or span.first <= self.published:
                continue
            aimed = _AIMED.search(self._sentence[: span.start])
            if aimed or (tree is not None and not shares_clause(tree, span, at)):
                continue  # "a plan for 2031"; when a treaty that is signed will take effect
            if best is None or _gap(span, at) < _gap(best, at):
                self._problems.append(
                    f"date {span.text!r}: after publication ({self.published}), not taken"
                )


def _gap(span: DateSpan, at: int) -> int:
    return min(abs(span.start - at), abs(span.end - at))


def shares_clause(tree: Tree, span: DateSpan, at: int) -> bool:
    """Whether a date hangs, by way of no verb but one above it, on the word at an offset."""
    inside = [t for t in tree.tokens if t.start < span.end and span.start < t.end]
    trigger = next((t for t in tree.tokens if t.start <= at < t.end), None)
    top = next((t for t in inside if t.head == t.i or tree.tokens[t.head] not in inside), None)
    if trigger is None or top is None:
        return True
    above = {trigger.i, *(t.i for t in tree.ancestors(trigger.i))}
    for head in tree.ancestors(top.i):
        if head.i == trigger.i:
            return True
        if head.is_verb:
            return head.i in above
    return True
