"""Poles: named sides with dated members, built in or of the user's own making.

The built-in ones are ``data/poles.toml``. Membership is half-open [valid_from, valid_to), per
member as many spells as history gave it. A compound pole (``parts``) has its parts' members too.
Members are actor codes: ISO3, or the code of an organisation (``EUR``, ``NATO``, ``CIS``, ...).
"""

from __future__ import annotations

import csv
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from importlib import resources
from typing import Final

from tiltmeter.errors import CodeError, ConfigError
from tiltmeter.knowledge.states import load_states, nearest, spells

_POLE_KEYS: Final = ("name", "title", "description", "origin", "parts", "member")
_MEMBER_KEYS: Final = ("iso3", "org", "from", "to")
_FIRST_DAY: Final = date(1946, 1, 1)  # where life spans in states.csv are clipped


@dataclass(frozen=True, slots=True)
class Member:
    """One membership spell: half-open [valid_from, valid_to), null valid_to = still a member."""

    code: str
    valid_from: date
    valid_to: date | None

    def on(self, day: date) -> bool:
        """Whether the spell covers that day."""
        return self.valid_from <= day and (self.valid_to is None or day < self.valid_to)

    def meets(self, start: date, end: date) -> bool:
        """Whether the spell shares a day with the half-open window [start, end)."""
        return self.valid_from < end and (self.valid_to is None or start < self.valid_to)


@dataclass(frozen=True, slots=True)
class Pole:
    """A side: members by date, and the poles it is made of (``parts``, empty if simple)."""

    name: str
    title: str
    members: tuple[Member, ...]
    parts: tuple[str, ...] = ()
    description: str = ""
    origin: str = ""

    def members_on(self, day: date) -> frozenset[str]:
        """Codes of all members on that day; empty before the pole begins."""
        return frozenset(m.code for m in self.members if m.on(day))

    def is_member(self, code: str, day: date) -> bool:
        """Whether ``code`` belongs to the pole on that day."""
        return any(m.code == code and m.on(day) for m in self.members)

    def ever_member(self, code: str, start: date, end: date) -> bool:
        """Whether ``code`` belongs to the pole on any day of the half-open window [start, end)."""
        return any(m.code == code and m.meets(start, end) for m in self.members)


@cache
def load_poles() -> dict[str, Pole]:
    """Read the built-in poles, by name, in the order of the file."""
    path = resources.files("tiltmeter.knowledge") / "data" / "poles.toml"
    return _parse(tomllib.loads(path.read_text(encoding="utf-8")), {})


def pole(name: str, extra: Mapping[str, Pole] | None = None) -> Pole:
    """Return a pole by name: the user's own first, then a built-in one, then a single state.

    Args:
        name: A pole, or the ISO3 code of a state (a pole of one member over its life span).
        extra: The user's poles, as ``poles_from_toml`` returns them.

    Raises:
        CodeError: Nothing is called that; context holds the known poles.
    """
    own = dict(extra or {})
    for key in (name, name.upper()):
        found = own.get(key) or load_poles().get(key) or _single(key)
        if found:
            return found
    known = [*own, *(p for p in load_poles() if p not in own)]
    raise CodeError(
        f"no pole is called {name!r}",
        f"poles: {', '.join(known)}, or the code of a state; {nearest(name, known)}",
        pole=name,
        known=known,
    )


def poles_from_toml(table: Mapping[str, object]) -> dict[str, Pole]:
    """Read the poles that a user defines, written as in ``data/poles.toml``.

    Args:
        table: A parsed TOML table with ``[[pole]]`` entries: name; title, description, origin
            (text); parts (names of poles); ``[[pole.member]]`` with iso3 or org, from, to.

    Returns:
        The poles by name. A compound pole holds its parts' members too.

    Raises:
        ConfigError: Unknown key, member or part, a name given twice, reversed or overlapping
            dates, or a pole without members; context holds key, value and allowed.
    """
    return _parse(table, load_poles())


def _parse(table: Mapping[str, object], known: Mapping[str, Pole]) -> dict[str, Pole]:
    poles: dict[str, Pole] = {}
    for at, raw in enumerate(_tables(table.get("pole", []), "pole")):
        where = f"pole[{at}]"
        _check_keys(raw, _POLE_KEYS, where)
        name = _text(raw, "name", where)
        if not name:
            raise _refuse(f"{where}.name", name, "a name that is not empty")
        where = f"pole {name}"
        if name in poles:
            raise _refuse("pole.name", name, "each name once")
        own = _own_members(raw, where)
        _check_overlaps(own, where)
        poles[name] = Pole(
            name=name,
            title=_text(raw, "title", where) or name,
            members=_joined([*own, *_part_members(raw, where, {**known, **poles})]),
            parts=_parts(raw, where),
            description=_text(raw, "description", where),
            origin=_text(raw, "origin", where),
        )
        if not poles[name].members:
            raise _refuse(f"{where}.member", [], "at least one member or part")
    return poles


