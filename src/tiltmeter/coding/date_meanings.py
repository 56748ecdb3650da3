"""What the rules for dates mean: one function per kind of expression.

Each takes the match of its rule and the context and returns a ``Period``, or raises ``Unresolved``
with the reason. Groups of the patterns: y, m, d year, month, day; y2, m2, d2 the end of a range;
n count, u unit, w weekday, s season; which: this, last, next; part: early, mid, end.
"""

from __future__ import annotations

import calendar
import re
from collections.abc import Callable
from datetime import date

from tiltmeter.coding.date_calendar import (
    DAY,
    Context,
    Period,
    Unresolved,
    add,
    add_months,
    around,
    day,
    exact,
    month,
    months,
    nearest,
    nearest_month,
    week,
    year_of,
)

Resolve = Callable[["re.Match[str]", Context], Period | None]

MONTHS = {n.lower(): k for k, n in enumerate(calendar.month_abbr) if n} | {"sept": 9}
MONTHS |= {n.lower(): k for k, n in enumerate(calendar.month_name) if n}
_WEEKDAYS = {name.lower(): n for n, name in enumerate(calendar.day_name)}
_COUNTS = {
    w: n
    for n, w in enumerate(
        ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"]
    )
} | {"a": 1, "an": 1, "eleven": 11, "twelve": 12, "a couple of": 2, "couple of": 2}
_VAGUE = {"a few": (2, 5), "few": (2, 5), "several": (3, 7), "some": (2, 5), "many": (5, 12)}
"""Least and most that is meant: our reading, wide on purpose."""
_SEASONS = {"spring": (3, 5), "summer": (6, 8), "autumn": (9, 11), "fall": (9, 11)}
"""First and last month, northern hemisphere; winter spans two years and is done by itself."""
_QUARTERS = {"first": 1, "second": 2, "third": 3, "fourth": 4, "last": 4, "final": 4}


def _month_number(words: str) -> int:
    return MONTHS[words.rstrip(".").lower()]


def _int(words: str) -> int:
    return int(re.sub(r"\D", "", words))


def _range(words: str | None) -> tuple[int, int]:
    """Least and most of a count in words or digits."""
    words = (words or "one").lower()
    if words in _VAGUE:
        return _VAGUE[words]
    count = int(words) if words.isdigit() else _COUNTS[words]
    return count, count


def _unit(words: str) -> str:
    return words.lower().removesuffix("s")


def of_iso(m: re.Match[str], c: Context) -> Period:
    """2014-12-03."""
    return day(exact(int(m["y"]), _valid_month(m["m"]), int(m["d"])))


def _valid_month(words: str) -> int:
    if not 1 <= int(words) <= 12:
        raise Unresolved(f"there is no month {words}")
    return int(words)


def of_iso_month(m: re.Match[str], c: Context) -> Period:
    """2014-12 is a month, 2013-14 two years, 2011-12 either."""
    year, second = int(m["y"]), int(m["m"])
    if second == (year + 1) % 100:
        if second <= 12:
            raise Unresolved(f"{m[0]} can be a month or two years")
        return Period(date(year, 1, 1), date(year + 1, 12, 31), "year")
    return month(year, _valid_month(m["m"]))


def of_numeric(m: re.Match[str], c: Context) -> Period:
    """03.12.2014 and 13/12/2014; 03/04/2014 is two dates."""
    first, second, year = int(m["a"]), int(m["b"]), int(m["y"])
    if m["mark"] == "." or first > 12 or first == second:
        return day(exact(year, _valid_month(m["b"]), first))
    if second > 12:
        return day(exact(year, first, second))
    raise Unresolved(f"{m[0]} is ambiguous: day first or month first")


def of_dated(m: re.Match[str], c: Context) -> Period:
    """Day and month with or without year, either order; a range if there is a second day."""
    number, first = _month_number(m["m"]), _int(m["d"])
    groups = m.groupdict()
    second = _int(groups["d2"]) if groups.get("d2") else first
    last_number = _month_number(groups["m2"]) if groups.get("m2") else number
    if m["y"]:
        year = int(m["y"])
        end = exact(year, last_number, second)
        start = exact(year - (last_number < number), number, first)
    else:
        end = nearest(last_number, second, c)
        start = exact(end.year - (last_number < number), number, first)
    if start > end:
        raise Unresolved(f"{m[0]} ends before it begins")
    return Period(start, end, "day")


def of_month_year(m: re.Match[str], c: Context) -> Period:
    """September 2013."""
    return month(int(m["y"]), _month_number(m["m"]))


def of_months(m: re.Match[str], c: Context) -> Period:
    """March to June; from November to February."""
    first, last = _month_number(m["m"]), _month_number(m["m2"])
    end = month(int(m["y"]), last) if m["y"] else nearest_month(last, c)
    start = month(end.first.year - (last < first), first)
    return Period(start.first, end.last, "month")


