"""Many reports, one happening: what is joined, what is kept apart, and what must not matter."""

from __future__ import annotations

import random
from datetime import date, timedelta
from typing import Any

import pyarrow as pa
import pytest

import builders
from tiltmeter.stories import PERSON_WINDOW_DAYS, WINDOW_DAYS, stories

ARREST = {
    "event_type": "COERCE",
    "source": "AZE",
    "target": "AZE",
    "target_sector": "JRN",
    "target_name": "Leyla Rahimova",
}


def told(*rows: dict[str, Any]) -> list[dict[str, Any]]:
    return stories(builders.events(*rows))["stories"].to_pylist()


def on(day: int, month: int = 12) -> date:
    return date(2014, month, day)


def sample() -> list[dict[str, Any]]:
    """A week of reports on several happenings."""
    make = builders.event
    return [
        make("d1", text="Russia met Azerbaijan in Sochi to talk of gas.", date=on(1)),
        make("d2", text="In Sochi, Azerbaijan met Russia; gas was discussed.", date=on(2),
             source="AZE", target="RUS"),
        make("d3", text="Armenia accused Azerbaijan of shelling villages.", date=on(2),
             event_type="ACCUSE", source="ARM"),
        make("d4", text="Azerbaijan accused Armenia of shelling villages.", date=on(2),
             event_type="ACCUSE", source="AZE", target="ARM"),
        make("d5", text="Police arrested Leyla Rahimova at the airport.", date=on(3), **ARREST),
        make("d6", text="Journalist Rahimova, held since last week, was arrested after a trip.",
             date=on(10), **ARREST | {"target_name": "Rahimova"}),
        make("d7", text="France praised Azerbaijan over schools.", date=on(4), event_type="SUPPORT",
             source="FRA"),
        make("d8", text="France praised Azerbaijan over schools.", date=on(4), event_type="SUPPORT",
             source="FRA", status="denied"),
    ]  # fmt: skip


def test_two_reports_of_one_meeting_are_one_story_whoever_is_named_first() -> None:
    found = told(*sample()[:2])
    assert len(found) == 1
    assert (found[0]["n_reports"], found[0]["n_documents"]) == (2, 2)
    assert found[0]["event_ids"] == ["d1:0:0:0", "d2:0:0:0"]
    assert found[0]["date"] == on(1)


def test_an_accusation_has_a_direction() -> None:
    assert {(s["source"], s["target"]) for s in told(*sample()[2:4])} == {
        ("ARM", "AZE"),
        ("AZE", "ARM"),
    }


def test_what_is_denied_is_not_joined_to_what_is_done() -> None:
    assert sorted(s["status"] for s in told(*sample()[6:])) == ["denied", "done"]


def test_an_arrest_told_over_two_weeks_is_one_story() -> None:
    texts = (
        "Police arrested Leyla Rahimova at the airport.",
        "Rahimova remains the third reporter jailed this year, her lawyer said.",
        "A court upheld the detention of Leyla Rahimova.",
    )
    rows = [
        builders.event(f"d{n}", text=text, date=on(1) + timedelta(days=7 * n), **ARREST)
        for n, text in enumerate(texts)
    ]
    found = told(*rows)
    assert len(found) == 1
    assert found[0]["n_reports"] == 3
    assert found[0]["date"] == on(1)


def test_another_person_is_another_arrest() -> None:
    other = ARREST | {"target_name": "Emin Huseynli"}
    rows = [
        builders.event("d1", text="Police arrested Leyla Rahimova.", date=on(1), **ARREST),
        builders.event(
            "d2", text="Another critic, Emin Huseynli, was jailed.", date=on(6), **other
        ),
    ]
    assert len(told(*rows)) == 2


def test_after_the_window_the_same_person_can_be_arrested_again() -> None:
    gap = timedelta(days=PERSON_WINDOW_DAYS + 1)
    rows = [
        builders.event(
            f"d{n}", text="Police arrested Leyla Rahimova.", date=on(1) + n * gap, **ARREST
        )
        for n in range(2)
    ]
    assert len(told(*rows)) == 2


def test_two_visits_a_month_apart_are_two_stories_even_in_the_same_words() -> None:
    rows = [builders.event("d1", date=on(3, 11)), builders.event("d2", date=on(3, 12))]
    found = told(*rows)
    assert len(found) == 2
    assert len({s["story_id"] for s in found}) == 2


