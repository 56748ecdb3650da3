from __future__ import annotations

import csv
import re
from collections import defaultdict
from datetime import date
from importlib import resources
from itertools import combinations

import pytest

from tiltmeter.knowledge.actors import Mention, gazetteer
from tiltmeter.knowledge.persons import FILES, Person, Role, load_persons

FOUR = ("head_of_state", "head_of_government", "foreign_minister", "defence_minister")
# one office, several holders by law: the three members of the presidency
CO_HELD = {("BIH", "head_of_state")}
SECTORS = set(
    "GOV MIL SPY LEG JUD COP OPP JRN CVL REB PRM CRM BUS PTY IGO NGO REL EDU LAB ELI".split()
)
ROLES = set(
    "head_of_state head_of_government foreign_minister defence_minister other_official speaker "
    "spokesperson security_chief military_chief interior_minister economy_minister "
    "energy_minister opposition_leader activist lawyer journalist diplomat ambassador "
    "org_official org_head rebel_leader vice_president businessperson "
    "justice_minister information_minister minister deputy_minister governor mayor legislator "
    "party_leader central_bank_head judge police_chief commander religious_leader scholar "
    "union_leader ngo_head royal".split()
)


def rows(file: str) -> list[dict[str, str]]:
    path = resources.files("tiltmeter.knowledge") / "data" / file
    with path.open("r", encoding="utf-8") as lines:
        return list(csv.DictReader(lines))


def person(person_id: str) -> Person:
    return next(p for p in load_persons() if p.person_id == person_id)


def holders() -> dict[tuple[str, str], list[tuple[Role, str]]]:
    out: dict[tuple[str, str], list[tuple[Role, str]]] = defaultdict(list)
    for p in load_persons():
        for role in p.roles:
            if role.role in FOUR and role.sector == "GOV":
                out[role.state, role.role].append((role, p.person_id))
    return out


def only(text: str, on: date) -> Mention:
    found = [m for m in gazetteer().find(text, on) if m.kind == "person"]
    assert len(found) == 1, found
    return found[0]


@pytest.mark.parametrize("file", FILES)
def test_terms_begin_before_they_end(file: str) -> None:
    for row in rows(file):
        start = date.fromisoformat(row["valid_from"])
        assert not row["valid_to"] or start < date.fromisoformat(row["valid_to"]), row


@pytest.mark.parametrize("file", FILES)
def test_rows_use_the_vocabulary_and_name_their_origin(file: str) -> None:
    for row in rows(file):
        assert row["role"] in ROLES, row
        assert row["sector"] in SECTORS, row
        assert row["origin"], row


@pytest.mark.parametrize(
    "file",
    FILES,
)
def test_every_role_is_in_a_known_state_or_organisation(file: str) -> None:
    known = {r["iso3"] for r in rows("states.csv")} | {r["code"] for r in rows("organisations.csv")}
    assert {row["state"] for row in rows(file)} <= known


@pytest.mark.parametrize("file", FILES)
def test_an_id_stands_for_one_name_and_no_row_is_there_twice(file: str) -> None:
    names: dict[str, set[tuple[str, str]]] = defaultdict(set)
    seen: set[tuple[str, ...]] = set()
    for row in rows(file):
        assert re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", row["person_id"]), row
        names[row["person_id"]].add((row["name"], row["aliases"]))
        key = tuple(row[c] for c in ("person_id", "state", "role", "sector", "valid_from"))
        assert key not in seen, row
        seen.add(key)
    assert not {k: v for k, v in names.items() if len(v) > 1}


def test_ids_are_unique_and_sorted() -> None:
    ids = [p.person_id for p in load_persons()]
    assert ids == sorted(set(ids))


def test_an_id_in_two_files_is_the_same_human() -> None:
    """Two files may hold roles of one person; then a spelling is common to both."""
    spellings: dict[str, dict[str, set[str]]] = defaultdict(dict)
    for file in FILES:
        for row in rows(file):
            names = {row["name"], *row["aliases"].split("|")} - {""}
            spellings[row["person_id"]].setdefault(file, set()).update(names)
    for person_id, by_file in spellings.items():
        for one, other in combinations(by_file.values(), 2):
            assert one & other, person_id


def test_an_office_has_one_holder_at_a_time() -> None:
    twice = []
    for office, terms in holders().items():
        if office in CO_HELD:
            continue
        for (a, who_a), (b, who_b) in combinations(terms, 2):
            latest = max(a.valid_from, b.valid_from)
            if a.holds(latest) and b.holds(latest):
                twice.append((*office, who_a, who_b, latest))
    assert not twice


def test_sixty_states_have_all_four_offices() -> None:
    covered: dict[str, set[str]] = defaultdict(set)
    for (state, office), terms in holders().items():
        if any(
            r.valid_from < date(2027, 1, 1)
            and (r.valid_to is None or r.valid_to > date(1991, 1, 1))
            for r, _ in terms
        ):
            covered[state].add(office)
    assert sum(len(offices) == len(FOUR) for offices in covered.values()) >= 60


@pytest.mark.parametrize("state", "RUS UKR AZE ARM GEO MDA BLR KAZ EST LVA LTU".split())
@pytest.mark.parametrize("office", FOUR)
def test_post_soviet_offices_are_held_nearly_all_the_time(state: str, office: str) -> None:
    terms = [r for r, _ in holders()[state, office]]
    months = [date(y, m, 15) for y in range(1994, 2025) for m in range(1, 13)]
    empty = [on for on in months if not any(r.holds(on) for r in terms)]
    assert len(empty) <= 0.08 * len(months), empty