def of_bare_month(m: re.Match[str], c: Context) -> Period:
    """In August: the latest begun by publication."""
    return nearest_month(_month_number(m["m"]), c)


def of_which_month(m: re.Match[str], c: Context) -> Period:
    """This (of the same year), last or next August."""
    number, which, at = _month_number(m["m"]), m["which"].lower(), c.published
    if which == "this":
        return month(at.year, number)
    if which in ("next", "coming"):
        return month(at.year + (number <= at.month), number)
    return month(at.year - (number >= at.month), number)


def of_part_of_month(m: re.Match[str], c: Context) -> Period:
    """Early, mid, late May: thirds of the month."""
    number = _month_number(m["m"])
    whole = month(int(m["y"]), number) if m["y"] else nearest_month(number, c)
    first, last = _third(m["part"], whole.last.day)
    return Period(whole.first.replace(day=first), whole.first.replace(day=last), "month")


def _third(part: str, end: int) -> tuple[int, int]:
    """First and last day meant by early, mid and late (thirds of a month)."""
    part = part.lower()
    if part.startswith(("early", "the beg", "the sta", "beg", "sta")):
        return 1, 10
    return (11, 20) if part.startswith(("mid", "the mid")) else (21, end)


def of_part_of_year(m: re.Match[str], c: Context) -> Period:
    """Early 2014 (January to April), mid-2014, late 2014, the end of the year."""
    words = m["y"]
    year = int(words) if words.isdigit() else c.published.year
    part = m["part"].lower()
    if part.startswith(("early", "the beg", "the sta", "beg", "sta")):
        return months(year, 1, 4, "season")
    if part.startswith(("mid", "the mid")):
        return months(year, 5, 8, "season")
    return months(year, 10 if "end" in part else 9, 12, "season")


def of_fraction(m: re.Match[str], c: Context) -> Period:
    """First quarter, second half of a year."""
    year = int(m["y"]) if m["y"].isdigit() else c.published.year
    number = _QUARTERS[m["q"].lower()]
    if m["of"] == "half":
        return months(year, 1, 6, "season") if number == 1 else months(year, 7, 12, "season")
    return months(year, 3 * number - 2, 3 * number, "season")


def of_weekday(m: re.Match[str], c: Context) -> Period:
    """Monday: the latest, publication day included; last Monday excludes it."""
    number = _WEEKDAYS[m["w"].lower()]
    which = (m["which"] or "").lower()
    back = (c.published.weekday() - number) % 7
    if which in ("next", "coming") or (c.future and not which):
        return day(c.published + DAY * ((7 - back) if back or which else 0))
    if which in ("last", "past", "previous"):
        return day(c.published - DAY * (back or 7))
    return day(c.published - DAY * back)


_NEAR = {
    "today": 0, "tonight": 0, "this morning": 0, "this afternoon": 0, "this evening": 0,
    "yesterday": -1, "last night": -1, "the day before yesterday": -2,
    "tomorrow": 1, "the day after tomorrow": 2,
}  # fmt: skip


def of_near(m: re.Match[str], c: Context) -> Period:
    """Today, yesterday, tomorrow and the like."""
    return day(c.published + DAY * _NEAR[m[0].lower()])


def of_this_unit(m: re.Match[str], c: Context) -> Period:
    """This, last or next week, month or year."""
    shift = {"this": 0, "current": 0, "next": 1, "coming": 1}.get(m["which"].lower(), -1)
    return around(add(c.published, shift, _unit(m["u"])), _unit(m["u"]))


def of_weekend(m: re.Match[str], c: Context) -> Period:
    """The weekend before publication, or the one named."""
    which = (m["which"] or "").lower()
    saturday = week(c.published).first + 5 * DAY
    if which == "next":
        saturday += 7 * DAY
    elif which == "last" or (saturday > c.published and not c.future and which != "this"):
        saturday -= 7 * DAY
    return Period(saturday, saturday + DAY, "day")


def of_ago(m: re.Match[str], c: Context) -> Period:
    """Three days ago; a vague count gives the span of what it may mean."""
    least, most = _range(m["n"])
    unit = _unit(m["u"])
    first, last = add(c.published, -most, unit), add(c.published, -least, unit)
    if unit == "day" and least == most:
        return day(last)
    return Period(around(first, unit).first, around(last, unit).last, _precision(unit))


def _precision(unit: str) -> str:
    """Precision of a count of units; a vague count of days is a week."""
    return {"day": "week", "decade": "year"}.get(unit, unit)


def of_later(m: re.Match[str], c: Context) -> Period | None:
    """Two days later or earlier, counted from the anchor.

    Without an anchor, "three years after the elections" says how things lie, not when: None.
    """
    least, most = _range(m["n"])
    if c.anchor is None and m["way"] in ("after", "before"):
        return None
    if least != most:
        raise Unresolved(f"{m[0]!r} is too vague to count from")
    unit, back = _unit(m["u"]), m["way"].lower() in ("earlier", "before", "previously")
    return _counted(add(c.anchor or c.published, -least if back else least, unit), unit, c)