def test_reports_day_after_day_do_not_creep_along_the_calendar() -> None:
    rows = [builders.event(f"d{n}", date=on(1) + timedelta(days=n)) for n in range(3 * WINDOW_DAYS)]
    found = told(*rows)
    assert len(found) > 1
    assert all(s["n_reports"] <= WINDOW_DAYS + 1 for s in found)


def test_same_day_same_pair_other_words_is_another_happening() -> None:
    rows = [
        builders.event("d1", text="Russia met Azerbaijan in Sochi."),
        builders.event(
            "d2", text="Finance deputies held tax consultations at lunch.", target_name="x"
        ),
    ]
    assert len(told(*rows)) == 2


def test_one_document_does_not_report_one_act_twice_a_day() -> None:
    rows = [
        builders.event("d1:0:0:0", text="Russia met Azerbaijan in Sochi."),
        builders.event(
            "d1:1:0:0", text="Finance deputies held tax consultations.", sentence_start=40
        ),
    ]
    found = told(*rows)
    assert len(found) == 1
    assert (found[0]["n_reports"], found[0]["n_documents"]) == (2, 1)


def test_the_best_told_report_speaks_and_the_best_dated_one_dates() -> None:
    rows = [
        builders.event("d1", date=on(1), date_precision="month", confidence=0.9),
        builders.event(
            "d2", date=on(3), text="Russia met Azerbaijan in Sochi today.", confidence=0.5
        ),
    ]
    (found,) = told(*rows)
    assert found["document_id"] == "d1"
    assert found["confidence"] == 0.9
    assert (found["date"], found["date_precision"]) == (on(3), "day")


def test_dyads_of_one_act_share_their_happening() -> None:
    rows = [
        builders.event("d1:0:0:0", source="AZE", target="FRA"),
        builders.event("d1:0:0:1", source="AZE", target="DEU"),
    ]
    found = told(*rows)
    assert len(found) == 2
    assert {s["happening"] for s in found} == {"d1:0:0"}


def test_no_events_no_stories() -> None:
    assert told() == []


def copies(rows: list[dict[str, Any]], times: int) -> list[dict[str, Any]]:
    """The same reports in further documents."""
    out = []
    for n in range(times):
        for row in rows:
            twin = f"z{n}{row['document_id']}"
            out.append(
                row
                | {
                    "document_id": twin,
                    "event_id": twin + row["event_id"][len(row["document_id"]) :],
                }
            )
    return out


def without_counts(table: pa.Table) -> list[dict[str, Any]]:
    counts = ("n_reports", "n_documents", "event_ids")
    return sorted(table.drop_columns(counts).to_pylist(), key=lambda s: s["story_id"])


@pytest.mark.parametrize("times", [1, 3])
def test_more_copies_of_every_report_change_the_counts_and_nothing_else(times: int) -> None:
    rows = sample()
    before = stories(builders.events(*rows))["stories"]
    after = stories(builders.events(*rows, *copies(rows, times)))["stories"]
    assert without_counts(after) == without_counts(before)
    one = dict(zip(before["story_id"].to_pylist(), before["n_reports"].to_pylist(), strict=True))
    more = dict(zip(after["story_id"].to_pylist(), after["n_reports"].to_pylist(), strict=True))
    assert more == {k: n * (times + 1) for k, n in one.items()}


def test_a_copy_of_a_report_never_falls_into_another_story() -> None:
    # the second story grows until it resembles the first report as much as its own story does
    rows = [
        builders.event("d1", text="alpha bravo charlie delta"),
        builders.event("d2", text="delta echo foxtrot golf"),
        builders.event("d3", text="delta echo foxtrot alpha"),
    ]
    before = stories(builders.events(*rows))["stories"]
    after = stories(builders.events(*rows, *copies(rows[:1], 1)))["stories"]
    assert without_counts(after) == without_counts(before)


def test_the_order_of_the_rows_changes_nothing() -> None:
    rows = sample() + copies(sample(), 1)
    want = stories(builders.events(*rows))["stories"]
    for seed in range(5):
        random.Random(seed).shuffle(rows)
        assert stories(builders.events(*rows))["stories"].equals(want)
