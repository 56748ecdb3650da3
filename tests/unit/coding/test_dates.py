"""Dates in sentences: a table of what is said and what is meant."""

from __future__ import annotations

import time
from datetime import date

import pytest

from tiltmeter.coding.dates import find_dates, scan_dates

PUBLISHED = date(2014, 12, 10)  # a Wednesday
ANCHOR = date(2014, 12, 3)

DAYS = [
    ("On 3 December the Azerbaijani media", "3 December", "2014-12-03"),
    ("signed on December 3, 2014 in Baku", "December 3, 2014", "2014-12-03"),
    ("on the 3rd of December, 2013", "the 3rd of December, 2013", "2013-12-03"),
    ("Wednesday, 3 December 2014", "Wednesday, 3 December 2014", "2014-12-03"),
    ("on Dec. 3 he", "Dec. 3", "2014-12-03"),
    ("dated 2014-12-03.", "2014-12-03", "2014-12-03"),
    ("dated 03.12.2014", "03.12.2014", "2014-12-03"),
    ("dated 12/31/2013", "12/31/2013", "2013-12-31"),
    ("on 20 December he", "20 December", "2014-12-20"),  # ten days ahead, not a year ago
    ("on 20 April he", "20 April", "2014-04-20"),
    ("said on Monday that", "Monday", "2014-12-08"),
    ("said on Wednesday that", "Wednesday", "2014-12-10"),
    ("last Wednesday", "last Wednesday", "2014-12-03"),
    ("next Monday", "next Monday", "2014-12-15"),
    ("will meet on Friday", "Friday", "2014-12-12"),
    ("yesterday", "yesterday", "2014-12-09"),
    ("Today the", "Today", "2014-12-10"),
    ("the day before yesterday", "the day before yesterday", "2014-12-08"),
    ("three days ago", "three days ago", "2014-12-07"),
    ("two days after its publication", "two days after", "2014-12-05"),
    ("a day earlier", "a day earlier", "2014-12-02"),
    ("the following day", "the following day", "2014-12-04"),
    ("May 9 parade", "May 9", "2014-05-09"),
    ("he will visit on 5 March", "5 March", "2015-03-05"),
    ("on the 8th, Baku", "8th", "2014-12-08"),
    ("the September 11 attacks", "September 11 attacks", "2001-09-11"),
]

SPANS = [
    ("the resumption this August, after", "2014-08-01", "2014-08-31", "month"),
    ("last August", "2014-08-01", "2014-08-31", "month"),
    ("next August", "2015-08-01", "2015-08-31", "month"),
    ("in August", "2014-08-01", "2014-08-31", "month"),
    ("the agreement from September", "2014-09-01", "2014-09-30", "month"),
    ("in May", "2014-05-01", "2014-05-31", "month"),
    ("in September 2013", "2013-09-01", "2013-09-30", "month"),
    ("by June", "2015-06-01", "2015-06-30", "month"),
    ("will be held in June", "2015-06-01", "2015-06-30", "month"),
    ("signed by Baku in June", "2014-06-01", "2014-06-30", "month"),
    ("had left by June", "2014-06-01", "2014-06-30", "month"),
    ("mid-May", "2014-05-11", "2014-05-20", "month"),
    ("in early June 2013", "2013-06-01", "2013-06-10", "month"),
    ("this week", "2014-12-08", "2014-12-14", "week"),
    ("last month", "2014-11-01", "2014-11-30", "month"),
    ("last year", "2013-01-01", "2013-12-31", "year"),
    ("cooperation in 2015, and", "2015-01-01", "2015-12-31", "year"),
    ("by 2016", "2016-01-01", "2016-12-31", "year"),
    ("between 2013 and 2015", "2013-01-01", "2015-12-31", "year"),
    ("in summer 2013", "2013-06-01", "2013-08-31", "season"),
    ("last winter", "2013-12-01", "2014-02-28", "season"),
    ("winter 2013-14", "2013-12-01", "2014-02-28", "season"),
    ("the end of the year", "2014-10-01", "2014-12-31", "season"),
    ("in late 2013", "2013-09-01", "2013-12-31", "season"),
    ("the first quarter of 2014", "2014-01-01", "2014-03-31", "season"),
    ("on 17-19 June", "2014-06-17", "2014-06-19", "day"),
    ("29 November - 2 December", "2014-11-29", "2014-12-02", "day"),
    ("from March to June 2014", "2014-03-01", "2014-06-30", "month"),
    ("over the weekend", "2014-12-06", "2014-12-07", "day"),
    ("over the last few months", "2014-07-10", "2014-12-10", "month"),
    ("a few days ago", "2014-12-05", "2014-12-08", "week"),
    ("in the 1990s", "1990-01-01", "1999-12-31", "year"),
]

