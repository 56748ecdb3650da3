"""Persons and the dated roles they hold."""

from __future__ import annotations

import csv
from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib import resources
from typing import Final

FILES: Final = (
    "persons_post_soviet.csv",
    "persons_neighbours.csv",
    "persons_world.csv",
    "persons_africa.csv",
    "persons_americas.csv",
    "persons_asia.csv",
    "persons_europe.csv",
    "persons_middle_east.csv",
)


# What a person is known by when no day is given: an office of state or of an organisation, else
# a command, a mandate or a court, else whatever came last.
_OFFICES: Final = (
    frozenset({"GOV", "IGO"}),
    frozenset({"MIL", "SPY", "LEG", "JUD", "COP"}),
)


@dataclass(frozen=True, slots=True)
class Role:
    """One term of one person: half-open [valid_from, valid_to), null valid_to = in office."""

    state: str
    role: str
    sector: str
    valid_from: date
    valid_to: date | None

    def holds(self, on: date) -> bool:
        """Whether the role is held on that day."""
        return self.valid_from <= on and (self.valid_to is None or on < self.valid_to)


@dataclass(frozen=True, slots=True)
class Person:
    """A person, every spelling known, and the roles in order of time."""

    person_id: str
    name: str
    aliases: tuple[str, ...]
    roles: tuple[Role, ...]

    def role_on(self, on: date) -> Role | None:
        """The role held on a day; of several the one taken up last."""
        held = [r for r in self.roles if r.holds(on)]
        return held[-1] if held else None

    @property
    def main_role(self) -> Role:
        """The role a person is known by where no day is given.

        It is the latest governmental role ever held: neither the opposition of before nor the
        retirement of after. Who never held one is known by the latest command, mandate or seat on
        a bench, and everybody else by the latest role of all.
        """
        for sectors in _OFFICES:
            held = [r for r in self.roles if r.sector in sectors]
            if held:
                return held[-1]
        return self.roles[-1]

    def nearest_role(self, on: date) -> Role:
        """The role held on a day or, failing that, the nearest in time."""

        def distance(role: Role) -> int:
            if on < role.valid_from:
                return (role.valid_from - on).days
            return (on - role.valid_to).days if role.valid_to else 0

        return self.role_on(on) or min(self.roles, key=distance)


@cache
def load_persons() -> tuple[Person, ...]:
    """Read every person of the knowledge base, sorted by person_id."""
    names: dict[str, str] = {}
    aliases: dict[str, dict[str, None]] = defaultdict(dict)
    roles: dict[str, list[Role]] = defaultdict(list)
    folder = resources.files("tiltmeter.knowledge") / "data"
    for file in FILES:
        with (folder / file).open("r", encoding="utf-8") as lines:
            for row in csv.DictReader(lines):
                key = row["person_id"]
                names.setdefault(key, row["name"])
                for alias in (row["name"], *row["aliases"].split("|")):
                    if alias.strip():
                        aliases[key][alias.strip()] = None
                until = row["valid_to"].strip()
                roles[key].append(
                    Role(
                        row["state"],
                        row["role"],
                        row["sector"],
                        date.fromisoformat(row["valid_from"]),
                        date.fromisoformat(until) if until else None,
                    )
                )
    return tuple(
        Person(key, names[key], tuple(aliases[key]), tuple(sorted(roles[key], key=_start)))
        for key in sorted(names)
    )


def _start(role: Role) -> tuple[date, str]:
    return role.valid_from, role.role
