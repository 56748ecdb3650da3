"""English for names, months and lists."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Final

from tiltmeter.knowledge.states import load_states, state

_MONTHS: Final = (
    "January February March April May June July August September October November December".split()
)
_POLE_NAMES: Final = {
    "USA": "the United States",
    "EU": "the EU",
    "WEST": "the West",
    "EAEU": "the Eurasian Economic Union",
    "NATO": "NATO",
    "CIS": "the CIS",
    "BRICS": "the BRICS",
    "RUS": "Russia",
    "CHN": "China",
    "TUR": "Turkey",
    "IRN": "Iran",
}
_ORGANISATIONS: Final = {"EUR": "EU"}
_ACTS: Final = {
    "AGREE": "agrees or plans with",
    "CONSULT": "meets",
    "SUPPORT": "supports or signs with",
    "CONCEDE": "yields to",
    "COOPERATE": "cooperates with",
    "AID": "aids",
    "RETREAT": "relents towards",
    "REQUEST": "makes a demand of",
    "ACCUSE": "accuses",
    "REJECT": "rebuffs",
    "THREATEN": "threatens",
    "PROTEST": "protests against",
    "SANCTION": "sanctions or cuts ties with",
    "MOBILIZE": "moves forces against",
    "COERCE": "coerces",
    "ASSAULT": "uses force against",
}
DOMAIN_TITLES: Final = {
    "overall": "Overall",
    "political": "Politics",
    "security": "Security",
    "economic": "Economy",
    "energy": "Energy",
    "society": "Society",
}
DOMAIN_PHRASES: Final = {
    "overall": "overall",
    "political": "in politics",
    "security": "in security",
    "economic": "in the economy",
    "energy": "in energy",
    "society": "in society (rights, media, civil society)",
}


def pole_name(name: str) -> str:
    """A pole as it stands in a sentence: "the West", "Russia"."""
    if name in _POLE_NAMES:
        return _POLE_NAMES[name]
    return state_name(name)


def state_name(code: str) -> str:
    """A state as it stands in a sentence; organisations keep their code."""
    if code in _ORGANISATIONS:
        return _ORGANISATIONS[code]
    if any(s.iso3 == code for s in load_states()):
        return state(code).name
    return code


def act(event_type: str) -> str:
    """What an event type does, as a verb phrase."""
    return _ACTS[event_type]


def month_name(day: date) -> str:
    """August 2013."""
    return f"{_MONTHS[day.month - 1]} {day.year}"


def day_name(day: date, precision: str = "day") -> str:
    """3 December 2014, or as much of it as is known."""
    if precision == "day":
        return f"{day.day} {month_name(day)}"
    if precision == "week":
        return f"week of {day.day} {month_name(day)}"
    return str(day.year) if precision == "year" else month_name(day)


def listed(items: Sequence[str]) -> str:
    """a, b and c."""
    if len(items) < 2:
        return "".join(items)
    return f"{', '.join(items[:-1])} and {items[-1]}"


def count(n: int, noun: str, plural: str | None = None) -> str:
    """1 story, 2 stories, 1,204 reports."""
    many = plural or (noun[:-1] + "ies" if noun.endswith("y") else noun + "s")
    return f"{n:,} {noun if n == 1 else many}"
