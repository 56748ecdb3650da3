"""The engine seam on DuckDB: five methods, and errors that hold the statement."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa
import pytest

from tiltmeter.engine import DuckDBEngine, Engine, write_table
from tiltmeter.errors import EngineError


@pytest.fixture
def engine() -> Iterator[DuckDBEngine]:
    made = DuckDBEngine()
    yield made
    made.close()


TABLE = pa.table({"g": ["b", "a", "b", "a", "c"], "n": [1, 2, 3, 4, 5]})


def test_parquet_in_sql_parquet_out(engine: DuckDBEngine, tmp_path: Path) -> None:
    seam: Engine = engine
    write_table(TABLE, tmp_path / "in it's.parquet")
    seam.read_parquet("numbers", tmp_path / "in it's.parquet")
    seam.sql("sums", "select g, sum(n) as total from numbers group by g order by g")
    seam.write_parquet("sums", tmp_path / "out.parquet")
    seam.read_parquet("again", tmp_path / "out.parquet")
    assert seam.to_arrow("again")["g"].to_pylist() == ["a", "b", "c"]
    assert [int(n) for n in seam.to_arrow("again")["total"].to_pylist()] == [6, 4, 5]


def test_a_materialised_table_does_not_move_with_its_input(engine: DuckDBEngine) -> None:
    engine.register("numbers", TABLE)
    engine.sql("kept", "select count(*) as n from numbers", materialize=True)
    engine.sql("seen", "select count(*) as n from numbers")
    engine.register("numbers", TABLE.slice(0, 2))
    assert engine.to_arrow("kept")["n"].to_pylist() == [5]
    assert engine.to_arrow("seen")["n"].to_pylist() == [2]


def test_groups_come_in_the_order_of_their_keys_whole(engine: DuckDBEngine) -> None:
    engine.register("numbers", TABLE)
    seen: list[list[int]] = []

    def total(group: pa.Table) -> pa.Table:
        seen.append(sorted(group["n"].to_pylist()))
        return pa.table({"g": group["g"][:1], "total": [sum(group["n"].to_pylist())]})

    schema = pa.schema([("g", pa.string()), ("total", pa.int32())])
    engine.map_groups("numbers", "totals", by=["g"], fn=total, schema=schema)
    assert seen == [[2, 4], [1, 3], [5]]
    out = engine.to_arrow("totals")
    assert out.to_pylist() == [
        {"g": "a", "total": 6},
        {"g": "b", "total": 4},
        {"g": "c", "total": 5},
    ]


def test_no_rows_give_no_groups_and_an_empty_table_of_the_schema(engine: DuckDBEngine) -> None:
    engine.register("numbers", TABLE.slice(0, 0))
    schema = pa.schema([("g", pa.string())])
    engine.map_groups("numbers", "none", by=["g"], fn=lambda t: t, schema=schema)
    assert engine.to_arrow("none").num_rows == 0


def test_a_refused_statement_is_shown_whole(engine: DuckDBEngine) -> None:
    with pytest.raises(EngineError) as caught:
        engine.sql("wrong", "select nothing from nowhere")
    assert caught.value.context["engine"] == "duckdb"
    assert "select nothing from nowhere" in str(caught.value.context["sql"])
    assert "nowhere" in caught.value.message


def test_an_unknown_table_and_a_query_that_fails_late_are_engine_errors(
    engine: DuckDBEngine,
) -> None:
    with pytest.raises(EngineError, match="missing"):
        engine.to_arrow("missing")
    engine.sql("late", "select cast('x' || g as integer) as n from (values ('a')) t(g)")
    with pytest.raises(EngineError, match="late"):
        engine.to_arrow("late")


def test_a_file_that_is_not_parquet_is_an_engine_error(
    engine: DuckDBEngine, tmp_path: Path
) -> None:
    (tmp_path / "x.parquet").write_bytes(b"PAR1 but not really")
    with pytest.raises(EngineError):
        engine.read_parquet("x", tmp_path / "x.parquet")


@pytest.mark.parametrize("name", ["a; drop table b", 'a"b', "a b", "", "../x"])
def test_table_names_are_plain_words(engine: DuckDBEngine, name: str) -> None:
    with pytest.raises(EngineError, match="plain word"):
        engine.sql(name, "select 1")


def test_the_same_table_gives_the_same_bytes_and_threads_do_not_matter(tmp_path: Path) -> None:
    files = []
    for threads in (1, 2):
        engine = DuckDBEngine(threads=threads)
        engine.register("numbers", TABLE)
        engine.sql("sums", "select g, sum(n) as total from numbers group by g order by g")
        engine.write_parquet("sums", tmp_path / f"{threads}.parquet")
        engine.close()
        files.append((tmp_path / f"{threads}.parquet").read_bytes())
    assert files[0] == files[1]
