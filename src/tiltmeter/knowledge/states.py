"""States since 1946: codes, life spans, successors and the names news gives them.

``data/states.csv`` holds one row per *spell*: a stretch of a state's life with one COW and one GW
code. Most states have one; Germany has two (COW 260 to 1990-10-02 and 255 after; GW 260 throughout)
and so has Yemen (COW 678 and 679; GW 678). Life spans are half-open, follow Gleditsch and Ward
(1999, and the revised list with its microstates), and are clipped at 1946-01-01; each row's
``origin`` says where it departs from them. COW codes are given for the whole GW life span, also
where COW counts membership from a later day. Left out, because ISO has no code for them: Abkhazia
(GW 396), South Ossetia (GW 397) and Tibet (GW 711, to 1950), which are regions in
``data/state_names.csv``.
"""

from __future__ import annotations

import csv
import unicodedata
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib import resources
from typing import Final

from rapidfuzz import process

from tiltmeter.errors import CodeError

KINDS: Final = ("name", "adjective", "demonym", "capital", "metonym", "region")
_APOSTROPHES: Final = dict.fromkeys(map(ord, "’‘ʼ`´"), "'")


@dataclass(frozen=True, slots=True)
class State:
    """One spell of a state: half-open [valid_from, valid_to), null valid_to = exists."""

    iso3: str
    name: str
    cow: int | None
    gw: int | None
    valid_from: date
    valid_to: date | None
    successors: tuple[str, ...]

    def on(self, day: date) -> bool:
        """Whether the spell covers that day."""
        return self.valid_from <= day and (self.valid_to is None or day < self.valid_to)


@dataclass(frozen=True, slots=True)
class StateName:
    """What news calls a state, its people, its seat of power or a part of it.

    Null dates = as long as the state has existed since 1946. ``note`` holds tokens parted by ``;``:
    ``case`` (match the case exactly), ``ambiguous:X`` (may also mean X), ``sector=X`` (PLOVER),
    ``disputed:X``, ``adjective``, ``people``, or plain words.
    """

    iso3: str
    kind: str
    name: str
    valid_from: date | None
    valid_to: date | None
    note: str

    def on(self, day: date) -> bool:
        """Whether the name has this meaning on that day."""
        return (self.valid_from is None or self.valid_from <= day) and (
            self.valid_to is None or day < self.valid_to
        )


def _rows(file: str) -> list[dict[str, str]]:
    path = resources.files("tiltmeter.knowledge") / "data" / file
    with path.open("r", encoding="utf-8") as lines:
        return list(csv.DictReader(lines))


def _day(text: str) -> date | None:
    return date.fromisoformat(text) if text else None


def _number(text: str) -> int | None:
    return int(text) if text else None


def _key(name: str) -> str:
    """Fold case, diacritics, apostrophes, spaces and a leading article, for look-up only."""
    plain = unicodedata.normalize("NFKD", name.translate(_APOSTROPHES)).casefold()
    words = "".join(c for c in plain if not unicodedata.combining(c)).split()
    return " ".join(words[1:] if len(words) > 1 and words[0] == "the" else words)


@cache
def load_states() -> tuple[State, ...]:
    """Read every spell of every state, sorted by iso3 and first day."""
    return tuple(
        State(
            iso3=row["iso3"],
            name=row["name"],
            cow=_number(row["cow"]),
            gw=_number(row["gw"]),
            valid_from=date.fromisoformat(row["valid_from"]),
            valid_to=_day(row["valid_to"]),
            successors=tuple(filter(None, row["successors"].split("|"))),
        )
        for row in _rows("states.csv")
    )


@cache
def load_state_names() -> tuple[StateName, ...]:
    """Read every name, in the order of the file."""
    return tuple(
        StateName(
            row["iso3"],
            row["kind"],
            row["name"],
            _day(row["valid_from"]),
            _day(row["valid_to"]),
            row["note"],
        )
        for row in _rows("state_names.csv")
    )


@cache
def _by_iso3() -> dict[str, tuple[State, ...]]:
    out: dict[str, list[State]] = defaultdict(list)
    for spell in load_states():
        out[spell.iso3].append(spell)
    return {iso3: tuple(spells) for iso3, spells in out.items()}


@cache
def _by_name() -> dict[str, tuple[StateName, ...]]:
    out: dict[str, list[StateName]] = defaultdict(list)
    for name in load_state_names():
        if name.kind == "name":
            out[_key(name.name)].append(name)
    return {key: tuple(names) for key, names in out.items()}


