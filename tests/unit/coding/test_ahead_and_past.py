"""What is ahead is planned, what is long past dates only its own clause, origins are no parties."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from tiltmeter.coding.coder import BuiltinCoder, Coded, Document, SentenceCoding

DAY = date(2016, 6, 5)


@pytest.fixture(scope="module")
def coder() -> BuiltinCoder:
    return BuiltinCoder()


def coded(coder: BuiltinCoder, text: str, **over: Any) -> SentenceCoding:
    ((_, (sentence,)),) = coder.code([Document("d", text, DAY, **over)])
    return sentence


def event(coder: BuiltinCoder, text: str, event_type: str) -> Coded:
    (found,) = (e for e in coded(coder, text).events if e.found.event_type == event_type)
    return found


AHEAD = [
    ("Turkey and Georgia are to hold talks in Batumi.", "AGREE"),
    ("Russia and Azerbaijan are to hold joint exercises.", "AGREE"),
    ("Russia is due to sign an agreement with Turkey.", "AGREE"),
    ("The foreign ministers of Iran and Iraq are due to meet in Tehran.", "AGREE"),
    ("Putin was to visit Turkey.", "AGREE"),
    ("Turkey is not only set to send aid to Syria.", "AGREE"),
    ("Russia is set to impose sanctions on Georgia.", "THREATEN"),
]


@pytest.mark.parametrize(("text", "event_type"), AHEAD)
def test_what_is_to_be_done_is_planned(coder: BuiltinCoder, text: str, event_type: str) -> None:
    assert event(coder, text, event_type).found.status == "planned"


@pytest.mark.parametrize(
    ("text", "event_type"),
    [
        ("Turkey and Georgia held talks in Batumi.", "CONSULT"),
        ("Russia signed an agreement with Turkey.", "SUPPORT"),
        ("Iran said the United States is to blame, and condemned Israel.", "ACCUSE"),
    ],
)
def test_what_is_done_stays_done(coder: BuiltinCoder, text: str, event_type: str) -> None:
    assert event(coder, text, event_type).found.status == "done"


@pytest.mark.parametrize(
    ("text", "state"),
    [
        ("Police in Israel arrested a Russian-born businessman.", "RUS"),
        ("Ukraine banned the Russian language.", "RUS"),
        ("Latvia restricted teaching in the Russian language.", "RUS"),
        ("Turkey arrested a Georgian–born writer.", "GEO"),
        ("Turkey banned Armenian-language newspapers.", "ARM"),
    ],
)
def test_an_origin_or_a_tongue_is_no_party(coder: BuiltinCoder, text: str, state: str) -> None:
    found = coded(coder, text).events
    assert all(state not in {a.code for a in e.found.targets} for e in found)


def test_a_state_beside_an_origin_is_one(coder: BuiltinCoder) -> None:
    told = event(coder, "Ukraine condemned Russia in the Russian language.", "ACCUSE")
    assert {a.code for a in told.found.targets} == {"RUS"}


def test_an_explicit_date_after_publication_is_told(coder: BuiltinCoder) -> None:
    sentence = coded(coder, "Russia and Azerbaijan held talks on 5 June 2031.")
    assert sentence.events[0].when.day == DAY
    assert sentence.problems == ["date '5 June 2031': after publication (2016-06-05), not taken"]


@pytest.mark.parametrize(
    "text",
    [
        "Russia and Azerbaijan will hold talks in 2031.",
        "Russia and Azerbaijan held talks on 3 June 2016.",
        "Russia promised Azerbaijan gas by 2031.",
        "Russia and Azerbaijan signed a plan of cooperation for 2031.",
        "Russia and Azerbaijan signed a treaty that takes effect on 1 January 2031.",
    ],
)
def test_a_date_that_is_meant_to_be_ahead_is_no_problem(coder: BuiltinCoder, text: str) -> None:
    assert coded(coder, text).problems == []


def test_a_year_long_gone_dates_what_its_own_clause_tells(coder: BuiltinCoder) -> None:
    told = event(
        coder, "Turkey condemned France over a law on the Armenians killed in 1915.", "ACCUSE"
    )
    assert told.when.day == DAY
    told = event(coder, "Russia, which annexed Crimea in 2014, criticised Ukraine.", "ACCUSE")
    assert told.when.day == DAY


@pytest.mark.parametrize(
    ("text", "event_type"),
    [
        ("About 1.5 million Armenians were killed by Turkey in 1915.", "ASSAULT"),
        ("In 1915 Turkey killed about 1.5 million Armenians.", "ASSAULT"),
    ],
)
def test_a_year_of_its_own_dates_an_event(coder: BuiltinCoder, text: str, event_type: str) -> None:
    assert event(coder, text, event_type).when.day == date(1915, 1, 1)
