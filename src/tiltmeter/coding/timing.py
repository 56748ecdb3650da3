"""When an event happened: the sentence's own date, the paragraph's, or the day of publication."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from typing import Final, Protocol

from tiltmeter.coding.dates import DateSpan, scan_dates

# "for the first time since 2006": a year or month after these words bounds the act, or is another's
_BOUND: Final = re.compile(r"\b(?:since|after|before|until|till|through|over)\s+(?:the\s+)?$", re.I)
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

    def enter(self, segment: int) -> None:
        """Tell that the next sentence stands in this segment; dates do not cross segments."""
        if segment != self._segment:
            self._segment = segment
            self._inherited = None

    def read(self, sentence: str, sink: _Sink) -> None:
        """Find the dates of a sentence; those that cannot be resolved go to ``sink.problems``."""
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

    def when(self, at: int, status: str) -> When:
        """The date of an event whose trigger stands at offset ``at`` of the sentence."""
        spans = self._spans
        if status == "planned":
            # the plan is made when it is told; its date is that of the plan, not of the deed
            spans = [s for s in spans if s.first <= self.published]
        else:
            spans = [s for s in spans if s.first <= self.published] or []
        if spans:
            best = min(spans, key=lambda s: (min(abs(s.start - at), abs(s.end - at)), s.start))
            return When(best.first, best.precision, (best.start, best.end))
        if self._inherited is not None:
            return When(self._inherited.first, self._inherited.precision)
        return When(self.published, "day")
