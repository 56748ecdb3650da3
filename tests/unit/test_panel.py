"""The panel in SQL: dated members, both directions, one happening once, no private people."""

from __future__ import annotations

from datetime import date
from typing import Any

import pyarrow as pa
import pytest

import builders
from tiltmeter.knowledge.poles import pole
from tiltmeter.panel import COVERAGE_SQL, PANEL_SQL, PRIVATE, members_table, states_table
from tiltmeter.pipeline import run_sql
from tiltmeter.schemas import COVERAGE, PANEL

COUNTS = ("n_mconf", "n_vconf", "n_vcoop", "n_mcoop")


def panel(rows: list[dict[str, Any]], poles: tuple[str, ...], states: tuple[str, ...]) -> pa.Table:
    made = run_sql(
        PANEL_SQL,
        {
            "stories": builders.stories(*rows),
            "members": members_table([pole(name) for name in poles]),
            "states": states_table(list(states)),
        },
    )
    return PANEL.check(made, stage="panel")


def cells(table: pa.Table) -> dict[tuple[str, str, str, str], tuple[int, ...]]:
    """(state, pole, domain, month) -> the four counts."""
    return {
        (r["state"], r["pole"], r["domain"], f"{r['month']:%Y-%m}"): tuple(r[c] for c in COUNTS)
        for r in table.to_pylist()
    }


def coverage(rows: list[dict[str, Any]], poles: tuple[str, ...]) -> dict[tuple[str, str, str], int]:
    made = run_sql(
        COVERAGE_SQL,
        {
            "stories": builders.stories(*rows),
            "members": members_table([pole(name) for name in poles]),
        },
    )
    table = COVERAGE.check(made, stage="coverage")
    return {
        (r["kind"], r["code"], f"{r['month']:%Y-%m}"): r["n_stories"] for r in table.to_pylist()
    }


STORY = builders.story


def test_the_four_classes_are_counted_apart_by_domain_and_month() -> None:
    rows = [
        STORY("a", event_type="CONSULT"),
        STORY("b", event_type="SUPPORT"),
        STORY("c", event_type="AID", domain="economic"),
        STORY("d", event_type="ACCUSE"),
        STORY("e", event_type="SANCTION", domain="economic"),
        STORY("f", event_type="CONSULT", date=date(2015, 1, 1)),
    ]
    assert cells(panel(rows, ("RUS",), ("AZE",))) == {
        ("AZE", "RUS", "political", "2014-12"): (0, 1, 2, 0),
        ("AZE", "RUS", "economic", "2014-12"): (1, 0, 0, 1),
        ("AZE", "RUS", "political", "2015-01"): (0, 0, 1, 0),
    }


def test_the_stories_behind_a_cell_are_named() -> None:
    (row,) = panel([STORY("b"), STORY("a")], ("RUS",), ("AZE",)).to_pylist()
    assert sorted(row["story_ids"]) == ["a", "b"]


def test_both_directions_count_and_a_mutual_act_counts_once() -> None:
    there, back = STORY("a"), STORY("b", source="AZE", target="RUS")
    assert cells(panel([there, back], ("RUS",), ("AZE",))) == {
        ("AZE", "RUS", "political", "2014-12"): (0, 0, 2, 0)
    }
    mutual = [there, back | {"happening": there["happening"]}]
    assert cells(panel(mutual, ("RUS",), ("AZE",))) == {
        ("AZE", "RUS", "political", "2014-12"): (0, 0, 1, 0)
    }


@pytest.mark.parametrize(
    ("day", "counted"),
    [
        (date(1972, 12, 31), False),
        (date(1973, 1, 1), True),
        (date(2020, 1, 31), True),
        (date(2020, 2, 1), False),
    ],
)
def test_members_belong_to_a_pole_by_date(day: date, counted: bool) -> None:
    rows = [STORY("a", source="GBR", date=day)]
    want = {("AZE", "EU", "political", f"{day:%Y-%m}"): (0, 0, 1, 0)} if counted else {}
    assert cells(panel(rows, ("EU",), ("AZE",))) == want


def test_a_member_is_not_measured_against_its_own_pole() -> None:
    rows = [STORY("a", source="FRA", target="DEU"), STORY("b", source="FRA", target="GBR")]
    assert cells(panel(rows, ("EU",), ("FRA", "DEU", "GBR"))) == {}


def test_from_the_day_it_leaves_it_is() -> None:
    rows = [
        STORY("a", source="FRA", target="GBR", date=date(2020, 1, 31)),
        STORY("b", source="FRA", target="GBR", date=date(2020, 2, 1)),
    ]
    assert cells(panel(rows, ("EU",), ("FRA", "DEU", "GBR"))) == {
        ("GBR", "EU", "political", "2020-02"): (0, 0, 1, 0)
    }


