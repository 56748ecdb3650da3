"""The analysis the product started from: what must be read in it, and what must not."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from tiltmeter import api

pytestmark = pytest.mark.shared
COOPERATIVE = {1, 2}


@pytest.fixture(scope="module")
def reading(seed: Path) -> api.Reading:
    documents, rejects = api.read(seed, day=date(2014, 12, 10))
    return api.code(documents, rejects)


@pytest.fixture(scope="module")
def events(reading: api.Reading) -> list[dict[str, Any]]:
    return reading.events.to_pylist()


def between(events: list[dict[str, Any]], *codes: str) -> list[dict[str, Any]]:
    return [e for e in events if {e["source"], e["target"]} == set(codes)]


def month(event: dict[str, Any]) -> tuple[int, int]:
    return event["date"].year, event["date"].month


@pytest.mark.parametrize("target", ["USA", "EUR"])
def test_azerbaijan_accuses_the_united_states_and_the_eu(
    events: list[dict[str, Any]], target: str
) -> None:
    found = [
        e
        for e in events
        if (e["source"], e["event_type"], e["target"]) == ("AZE", "ACCUSE", target)
        and e["date"] == date(2014, 12, 3)
    ]
    assert found
    assert found[0]["source_sector"] == "GOV"
    assert "Mekhtiyev" in found[0]["source_name"]
    assert found[0]["status"] == "done"


def test_azerbaijan_arrests_the_journalist(events: list[dict[str, Any]]) -> None:
    found = [e for e in events if (e["source"], e["event_type"]) == ("AZE", "COERCE")]
    assert found
    first = next(e for e in found if e["date"] == date(2014, 12, 5))
    assert "Ismailova" in first["target_name"]
    assert (first["target"], first["domain"], first["status"]) == ("AZE", "society", "done")


def test_all_reports_of_the_arrest_are_one_story(reading: api.Reading) -> None:
    arrests = [s for s in reading.stories.to_pylist() if s["event_type"] == "COERCE"]
    assert len(arrests) == 1


def test_the_economic_committee_resumes(events: list[dict[str, Any]]) -> None:
    found = [
        e
        for e in between(events, "AZE", "RUS")
        if month(e) == (2014, 8) and e["quad_class"] in COOPERATIVE
    ]
    assert [e["domain"] for e in found] == ["economic"]


def test_investments_are_protected_by_agreement(events: list[dict[str, Any]]) -> None:
    found = [e for e in between(events, "AZE", "RUS") if month(e) == (2014, 9)]
    assert found
    assert {(e["domain"], e["quad_class"] in COOPERATIVE) for e in found} == {("economic", True)}
    assert any("agreement" in e["trigger"] for e in found)


def test_military_cooperation_is_agreed_on(events: list[dict[str, Any]]) -> None:
    found = [e for e in between(events, "AZE", "RUS") if e["domain"] == "security"]
    assert any(e["quad_class"] in COOPERATIVE for e in found)


@pytest.mark.parametrize("partner", ["RUS", "KAZ"])
def test_joint_exercises_are_planned(events: list[dict[str, Any]], partner: str) -> None:
    found = [
        e
        for e in between(events, "AZE", partner)
        if e["domain"] == "security" and e["status"] == "planned" and "exercise" in e["text"]
    ]
    assert found
    assert {e["event_type"] for e in found} == {"AGREE"}


def test_russia_announces_a_pipeline_through_turkey(events: list[dict[str, Any]]) -> None:
    found = [e for e in between(events, "RUS", "TUR") if e["domain"] == "energy"]
    assert [(e["event_type"], e["status"]) for e in found] == [("AGREE", "planned")]


def test_what_the_analyst_supposes_is_no_deed(events: list[dict[str, Any]]) -> None:
    deeds = [e for e in events if e["status"] in {"done", "planned"}]
    # the fifth column and the colour revolution are what the West is blamed for, not what it did
    assert not [e for e in deeds if e["source"] in {"USA", "EUR"}]
    # nobody attacks, mobilises or breaks off anything in this text
    assert {e["event_type"] for e in deeds if e["quad_class"] == 4} == {"COERCE"}
    # accession to the Eurasian Union is what Russia wants
    assert not [e for e in deeds if "EAEU" in {e["source"], e["target"]}]
    # "coming down on" and "repositioning" are the reading; the arrest is only told again there
    reading = [e for e in deeds if "coming down on" in e["text"] or "repositioning" in e["text"]]
    assert {e["event_type"] for e in reading} <= {"COERCE"}


def test_every_event_points_at_its_words(reading: api.Reading) -> None:
    (text,) = reading.documents["text"].to_pylist()
    for e in reading.events.to_pylist():
        assert text[e["trigger_start"] : e["trigger_end"]] == e["trigger"]
        if e["source_start"] is not None:
            assert text[e["source_start"] : e["source_end"]] == e["source_name"]