def spells(iso3: str) -> tuple[State, ...]:
    """All spells of a state in order of time; empty for an unknown code."""
    return _by_iso3().get(iso3, ())


def state(code: str, on: date | None = None) -> State:
    """Look a state up by ISO3 code or by any name it bears, case and diacritics aside.

    Args:
        code: ISO3 (also the historic SUN, YUG, SCG, CSK, DDR, YMD, VDR, EAZ) or an exact name.
        on: The day meant. None: the latest spell, and of states that shared a name the one that
            bears it today.

    Returns:
        The spell in force on that day.

    Raises:
        CodeError: Nothing bears that code or name (the hint has the nearest known ones), more than
            one state may be meant, or the state did not exist on that day.
    """
    found = _codes_for(code, on)
    if not found:
        raise CodeError(f"no state is called {code!r}", nearest(code), code=code)
    if len(found) > 1:
        hint = "write the code: " + " or ".join(f"{c} ({spells(c)[-1].name})" for c in found)
        raise CodeError(f"{code!r} may mean more than one state", hint, code=code, candidates=found)
    lives = spells(found[0])
    if on is None:
        return lives[-1]
    for spell in lives:
        if spell.on(on):
            return spell
    span = f"{lives[0].valid_from} to {lives[-1].valid_to or 'today'}"
    raise CodeError(
        f"{lives[-1].name} ({found[0]}) did not exist on {on}",
        f"known life span: {span}",
        code=code,
        on=on,
    )


def _codes_for(code: str, on: date | None) -> list[str]:
    upper = code.strip().upper()
    if upper in _by_iso3():
        return [upper]
    names = _by_name().get(_key(code), ())
    if on is not None and len({n.iso3 for n in names}) > 1:
        names = tuple(n for n in names if n.on(on)) or names
    elif on is None:
        names = tuple(n for n in names if n.valid_to is None) or names[-1:]
    codes = {n.iso3: None for n in names}
    for name in names:
        for token in name.note.split(";"):
            label, _, also = token.partition(":")
            if label == "ambiguous":
                codes |= {c: None for c in also.split(",") if c in _by_iso3()}
    return list(codes)


def nearest(code: str, also: Iterable[str] = ()) -> str:
    """Say which known codes or names look most like ``code``; for hints, never for matching."""
    known = {_key(c): c for c in also}
    known |= {key: f"{n[0].name} ({n[-1].iso3})" for key, n in _by_name().items()}
    known |= {iso3.lower(): f"{iso3} ({s[-1].name})" for iso3, s in _by_iso3().items()}
    best = process.extract(_key(code), list(known), limit=5)
    return "nearest known: " + ", ".join(dict.fromkeys(known[key] for key, _, _ in best))


def exists(iso3: str, on: date) -> bool:
    """Whether the state exists on that day; False for a code that is not known."""
    return any(spell.on(on) for spell in spells(iso3))


def cow_code(iso3: str, on: date) -> int | None:
    """The Correlates of War number on that day; None where COW has none (PSE, VAT).

    Raises:
        CodeError: Unknown state, or it did not exist on that day.
    """
    return state(iso3, on).cow


def gw_code(iso3: str, on: date) -> int | None:
    """The Gleditsch-Ward number on that day; None where GW has none (PSE, VAT).

    Raises:
        CodeError: Unknown state, or it did not exist on that day.
    """
    return state(iso3, on).gw


def from_cow(code: int, on: date) -> State:
    """The state that bears a Correlates of War number on that day.

    Raises:
        CodeError: No state does.
    """
    return _numbered("COW", code, on, [s for s in load_states() if s.cow == code])


def from_gw(code: int, on: date) -> State:
    """The state that bears a Gleditsch-Ward number on that day.

    Raises:
        CodeError: No state does.
    """
    return _numbered("GW", code, on, [s for s in load_states() if s.gw == code])


def _numbered(system: str, code: int, on: date, bearers: list[State]) -> State:
    for spell in bearers:
        if spell.on(on):
            return spell
    hint = ", ".join(
        f"{s.iso3} bears it from {s.valid_from} to {s.valid_to or 'today'}"
        for s in sorted(bearers, key=lambda s: s.valid_from)
    )
    raise CodeError(
        f"no state bears {system} code {code} on {on}",
        hint or f"the {system} list since 1946 has no such number",
        code=code,
        on=on,
    )
