from __future__ import annotations

import csv
from collections import Counter, defaultdict
from datetime import date
from importlib import resources
from itertools import pairwise

import pytest

from tiltmeter.errors import CodeError
from tiltmeter.knowledge.states import (
    KINDS,
    State,
    cow_code,
    exists,
    from_cow,
    from_gw,
    gw_code,
    load_state_names,
    load_states,
    spells,
    state,
)

TODAY = date(2025, 6, 30)


def rows(file: str) -> list[dict[str, str]]:
    path = resources.files("tiltmeter.knowledge") / "data" / file
    with path.open("r", encoding="utf-8") as lines:
        return list(csv.DictReader(lines))


def codes_of(name: str, on: date, kind: str | None = None) -> set[str]:
    return {
        n.iso3 for n in load_state_names() if n.name == name and n.on(on) and kind in (None, n.kind)
    }


# life spans and codes


def test_the_soviet_union_ends_where_russia_begins() -> None:
    assert state("SUN").valid_to == date(1991, 12, 26) == state("RUS").valid_from
    assert exists("SUN", date(1991, 12, 25))
    assert not exists("SUN", date(1991, 12, 26))
    assert from_cow(365, date(1991, 12, 25)).iso3 == "SUN"
    assert from_gw(365, date(1991, 12, 26)).iso3 == "RUS"
    assert "AZE" in state("SUN").successors
    assert "EST" not in state("SUN").successors


@pytest.mark.parametrize(
    ("iso3", "on", "cow", "gw"),
    [
        ("XKX", date(2010, 1, 1), 347, 347),
        ("AZE", date(2014, 12, 3), 373, 373),
        ("DEU", date(1990, 10, 2), 260, 260),
        ("DEU", date(1990, 10, 3), 255, 260),
        ("DDR", date(1980, 1, 1), 265, 265),
        ("YEM", date(1990, 5, 21), 678, 678),
        ("YEM", date(1990, 5, 22), 679, 678),
        ("YMD", date(1980, 1, 1), 680, 680),
        ("SRB", date(2010, 1, 1), 345, 340),
        ("VDR", date(1970, 1, 1), 817, 817),
        ("VNM", date(1970, 1, 1), 816, 816),
        ("KIR", date(2010, 1, 1), 946, 970),
        ("NRU", date(2010, 1, 1), 970, 971),
        ("PSE", date(2014, 1, 1), None, None),
        ("VAT", date(2014, 1, 1), None, None),
        ("TWN", date(2014, 1, 1), 713, 713),
        ("SSD", date(2011, 7, 9), 626, 626),
    ],
)
def test_codes_by_date(iso3: str, on: date, cow: int | None, gw: int | None) -> None:
    assert (cow_code(iso3, on), gw_code(iso3, on)) == (cow, gw)
    if cow is not None and gw is not None:
        assert from_cow(cow, on).iso3 == from_gw(gw, on).iso3 == iso3


@pytest.mark.parametrize(
    ("iso3", "first"),
    [
        ("XKX", date(2008, 2, 17)),
        ("SRB", date(2006, 6, 5)),
        ("SSD", date(2011, 7, 9)),
        ("CZE", date(1993, 1, 1)),
        ("TLS", date(2002, 5, 20)),
        ("USA", date(1946, 1, 1)),
    ],
)
def test_first_day(iso3: str, first: date) -> None:
    assert spells(iso3)[0].valid_from == first
    assert exists(iso3, first)
    assert not exists(iso3, first.replace(year=first.year - 1))


def test_number_345_passes_from_yugoslavia_to_serbia() -> None:
    days = [date(1980, 1, 1), date(2003, 2, 3), date(2003, 2, 4), date(2006, 6, 5)]
    assert [from_cow(345, d).iso3 for d in days] == ["YUG", "YUG", "SCG", "SRB"]


def test_as_many_states_as_the_lists_know() -> None:
    now = {s.iso3 for s in load_states() if s.on(TODAY)}
    assert len(now) == 197  # 193 members of the United Nations, VAT, PSE, TWN and XKX
    gone = {s.iso3 for s in load_states()} - now
    assert gone == {"SUN", "YUG", "SCG", "CSK", "DDR", "YMD", "VDR", "EAZ"}


def test_no_two_states_share_a_number_on_one_day() -> None:
    for number in ("cow", "gw"):
        bearers: dict[int, list[State]] = defaultdict(list)
        for spell in load_states():
            if (code := getattr(spell, number)) is not None:
                bearers[code].append(spell)
        for code, shared in bearers.items():
            for spell in shared:
                assert [s for s in shared if s.on(spell.valid_from)] == [spell], (number, code)


def test_spells_of_a_state_follow_without_gap_or_overlap() -> None:
    for iso3 in {s.iso3 for s in load_states()}:
        lives = spells(iso3)
        for before, after in pairwise(lives):
            assert before.valid_to == after.valid_from


def test_successors_are_states_that_live_on() -> None:
    for spell in load_states():
        for code in spell.successors:
            assert spell.valid_to is not None
            assert exists(code, spell.valid_to), (spell.iso3, code)


