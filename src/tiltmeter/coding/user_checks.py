"""User lexicons in TOML, read and checked: every entry can be used, or the file is refused.

The format is told in ``docs/user-lexicon.md``. Errors name the file, the line of the entry where it
has one, and the key, and say what would be allowed.
"""

from __future__ import annotations

import re
import tomllib
from bisect import bisect_left
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from anyascii import anyascii

from tiltmeter.coding.user_lexicon import (
    NOBODY,
    SECTORS,
    UserActor,
    UserIgnore,
    UserLexicon,
    UserOverride,
)
from tiltmeter.coding.user_rows import Row
from tiltmeter.coding.user_trigger_rows import trigger
from tiltmeter.errors import ConfigError
from tiltmeter.knowledge.names import fold
from tiltmeter.knowledge.ontology import EVENT_TYPES
from tiltmeter.knowledge.organisations import organisations
from tiltmeter.knowledge.states import KINDS, nearest, spells
from tiltmeter.schemas import DOMAINS

KINDS_OF_ACTOR: Final = ("organisation", "person", *KINDS)
STATUSES: Final = ("done", "planned", "denied", "alleged")
_TABLES: Final = ("actor", "trigger", "override", "ignore")
_ACTOR: Final = frozenset("names state sector kind from to code exact_case".split())
_OVERRIDE: Final = frozenset({"where", "set", "drop"})
_WHERE: Final = frozenset("source target type trigger text outlet".split())
_SET: Final = frozenset({"type", "domain", "status"})
_MAX_BYTES: Final = 4_000_000
_OWN_CODE: Final = re.compile(r"[A-Z][A-Z0-9_]{3,19}")


def read_lexicon(*paths: str | Path) -> UserLexicon:
    """Read one or several lexicon files as one lexicon.

    Args:
        *paths: TOML files; triggers and overrides of earlier files go first.

    Raises:
        ConfigError: A file cannot be read or is not TOML, or an entry cannot be used: unknown key,
            state, sector, type or domain, a name given twice for the same days, reversed dates.
    """
    return lexicon_from_toml((str(path), _text(Path(path))) for path in paths)


def _text(path: Path) -> str:
    try:
        if path.stat().st_size > _MAX_BYTES:
            raise ConfigError(
                f"lexicon {path}: larger than {_MAX_BYTES:,} bytes", "split it, or thin it out"
            )
        return path.read_text(encoding="utf-8-sig")
    except OSError as cause:
        raise ConfigError(
            f"lexicon {path}: {cause.strerror or cause}", "name a TOML file that can be read"
        ) from cause
    except UnicodeDecodeError as cause:
        raise ConfigError(f"lexicon {path} is not UTF-8: {cause}", "save it as UTF-8") from cause


def lexicon_from_toml(files: Iterable[tuple[str, str]]) -> UserLexicon:
    """The lexicon of some texts in TOML, each with the name that errors call it by.

    Raises:
        ConfigError: As for ``read_lexicon``.
    """
    rows: dict[str, list[Row]] = {name: [] for name in _TABLES}
    for name, text in files:
        for table, row in _rows(name, text.replace("\r\n", "\n")):
            rows[table].append(row)
    actors = tuple(_actor(row) for row in rows["actor"])
    ignored = tuple(_ignore(row) for row in rows["ignore"])
    _each_name_once(
        [*zip(rows["actor"], actors, strict=True)], [*zip(rows["ignore"], ignored, strict=True)]
    )
    _each_code_once([*zip(rows["actor"], actors, strict=True)])
    own = {a.code for a in actors}
    return UserLexicon(
        actors,
        tuple(trigger(row) for row in rows["trigger"]),
        tuple(_override(row, own) for row in rows["override"]),
        ignored,
    )


def _rows(name: str, text: str) -> Iterable[tuple[str, Row]]:
    where = f"lexicon {name}"
    try:
        raw: dict[str, Any] = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError) as cause:
        raise ConfigError(
            f"{where} is not TOML: {cause}",
            'for example: [[actor]] on a line, names = ["..."] and state = "AZE" below it',
        ) from cause
    Row(where, raw).only(_TABLES)
    ends = [m.start() for m in re.finditer("\n", text)]
    for table in _TABLES:
        entries = raw.get(table, [])
        if not isinstance(entries, list) or not all(isinstance(e, Mapping) for e in entries):
            raise ConfigError(
                f"{where}: {table} is no list of tables", f"begin each entry with [[{table}]]"
            )
        head = re.compile(rf"^[ \t]*\[\[[ \t]*{table}[ \t]*\]\]", re.MULTILINE)
        heads = [m.start() for m in head.finditer(text)]
        for number, entry in enumerate(entries):
            known = len(heads) == len(entries)
            at = f", line {bisect_left(ends, heads[number]) + 1}" if known else ""
            yield table, Row(f"{where}{at}, {table} {number + 1}", entry)


# --- actors and names to ignore -------------------------------------------------------------------


def _actor(row: Row) -> UserActor:
    row.only(_ACTOR)
    names = _names(row)
    state = row.text("state")
    if state != NOBODY:
        state = _house_code(row, "state", state)
    code = state
    if state == NOBODY:
        code = row.text("code", default=_made_up(names[0]))
        if not _OWN_CODE.fullmatch(code) or code in organisations():
            raise row.refuse(
                "code", "4 to 20 of A-Z, 0-9 and _, first a letter, and no code of the house"
            )
    elif "code" in row.raw:
        raise row.refuse("code", f"nothing, unless state is {NOBODY!r}: the state is the code")
    first, last = row.day("from"), row.day("to")
    if first and last and last <= first:
        raise row.refuse("to", f"a day after {first} (the day it begins)")
    return UserActor(
        names,
        state,
        code,
        row.choice("sector", SECTORS),
        row.choice("kind", KINDS_OF_ACTOR) or "organisation",
        first,
        last,
        row.flag("exact_case"),
    )