def _counted(value: date, unit: str, c: Context) -> Period:
    if not c.future and value > c.published:
        raise Unresolved("counted from the event before it, it lies after publication")
    return around(value, unit)


def of_beside(m: re.Match[str], c: Context) -> Period:
    """The next, same or previous day, week, month or year, from the anchor."""
    which, unit = m["which"].lower(), _unit(m["u"])
    shift = 1 if which in ("next", "following") else 0 if which == "same" else -1
    return _counted(add(c.anchor or c.published, shift, unit), unit, c)


def of_recent(m: re.Match[str], c: Context) -> Period:
    """The last few months, the coming weeks: a span up to or from publication."""
    unit, ahead = _unit(m["u"]), m["which"].lower() in ("next", "coming")
    _, most = _range(m["n"]) if m["n"] else (0, 4 if m["u"].endswith("s") else 1)
    edge = add(c.published, most if ahead else -most, unit)
    first, last = (c.published, edge) if ahead else (edge, c.published)
    return Period(first, last, _precision(unit))


def of_within(m: re.Match[str], c: Context) -> Period:
    """Within three days: a span from publication."""
    _, most = _range(m["n"])
    return Period(c.published, add(c.published, most, _unit(m["u"])), _precision(_unit(m["u"])))


def of_year(m: re.Match[str], c: Context) -> Period:
    """In 2015."""
    return year_of(int(m["y"]))


def of_years(m: re.Match[str], c: Context) -> Period:
    """2013-2015, 2013–14, from 2013 to 2015."""
    first, second = int(m["y"]), m["y2"]
    last = int(second) if len(second) == 4 else first - first % 100 + int(second)
    if last < first:
        raise Unresolved(f"{m[0]} ends before it begins")
    return Period(date(first, 1, 1), date(last, 12, 31), "year")


def of_decade(m: re.Match[str], c: Context) -> Period:
    """The 1990s."""
    first = int(m["y"])
    return Period(date(first, 1, 1), date(first + 9, 12, 31), "year")


def of_season(m: re.Match[str], c: Context) -> Period:
    """Summer 2013, in the summer, last winter."""
    name, which = m["s"].lower(), (m["which"] or "").lower()
    if m["y"]:
        year = int(m["y"])
        if name == "winter":  # winter 2013 is either end of it: both are given
            return year_of(year)
        return months(year, *_SEASONS[name], "season")
    candidates = [_season_of(name, c.published.year + k) for k in (-2, -1, 0, 1, 2)]
    over = [p for p in candidates if p.last < c.published]
    begun = [p for p in candidates if p.first <= c.published]
    to_come = [p for p in candidates if p.first > c.published]
    if which in ("next", "coming") or (c.future and which != "last"):
        return to_come[0]
    if which in ("last", "past", "previous"):
        return over[-1]
    if which == "this":
        return next(p for p in candidates if p.last.year >= c.published.year)
    return begun[-1]


def _season_of(name: str, year: int) -> Period:
    if name == "winter":
        return Period(date(year, 12, 1), month(year + 1, 2).last, "season")
    return months(year, *_SEASONS[name], "season")


def of_winter(m: re.Match[str], c: Context) -> Period:
    """Winter 2013-14."""
    year = int(m["y"])
    if int(m["y2"]) % 100 != (year + 1) % 100:
        raise Unresolved(f"{m[0]} is no winter")
    return _season_of("winter", year)


def of_ordinal(m: re.Match[str], c: Context) -> Period:
    """On the 17th."""
    of_month, at = _int(m["d"]), c.published
    for count in range(4):
        first = add_months(at.replace(day=1), count if c.future else -count)
        if of_month <= calendar.monthrange(first.year, first.month)[1]:
            found = first.replace(day=of_month)
            if (found >= at) if c.future else (found <= at):
                return day(found)
    raise Unresolved(f"there is no {of_month} of the month")


def of_feast(m: re.Match[str], c: Context) -> Period:
    """Christmas, New Year's Eve, New Year's Day."""
    words = m["f"].lower()
    if words.startswith("christmas"):
        return day(nearest(12, 25, c))
    return day(nearest(1, 1, c) if words.endswith("day") else nearest(12, 31, c))


def of_september_11(m: re.Match[str], c: Context) -> Period:
    """The attacks of 11 September are those of 2001, whatever the year."""
    return day(date(2001, 9, 11))


def of_end_of_unit(m: re.Match[str], c: Context) -> Period:
    """End of the week or the month."""
    unit = m["u"].lower()
    if unit == "week":
        whole = week(c.published)
        return Period(whole.last - 2 * DAY, whole.last, "week")
    whole = month(c.published.year, c.published.month)
    first, last = _third(m["part"], whole.last.day)
    return Period(whole.first.replace(day=first), whole.first.replace(day=last), "month")
