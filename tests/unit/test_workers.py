"""Work shared by processes: the same results in the same order, and errors that arrive."""

from __future__ import annotations

import operator

import pyarrow as pa
import pytest

from tiltmeter import workers
from tiltmeter.errors import ConfigError
from tiltmeter.pipeline import table_hash

TABLES = [{"table": pa.table({"n": list(range(k))})} for k in range(6)]


@pytest.mark.parametrize("count", [1, 2])
def test_results_come_in_order(count: int) -> None:
    want = [table_hash(t["table"]) for t in TABLES]
    assert list(workers.in_order(table_hash, TABLES, count)) == want


def test_an_error_in_a_worker_is_raised_here() -> None:
    calls: list[dict[str, object]] = [{"table": TABLES[0]["table"]}, {"table": None}]
    with pytest.raises(AttributeError):
        list(workers.in_order(table_hash, calls, 2))


def test_nothing_to_do_starts_nothing() -> None:
    assert list(workers.in_order(operator.add, [], 4)) == []


@pytest.mark.parametrize(("said", "count"), [("3", 3), ("1", 1), (" 2 ", 2)])
def test_the_number_can_be_said(monkeypatch: pytest.MonkeyPatch, said: str, count: int) -> None:
    monkeypatch.setenv(workers.VARIABLE, said)
    assert workers.worker_count() == count


@pytest.mark.parametrize("said", ["0", "-1", "two", "1.5", "²"])
def test_what_is_no_number_is_refused(monkeypatch: pytest.MonkeyPatch, said: str) -> None:
    monkeypatch.setenv(workers.VARIABLE, said)
    with pytest.raises(ConfigError, match="not a number of processes"):
        workers.worker_count()


def test_without_a_word_it_is_the_cores(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(workers.VARIABLE, raising=False)
    assert 1 <= workers.worker_count() <= 8
