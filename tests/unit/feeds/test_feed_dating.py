"""Dates of publication, languages, titles and copies."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from feed_files import BODY, OPTIONS, TODAY, jsonl, read_one, rows

from tiltmeter.feeds.dating import Dated, choose, dateline, name_hints, parse_date
from tiltmeter.feeds.drafts import DateHint, Part
from tiltmeter.feeds.language import detect
from tiltmeter.feeds.segments import looks_like_title, split_title
from tiltmeter.feeds.text import read

DAY = date(2014, 12, 3)


@pytest.mark.parametrize(
    "value",
    [
        "2014-12-03",
        "2014-12-03T23:59:00-08:00",
        "2014/12/03",
        "20141203",
        "Wed, 03 Dec 2014 10:00:00 +0400",
        "3 December 2014",
        "3rd of December, 2014",
        "December 3, 2014",
        "Dec. 3, 2014 10:15 am",
        "03.12.2014",
        "D:20141203101112+04'00'",
        DAY,
    ],
)
def test_days(value: object) -> None:
    assert parse_date(value) == Dated(DAY, DAY, "day")


@pytest.mark.parametrize(
    ("value", "why"),
    [
        ("03/04/2014", "ambiguous"),
        ("31 February 2014", "there is no day"),
        ("2014-02-30", "there is no day"),
        ("soon", "cannot be read"),
        ("", "cannot be read"),
        (["x"], "cannot be read"),
        (True, "cannot be read"),
    ],
)
def test_unusable(value: object, why: str) -> None:
    found = parse_date(value)
    assert isinstance(found, str)
    assert why in found


def test_periods_end_on_their_last_day() -> None:
    assert parse_date("2014") == Dated(date(2014, 1, 1), date(2014, 12, 31), "year")
    assert parse_date("February 2012") == Dated(date(2012, 2, 1), date(2012, 2, 29), "month")


@pytest.mark.parametrize(
    ("name", "precision", "day"),
    [
        ("osw-2014-12-03.txt", "day", DAY),
        ("osw_20141203_final.txt", "day", DAY),
        ("3-dec-2014.txt", "day", DAY),
        ("Report Dec 3 2014.pdf", "day", DAY),
        ("2014_12.txt", "month", date(2014, 12, 31)),
        ("dec2014.txt", "month", date(2014, 12, 31)),
        ("2014/12/03/x.txt", "day", DAY),
        ("azerbaijan_2014.txt", "year", date(2014, 12, 31)),
    ],
)
def test_file_names(name: str, precision: str, day: date) -> None:
    dated, _ = choose(name_hints(name), OPTIONS, TODAY)
    assert dated is not None
    assert (dated.last, dated.precision, dated.origin) == (day, precision, "file_name")


@pytest.mark.parametrize(
    "name",
    ["report.txt", "2002-2015_2020-2023.jsonl", "UNSCR_1929.txt", "id_120345678.txt", "v2030.txt"],
)
def test_file_names_without_date(name: str) -> None:
    assert choose(name_hints(name), OPTIONS, TODAY)[0] is None


@pytest.mark.parametrize(
    "text",
    [
        "3 December 2014",
        "Wednesday, 3 December 2014",
        "Baku, 3 December 2014 – The president",
        "BAKU, Azerbaijan, December 3, 2014 (Reuters) - The president",
        "BAKU (AP) — Dec. 3, 2014: The",
        "(AP) Dec. 3, 2014 - The president",
        "Published: 3 December 2014",
        "Date: 2014-12-03",
    ],
)
def test_datelines(text: str) -> None:
    hint = dateline([Part("body", "A title"), Part("body", text)])
    assert hint is not None
    assert parse_date(hint.value) == Dated(DAY, DAY, "day")


@pytest.mark.parametrize(
    "text",
    [
        "On 3 December 2014 the parliament met",
        "Baku, 3 December – The",
        "A treaty of 3 December 2014",
    ],
)
def test_no_datelines(text: str) -> None:
    assert dateline([Part("body", text)]) is None


def test_order_of_trust() -> None:
    hints = [
        DateHint("metadata", "2014"),
        DateHint("dateline", "3 December 2014"),
        DateHint("file_name", "2015-01-01"),
    ]
    dated, problems = choose(hints, OPTIONS, TODAY)
    assert dated == Dated(DAY, DAY, "day", "dateline")  # refines the year, agrees with it
    assert problems == []
    dated, _ = choose([DateHint("metadata", "2013-05-01"), *hints[1:]], OPTIONS, TODAY)
    assert dated is not None
    assert dated.origin == "metadata"


@pytest.mark.parametrize(
    ("text", "lang"),
    [
        ("A pipeline explosion near Lagos, Nigeria, kills up to 100 people.", "en"),
        ("Iraq War", "en"),
        ("Illness of Yasser Arafat", "en"),
        ("12345", "en"),
        (
            "Der Präsident hat gestern mit dem Minister über die Lage in der Ukraine gesprochen.",
            "de",
        ),
        ("Le président a rencontré hier le ministre des affaires étrangères de la Russie.", "fr"),
        ("Prezydent spotkał się wczoraj z ministrem spraw zagranicznych Rosji w Moskwie.", "pl"),
    ],
)
def test_language(text: str, lang: str) -> None:
    assert detect(text) == lang


def test_titles() -> None:
    assert split_title("Baku turns\n\nThe text.") == ("Baku turns", "The text.")
    assert split_title("The parliament met.\n\nIt voted.")[0] == ""
    assert split_title("Only one line") == ("", "Only one line")
    assert looks_like_title("Is Baku turning?")
    assert not looks_like_title("• a bullet")


def test_copies_within_a_week_are_one(tmp_path: Path) -> None:
    days = ["2014-12-08", "2014-12-03", "2014-12-10", "2014-12-30"]
    records = [{"text": BODY, "date": d, "id": n} for n, d in enumerate(days)]
    records.append({"text": BODY.upper().replace(" ", "  "), "date": "2014-12-04", "id": 9})
    got = rows(read_one(tmp_path, "a.jsonl", jsonl(records)))
    assert [(r["external_id"], r["n_copies"]) for r in got] == [("1", 3), ("2", 1), ("3", 1)]
    assert len({r["document_id"] for r in got}) == 3


def test_option_outlet_is_a_default(tmp_path: Path) -> None:
    records = [
        {"text": BODY, "date": "2014-12-03"},
        {"text": BODY + " b", "date": "2014-12-03", "outlet": "Own"},
    ]
    got = rows(read_one(tmp_path, "a.jsonl", jsonl(records), outlet="Given"))
    assert [r["outlet"] for r in got] == ["Given", "Own"]


@pytest.mark.parametrize(
    ("name", "words"),
    [("2014-02-31 talks.txt", "there is no day"), ("03-04-2014 talks.txt", "is ambiguous")],
)
def test_a_file_name_with_a_day_that_cannot_be_is_told(
    tmp_path: Path, name: str, words: str
) -> None:
    (tmp_path / name).write_text(BODY)
    found = read(tmp_path, OPTIONS)
    assert found.documents["date_precision"].to_pylist() == ["year"]
    (reason,) = found.rejects["reason"].to_pylist()
    assert words in reason
    assert "file_name used instead" in reason


def test_the_same_problem_is_told_once() -> None:
    far = [DateHint("metadata", "2099-01-01"), DateHint("file_name", "2099-01-01")]
    _, problems = choose(far, OPTIONS, TODAY)
    assert len(problems) == 1