def test_the_state_that_leads_a_pole_is_not_measured_against_itself() -> None:
    assert set(cells(panel([STORY("a")], ("RUS",), ("AZE", "RUS")))) == {
        ("AZE", "RUS", "political", "2014-12")
    }


def test_one_happening_with_two_members_counts_once_for_the_pole() -> None:
    rows = [
        STORY("a", source="AZE", target="FRA", happening="d1:0:0"),
        STORY("b", source="AZE", target="DEU", happening="d1:0:0"),
        STORY("c", source="AZE", target="USA", happening="d1:0:0"),
    ]
    found = cells(panel(rows, ("EU", "USA", "WEST"), ("AZE",)))
    assert found == {
        ("AZE", name, "political", "2014-12"): (0, 0, 1, 0) for name in ("EU", "USA", "WEST")
    }


def test_two_acts_of_one_happening_of_different_class_count_each() -> None:
    rows = [
        STORY("a", happening="d1:0:0"),
        STORY("b", happening="d1:0:1", event_type="ACCUSE"),
    ]
    assert cells(panel(rows, ("RUS",), ("AZE",))) == {
        ("AZE", "RUS", "political", "2014-12"): (0, 1, 1, 0)
    }


@pytest.mark.parametrize("sector", PRIVATE)
def test_people_who_do_not_act_for_their_state_are_left_out(sector: str) -> None:
    rows = [STORY("a", source_sector=sector), STORY("b", target_sector=sector)]
    assert cells(panel(rows, ("RUS",), ("AZE",))) == {}
    assert coverage(rows, ("RUS",)) == {}


@pytest.mark.parametrize("sector", [None, "GOV", "MIL", "LEG", "IGO"])
def test_those_who_act_for_it_count(sector: str | None) -> None:
    assert cells(panel([STORY("a", target_sector=sector)], ("RUS",), ("AZE",)))


@pytest.mark.parametrize(
    ("status", "counted"),
    [("done", True), ("planned", True), ("denied", False), ("alleged", False)],
)
def test_what_is_denied_or_alleged_is_left_out(status: str, counted: bool) -> None:
    rows = [STORY("a", status=status)]
    assert bool(cells(panel(rows, ("RUS",), ("AZE",)))) is counted
    assert bool(coverage(rows, ("RUS",))) is counted


def test_home_affairs_and_acts_on_nobody_are_left_out() -> None:
    rows = [STORY("a", source="AZE"), STORY("b", target=None, target_sector=None)]
    assert cells(panel(rows, ("RUS",), ("AZE",))) == {}
    assert coverage(rows, ("RUS",)) == {}


def test_the_panel_is_made_for_states_only() -> None:
    rows = [STORY("a", target="NATO"), STORY("b", target="ABKFORCE")]
    assert cells(panel(rows, ("RUS",), ("AZE",))) == {}


def test_coverage_counts_happenings_of_each_side_once() -> None:
    rows = [
        STORY("a", source="AZE", target="FRA", happening="d1:0:0"),
        STORY("b", source="AZE", target="DEU", happening="d1:0:0"),
        STORY("c", source="TUR", target="FRA"),
        STORY("d", source="TUR", target="AZE", date=date(2015, 1, 31)),
    ]
    assert coverage(rows, ("EU",)) == {
        ("state", "AZE", "2014-12"): 1,
        ("state", "DEU", "2014-12"): 1,
        ("state", "FRA", "2014-12"): 2,
        ("state", "TUR", "2014-12"): 1,
        ("pole", "EU", "2014-12"): 2,
        ("all", "*", "2014-12"): 2,
        ("state", "AZE", "2015-01"): 1,
        ("state", "TUR", "2015-01"): 1,
        ("all", "*", "2015-01"): 1,
    }


def test_coverage_of_a_pole_knows_its_members_by_date() -> None:
    rows = [STORY("a", source="GBR", date=date(2020, 3, 1))]
    assert ("pole", "EU", "2020-03") not in coverage(rows, ("EU",))


def test_no_stories_no_cells() -> None:
    assert cells(panel([], ("RUS",), ("AZE",))) == {}
    assert coverage([], ("RUS",)) == {}


def test_members_are_rows_with_open_ends_far_away() -> None:
    table = members_table([pole("EU")])
    rows = [r for r in table.to_pylist() if r["code"] == "GBR"]
    assert rows == [
        {"pole": "EU", "code": "GBR", "valid_from": date(1973, 1, 1), "valid_to": date(2020, 2, 1)}
    ]
    assert next(r for r in table.to_pylist() if r["code"] == "FRA")["valid_to"] == date(9999, 1, 1)
