"""The grammar of dates in English reports: forty rules, each a pattern and what it means.

Patterns begin with fixed words or digits and hold no nested repetition, so that a scan is linear.
Names of months and days are matched with their capital only: "may", "march" and "august" are other
words, and even "May" and "March" need a number or a word such as "in" beside them. A year that
names a thing ("the 2004 tsunami", "the war of 2008") is left alone: it tells which thing, not when
the event was.
"""

from __future__ import annotations

import calendar
import re
from dataclasses import dataclass

from tiltmeter.coding import date_meanings as mean
from tiltmeter.coding.date_meanings import Resolve

_NAMES = tuple(calendar.month_name)[1:]


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule: name, the cue without which it is not tried, pattern, and its meaning.

    ``named``: the span is the group "date" rather than the whole match.
    """

    name: str
    cue: str
    pattern: re.Pattern[str]
    resolve: Resolve
    named: bool = False


_M = (
    "(?:" + "|".join([*_NAMES, *(n.upper() for n in _NAMES)]) + "|(?:Jan|Feb|Mar|Apr|Jun|Jul|Aug"
    r"|Sept?|Oct|Nov|Dec)\b\.?)"
)
_FULL_M = "(?:" + "|".join([*_NAMES, *(n.upper() for n in _NAMES)]) + ")"
_CLEAR_M = "(?:" + "|".join(n for n in _NAMES if n not in ("May", "March", "August")) + ")"
_D = r"(?:[12]\d|3[01]|0?[1-9])(?:st|nd|rd|th)?(?![\d.,:]\d|\d)"
_ANY_D = r"\d{1,2}(?:st|nd|rd|th)?(?![\d.,:]\d|\d)"
_Y = r"(?:19|20)\d\d(?![\d,.:-]\d|\d|%)"
_YY = r"(?:19|20)\d\d"
_WD = "(?:" + "|".join(calendar.day_name) + ")"
_N = (
    r"(?:\d{1,3}|a couple of|couple of|a few|few|several|some|many|an?|one|two|three|four|five|six"
    r"|seven|eight|nine|ten|eleven|twelve)"
)
_UNIT = r"(?:day|week|month|year|decade)s?"
_TO = r"\s?(?:-|–|—|to|and|until|till|through)\s?"
_NOT_COUNTED = (
    r"(?!\s(?:people|persons|troops|soldiers|men|women|children|tonnes?|tons?|km|kilomet|miles|euros?"
    r"|dollars|million|billion|refugees|workers|members|police|barrels|seats|votes|jobs|percent|MW))"
)
_HALF = r"(?P<q>first|second|third|fourth|last|final)\s(?P<of>quarter|half)\sof\s"

CUES: dict[str, re.Pattern[str]] = {
    # the first letters spare most places the whole list
    "month": re.compile(rf"(?=[ADFJMNOS]){_M}"),
    "weekday": re.compile(rf"(?=[FMSTW]){_WD}"),
    "digit": re.compile(r"\d[-./]\d"),
    "year": re.compile(_YY),
    "unit": re.compile(r"\b(?:[Dd]ay|[Ww]eek|[Mm]onth|[Yy]ear|[Dd]ecade|weekend)s?\b"),
    "now": re.compile(
        r"\b(?:[Tt]o(?:day|night|morrow)|[Yy]esterday|[Tt]his|[Ll]ast|[Nn]ext|Christmas|New Year)\b"
    ),
    "season": re.compile(r"\b(?:[Ss]pring|[Ss]ummer|[Aa]utumn|[Ff]all|[Ww]inter)\b"),
    "ordinal": re.compile(r"\d(?:st|nd|rd|th)\b"),
}


def _rule(name: str, cue: str, pattern: str, resolve: Resolve) -> Rule:
    compiled = re.compile(rf"(?<![\w$€£.,-])(?:{pattern})(?!\w)")
    return Rule(name, cue, compiled, resolve, "date" in compiled.groupindex)


_OPT_WD = rf"(?:{_WD},?\s)?"
_OPT_Y = rf"(?:,?\s(?P<y>{_Y}))?"
_ASK = r"(?P<which>[Tt]his|[Ll]ast|[Nn]ext|[Pp]ast|[Pp]revious|[Cc]oming|[Cc]urrent)"
_PART = (
    r"(?P<part>[Ee]arly|[Mm]id|[Ll]ate|(?:the\s)?(?:beginning|start|middle|end)\sof"
    r"|(?:[Bb]eginning|[Ss]tart|[Mm]iddle|[Ee]nd)\sof)"
)
_IN = r"(?:[Ii]n|[Ss]ince|[Ff]rom|[Uu]ntil|[Tt]ill|[Bb]y|[Dd]uring|[Oo]f|[Tt]hroughout)"

RULES: tuple[Rule, ...] = (
    _rule("iso", "digit", rf"(?P<y>{_YY})-(?P<m>\d\d)-(?P<d>\d\d)(?!-?\d)", mean.of_iso),
    _rule("iso month", "digit", rf"(?P<y>{_YY})-(?P<m>\d\d)(?![-\d])", mean.of_iso_month),
    _rule(
        "numeric",
        "digit",
        rf"(?P<a>\d{{1,2}})(?P<mark>[./])(?P<b>\d{{1,2}})(?P=mark)(?P<y>{_YY})",
        mean.of_numeric,
    ),
    _rule(
        "day month",
        "month",
        rf"{_OPT_WD}(?:the\s)?(?P<d>{_ANY_D})\s(?:of\s)?(?P<m>{_M}){_OPT_Y}",
        mean.of_dated,
    ),
    _rule(
        "month day",
        "month",
        rf"{_OPT_WD}(?P<m>{_M})\s(?:the\s)?(?P<d>{_ANY_D}){_OPT_Y}",
        mean.of_dated,
    ),
    _rule(
        "days of month",
        "month",
        rf"(?P<d>{_ANY_D}){_TO}(?P<d2>{_ANY_D})\s(?:of\s)?(?P<m>{_M}){_OPT_Y}",
        mean.of_dated,
    ),
    _rule(
        "month days",
        "month",
        rf"(?P<m>{_M})\s(?P<d>{_ANY_D}){_TO}(?P<d2>{_ANY_D})(?!\s{_M}){_OPT_Y}",
        mean.of_dated,
    ),
    _rule(
        "day month to day month",
        "month",
        rf"(?P<d>{_ANY_D})\s(?P<m>{_M}){_TO}(?P<d2>{_ANY_D})\s(?P<m2>{_M}){_OPT_Y}",
        mean.of_dated,
    ),
    _rule(
        "month day to month day",
        "month",
        rf"(?P<m>{_M})\s(?P<d>{_ANY_D}){_TO}(?P<m2>{_M})\s(?P<d2>{_ANY_D}){_OPT_Y}",
        mean.of_dated,
    ),
    _rule(
        "11 September",
        "month",
        r"September\s11(?:th)?(?:,\s2001,?)?\s(?:terrorist\s)?attacks?",
        mean.of_september_11,
    ),
    _rule("month year", "month", rf"(?P<m>{_M}),?\s(?:of\s)?(?P<y>{_Y})", mean.of_month_year),
    _rule(
        "months",
        "month",
        rf"(?P<m>{_FULL_M}){_TO}(?P<m2>{_FULL_M})(?:,?\s(?:of\s)?(?P<y>{_Y}))?",
        mean.of_months,
    ),
    _rule(
        "in month", "month", rf"{_IN}\s(?P<date>(?P<m>{_FULL_M}))(?!\s\d|['’-])", mean.of_bare_month
    ),
    _rule("month", "month", rf"(?P<m>{_CLEAR_M})(?!\s\d)", mean.of_bare_month),
    _rule("which month", "month", rf"{_ASK}\s(?P<m>{_FULL_M})(?!\s\d)", mean.of_which_month),
    _rule(
        "part of month",
        "month",
        rf"{_PART}[\s-](?P<m>{_M})(?:,?\s(?:of\s)?(?P<y>{_Y}))?(?!\s\d\d?\b)",
        mean.of_part_of_month,
    ),
    _rule("weekday", "weekday", rf"(?:{_ASK}\s)?(?P<w>{_WD})(?!s\b)", mean.of_weekday),
    _rule(
        "near day",
        "now",
        r"[Tt]oday|[Tt]onight|[Tt]his\s(?:morning|afternoon|evening)|[Yy]esterday|[Ll]ast\snight"
        r"|[Tt]he\sday\sbefore\syesterday|[Tt]omorrow|[Tt]he\sday\safter\stomorrow",
        mean.of_near,
    ),
    _rule(
        "this unit",
        "unit",
        r"(?P<which>[Tt]his|[Ll]ast|[Nn]ext|[Pp]revious|[Cc]urrent)\s(?P<u>week|month|year)",
        mean.of_this_unit,
    ),
    _rule(
        "weekend",
        "unit",
        r"(?:[Oo]ver\s|[Aa]t\s)?(?:the\s|(?P<which>[Tt]his|[Ll]ast|[Nn]ext)\s)weekend",
        mean.of_weekend,
    ),
    _rule("ago", "unit", rf"(?P<n>{_N})\s(?P<u>{_UNIT})\sago", mean.of_ago),
    _rule(
        "A ago", "unit", rf"(?P<n>An?|Two|Three|Four|Five|Six)\s(?P<u>{_UNIT})\sago", mean.of_ago
    ),
    _rule(
        "later",
        "unit",
        rf"(?P<n>{_N}|A|Two|Three|Four|Five|Six|Several)\s(?P<u>{_UNIT})"
        r"\s(?P<way>later|after|earlier|before|previously)",
        mean.of_later,
    ),
    _rule(
        "beside",
        "unit",
        r"(?:[Tt]he|[Tt]hat)\s(?P<which>next|following|same|previous|preceding)\s(?P<u>day|week|month|year)",
        mean.of_beside,
    ),
    _rule(
        "recent",
        "unit",
        rf"(?:[Tt]he\s)?(?P<which>[Ll]ast|[Pp]ast|[Nn]ext|[Cc]oming|recent)\s(?:(?P<n>{_N})\s)?(?P<u>"
        r"(?:day|week|month|year|decade)s)",
        mean.of_recent,
    ),
    _rule(
        "the past unit",
        "unit",
        r"(?:[Oo]ver|[Dd]uring|[Ii]n|[Ff]or|[Ww]ithin)\s"
        r"(?P<date>the\s(?P<which>last|past|next|coming)\s(?P<n>)(?P<u>week|month|year|decade))",
        mean.of_recent,
    ),
    _rule(
        "past unit",
        "unit",
        r"(?:the\s)?(?P<which>past)\s(?P<n>)(?P<u>week|month|year|decade)",
        mean.of_recent,
    ),
    _rule(
        "within",
        "unit",
        rf"(?:[Ww]ithin)\s(?:the\snext\s)?(?P<n>{_N})\s(?P<u>{_UNIT})",
        mean.of_within,
    ),
    _rule(
        "end of unit",
        "unit",
        r"(?P<part>(?:the\s)?(?:end|beginning|start|middle)\sof)\s(?:the|this)\s(?P<u>week|month)",
        mean.of_end_of_unit,
    ),
    _rule(
        "part of this year",
        "unit",
        r"(?P<part>(?:the\s)?(?:end|beginning|start|middle)\sof)\s(?P<y>(?:the|this)\syear)",
        mean.of_part_of_year,
    ),
    _rule(
        "year's end",
        "unit",
        r"(?P<y>the\syear|year)[’']s\s(?P<part>end|beginning|start)",
        mean.of_part_of_year,
    ),
    _rule("year-end", "unit", r"(?P<y>year)-(?P<part>end)", mean.of_part_of_year),
    _rule("part of year", "year", rf"{_PART}[\s-](?P<y>{_Y}){_NOT_COUNTED}", mean.of_part_of_year),
    _rule("fraction of year", "year", rf"(?:the\s)?{_HALF}(?P<y>{_Y})", mean.of_fraction),
    _rule(
        "fraction of this year",
        "unit",
        rf"(?:the\s)?{_HALF}(?P<y>the\syear|this\syear)",
        mean.of_fraction,
    ),
    _rule(
        "in year",
        "year",
        r"(?:[Ii]n|[Bb]y|[Ss]ince|[Uu]ntil|[Tt]ill|[Ff]rom|[Dd]uring|[Tt]hrough|[Tt]hroughout|[Bb]efore"
        rf"|[Aa]fter|course\sof|[Ff]or|[Yy]ear)\s(?P<date>(?P<y>{_Y})){_NOT_COUNTED}",
        mean.of_year,
    ),
    _rule("year in brackets", "year", rf"\((?P<date>(?P<y>{_Y}))(?=[);,])", mean.of_year),
    _rule(
        "years",
        "year",
        rf"(?P<y>{_YY})(?:\s?[-–]\s?|\s(?:to|until)\s)(?P<y2>{_YY}|(?<=–)\d\d)(?![\d-])",
        mean.of_years,
    ),
    _rule("years named", "year", rf"between\s(?P<y>{_YY})\sand\s(?P<y2>{_YY})", mean.of_years),
    _rule("decade", "year", r"(?:the\s)?(?P<y>(?:19|20)\d0)s", mean.of_decade),
    _rule(
        "season year",
        "season",
        rf"(?P<which>)(?P<s>[Ss]pring|[Ss]ummer|[Aa]utumn|[Ff]all|[Ww]inter)\s(?:of\s)?(?P<y>{_Y})",
        mean.of_season,
    ),
    _rule(
        "winter",
        "season",
        rf"[Ww]inter\s(?:of\s)?(?P<y>{_YY})[-–/](?P<y2>\d\d(?:\d\d)?)",
        mean.of_winter,
    ),
    _rule(
        "season",
        "season",
        r"(?:[Ii]n\s(?:the\s)?|{ask}\s)(?P<s>spring|summer|autumn|fall|winter)(?P<y>)(?!\sof\b)".replace(
            "{ask}", _ASK
        ),
        mean.of_season,
    ),
    _rule(
        "ordinal",
        "ordinal",
        r"[Oo]n\sthe\s(?P<date>(?P<d>\d{1,2}(?:st|nd|rd|th)))(?=[,.;)]|$)",
        mean.of_ordinal,
    ),
    _rule("feast", "now", r"(?P<f>Christmas(?:\sDay)?|New\sYear[’']s\s(?:Day|Eve))", mean.of_feast),
)