def test_every_row_says_where_it_comes_from() -> None:
    assert all(row["origin"] for row in rows("states.csv"))


# looking up


@pytest.mark.parametrize(
    ("asked", "iso3"),
    [
        ("AZE", "AZE"),
        ("aze", "AZE"),
        ("azerbaijan", "AZE"),
        ("Côte d'Ivoire", "CIV"),
        ("cote d’ivoire", "CIV"),
        ("Ivory Coast", "CIV"),
        ("Burma", "MMR"),
        ("The Gambia", "GMB"),
        ("US", "USA"),
        ("u.s.", "USA"),
        ("Britain", "GBR"),
        ("Russia", "RUS"),
        ("Soviet Union", "SUN"),
        ("Türkiye", "TUR"),
        ("Swaziland", "SWZ"),
        ("Macedonia", "MKD"),
        ("PRC", "CHN"),
        ("Kosovo", "XKX"),
    ],
)
def test_lookup_by_code_and_name(asked: str, iso3: str) -> None:
    assert state(asked).iso3 == iso3


def test_a_shared_name_goes_by_date() -> None:
    assert state("Russia", date(1980, 1, 1)).iso3 == "SUN"
    assert state("Serbia", date(2004, 1, 1)).iso3 == "SCG"
    assert state("Germany", date(1980, 1, 1)).cow == 260


def test_an_unknown_name_is_refused_with_the_nearest() -> None:
    with pytest.raises(CodeError) as caught:
        state("Azerbajan")
    assert "Azerbaijan" in str(caught.value.hint)
    with pytest.raises(CodeError):
        state("")
    with pytest.raises(CodeError):
        state("Baku")  # a capital is not a name of the state


@pytest.mark.parametrize("asked", ["Congo", "Korea"])
def test_a_name_of_two_states_is_refused(asked: str) -> None:
    with pytest.raises(CodeError, match="more than one state"):
        state(asked)


def test_a_day_outside_the_life_span_is_refused() -> None:
    with pytest.raises(CodeError, match="did not exist on 1980"):
        state("AZE", date(1980, 1, 1))
    with pytest.raises(CodeError, match="COW code 260"):
        from_cow(260, date(2000, 1, 1))
    with pytest.raises(CodeError, match="GW code 9999"):
        from_gw(9999, date(2000, 1, 1))
    assert not exists("QQQ", TODAY)


# names


def test_every_state_has_name_adjective_demonym_and_capital() -> None:
    have = defaultdict(set)
    for name in load_state_names():
        have[name.iso3].add(name.kind)
    for iso3 in {s.iso3 for s in load_states()}:
        assert {"name", "adjective", "demonym", "capital"} <= have[iso3], iso3


def test_the_name_of_every_spell_is_among_the_names() -> None:
    known = {(n.iso3, n.name) for n in load_state_names() if n.kind == "name"}
    assert {(s.iso3, s.name) for s in load_states()} <= known


def test_names_are_well_formed_and_lie_in_the_life_of_their_state() -> None:
    for name in load_state_names():
        lives = spells(name.iso3)
        assert lives, name
        assert name.kind in KINDS
        assert name.name == name.name.strip() != ""
        start, end = lives[0].valid_from, lives[-1].valid_to
        assert name.valid_from is None or start <= name.valid_from, name
        if end is not None:
            assert name.valid_to is not None, name
            assert name.valid_to <= end, name
        if name.valid_from and name.valid_to:
            assert name.valid_from < name.valid_to, name
    twice = Counter((n.iso3, n.kind, n.name, n.valid_from) for n in load_state_names())
    assert [key for key, n in twice.items() if n > 1] == []


def test_no_name_stands_for_two_states_on_one_day() -> None:
    by_name = defaultdict(list)
    for name in load_state_names():
        by_name[name.name.casefold()].append(name)
    for shared in by_name.values():
        for name in shared:
            day = name.valid_from or date(1946, 1, 1)
            assert {n.iso3 for n in shared if n.on(day)} == {name.iso3}, name


@pytest.mark.parametrize(
    ("capital", "on", "iso3"),
    [
        ("Almaty", date(1997, 12, 9), {"KAZ"}),
        ("Almaty", date(1997, 12, 10), set()),
        ("Astana", date(2018, 1, 1), {"KAZ"}),
        ("Astana", date(2020, 1, 1), set()),
        ("Nur-Sultan", date(2020, 1, 1), {"KAZ"}),
        ("Astana", date(2022, 9, 17), {"KAZ"}),
        ("Bonn", date(1989, 1, 1), {"DEU"}),
        ("Berlin", date(2000, 1, 1), {"DEU"}),
        ("Moscow", date(1985, 1, 1), {"SUN"}),
        ("Moscow", date(2014, 1, 1), {"RUS"}),
        ("Baku", date(2014, 12, 3), {"AZE"}),
        ("Kiev", date(2014, 1, 1), {"UKR"}),
        ("Kyiv", date(2014, 1, 1), {"UKR"}),
        ("Belgrade", date(2004, 1, 1), {"SCG"}),
    ],
)
def test_capitals_by_date(capital: str, on: date, iso3: set[str]) -> None:
    assert codes_of(capital, on, "capital") == iso3


