"""One event once: what a sentence tells twice, by verb and noun, or with and without parties."""

from __future__ import annotations

from dataclasses import replace

from tiltmeter.coding.clauses import Found
from tiltmeter.knowledge.ontology import is_symmetric


def _whole(item: Found, found: list[Found]) -> Found | None:
    """An act without recipient, where another of the same kind and doer in the sentence names it.

    "Agreed to sell oil to X" is one agreement with X; any other bare twin goes.
    """
    own = {a.code for a in item.sources if a.code}
    if len(own) != 1 or any(t.code for t in item.targets):
        return item
    for other in found:
        parties = {a.code for a in (*other.sources, *other.targets) if a.code}
        doers = other.sources if other.targets else (*other.sources, *other.targets)
        if (
            other.event_type != item.event_type
            or len(parties) < 2
            or not own <= {a.code for a in doers if a.code}
        ):
            continue
        if item.event_type == "AGREE" and other.targets and other.trigger > item.trigger:
            return replace(item, targets=other.targets, domain=item.domain or other.domain)
        return None
    return item


def prune(found: list[Found]) -> list[Found]:
    """One event once: drop twins of type and parties, and nominals inside a verbal event."""
    out: list[Found] = []
    seen: set[tuple[str, frozenset[str | None], frozenset[str | None]]] = set()
    for item in (whole for f in found if (whole := _whole(f, found)) is not None):
        sides = [frozenset(a.code for a in side) for side in (item.sources, item.targets)]
        if item.joint or is_symmetric(item.event_type, item.mode):
            sides = [sides[0] | sides[1], frozenset()]
        key = (item.event_type, sides[0], sides[1])
        if key not in seen:
            seen.add(key)
            out.append(item)
    return out
