from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from tiltmeter.errors import CodeError, ConfigError
from tiltmeter.knowledge.poles import Member, load_poles, pole, poles_from_toml
from tiltmeter.knowledge.states import spells

TODAY = date(2025, 6, 30)


def one(**fields: Any) -> dict[str, object]:
    """A table with one pole."""
    return {"pole": [{"name": "MINE", **fields}]}


# the built-in poles


def test_the_poles_that_are_there() -> None:
    assert list(load_poles()) == [
        *("RUS", "USA", "EU", "WEST", "CHN", "TUR", "IRN", "EAEU", "NATO", "CIS", "BRICS"),
    ]
    for made in load_poles().values():
        assert made.title
        assert made.description
        assert made.origin


@pytest.mark.parametrize(
    ("name", "code", "last_day_out", "first_day_in"),
    [
        ("EU", "HRV", date(2013, 6, 30), date(2013, 7, 1)),
        ("EU", "POL", date(2004, 4, 30), date(2004, 5, 1)),
        ("EU", "DNK", date(1972, 12, 31), date(1973, 1, 1)),
        ("NATO", "POL", date(1999, 3, 11), date(1999, 3, 12)),
        ("NATO", "EST", date(2004, 3, 28), date(2004, 3, 29)),
        ("NATO", "FIN", date(2023, 4, 3), date(2023, 4, 4)),
        ("NATO", "SWE", date(2024, 3, 6), date(2024, 3, 7)),
        ("EAEU", "KGZ", date(2015, 8, 11), date(2015, 8, 12)),
        ("EAEU", "ARM", date(2015, 1, 1), date(2015, 1, 2)),
        ("BRICS", "IRN", date(2023, 12, 31), date(2024, 1, 1)),
        ("BRICS", "IDN", date(2025, 1, 5), date(2025, 1, 6)),
        ("CIS", "AZE", date(1993, 9, 23), date(1993, 9, 24)),
    ],
)
def test_accessions(name: str, code: str, last_day_out: date, first_day_in: date) -> None:
    assert not pole(name).is_member(code, last_day_out)
    assert pole(name).is_member(code, first_day_in)


@pytest.mark.parametrize(
    ("name", "code", "last_day_in", "first_day_out"),
    [
        ("EU", "GBR", date(2020, 1, 31), date(2020, 2, 1)),
        ("CIS", "GEO", date(2009, 8, 17), date(2009, 8, 18)),
        ("CIS", "UKR", date(2018, 5, 18), date(2018, 5, 19)),
        ("RUS", "SUN", date(1991, 12, 25), date(1991, 12, 26)),
    ],
)
def test_withdrawals(name: str, code: str, last_day_in: date, first_day_out: date) -> None:
    assert pole(name).is_member(code, last_day_in)
    assert not pole(name).is_member(code, first_day_out)


@pytest.mark.parametrize(
    ("name", "on", "states"),
    [
        ("EU", date(1957, 12, 31), 0),
        ("EU", date(1958, 1, 1), 6),
        ("EU", date(1994, 1, 1), 12),
        ("EU", date(1995, 1, 1), 15),
        ("EU", date(2004, 5, 1), 25),
        ("EU", date(2007, 1, 1), 27),
        ("EU", date(2014, 12, 3), 28),
        ("EU", TODAY, 27),
        ("NATO", date(1950, 1, 1), 12),
        ("NATO", date(1990, 1, 1), 16),
        ("NATO", date(2014, 1, 1), 28),
        ("NATO", TODAY, 32),
        ("EAEU", TODAY, 5),
        ("BRICS", date(2014, 1, 1), 5),
        ("BRICS", TODAY, 10),
        ("CIS", date(2014, 12, 3), 10),
    ],
)
def test_number_of_member_states(name: str, on: date, states: int) -> None:
    assert sum(bool(spells(code)) for code in pole(name).members_on(on)) == states


def test_members_are_states_that_exist_while_they_are_members() -> None:
    for made in load_poles().values():
        for member in made.members:
            lives = spells(member.code)
            if lives:
                assert lives[0].valid_from <= member.valid_from, (made.name, member)
                end = lives[-1].valid_to
                assert end is None or (member.valid_to and member.valid_to <= end)


def test_the_union_itself_is_a_member() -> None:
    assert "EUR" in pole("EU").members_on(date(2014, 12, 3))
    assert "NATO" in pole("NATO").members_on(date(2014, 12, 3))


def test_the_west_is_its_parts_and_keeps_britain() -> None:
    west = pole("WEST")
    assert west.parts == ("USA", "EU")
    for on in (date(1980, 1, 1), date(2014, 12, 3)):
        assert west.members_on(on) == pole("USA").members_on(on) | pole("EU").members_on(on)
    assert west.members_on(TODAY) == {"USA", "GBR"} | pole("EU").members_on(TODAY)
    assert [m for m in west.members if m.code == "GBR"] == [Member("GBR", date(1973, 1, 1), None)]


def test_azerbaijan_in_2014() -> None:
    on = date(2014, 12, 3)
    of = {name for name in load_poles() if pole(name).is_member("AZE", on)}
    assert of == {"CIS"}


