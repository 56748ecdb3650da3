"""Days, weeks, months and seasons: the arithmetic behind dates in words.

Pure functions of ``datetime.date``. What does not exist in the calendar raises ``Unresolved``; what
lies outside the years 1 to 9999 raises ``ValueError`` or ``OverflowError``.
"""

from __future__ import annotations

import calendar
from dataclasses import dataclass
from datetime import date, timedelta

DAY = timedelta(days=1)
_SOON_DAYS = 31
"""Days ahead within which ``near`` looks; reports say the year of what is nearly a year ago."""


class Unresolved(Exception):  # noqa: N818 - a finding about the text, not an error of the program
    """Words that look like a date and are none, or more than one."""


@dataclass(frozen=True, slots=True)
class Period:
    """First and last day and the unit spoken in: day, week, month, season or year."""

    first: date
    last: date
    precision: str


@dataclass(frozen=True, slots=True)
class Context:
    """What a date is resolved against.

    ``future`` turns "latest" into "next". ``near`` prefers a day or month shortly after publication
    to one nearly a year before it: "the August 31 deadline" of 18 August is to come.
    """

    published: date
    anchor: date | None
    future: bool
    near: bool = False


def day(value: date) -> Period:
    """One day."""
    return Period(value, value, "day")


def month(year: int, number: int, precision: str = "month") -> Period:
    """One whole month."""
    end = calendar.monthrange(year, number)[1]
    return Period(date(year, number, 1), date(year, number, end), precision)


def months(year: int, first: int, last: int, precision: str) -> Period:
    """Whole months of one year."""
    return Period(month(year, first).first, month(year, last).last, precision)


def week(value: date, shift: int = 0) -> Period:
    """The week (Monday to Sunday) of a day, ``shift`` weeks on."""
    start = value - DAY * value.weekday() + 7 * DAY * shift
    return Period(start, start + 6 * DAY, "week")


def add_months(value: date, count: int) -> date:
    """Same day ``count`` months on, or the last day of that month."""
    year, number = divmod(value.year * 12 + value.month - 1 + count, 12)
    return date(year, number + 1, min(value.day, calendar.monthrange(year, number + 1)[1]))


def add(value: date, count: int, unit: str) -> date:
    """``count`` units (day, week, month, year, decade) on."""
    if unit == "day":
        return value + DAY * count
    if unit == "week":
        return value + 7 * DAY * count
    return add_months(value, count * {"month": 1, "year": 12, "decade": 120}[unit])


def around(value: date, unit: str) -> Period:
    """The unit around a day; decades are given as the year."""
    if unit == "day":
        return day(value)
    if unit == "week":
        return week(value)
    return month(value.year, value.month) if unit == "month" else year_of(value.year)


def year_of(year: int) -> Period:
    """One whole year."""
    return Period(date(year, 1, 1), date(year, 12, 31), "year")


def exact(year: int, number: int, of_month: int) -> date:
    """A day of the calendar, or ``Unresolved`` if there is none."""
    try:
        return date(year, number, of_month)
    except ValueError:
        raise Unresolved(f"there is no {of_month} {calendar.month_name[number]} {year}") from None


def _day_of(year: int, number: int, of_month: int) -> date | None:
    """A day of the calendar, or None if there is none."""
    if year > 9999 or of_month > calendar.monthrange(year, number)[1]:
        return None
    return date(year, number, of_month)


def nearest(number: int, of_month: int, context: Context) -> date:
    """Latest such day not after publication; with ``future`` the next not before it."""
    at = context.published
    if context.near and not context.future:
        ahead = [d for d in (_day_of(at.year + k, number, of_month) for k in (0, 1)) if d]
        if any(0 <= (d - at).days <= _SOON_DAYS for d in ahead):
            context = Context(at, context.anchor, future=True)
    step = 1 if context.future else -1
    for year in range(at.year, at.year + 9 * step, step):  # 29 February may be eight years off
        if not 1 <= year <= 9999 or of_month > calendar.monthrange(year, number)[1]:
            continue
        found = date(year, number, of_month)
        if (found >= context.published) if context.future else (found <= context.published):
            return found
    raise Unresolved(f"there is no {of_month} {calendar.month_name[number]}")


def nearest_month(number: int, context: Context) -> Period:
    """Latest such month begun by publication; with ``future`` the next not over."""
    year = context.published.year
    soon = context.near and number == context.published.month % 12 + 1
    if context.future or soon:
        return month(year + (number < context.published.month), number)
    return month(year - (number > context.published.month), number)
