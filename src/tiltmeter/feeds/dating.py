"""When a text was published: reading dates as people write them, and choosing between them.

Order of trust: what the record, front matter, page or mail header says; a dateline at the head of
the text; the file name; the ``--date`` option; a bare year in the file name; when the file was
saved (PDF and Word properties). A coarser date is refined by a finer one below it that lies within
it, so that ``2014`` in a header and ``2014-12-03`` in the file name give 3 December 2014.

A date of a month or year is held as the **last** day of it: the latest the text can have been
published, against which "in August" in the text is resolved.
"""

from __future__ import annotations

import calendar
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from tiltmeter.feeds.drafts import DateHint, Part, TextOptions

MONTHS: dict[str, int] = {
    name.lower(): number
    for number in range(1, 13)
    for name in (calendar.month_name[number], calendar.month_abbr[number])
} | {"sept": 9}
EARLIEST = date(1900, 1, 1)
_AHEAD = timedelta(days=366)
_FINENESS = {"year": 0, "month": 1, "day": 2}

_MONTH = (
    r"(Jan(?:uary)?|Feb(?:ruary)?|Mar(?:ch)?|Apr(?:il)?|May|June?|July?|Aug(?:ust)?"
    r"|Sept?(?:ember)?|Oct(?:ober)?|Nov(?:ember)?|Dec(?:ember)?)(?![A-Za-z])\.?"
)
_WEEKDAY = r"(?:(?:Mon|Tues?|Wed(?:nes)?|Thu(?:rs)?|Fri|Sat(?:ur)?|Sun)(?:day)?\.?,?\s+)?"
_YEAR = r"((?:1[89]|20)\d\d)"
_I = re.IGNORECASE
_NTH = r"(\d{1,2})(?:st|nd|rd|th)?"
_DMY = re.compile(rf"(?<!\d){_NTH}[\s_-]+(?:of\s+)?{_MONTH},?[\s_-]*{_YEAR}(?!\d)", _I)
_MDY = re.compile(rf"(?<![A-Za-z]){_MONTH}[\s_-]+{_NTH},?[\s_-]+{_YEAR}(?!\d)", _I)
_MY = re.compile(rf"(?<![A-Za-z]){_MONTH},?[\s_-]*{_YEAR}(?!\d)", _I)
_YMD = re.compile(rf"(?<!\d){_YEAR}([-./_ ])(\d{{1,2}})\2(\d{{1,2}})(?!\d)")
_COMPACT = re.compile(rf"(?<!\d){_YEAR}([01]\d)([0-3]\d)(?!\d)")
_YM = re.compile(rf"(?<!\d){_YEAR}[-./_](0[1-9]|1[0-2])(?![-./_]?\d)")
_NUMERIC = re.compile(r"(?<!\d)(\d{1,2})([-./])(\d{1,2})\2((?:1[89]|20)\d\d)(?!\d)")
_LONE_YEAR = re.compile(rf"(?<![A-Za-z\d]){_YEAR}(?![A-Za-z\d])")
_ISO_START = re.compile(rf"{_YEAR}-(\d\d)-(\d\d)(?:[T ]|$)")
_PDF_STAMP = re.compile(rf"D:{_YEAR}(\d\d)(\d\d)")

_FULL = rf"{_WEEKDAY}(?:{_NTH}\s+{_MONTH},?\s+{_YEAR}|{_MONTH}\s+\d{{1,2}},?\s+{_YEAR})"
_PLACE = r"(?:[A-Z][\w'’.-]{0,30}(?:[ ,/]{1,2}|$)){1,6}"
_AGENCY = r"\([A-Z][\w .'’/-]{1,30}\)"
_DATELINE = re.compile(
    rf"(?:(?:Published|Posted|Date|Updated|Issued)(?: on)?:? )?(?:{_PLACE})?(?:{_AGENCY},? ?)?"
    rf"(?:[-–—:|]+ )?(?P<date>{_FULL}|{_YEAR}-\d\d-\d\d)(?P<after>.{{0,40}})"
)
_AFTER = re.compile(rf"\s*(?:{_AGENCY}|\([A-Z/ ]+\))?\s*(?:[-–—:|]|/\S|$)")


@dataclass(frozen=True, slots=True)
class Dated:
    """A date understood: last day of its period, precision (day, month, year), and the period."""

    first: date
    last: date
    precision: str
    origin: str = ""


@dataclass(frozen=True, slots=True)
class Unusable:
    """Words that look like a date but cannot be one, and why."""

    why: str


def parse_date(value: object) -> Dated | str:
    """Understand a date that stands alone in a field, or say in one sentence why not.

    ISO 8601 (with or without time), RFC 2822, "3 December 2014", "December 3, 2014", "03.12.2014"
    (points: day first, as everywhere they are written), "2014-12", "December 2014" and "2014" are
    understood. "03/04/2014" is not: it is two dates. Times and zones are dropped: the day is that
    of the place of publication.
    """
    if isinstance(value, date):
        return Dated(value, value, "day")
    text = str(value).strip()[:100]
    if found := _ISO_START.match(text):
        return _day(int(found[1]), int(found[2]), int(found[3]), text)
    if re.fullmatch(_YEAR, text):
        return Dated(date(int(text), 1, 1), date(int(text), 12, 31), "year")
    if (found := _PDF_STAMP.match(text)) or (found := _COMPACT.match(text)):
        return _day(int(found[1]), int(found[2]), int(found[3]), text)
    return find_date(text) or f"date {text!r} cannot be read"