def test_ever_member_takes_a_half_open_window() -> None:
    eu = pole("EU")
    assert eu.ever_member("GBR", date(2020, 1, 1), date(2021, 1, 1))
    assert not eu.ever_member("GBR", date(2020, 2, 1), date(2021, 1, 1))
    assert not eu.ever_member("HRV", date(2013, 1, 1), date(2013, 7, 1))
    assert eu.ever_member("HRV", date(2013, 1, 1), date(2013, 7, 2))


# finding a pole


def test_any_state_is_a_pole_over_its_life_span() -> None:
    made = pole("AZE")
    assert made.title == "Azerbaijan"
    assert made.members == (Member("AZE", date(1991, 12, 21), None),)
    assert pole("DEU").members == (Member("DEU", date(1949, 9, 21), None),)
    assert pole("ind").name == "IND"


def test_an_unknown_pole_is_refused_with_the_known_ones() -> None:
    with pytest.raises(CodeError) as caught:
        pole("WEZT")
    assert "WEST" in str(caught.value.hint)
    assert "BRICS" in str(caught.value.hint)
    with pytest.raises(CodeError):
        pole("Azerbaijan")  # a name is no code


def test_the_users_own_pole_goes_first() -> None:
    own = poles_from_toml({"pole": [{"name": "WEST", "member": [{"iso3": "USA"}]}]})
    assert pole("WEST", own).members_on(TODAY) == {"USA"}
    assert pole("EU", own) == pole("EU")


# poles of the user's own


def test_a_users_pole() -> None:
    own = poles_from_toml(
        one(
            title="Three",
            parts=["EU", "NATO", "JPN"],
            member=[
                {"iso3": "AUS", "from": "1990-01-01", "to": date(2000, 1, 1)},
                {"iso3": "AUS", "from": date(2010, 1, 1)},
                {"org": "OSCE", "from": date(1995, 1, 1)},
            ],
        )
    )
    mine = own["MINE"]
    assert mine.title == "Three"
    assert {"AUS", "JPN", "USA", "EUR", "OSCE"} <= mine.members_on(date(2014, 1, 1))
    assert not mine.is_member("AUS", date(2005, 1, 1))
    # Germany is in two parts: one spell, from the earlier accession
    assert [m for m in mine.members if m.code == "DEU"] == [Member("DEU", date(1955, 5, 6), None)]


def test_a_pole_may_be_part_of_a_later_one() -> None:
    own = poles_from_toml(
        {
            "pole": [
                {"name": "A", "member": [{"iso3": "JPN"}]},
                {"name": "B", "parts": ["A", "USA"]},
            ]
        }
    )
    assert own["B"].members_on(TODAY) == {"JPN", "USA"}
    assert poles_from_toml({}) == {}


@pytest.mark.parametrize(
    ("fields", "key", "hint"),
    [
        ({"member": [{"iso3": "QQQ"}]}, "iso3", "a state code"),
        ({"member": [{"org": "NOPE"}]}, "org", "organisations.csv"),
        ({"member": [{"code": "USA"}]}, "code", "iso3, org, from, to"),
        ({"member": [{}]}, "member[0]", "either iso3 or org"),
        ({"member": [{"iso3": "USA", "org": "UN"}]}, "member[0]", "either iso3 or org"),
        ({"member": [{"iso3": 3}]}, "iso3", "text"),
        ({"member": [{"iso3": "USA", "from": "yesterday"}]}, "from", "YYYY-MM-DD"),
        ({"member": [{"iso3": "USA", "from": 2014}]}, "from", "YYYY-MM-DD"),
        (
            {"member": [{"iso3": "USA", "from": "2014-01-01", "to": "2013-01-01"}]},
            "to",
            "a day after 2014-01-01",
        ),
        (
            {
                "member": [
                    {"iso3": "USA", "from": "2000-01-01", "to": "2014-01-01"},
                    {"iso3": "USA", "from": "2013-12-31"},
                ]
            },
            "from",
            "not before 2014-01-01",
        ),
        (
            {"member": [{"iso3": "USA"}, {"iso3": "USA", "from": "2013-12-31"}]},
            "from",
            "the open end",
        ),
        ({"parts": ["NOWHERE"]}, "parts", "written before it"),
        ({"parts": "EU"}, "parts", "a list"),
        ({"member": "USA"}, "member", "tables"),
        ({}, "member", "at least one"),
        ({"members": []}, "members", "member"),
        ({"name": ""}, "name", "not empty"),
    ],
)
def test_what_is_refused(fields: dict[str, object], key: str, hint: str) -> None:
    with pytest.raises(ConfigError) as caught:
        poles_from_toml(one(**fields))
    assert key in str(caught.value.context["key"])
    assert "value" in caught.value.context
    assert hint in str(caught.value.context["allowed"])


def test_a_name_is_given_once() -> None:
    row = {"name": "A", "member": [{"iso3": "JPN"}]}
    with pytest.raises(ConfigError, match=r"pole\.name"):
        poles_from_toml({"pole": [row, row]})