def _own_members(raw: Mapping[str, object], where: str) -> list[Member]:
    out = []
    for at, row in enumerate(_tables(raw.get("member", []), f"{where}.member")):
        here = f"{where}.member[{at}]"
        _check_keys(row, _MEMBER_KEYS, here)
        given = [key for key in ("iso3", "org") if key in row]
        if len(given) != 1:
            raise _refuse(here, given, "either iso3 or org")
        code = _text(row, given[0], here)
        if given[0] == "iso3" and not spells(code):
            raise _refuse(f"{here}.iso3", code, f"a state code; {nearest(code)}")
        if given[0] == "org" and code not in _organisations():
            raise _refuse(f"{here}.org", code, "a code of organisations.csv")
        start = _day(row, "from", here) or _first_day(code)
        end = _day(row, "to", here)
        if end is not None and end <= start:
            raise _refuse(f"{here}.to", end, f"a day after {start} (the day it begins)")
        out.append(Member(code, start, end))
    return out


def _part_members(raw: Mapping[str, object], where: str, known: Mapping[str, Pole]) -> list[Member]:
    out: list[Member] = []
    for part in _parts(raw, where):
        found = known.get(part) or _single(part)
        if found is None:
            raise _refuse(f"{where}.parts", part, f"a pole written before it: {', '.join(known)}")
        out.extend(found.members)
    return out


def _by_time(members: Iterable[Member]) -> list[Member]:
    return sorted(members, key=lambda m: (m.valid_from, m.code))


def _joined(members: Iterable[Member]) -> tuple[Member, ...]:
    """Unite spells of one member that overlap or touch, as parts of a pole may share members."""
    last: dict[str, Member] = {}
    done: list[Member] = []
    for member in _by_time(members):
        before = last.get(member.code)
        if before is None or (before.valid_to is not None and before.valid_to < member.valid_from):
            last[member.code] = member
            done.extend([before] if before else [])
            continue
        ends = (before.valid_to, member.valid_to)
        end = None if None in ends else max(day for day in ends if day)
        last[member.code] = Member(member.code, before.valid_from, end)
    return tuple(_by_time([*done, *last.values()]))


def _check_overlaps(members: Iterable[Member], where: str) -> None:
    last: dict[str, Member] = {}
    for member in _by_time(members):
        before = last.get(member.code)
        if before and (before.valid_to is None or member.valid_from < before.valid_to):
            raise _refuse(
                f"{where}.member {member.code} from",
                member.valid_from,
                f"a day not before {before.valid_to or 'the open end of its earlier spell'}",
            )
        last[member.code] = member


@cache
def _single(iso3: str) -> Pole | None:
    lives = spells(iso3)
    if not lives:
        return None
    member = Member(iso3, lives[0].valid_from, lives[-1].valid_to)
    return Pole(iso3, lives[-1].name, (member,), description=f"{lives[-1].name}, one state.")


@cache
def _organisations() -> frozenset[str]:
    path = resources.files("tiltmeter.knowledge") / "data" / "organisations.csv"
    with path.open("r", encoding="utf-8") as lines:
        return frozenset(row["code"] for row in csv.DictReader(lines))


def _first_day(code: str) -> date:
    return min((s.valid_from for s in load_states() if s.iso3 == code), default=_FIRST_DAY)


def _tables(value: object, key: str) -> list[Mapping[str, object]]:
    if not isinstance(value, list) or not all(isinstance(row, Mapping) for row in value):
        raise _refuse(key, value, f"tables, each under [[{key}]]")
    return value


def _check_keys(row: Mapping[str, object], allowed: tuple[str, ...], where: str) -> None:
    for key in row:
        if key not in allowed:
            raise _refuse(f"{where}.{key}", row[key], f"the keys {', '.join(allowed)}")


def _text(row: Mapping[str, object], key: str, where: str) -> str:
    value = row.get(key, "")
    if not isinstance(value, str):
        raise _refuse(f"{where}.{key}", value, "text")
    return value.strip()


def _parts(row: Mapping[str, object], where: str) -> tuple[str, ...]:
    value = row.get("parts", [])
    if not isinstance(value, list) or not all(isinstance(part, str) for part in value):
        raise _refuse(f"{where}.parts", value, "a list of pole names")
    return tuple(value)


def _day(row: Mapping[str, object], key: str, where: str) -> date | None:
    value = row.get(key)
    if value is None or value == "":
        return None
    if isinstance(value, str):
        try:
            return date.fromisoformat(value)
        except ValueError:
            raise _refuse(f"{where}.{key}", value, "a day, YYYY-MM-DD") from None
    if not isinstance(value, date) or isinstance(value, datetime):
        raise _refuse(f"{where}.{key}", value, "a day, YYYY-MM-DD")
    return value


def _refuse(key: str, value: object, allowed: str) -> ConfigError:
    shown = value if isinstance(value, str) else str(value)
    return ConfigError(
        f"{key} = {shown!r} cannot be used",
        f"allowed: {allowed}",
        key=key,
        value=value,
        allowed=allowed,
    )