@pytest.mark.parametrize(
    ("text", "on", "person_id", "code", "sector"),
    [
        ("Ramiz Mekhtiyev answered", date(2008, 5, 1), "ramiz-mehdiyev", "AZE", "GOV"),
        ("Mehdiyev answered", date(2014, 12, 3), "ramiz-mehdiyev", "AZE", "GOV"),
        ("Mekhtiyev answered", date(2014, 12, 3), "ramiz-mehdiyev", "AZE", "GOV"),
        ("Hadija Ismailova was held", date(2014, 12, 5), "khadija-ismayilova", "AZE", "JRN"),
        ("Ismayilova was held", date(2014, 12, 5), "khadija-ismayilova", "AZE", "JRN"),
        ("Xədicə İsmayılova was held", date(2014, 12, 5), "khadija-ismayilova", "AZE", "JRN"),
        ("President Aliyev spoke", date(1998, 5, 1), "heydar-aliyev", "AZE", "GOV"),
        ("President Əliyev spoke", date(1998, 5, 1), "heydar-aliyev", "AZE", "GOV"),
        ("President Aliyev spoke", date(2014, 5, 1), "ilham-aliyev", "AZE", "GOV"),
        ("President Əliyev spoke", date(2014, 5, 1), "ilham-aliyev", "AZE", "GOV"),
        ("Sergei Shoygu flew", date(2015, 3, 1), "sergei-shoigu", "RUS", "GOV"),
        ("Lukashenka spoke", date(2010, 12, 20), "alexander-lukashenko", "BLR", "GOV"),
        ("Loukachenko spoke", date(2010, 12, 20), "alexander-lukashenko", "BLR", "GOV"),
        ("Zelenskyy flew", date(2022, 12, 21), "volodymyr-zelensky", "UKR", "GOV"),
    ],
)
def test_every_spelling_finds_the_person(
    text: str, on: date, person_id: str, code: str, sector: str
) -> None:
    found = only(text, on)
    assert (found.person_id, found.code, found.sector) == (person_id, code, sector)


@pytest.mark.parametrize("name", ["Kiev", "Kyiv"])
def test_either_spelling_of_a_capital_is_the_state(name: str) -> None:
    (found,) = gazetteer().find(f"{name} replied", date(2014, 3, 1))
    assert (found.code, found.kind) == ("UKR", "capital")


@pytest.mark.parametrize(
    ("surname", "on", "person_id", "role"),
    [
        ("Landsbergis", date(1991, 3, 1), "vytautas-landsbergis", "head_of_state"),
        ("Landsbergis", date(2022, 3, 1), "gabrielius-landsbergis", "foreign_minister"),
        ("Kallas", date(2003, 1, 15), "siim-kallas", "head_of_government"),
        ("Kallas", date(2022, 1, 15), "kaja-kallas", "head_of_government"),
        ("Putin", date(2010, 2, 1), "vladimir-putin", "head_of_government"),
        ("Putin", date(2013, 2, 1), "vladimir-putin", "head_of_state"),
        ("Kocharyan", date(1994, 2, 1), "robert-kocharyan", "rebel_leader"),
        ("Kocharyan", date(2002, 2, 1), "robert-kocharyan", "head_of_state"),
        ("Zakharchenko", date(2015, 2, 1), "alexander-zakharchenko", "rebel_leader"),
    ],
)
def test_the_day_decides_whom_a_surname_means(
    surname: str, on: date, person_id: str, role: str
) -> None:
    found = only(f"{surname} spoke", on)
    assert (found.person_id, found.detail) == (person_id, role)


def test_a_surname_two_people_share_that_day_is_left_open() -> None:
    """In 2003 one Ivanov is foreign minister and another defence minister of Russia."""
    found = only("Ivanov spoke", date(2003, 1, 15))
    assert (found.person_id, found.code) == (None, "RUS")
    assert only("Igor Ivanov spoke", date(2003, 1, 15)).person_id == "igor-ivanov"
    assert only("Ivanov spoke", date(1998, 12, 1)).person_id == "igor-ivanov"


def test_a_surname_out_of_its_time_means_nobody() -> None:
    assert gazetteer().find("Mekhtiyev spoke", date(1992, 5, 1)) == []


def test_a_full_name_out_of_office_is_a_former_or_future_one() -> None:
    found = only("Artur Rasizade spoke", date(2022, 5, 1))
    assert (found.code, found.sector) == ("AZE", "ELI")
    assert "head_of_government" in found.detail


def test_a_person_may_serve_two_states() -> None:
    saakashvili = person("mikheil-saakashvili")
    in_georgia = saakashvili.role_on(date(2010, 1, 1))
    in_ukraine = saakashvili.role_on(date(2016, 1, 1))
    assert in_georgia is not None
    assert in_ukraine is not None
    assert (in_georgia.state, in_georgia.role) == ("GEO", "head_of_state")
    assert (in_ukraine.state, in_ukraine.role) == ("UKR", "other_official")


def test_leaders_of_unrecognised_entities_are_rebels_of_the_state_they_sit_in() -> None:
    on = date(2008, 8, 9)
    for person_id, state in (
        ("sergei-bagapsh", "GEO"),
        ("eduard-kokoity", "GEO"),
        ("igor-smirnov", "MDA"),
        ("bako-sahakyan", "AZE"),
    ):
        role = person(person_id).role_on(on)
        assert role is not None
        assert (role.state, role.sector) == (state, "REB")