def find_date(text: str) -> Dated | str | None:
    """Find the first full date or month within ``text``; a sentence if there is one but unusable.

    Lone years are not looked for: they are too often something else.
    """
    if found := _YMD.search(text):
        return _day(int(found[1]), int(found[3]), int(found[4]), found[0])
    if found := _DMY.search(text):
        return _day(int(found[3]), MONTHS[found[2].lower()], int(found[1]), found[0])
    if found := _MDY.search(text):
        return _day(int(found[3]), MONTHS[found[1].lower()], int(found[2]), found[0])
    if found := _NUMERIC.search(text):
        return _numeric(int(found[1]), int(found[3]), int(found[4]), found[2], found[0])
    if found := _COMPACT.search(text):
        return _day(int(found[1]), int(found[2]), int(found[3]), found[0])
    if found := _MY.search(text):
        return month_of(int(found[2]), MONTHS[found[1].lower()])
    if found := _YM.search(text):
        return month_of(int(found[1]), int(found[2]))
    return None


def _day(year: int, month: int, day: int, words: str) -> Dated | str:
    try:
        value = date(year, month, day)
    except ValueError:
        return f"there is no day {words!r}"
    return Dated(value, value, "day")


def _numeric(first: int, second: int, year: int, mark: str, words: str) -> Dated | str:
    if mark == "." or first > 12 or first == second:
        return _day(year, second, first, words)
    if second > 12:
        return _day(year, first, second, words)
    return (
        f"date {words!r} is ambiguous ({first} {calendar.month_name[second]} or "
        f"{second} {calendar.month_name[first]})"
    )


def month_of(year: int, month: int) -> Dated:
    """Return the period of one month."""
    end = calendar.monthrange(year, month)[1]
    return Dated(date(year, month, 1), date(year, month, end), "month")


def dateline(parts: Iterable[Part]) -> DateHint | None:
    """Find a dateline at the head of the first three parts.

    "3 December 2014" alone, "Baku, 3 December 2014 -", "BAKU (AP) - Dec. 3, 2014:" are datelines;
    "On 3 December 2014 the parliament" is not. A dateline without a year is none: it cannot be
    resolved before the date of publication is known, which is what is looked for.
    """
    for part, _ in zip(parts, range(3), strict=False):
        found = _DATELINE.match(part.text[:250])
        if found and _AFTER.match(found["after"]):
            return DateHint("dateline", found["date"])
    return None


def name_hints(path: str) -> tuple[DateHint, ...]:
    """Dates in a file name; failing that, in the folders and archives it lies in.

    ``path`` uses '/' and '!' as separators. A bare year comes last and weak, and only if it is the
    only one in the name ("2002-2015" is a span) and after 1945 (1929 is rather a resolution).
    """
    steps = [re.sub(r"\.[A-Za-z]{1,5}$", "", s) for s in re.split(r"[/!]", path)]
    hints = []
    for words in (steps[-1], "-".join(steps[:-1])):
        found = find_date(words.replace("_", "-"))
        if found is not None:
            # words that look like a date and are none are told by whoever chooses
            held = found if isinstance(found, Dated) else Unusable(f"file name: {found}")
            hints.append(DateHint("file_name", held))
            break
    for words in (steps[-1], "-".join(steps[:-1])):
        years = set(_LONE_YEAR.findall(words.replace("_", " ")))
        if len(years) == 1 and (year := int(years.pop())) > 1945:
            year_span = Dated(date(year, 1, 1), date(year, 12, 31), "year")
            hints.append(DateHint("file_name", year_span, weak=True))
            break
    return tuple(hints)


def choose(
    hints: Iterable[DateHint], options: TextOptions, today: date
) -> tuple[Dated | None, list[str]]:
    """Choose the date of publication from hints in order of trust.

    Returns:
        The date, or None if no hint gives one, and one sentence per hint that was no use.
    """
    strong: list[DateHint] = []
    weak: list[DateHint] = []
    for hint in hints:
        (weak if hint.weak else strong).append(hint)
    if options.date is not None:
        strong.append(DateHint("option", options.date))
    chosen: Dated | None = None
    problems: list[str] = []
    for hint in [*strong, *weak]:
        if chosen is not None and (hint.weak or chosen.precision == "day"):
            break
        if isinstance(hint.value, Unusable):
            found: Dated | str = hint.value.why
        else:
            found = hint.value if isinstance(hint.value, Dated) else parse_date(hint.value)
        if isinstance(found, Dated) and not EARLIEST <= found.first <= today + _AHEAD:
            found = f"date {found.first} lies before 1900 or more than a year ahead"
        if isinstance(found, str):
            problems.append(found)
        elif chosen is None or (
            _FINENESS[found.precision] > _FINENESS[chosen.precision]
            and chosen.first <= found.first
            and found.last <= chosen.last
        ):
            chosen = Dated(found.first, found.last, found.precision, hint.origin)
    return chosen, list(dict.fromkeys(problems))
