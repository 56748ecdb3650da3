"""The PLOVER 2021 event types, their quad class, and which of them are symmetric.

Source: PLOVER manual, draft 0.8 of September 2021 (Open Event Data Alliance), section per type.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from tiltmeter.errors import CodeError


@dataclass(frozen=True, slots=True)
class EventType:
    """One PLOVER type: quad class 1..4 and whether both parties do it alike."""

    name: str
    quad_class: int
    symmetric: bool
    doc: str


_TYPES: Final = (
    EventType("AGREE", 1, True, "agrees, offers, promises or plans to cooperate"),
    EventType("CONSULT", 1, True, "meets, visits, calls, negotiates, mediates"),
    EventType("SUPPORT", 1, False, "praises, endorses, recognises, signs a formal agreement"),
    EventType("CONCEDE", 1, False, "eases restrictions, accedes to demands"),
    EventType("COOPERATE", 2, True, "cooperates in deed: trade, exercises, courts, intelligence"),
    EventType("AID", 2, False, "gives economic, military or humanitarian aid, asylum"),
    EventType("RETREAT", 2, False, "releases, returns, lifts sanctions, ceases fire, withdraws"),
    EventType("REQUEST", 3, False, "requests, demands, orders"),
    EventType("ACCUSE", 3, False, "disapproves, accuses, complains, investigates, convicts"),
    EventType("REJECT", 3, False, "rejects, refuses, vetoes, defies"),
    EventType("THREATEN", 3, False, "threatens, warns of, plans a hostile act"),
    EventType("PROTEST", 4, False, "demonstrates, strikes, boycotts, obstructs, riots"),
    EventType("SANCTION", 4, False, "breaks or reduces relations, sanctions, suspends aid, expels"),
    EventType("MOBILIZE", 4, False, "raises alert, moves or masses forces"),
    EventType("COERCE", 4, False, "arrests, seizes, bans, deports, blockades, occupies"),
    EventType("ASSAULT", 4, False, "uses force: attacks, kills, abducts, tortures"),
)

EVENT_TYPES: Final[dict[str, EventType]] = {t.name: t for t in _TYPES}

# AGREE, CONSULT and COOPERATE among several parties are one event of each unordered pair;
# a signed agreement is SUPPORT in PLOVER 2021 but binds both sides alike.
JOINT_MODES: Final[dict[str, str]] = {
    "sign": "both sides sign an agreement",
    "ceasefire": "both sides cease fire",
    "clash": "forces of both sides fight each other",
}
# The type that each of these modes is a form of.
MODE_OF: Final[dict[str, str]] = {"sign": "SUPPORT", "ceasefire": "RETREAT", "clash": "ASSAULT"}

# What may be told of an act, as the events table states it.
STATUSES: Final[dict[str, str]] = {
    "done": "it has happened or is happening",
    "planned": "it is announced, promised, agreed or threatened for later",
    "denied": "somebody says that it did not happen",
    "alleged": "somebody claims or suspects it, and the sentence does not vouch for it",
}


def event_type(name: str) -> EventType:
    """Return the PLOVER type called ``name``.

    Raises:
        CodeError: No such type; the hint lists all.
    """
    try:
        return EVENT_TYPES[name]
    except KeyError:
        raise CodeError(f"unknown event type {name!r}", ", ".join(EVENT_TYPES)) from None


def quad_class(name: str) -> int:
    """Quad class 1 (verbal cooperation) to 4 (material conflict) of a type."""
    return event_type(name).quad_class


def is_symmetric(name: str, mode: str | None = None) -> bool:
    """Whether both parties do it alike, so that source and target have no order."""
    return event_type(name).symmetric or mode in JOINT_MODES