def _ignore(row: Row) -> UserIgnore:
    row.only({"names", "exact_case"})
    return UserIgnore(_names(row), row.flag("exact_case"))


def _names(row: Row) -> tuple[str, ...]:
    names = row.texts("names")
    if not names:
        raise row.refuse("names", "a name, or a list of names")
    for name in names:
        if len(fold(name)) < 2 or not any(c.isalnum() for c in name):
            raise row.refuse("names", "names of two characters or more")
    if len({fold(n) for n in names}) < len(names):
        raise row.refuse("names", "each name once (case and diacritics do not part them)")
    return names


def _made_up(name: str) -> str:
    """A code of its own for an actor without a state: "Wagner Group" is WAGNERGROUP."""
    letters = re.sub(r"[^A-Z0-9]", "", anyascii(name).upper())[:20]
    return letters if _OWN_CODE.fullmatch(letters) else f"ACTOR_{letters}"[:20]


def _house_code(row: Row, key: str, code: str) -> str:
    """A code that the coder itself writes."""
    if code in {"EU", "EUR"}:
        return "EUR"
    if spells(code):
        return code
    bodies = organisations()
    if code in bodies:
        if not bodies[code]:
            return code
        raise row.refuse(key, f"{bodies[code]}, the state whose body {code} is")
    raise row.refuse(
        key, f"an ISO3 code, EUR, a code of the house, or {NOBODY!r}; {nearest(code, bodies)}"
    )


def _each_name_once(
    actors: Sequence[tuple[Row, UserActor]], ignored: Sequence[tuple[Row, UserIgnore]]
) -> None:
    seen: dict[str, list[tuple[Row, UserActor | None]]] = {}
    entries: list[tuple[Row, UserActor | UserIgnore]] = [*actors, *ignored]
    for row, entry in entries:
        actor = entry if isinstance(entry, UserActor) else None
        for name in entry.names:
            for other_row, other in seen.setdefault(fold(name), []):
                if actor is None or other is None or _overlap(actor, other):
                    raise ConfigError(
                        f"{row.where}: the name {name!r} stands in {other_row.where} too",
                        "give a name one meaning on any day: part the entries by from and to, or "
                        "take it out of one",
                        key="names",
                        value=name,
                    )
            seen[fold(name)].append((row, actor))


def _overlap(one: UserActor, other: UserActor) -> bool:
    apart = (one.valid_to and other.valid_from and one.valid_to <= other.valid_from) or (
        other.valid_to and one.valid_from and other.valid_to <= one.valid_from
    )
    return not apart


def _each_code_once(actors: Sequence[tuple[Row, UserActor]]) -> None:
    """One code of one's own may have several entries only if it was written down in each."""
    seen: dict[str, Row] = {}
    for row, actor in actors:
        if actor.state == NOBODY:
            if actor.code in seen and "code" not in row.raw:
                raise ConfigError(
                    f"{row.where}: its code would be {actor.code}, as that of "
                    f"{seen[actor.code].where}",
                    "give each a code, the same one if they are one actor",
                    key="code",
                )
            seen.setdefault(actor.code, row)


# --- overrides ------------------------------------------------------------------------------------


def _override(row: Row, own: set[str]) -> UserOverride:
    row.only(_OVERRIDE)
    where = row.table("where")
    where.only(_WHERE)
    if not where.raw:
        raise row.refuse("where", f"one or more of {', '.join(sorted(_WHERE))}")
    if ("set" in row.raw) == ("drop" in row.raw):
        raise ConfigError(
            f"{row.where}: give either set or drop", 'for example set = { type = "REQUEST" }'
        )
    changes: dict[str, str | None] = {"type": None, "domain": None, "status": None}
    if "set" in row.raw:
        change = row.table("set")
        change.only(_SET)
        if not change.raw:
            raise row.refuse("set", f"one or more of {', '.join(sorted(_SET))}")
        changes["type"] = change.choice("type", EVENT_TYPES)
        changes["domain"] = change.choice("domain", DOMAINS)
        changes["status"] = change.choice("status", STATUSES)
    return UserOverride(
        _parties(where, "source", own),
        _parties(where, "target", own),
        _types(where),
        _patterns(where, "trigger"),
        _patterns(where, "text"),
        _patterns(where, "outlet"),
        changes["type"],
        changes["domain"],
        changes["status"],
        row.text("drop") if "drop" in row.raw else None,
    )


def _parties(row: Row, key: str, own: set[str]) -> tuple[str, ...]:
    codes = row.texts(key)
    return tuple(c if c in own or c == NOBODY else _house_code(row, key, c) for c in codes)


def _types(row: Row) -> tuple[str, ...]:
    types = row.texts("type")
    if any(t not in EVENT_TYPES for t in types):
        raise row.refuse("type", ", ".join(EVENT_TYPES))
    return types


def _patterns(row: Row, key: str) -> tuple[str, ...]:
    patterns = row.texts(key)
    if any(not pattern.strip("*? ") for pattern in patterns):
        raise row.refuse(key, "words, in which * stands for anything and ? for one character")
    return patterns
