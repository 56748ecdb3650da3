"""Who may be a party to an act: what is known of actors, and what a rule asks of them."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from tiltmeter.coding.mentions import DOMESTIC, Actor

_OFFICIALS: Final = frozenset({"GOV", "MIL", "LEG", "IGO"})


def known(actors: list[Actor]) -> list[Actor]:
    """The actors whose code is resolved."""
    return [a for a in actors if a.code]


def codes(actors: list[Actor]) -> set[str]:
    """The resolved codes of the actors."""
    return {a.code for a in actors if a.code}


def meets(actor: Actor, needs: str) -> bool:
    """Whether an actor is what a rule asks for."""
    if needs == "state":
        return bool(actor.code) and actor.kind != "organisation" and actor.sector != "ELI"
    if needs == "actor":
        return bool(actor.code)
    if needs == "organisation":
        return actor.kind == "organisation"
    if needs == "official":
        return actor.kind in {"person", "role"} and actor.sector in _OFFICIALS
    return True


def official(targets: list[Actor]) -> Actor | None:
    """The state as the unnamed doer of an arrest or release of one of its own."""
    for target in targets:
        if target.code and (target.sector in DOMESTIC or target.sector in {"ELI", None}):
            return replace(
                target, sector="GOV", text="(authorities)", kind="implied", person_id=None
            )
    return None


def states_of(found: list[Actor]) -> list[Actor]:
    """What is said of the arrest of somebody is said to the state that made it; each state once."""
    out: list[Actor] = []
    for actor in found:
        if actor.code and actor.sector in DOMESTIC and len(actor.code) == 3:
            actor = replace(actor, sector="GOV", person_id=None)
        if not any(a.code == actor.code for a in out):
            out.append(actor)
    return out
