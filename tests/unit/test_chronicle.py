"""The bundled chronicle: the form of every report, the spread of the whole, and that it reads."""

from __future__ import annotations

import csv
import json
import re
from collections import Counter, defaultdict
from datetime import date
from importlib import resources
from pathlib import Path
from typing import Any

import pytest

from tiltmeter import api
from tiltmeter.chronicle import chronicle_folder
from tiltmeter.knowledge.states import load_states

FIELDS = "id date date_precision title text states fact checked publisher".split()
TEN = set("AZE ARM GEO UKR MDA BLR KAZ UZB KGZ TUR".split())
FOUR = set("AZE UKR GEO ARM".split())
FIRST, LAST = date(2012, 1, 1), date(2015, 12, 31)
ID = re.compile(r"([A-Z]{3})-(\d{4}-\d{2}-\d{2})-[1-9]\d*")
# A stop after a lone capital belongs to an initial or to U.S., unless the text ends there.
STOP = re.compile(r"(?<!\b[A-Z])[.!?][\"')]*(?=\s)|[.!?][\"')]*$")
FILES = sorted(chronicle_folder().glob("*.jsonl"))

Report = dict[str, Any]


def reports_of(file: Path) -> list[Report]:
    return [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]


@pytest.fixture(scope="module")
def reports() -> list[Report]:
    return [report for file in FILES for report in reports_of(file)]


@pytest.fixture(scope="module")
def codes() -> set[str]:
    path = resources.files("tiltmeter.knowledge") / "data" / "organisations.csv"
    with path.open("r", encoding="utf-8") as lines:
        organisations = {row["code"] for row in csv.DictReader(lines)}
    return {state.iso3 for state in load_states()} | organisations | {"EUR"}


def twice(values: list[str]) -> list[str]:
    return [value for value, times in Counter(values).items() if times > 1]


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
class TestFile:
    def test_every_report_has_the_fields_and_no_other(self, file: Path) -> None:
        wrong = [r.get("id") for r in reports_of(file) if list(r) != FIELDS]
        assert not wrong

    def test_every_field_is_filled(self, file: Path) -> None:
        wrong = [r["id"] for r in reports_of(file) for name in FIELDS if not r[name]]
        assert not wrong

    def test_text_fields_are_trimmed_text(self, file: Path) -> None:
        wrong = [
            (r["id"], name)
            for r in reports_of(file)
            for name in FIELDS
            if name != "states" and (not isinstance(r[name], str) or r[name] != r[name].strip())
        ]
        assert not wrong

    def test_id_names_the_file_and_the_date(self, file: Path) -> None:
        for report in reports_of(file):
            found = ID.fullmatch(report["id"])
            assert found, report["id"]
            assert found.groups() == (file.stem, report["date"])

    def test_dates_lie_in_the_four_years(self, file: Path) -> None:
        wrong = [
            r["id"] for r in reports_of(file) if not FIRST <= date.fromisoformat(r["date"]) <= LAST
        ]
        assert not wrong

    def test_a_month_is_written_as_its_fifteenth(self, file: Path) -> None:
        for report in reports_of(file):
            assert report["date_precision"] in {"day", "month"}, report["id"]
            if report["date_precision"] == "month":
                assert report["date"].endswith("-15"), report["id"]

    def test_sorted_by_date_and_id(self, file: Path) -> None:
        keys = [(r["date"], int(r["id"].rsplit("-", 1)[1])) for r in reports_of(file)]
        assert keys == sorted(keys)

    def test_one_to_three_sentences(self, file: Path) -> None:
        wrong = {
            r["id"]: n
            for r in reports_of(file)
            if not 1 <= (n := len(STOP.findall(r["text"]))) <= 3
        }
        assert not wrong

    def test_text_ends_in_a_stop(self, file: Path) -> None:
        wrong = [r["id"] for r in reports_of(file) if r["text"].rstrip("\"'")[-1] not in ".!?"]
        assert not wrong

    def test_states_are_known_codes(self, file: Path, codes: set[str]) -> None:
        wrong = {r["id"]: bad for r in reports_of(file) if (bad := set(r["states"]) - codes)}
        assert not wrong

    def test_states_hold_the_state_of_the_file_and_none_twice(self, file: Path) -> None:
        for report in reports_of(file):
            assert file.stem in report["states"], report["id"]
            assert not twice(report["states"]), report["id"]

    def test_publisher(self, file: Path) -> None:
        assert {r["publisher"] for r in reports_of(file)} == {"tiltmeter chronicle"}

    def test_at_least_forty_months_of_forty_eight(self, file: Path) -> None:
        assert len({r["date"][:7] for r in reports_of(file)}) >= 40


def test_all_ten_states_are_there() -> None:
    assert {file.stem for file in FILES} == TEN


def test_ids_are_unique_over_all_files(reports: list[Report]) -> None:
    assert not twice([r["id"] for r in reports])


def test_no_text_twice(reports: list[Report]) -> None:
    assert not twice([r["text"] for r in reports])


def test_at_least_six_hundred_reports(reports: list[Report]) -> None:
    assert len(reports) >= 600


def test_the_four_states_hold_about_half(reports: list[Report]) -> None:
    of_state: dict[str, int] = defaultdict(int)
    for report in reports:
        of_state[report["id"][:3]] += 1
    share = sum(of_state[state] for state in FOUR) / len(reports)
    assert 0.40 <= share <= 0.65


def test_every_line_is_read_as_a_document(reports: list[Report]) -> None:
    documents, rejects = api.read(chronicle_folder())
    assert rejects.num_rows == 0
    assert documents.num_rows == len(reports)
