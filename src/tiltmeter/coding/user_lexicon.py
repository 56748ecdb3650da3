"""What a user adds to the coder's words: actors, triggers, overrides, names to ignore.

This module says what the entries are; ``user_checks`` reads them from TOML and refuses what cannot
be used, ``user_words`` asks them while sentences are coded, ``user_overrides`` applies the rules on
coded events. A lexicon travels between processes, and into the key of the coding stage, as its
canonical text.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass, field
from datetime import date
from typing import Any, Final

# PLOVER sectors an actor may have (PLOVER manual, draft 0.8 of September 2021, and its beta list).
SECTORS: Final = tuple(
    "GOV MIL LEG JUD COP SPY OPP PTY REB PRM UAF CRM JRN EDU BUS LAB AGR HLH REL NGO CVL REF ELI "
    "PRE IGO UNK".split()
)
NOBODY: Final = "---"


@dataclass(frozen=True, slots=True)
class UserActor:
    """One actor: names, whose it is, and from which day up to (not with) which day.

    ``state`` is an ISO3 code, a code of the house or ``---``; ``code`` is what stands in tables:
    the state, or the actor's own code where it belongs to no state. Null dates are open ends.
    """

    names: tuple[str, ...]
    state: str
    code: str
    sector: str | None = None
    kind: str = "organisation"
    valid_from: date | None = None
    valid_to: date | None = None
    exact_case: bool = False

    def on(self, day: date | None) -> bool:
        """Whether the names mean this on that day; on any, where the day is not known."""
        return day is None or (
            (self.valid_from is None or self.valid_from <= day)
            and (self.valid_to is None or day < self.valid_to)
        )


@dataclass(frozen=True, slots=True)
class UserTrigger:
    """One trigger; fields as in the head of ``data/lexicon.toml``.

    ``words`` are lemmas (one word) and phrases (several); ``doer`` is the verbal rules' ``source``;
    ``instead`` keeps the built-in rules from the same words.
    """

    words: tuple[tuple[str, ...], ...]
    part: str
    event_type: str
    mode: str | None = None
    domain: str | None = None
    status: str | None = None
    source: tuple[str, ...] = ()
    target: tuple[str, ...] = ()
    doer: str = ""
    needs: str = ""
    preps: tuple[str, ...] = ()
    objects: tuple[str, ...] = ()
    without: tuple[str, ...] = ()
    joint: bool = False
    reverse: bool = False
    strict: bool = False
    abroad: bool = False
    crowd: bool = False
    pair: bool = False
    focus: bool = False
    governed: bool = False
    cooperative: bool = False
    confidence: float | None = None
    instead: bool = False


@dataclass(frozen=True, slots=True)
class UserOverride:
    """One rule on coded events: all conditions that are given must hold (any of several values).

    Either some of ``set_*`` are given, or ``drop`` with the reason that will be shown.
    """

    source: tuple[str, ...] = ()
    target: tuple[str, ...] = ()
    types: tuple[str, ...] = ()
    trigger: tuple[str, ...] = ()
    text: tuple[str, ...] = ()
    outlet: tuple[str, ...] = ()
    set_type: str | None = None
    set_domain: str | None = None
    set_status: str | None = None
    drop: str | None = None


@dataclass(frozen=True, slots=True)
class UserIgnore:
    """Names that are no actors."""

    names: tuple[str, ...]
    exact_case: bool = False


@dataclass(frozen=True, slots=True)
class UserLexicon:
    """All entries of one or several files, checked; empty where nothing was given."""

    actors: tuple[UserActor, ...] = ()
    triggers: tuple[UserTrigger, ...] = ()
    overrides: tuple[UserOverride, ...] = ()
    ignored: tuple[UserIgnore, ...] = field(default=())

    def __bool__(self) -> bool:
        return bool(self.actors or self.triggers or self.overrides or self.ignored)

    @property
    def sections(self) -> tuple[str, ...]:
        """The sections that hold entries, as they are written in TOML."""
        counted = (
            ("[[actor]]", self.actors),
            ("[[trigger]]", self.triggers),
            ("[[override]]", self.overrides),
            ("[[ignore]]", self.ignored),
        )
        return tuple(name for name, entries in counted if entries)

    def canonical(self) -> str:
        """The entries as one JSON text, equal for equal entries; empty for an empty lexicon."""
        if not self:
            return ""
        return json.dumps(asdict(self), ensure_ascii=False, sort_keys=True, default=str)

    @property
    def digest(self) -> str:
        """First 16 hex digits of the SHA-256 of the canonical text; empty for an empty lexicon."""
        text = self.canonical()
        return hashlib.sha256(text.encode("utf-8")).hexdigest()[:16] if text else ""

    @property
    def summary(self) -> str:
        """How many entries of which kind, and the digest: for settings that are printed."""
        if not self:
            return ""
        counts = (
            (len(self.actors), "actor"),
            (len(self.triggers), "trigger"),
            (len(self.overrides), "override"),
            (len(self.ignored), "ignore"),
        )
        told = ", ".join(f"{n} {word}{'s' if n != 1 else ''}" for n, word in counts if n)
        return f"{told} (digest {self.digest})"


def from_canonical(text: str) -> UserLexicon:
    """The lexicon of a canonical text, which was checked when it was made."""
    if not text:
        return UserLexicon()
    raw: dict[str, list[dict[str, Any]]] = json.loads(text)
    return UserLexicon(
        tuple(UserActor(**_plain(row)) for row in raw["actors"]),
        tuple(UserTrigger(**_plain(row)) for row in raw["triggers"]),
        tuple(UserOverride(**_plain(row)) for row in raw["overrides"]),
        tuple(UserIgnore(**_plain(row)) for row in raw["ignored"]),
    )


def _plain(row: dict[str, Any]) -> dict[str, Any]:
    out: dict[str, Any] = {}
    for key, value in row.items():
        if key == "words":
            value = tuple(tuple(words) for words in value)
        elif isinstance(value, list):
            value = tuple(value)
        elif key in {"valid_from", "valid_to"} and value is not None:
            value = date.fromisoformat(value)
        out[key] = value
    return out
