"""Titles of office, and whom a title with a family name alone can mean: "Deputy Secretary Hicks".

A family name alone says nothing: many people bear it. With the title before it, and the state where
it is named, there is often one person only who held such an office on that day. Where there are two
the name stays open.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import date, timedelta
from typing import Final

from tiltmeter.knowledge.names import fold
from tiltmeter.knowledge.persons import Person, Role

# Papers go on using a title for some weeks after its holder has left.
_GRACE: Final = timedelta(days=45)
_MINISTERS: Final = frozenset(
    "head_of_government foreign_minister defence_minister interior_minister economy_minister "
    "energy_minister justice_minister information_minister minister deputy_minister".split()
)
_HEADS: Final = frozenset({"head_of_state"})
_ARMED: Final = frozenset({"military_chief", "commander", "security_chief", "defence_minister"})

# Title as it is printed -> the roles it may stand for.
TITLES: Final[dict[str, frozenset[str]]] = {
    "President": _HEADS,
    "Vice President": frozenset({"vice_president"}),
    "Deputy President": frozenset({"vice_president"}),
    "Prime Minister": frozenset({"head_of_government"}),
    "Deputy Prime Minister": frozenset({"vice_president", "other_official"}) | _MINISTERS,
    "Premier": frozenset({"head_of_government", "governor"}),
    "Chancellor": frozenset({"head_of_government", "economy_minister"}),
    "Minister": _MINISTERS,
    "Foreign Minister": frozenset({"foreign_minister"}),
    "Foreign Secretary": frozenset({"foreign_minister", "diplomat"}),
    "Defence Minister": frozenset({"defence_minister"}),
    "Interior Minister": frozenset({"interior_minister"}),
    "Home Minister": frozenset({"interior_minister"}),
    "Home Secretary": frozenset({"interior_minister"}),
    "Finance Minister": frozenset({"economy_minister"}),
    "Economy Minister": frozenset({"economy_minister"}),
    "Treasury Secretary": frozenset({"economy_minister"}),
    "Commerce Secretary": frozenset({"economy_minister"}),
    "Justice Minister": frozenset({"justice_minister"}),
    "Attorney General": frozenset({"justice_minister"}),
    "Information Minister": frozenset({"information_minister"}),
    "Oil Minister": frozenset({"energy_minister"}),
    "Energy Minister": frozenset({"energy_minister"}),
    "Health Minister": frozenset({"minister"}),
    "Defence Secretary": frozenset({"defence_minister"}),
    "Secretary": _MINISTERS - {"deputy_minister"},
    "Deputy Secretary": frozenset({"deputy_minister"}),
    "Deputy Defence Secretary": frozenset({"deputy_minister"}),
    "Assistant Secretary": frozenset({"deputy_minister", "diplomat"}),
    "Deputy Minister": frozenset({"deputy_minister", "minister", "diplomat", "other_official"}),
    "General": _ARMED,
    "Gen.": _ARMED,
    "Major General": _ARMED,
    "Lieutenant General": _ARMED,
    "Brigadier General": _ARMED,
    "Field Marshal": _ARMED | _HEADS,
    "Marshal": _ARMED | _HEADS,
    "Admiral": _ARMED,
    "Colonel": _ARMED | _HEADS | {"rebel_leader"},
    "Senator": frozenset({"legislator", "speaker"}),
    "Sen.": frozenset({"legislator", "speaker"}),
    "Congressman": frozenset({"legislator"}),
    "Congresswoman": frozenset({"legislator"}),
    "Representative": frozenset({"legislator"}),
    "Rep.": frozenset({"legislator"}),
    "Speaker": frozenset({"speaker"}),
    "House Speaker": frozenset({"speaker"}),
    "Governor": frozenset({"governor", "central_bank_head"}),
    "Gov.": frozenset({"governor"}),
    "Chief Minister": frozenset({"governor"}),
    "First Minister": frozenset({"governor"}),
    "Mayor": frozenset({"mayor"}),
    "Ambassador": frozenset({"ambassador", "diplomat"}),
    "Chief Justice": frozenset({"judge"}),
    "Justice": frozenset({"judge"}),
    "Judge": frozenset({"judge"}),
    "Commissioner": frozenset({"org_official", "police_chief"}),
}
_SPELT: Final = {"Defense": "Defence", "Vice-President": "Vice President"}
# The last word of every title: the cheap question asked of each capitalised word.
LAST_WORDS: Final = frozenset(title.split()[-1] for title in TITLES) | {"Vice-President"}


def title_before(words: list[str]) -> tuple[int, frozenset[str]] | None:
    """The longest title that ends a row of words.

    Args:
        words: The words before a name, in order.

    Returns:
        How many of the words make it up, and the roles it may stand for; None if there is none.
    """
    plain = [_SPELT.get(w, w) for w in words[-3:]]
    for size in range(len(plain), 0, -1):
        roles = TITLES.get(" ".join(plain[-size:]))
        if roles is not None:
            return size, roles
    return None


class FamilyNames:
    """Family names and who bears them."""

    def __init__(self, persons: Iterable[Person]) -> None:
        self._bearers: dict[str, dict[str, Person]] = defaultdict(dict)
        for person in persons:
            for alias in person.aliases:
                if " " in alias:
                    self._bearers[fold(alias.rsplit(" ", 1)[1])][person.person_id] = person

    def holder(
        self, name: str, roles: frozenset[str], state: str | None, on: date | None
    ) -> tuple[Person, Role] | None:
        """The one person of a family name who held one of some roles.

        Args:
            name: The family name as written.
            roles: Roles that the title may stand for.
            state: State named with the title; None if none is, and then any will do.
            on: The day; None asks for all times.

        Returns:
            The person with the role; None if nobody fits, or more than one.
        """
        found: list[tuple[Person, Role]] = []
        for person in self._bearers.get(fold(name), {}).values():
            held = [
                role
                for role in person.roles
                if role.role in roles
                and (state is None or role.state == state)
                and (on is None or _near(role, on))
            ]
            if held:
                found.append((person, held[-1]))
        return found[0] if len(found) == 1 else None


def _near(role: Role, on: date) -> bool:
    return role.valid_from - _GRACE <= on and (role.valid_to is None or on < role.valid_to + _GRACE)