def test_metonyms_name_their_sector_and_end_when_they_ended() -> None:
    notes = {n.name: n.note for n in load_state_names() if n.kind == "metonym"}
    assert "sector=MIL" in notes["Pentagon"]
    assert "sector=LEG" in notes["Duma"]
    assert all("sector=" in note for note in notes.values())
    assert codes_of("Blue House", date(2022, 5, 9)) == {"KOR"}
    assert codes_of("Blue House", date(2022, 5, 10)) == set()
    assert "Sublime Porte" not in notes


def test_abbreviations_ask_for_their_case() -> None:
    notes = {n.name: n.note.split(";") for n in load_state_names() if n.kind == "name"}
    for short in ("US", "U.S.", "UK", "UAE", "DRC", "PRC", "ROK", "DPRK", "Turkey", "Chad"):
        assert "case" in notes[short], short
    assert "ambiguous:USA-state" in notes["Georgia"]
    assert "ambiguous:person" in notes["Jordan"]


def test_regions_belong_to_the_de_jure_state() -> None:
    on = date(2015, 1, 1)
    for region, iso3 in {
        "Crimea": "UKR",
        "Donbas": "UKR",
        "Chechnya": "RUS",
        "Abkhazia": "GEO",
        "Transnistria": "MDA",
        "Nagorno-Karabakh": "AZE",
        "Northern Cyprus": "CYP",
        "Gaza": "PSE",
        "Hong Kong": "CHN",
    }.items():
        assert codes_of(region, on, "region") == {iso3}
    assert codes_of("Hong Kong", date(1990, 1, 1)) == {"GBR"}
    assert codes_of("Azerbaijan", date(1990, 1, 1)) == {"SUN"}


# cities and organisations


def test_cities_are_places_of_known_states() -> None:
    cities = rows("cities.csv")
    assert len(cities) >= 400
    assert all(spells(c["iso3"]) for c in cities)
    assert {(c["name"], c["iso3"]) for c in cities} >= {("Sochi", "RUS"), ("Sevastopol", "UKR")}
    assert max(Counter((c["name"], c["iso3"]) for c in cities).values()) == 1


def test_organisations_are_well_formed() -> None:
    kinds = {
        *("IGO", "NGO", "MNC", "ARMED", "MEDIA", "STATE_FIRM", "PARTY", "PARLIAMENT", "AGENCY"),
    }
    sectors = {
        *("IGO", "NGO", "MNC", "MIL", "SPY", "BUS", "JRN", "REB", "LEG", "PTY", "GOV", "JUD"),
        *("COP", "CVL", "UAF"),
    }
    organisations = rows("organisations.csv")
    assert len(organisations) >= 250
    assert max(Counter(o["code"] for o in organisations).values()) == 1
    for o in organisations:
        assert o["code"] == "EUR" or not spells(o["code"]), "a code must not look like a state's"
        assert o["type"] in kinds, o
        assert o["sector"] in sectors, o
        assert o["domain"] in {"", "political", "security", "economic", "energy", "society"}, o
        assert not o["state"] or o["score_code"] == o["state"], o
        assert o["score_code"] in {"EUR", "IGO", "NGO", "MNC", "IMG"} or spells(o["score_code"]), o
        start, end = o["valid_from"], o["valid_to"]
        assert not (start and end) or date.fromisoformat(start) < date.fromisoformat(end), o


def test_no_organisation_answers_to_the_name_of_another() -> None:
    by_name = defaultdict(list)
    for o in rows("organisations.csv"):
        for name in {o["name"], *o["aliases"].split("|")} - {""}:
            by_name[name].append(o)
    for name, bearers in by_name.items():
        for o in bearers:
            day = o["valid_from"] or "1946-01-01"
            same = [
                b["code"]
                for b in bearers
                if (b["valid_from"] or "1946-01-01") <= day < (b["valid_to"] or "9999-12-31")
            ]
            assert same == [o["code"]], name


@pytest.mark.parametrize(
    ("code", "state_code", "score"),
    [
        ("EUCOM", "", "EUR"),
        ("EEC", "", "EUR"),
        ("NATO", "", "IGO"),
        ("SOCAR", "AZE", "AZE"),
        ("SOFAZ", "AZE", "AZE"),
        ("BP", "GBR", "GBR"),
        ("GAZPROM", "RUS", "RUS"),
        ("FSB", "RUS", "RUS"),
        ("ISIS", "", "IMG"),
        ("HRW", "", "NGO"),
        ("DNR", "UKR", "UKR"),
        ("RFERL", "USA", "USA"),
    ],
)
def test_known_organisations(code: str, state_code: str, score: str) -> None:
    (row,) = [o for o in rows("organisations.csv") if o["code"] == code]
    assert (row["state"], row["score_code"]) == (state_code, score)