NONE = [
    "it costs $12 and 5-4 and 9605 troops",
    "He may go and they march on in august company",
    "Theresa May said",
    "the Arab Spring and the fall of the government",
    "the 2004 tsunami",
    "Resolution 1929",
    "in 2000 soldiers",
    "the 3rd floor",
    "",
]

PROBLEMS = [
    ("on 31 February", "no 31 February"),
    ("on 30 February 2014", "no 30 February 2014"),
    ("on 03/04/2014", "ambiguous"),
    ("2014-13-01", "no month 13"),
    ("in 2011-12", "month or two years"),
    ("several months later", "too vague"),
]


@pytest.mark.parametrize(("sentence", "words", "meant"), DAYS)
def test_day(sentence: str, words: str, meant: str) -> None:
    (span,) = find_dates(sentence, PUBLISHED, anchor=ANCHOR)
    assert (span.text, span.first.isoformat(), span.precision) == (words, meant, "day")
    assert span.last == span.first
    assert sentence[span.start : span.end] == words


@pytest.mark.parametrize(("sentence", "first", "last", "precision"), SPANS)
def test_span(sentence: str, first: str, last: str, precision: str) -> None:
    (span,) = find_dates(sentence, PUBLISHED)
    assert (span.first.isoformat(), span.last.isoformat(), span.precision) == (
        first,
        last,
        precision,
    )


@pytest.mark.parametrize("sentence", NONE)
def test_no_date(sentence: str) -> None:
    scan = scan_dates(sentence, PUBLISHED)
    assert (scan.spans, scan.problems) == ([], [])


@pytest.mark.parametrize(("sentence", "reason"), PROBLEMS)
def test_problem(sentence: str, reason: str) -> None:
    problems: list[str] = []
    assert find_dates(sentence, PUBLISHED, problems=problems) == []
    assert len(problems) == 1
    assert reason in problems[0]


def test_prefer_decides_over_the_words() -> None:
    assert find_dates("on 5 March", PUBLISHED, prefer="future")[0].first == date(2015, 3, 5)
    assert find_dates("will on 5 March", PUBLISHED, prefer="past")[0].first == date(2014, 3, 5)
    assert find_dates("on 20 December", PUBLISHED, prefer="past")[0].first == date(2013, 12, 20)


def test_nothing_to_count_from() -> None:
    assert scan_dates("three years after the elections", PUBLISHED).problems == []
    assert len(scan_dates("he died two days later", PUBLISHED).problems) == 1


def test_leap_day_and_edges_of_the_calendar() -> None:
    assert find_dates("29 February", date(2014, 1, 1))[0].first == date(2012, 2, 29)
    for edge in (date.min, date.max):
        for sentence in [s for s, *_ in DAYS + SPANS]:
            scan_dates(sentence, edge)
            scan_dates(sentence, edge, prefer="future")


@pytest.mark.parametrize(
    "unit",
    [
        "3 December ",
        "a",
        "1-",
        "(2014 ",
        "the last ",
        "in ",
        "between 2013 and ",
        " ",
        "December ",
        "1 December to ",
        "early ",
        "1",
        "Monday, ",
        "will ",
        "the end of ",
        "2014-",
        "a few ",
    ],
)
def test_linear_time(unit: str) -> None:
    def cost(size: int) -> float:
        start = time.process_time()  # what the machine does besides is not the scan's
        scan_dates(unit * (size // len(unit)), PUBLISHED)
        return time.process_time() - start

    cost(10_000)
    assert cost(1_000_000) < 20
