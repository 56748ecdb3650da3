"""What a model says of a sentence, held against the sentence.

An event is taken only if its type, status and domain are known and all its words stand in the
sentence; who they are is then read by the house's own names and persons of that day, as it is for
the spans of the network. Nothing the model writes goes further than that.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from tiltmeter.coding.clauses import Found
from tiltmeter.coding.encoder_actors import with_places
from tiltmeter.coding.encoder_events import sides
from tiltmeter.coding.parties import codes
from tiltmeter.knowledge.actors import Mention
from tiltmeter.knowledge.ontology import (
    EVENT_TYPES,
    JOINT_MODES,
    MODE_OF,
    STATUSES,
    is_symmetric,
    quad_class,
)
from tiltmeter.schemas import DOMAINS

RULE: Final = "endpoint"
# As for the rules' own events: both parties known, or not.
_BOTH: Final = 0.8
_ONE: Final = 0.55
_MATERIAL_CONFLICT: Final = 4
_PARTIES: Final = 20  # of one side
_SHOWN: Final = 60
Span = tuple[int, int]
# Signs that models write in their plain form.
_ALIKE: Final = {"'": "['’‘]", '"': '["“”]', "-": "[-–—]", "’": "['’‘]", "“": '["“”]', "”": '["“”]'}


class Ungrounded(Exception):  # noqa: N818 - it says what is wrong
    """An event that the sentence does not bear out."""


@dataclass(frozen=True, slots=True)
class Grounded:
    """An event that stands in the sentence."""

    found: Found
    domain: str
    attribution: str | None


def ground(text: str, event: Mapping[str, Any], mentions: Sequence[Mention]) -> Grounded:
    """Hold one event against its sentence.

    Args:
        text: The sentence.
        event: The event as the model gave it.
        mentions: What the sentence names, pronouns resolved.

    Raises:
        Ungrounded: With the reason.
    """
    event_type = _known(event, "event_type", EVENT_TYPES)
    status = _known(event, "status", STATUSES)
    domain = _known(event, "domain", DOMAINS)
    mode = event.get("mode")
    if mode is not None and (mode not in JOINT_MODES or MODE_OF[mode] != event_type):
        raise Ungrounded(f"mode {_shown(mode)} is none of {event_type}")
    trigger = _found(text, event.get("trigger"), "trigger", 0)
    source = _spans(text, event, "source", trigger)
    target = _spans(text, event, "target", trigger)
    if not source and not target:
        raise Ungrounded("neither source nor target is named")
    told = event.get("attribution")
    said = _found(text, told, "attribution", trigger[0]) if told else None
    if status == "planned":
        event_type, mode = _planned(event_type, mode)
    sources, targets = sides(text, event_type, source, target, with_places(text, mentions))
    both = bool(codes(sources)) and bool(codes(targets))
    alike = is_symmetric(event_type, mode)
    joint = alike and not codes(targets) and len(codes(sources)) > 1
    found = Found(
        event_type, mode, domain, tuple(sources), tuple(targets), joint, status, trigger, 0,
        _BOTH if both or joint else _ONE, RULE,
    )  # fmt: skip
    return Grounded(found, domain, text[slice(*said)] if said else None)


def _planned(event_type: str, mode: str | None) -> tuple[str, str | None]:
    """A plan is an agreement or a threat, as for the rules."""
    quad = quad_class(event_type)
    if quad <= 2:
        return "AGREE", None
    if quad == _MATERIAL_CONFLICT:
        return "THREATEN", None
    return event_type, mode


def _known(event: Mapping[str, Any], field: str, known: Sequence[str] | Mapping[str, Any]) -> str:
    value = event.get(field)
    if not isinstance(value, str) or value not in known:
        raise Ungrounded(f"{field} {_shown(value)} is unknown")
    return value


def _spans(text: str, event: Mapping[str, Any], field: str, trigger: Span) -> tuple[Span, ...]:
    words = event.get(field)
    if not isinstance(words, list) or len(words) > _PARTIES:
        raise Ungrounded(f"{field} is no list of parties")
    return tuple(dict.fromkeys(_found(text, w, field, trigger[0]) for w in words))


def _found(text: str, words: Any, field: str, near: int) -> Span:
    """Where some words stand in the sentence: whole words, nearest to ``near``."""
    if not isinstance(words, str) or not words.strip():
        raise Ungrounded(f"{field} is empty")
    if len(words) > len(text):
        raise Ungrounded(f"{field} {_shown(words)} is not in the sentence")
    pattern = r"\s+".join(
        "".join(_ALIKE.get(c) or re.escape(c) for c in word) for word in words.split()
    )
    spans = [m.span() for m in re.finditer(rf"(?<!\w){pattern}(?!\w)", text)]
    if not spans:
        raise Ungrounded(f"{field} {_shown(words)} is not in the sentence")
    return min(spans, key=lambda s: (abs(s[0] - near), s[0]))


def _shown(value: Any) -> str:
    """A value of the model's for a person: one short line."""
    words = value if isinstance(value, str) else type(value).__name__
    plain = " ".join("".join(c if c.isprintable() else " " for c in words).split())
    return repr(plain[:_SHOWN])
