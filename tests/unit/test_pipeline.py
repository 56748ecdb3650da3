"""Stages: checked before they run, run once, resumed where they stopped, same bytes every time."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path

import pyarrow as pa
import pytest

from tiltmeter.errors import EngineError, SchemaError
from tiltmeter.pipeline import Pipeline, Stage, run_sql, table_hash
from tiltmeter.schemas import Column, Contract
from tiltmeter.store import Store

SQUARES = Contract(
    "squares",
    "Numbers and their squares.",
    (Column("n", pa.int32(), "Number."), Column("square", pa.int64(), "Its square.")),
    ("n",),
)
TOTAL = Contract("total", "Their sum.", (Column("total", pa.int64(), "Sum."),), ("total",))
LISTS = Contract(
    "lists",
    "Lists of ids.",
    (Column("k", pa.string(), "Key."), Column("ids", pa.list_(pa.string()), "Ids.")),
    ("k",),
)


class Squaring:
    """Counts its calls and fails when told to."""

    def __init__(self) -> None:
        self.chunks: list[list[int]] = []
        self.fail_at: int | None = None

    def __call__(self, numbers: pa.Table, offset: int = 0) -> dict[str, pa.Table]:
        values = numbers["n"].to_pylist()
        if self.fail_at is not None and self.fail_at in values:
            raise KeyboardInterrupt
        self.chunks.append(values)
        return {
            "squares": pa.table({"n": values, "square": [v * v + offset for v in values]}).cast(
                SQUARES.schema
            )
        }


def numbers(count: int) -> pa.Table:
    return pa.table({"n": pa.array(reversed(range(count)), pa.int32())})


def squaring(fn: Callable[..., dict[str, pa.Table]], **over: object) -> Stage:
    stage = Stage("square", ("numbers",), (SQUARES,), "Squares numbers.", fn=fn)
    return replace(stage, **over)  # type: ignore[arg-type]


SUM = Stage(
    "sum",
    ("squares",),
    (TOTAL,),
    "Adds.",
    sql="select cast(sum(square) as bigint) as total from squares",
)


# --- check ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("stages", "words"),
    [
        ((SUM,), r"stage sum: no earlier stage makes \['squares'\]"),
        ((SUM, squaring(Squaring())), "stage sum: no earlier stage makes"),
        ((squaring(Squaring()), squaring(Squaring())), "squares is made twice"),
        (
            (squaring(Squaring(), outputs=(replace(SQUARES, name="numbers"),)),),
            "numbers is made twice",
        ),
        ((squaring(Squaring(), sql="select 1"),), "stage square: give either sql or fn"),
        ((replace(SUM, inputs=("numbers",), sql=None),), "stage sum: give either sql or fn"),
        (
            (replace(SUM, inputs=("numbers",), outputs=(TOTAL, SQUARES)),),
            "a SQL stage has one output",
        ),
    ],
    ids=["missing", "order", "twice", "over an input", "both", "neither", "two outputs"],
)
def test_a_wrong_list_of_stages_is_refused_before_anything_runs(
    tmp_path: Path, stages: tuple[Stage, ...], words: str
) -> None:
    with pytest.raises(SchemaError, match=words):
        Pipeline(stages).check({"numbers"})
    with pytest.raises(SchemaError, match=words):
        Pipeline(stages).run(Store(tmp_path), {"numbers": numbers(3)})
    assert not (tmp_path / "manifest.json").exists()


# --- run -----------------------------------------------------------------------------------------


def test_python_and_sql_stages_run_in_a_row(tmp_path: Path) -> None:
    out = Pipeline((squaring(Squaring()), SUM)).run(Store(tmp_path), {"numbers": numbers(4)})
    assert out["total"].to_pylist() == [{"total": 14}]
    assert out["squares"]["n"].to_pylist() == [0, 1, 2, 3]  # in the order of the key
    assert set(out) == {"numbers", "squares", "total"}


def test_what_is_done_is_not_done_again(tmp_path: Path) -> None:
    fn = Squaring()
    stages = (squaring(fn), SUM)
    first = Pipeline(stages).run(Store(tmp_path), {"numbers": numbers(4)})
    again = Pipeline(stages).run(Store(tmp_path), {"numbers": numbers(4)})
    assert len(fn.chunks) == 1
    assert again["total"].equals(first["total"])
    assert again["squares"].equals(first["squares"])


@pytest.mark.parametrize("change", ["input", "version", "settings"])
def test_a_change_of_input_version_or_settings_runs_the_stage(tmp_path: Path, change: str) -> None:
    fn = Squaring()
    Pipeline((squaring(fn),)).run(Store(tmp_path), {"numbers": numbers(4)})
    over = {"input": {}, "version": {"version": 2}, "settings": {"settings": {"offset": 1}}}[change]
    count = 5 if change == "input" else 4
    out = Pipeline((squaring(fn, **over),)).run(Store(tmp_path), {"numbers": numbers(count)})
    assert len(fn.chunks) == 2
    assert out["squares"].num_rows == count
    assert out["squares"]["square"].to_pylist()[0] == (1 if change == "settings" else 0)


def test_a_changed_output_file_is_made_again_and_is_as_before(tmp_path: Path) -> None:
    fn = Squaring()
    store = Store(tmp_path)
    Pipeline((squaring(fn), SUM)).run(store, {"numbers": numbers(4)})
    (path,) = (tmp_path / "tables").glob("squares-*.parquet")
    whole = path.read_bytes()
    path.write_bytes(whole[: len(whole) // 2])
    out = Pipeline((squaring(fn), SUM)).run(Store(tmp_path), {"numbers": numbers(4)})
    assert len(fn.chunks) == 2
    assert path.read_bytes() == whole
    assert out["total"].to_pylist() == [{"total": 14}]


def test_an_output_that_breaks_its_contract_is_refused_with_the_stage(tmp_path: Path) -> None:
    def wrong(numbers: pa.Table) -> dict[str, pa.Table]:
        return {"squares": numbers}

    store = Store(tmp_path)
    with pytest.raises(
        SchemaError, match=r"square: table squares: missing column\(s\) \['square'\]"
    ):
        Pipeline((squaring(wrong),)).run(store, {"numbers": numbers(2)})
    assert not (tmp_path / "manifest.json").exists()


def test_a_wrong_sql_stage_is_an_engine_error(tmp_path: Path) -> None:
    stage = replace(SUM, inputs=("numbers",), sql="select sum(square) as total from numbers")
    with pytest.raises(EngineError, match="square"):
        Pipeline((stage,)).run(Store(tmp_path), {"numbers": numbers(2)})


def test_lists_of_ids_leave_a_stage_sorted(tmp_path: Path) -> None:
    stage = Stage(
        "list", ("numbers",), (LISTS,), "Lists.",
        fn=lambda numbers: {"lists": LISTS.table(
            [{"k": "b", "ids": ["z", "a"]}, {"k": "a", "ids": []}]
        )},
    )  # fmt: skip
    out = Pipeline((stage,)).run(Store(tmp_path), {"numbers": numbers(1)})
    assert out["lists"].to_pylist() == [{"k": "a", "ids": []}, {"k": "b", "ids": ["a", "z"]}]


# --- chunks --------------------------------------------------------------------------------------


def test_a_long_stage_goes_in_groups_and_tells_how_far_it_is(tmp_path: Path) -> None:
    fn = Squaring()
    told: list[tuple[str, int, int]] = []
    out = Pipeline((squaring(fn, chunk_by="n"),)).run(
        Store(tmp_path), {"numbers": numbers(220)}, lambda *what: told.append(what)
    )
    assert [len(c) for c in fn.chunks] == [50, 50, 50, 50, 20]
    assert fn.chunks[0] == list(range(50))
    assert out["squares"].num_rows == 220
    assert told[-1] == ("square", 220, 220)


def test_after_a_kill_only_the_missing_groups_run_again(tmp_path: Path) -> None:
    fn = Squaring()
    stage = squaring(fn, chunk_by="n")
    fn.fail_at = 130  # in the third group
    with pytest.raises(KeyboardInterrupt):
        Pipeline((stage,)).run(Store(tmp_path), {"numbers": numbers(220)})
    assert [c[0] for c in fn.chunks] == [0, 50]
    fn.fail_at, fn.chunks = None, []
    out = Pipeline((stage,)).run(Store(tmp_path), {"numbers": numbers(220)})
    assert [c[0] for c in fn.chunks] == [100, 150, 200]
    assert out["squares"]["n"].to_pylist() == list(range(220))


def test_a_killed_and_resumed_run_leaves_the_bytes_of_an_unbroken_one(tmp_path: Path) -> None:
    fn = Squaring()
    stages = (squaring(fn, chunk_by="n"), SUM)
    fn.fail_at = 180
    with pytest.raises(KeyboardInterrupt):
        Pipeline(stages).run(Store(tmp_path / "broken"), {"numbers": numbers(220)})
    fn.fail_at = None
    Pipeline(stages).run(Store(tmp_path / "broken"), {"numbers": numbers(220)})
    Pipeline(stages).run(Store(tmp_path / "whole"), {"numbers": numbers(220)})
    assert contents(tmp_path / "broken") == contents(tmp_path / "whole")


def test_chunks_of_no_rows_still_give_the_table(tmp_path: Path) -> None:
    out = Pipeline((squaring(Squaring(), chunk_by="n"),)).run(
        Store(tmp_path), {"numbers": numbers(0)}
    )
    assert out["squares"].num_rows == 0


def test_more_reports_of_the_end_leave_the_first_groups_as_they_are(tmp_path: Path) -> None:
    fn = Squaring()
    stage = squaring(fn, chunk_by="n")
    Pipeline((stage,)).run(Store(tmp_path), {"numbers": numbers(100)})
    fn.chunks = []
    Pipeline((stage,)).run(Store(tmp_path), {"numbers": numbers(130)})
    assert [c[0] for c in fn.chunks] == [100]


# --- same bytes ----------------------------------------------------------------------------------


def contents(folder: Path) -> dict[str, bytes]:
    return {str(p.relative_to(folder)): p.read_bytes() for p in folder.rglob("*") if p.is_file()}


def test_same_input_same_bytes_manifest_included(tmp_path: Path) -> None:
    for name in ("one", "two"):
        stages = (squaring(Squaring(), chunk_by="n"), SUM)
        Pipeline(stages).run(Store(tmp_path / name), {"numbers": numbers(120)})
    one, two = contents(tmp_path / "one"), contents(tmp_path / "two")
    assert "manifest.json" in one
    assert one == two


def test_the_order_in_which_a_stage_gives_its_rows_does_not_matter(tmp_path: Path) -> None:
    def forwards(numbers: pa.Table) -> dict[str, pa.Table]:
        return {"squares": pa.table({"n": [1, 2], "square": [1, 4]})}

    def backwards(numbers: pa.Table) -> dict[str, pa.Table]:
        return {"squares": pa.table({"n": [2, 1], "square": [4, 1]})}

    for name, fn in (("one", forwards), ("two", backwards)):
        Pipeline((squaring(fn),)).run(Store(tmp_path / name), {"numbers": numbers(2)})
    assert contents(tmp_path / "one") == contents(tmp_path / "two")


def test_the_hash_of_a_table_sees_content_and_not_chunks_or_slices() -> None:
    table = pa.table({"t": ["a", None, "ccc", "d", None, "f"], "n": [1, 2, None, 4, 5, 6]})
    chunked = pa.concat_tables([table.slice(0, 2), table.slice(2)])
    assert table_hash(chunked) == table_hash(table)
    for start, length in ((1, 3), (2, 2), (3, 1), (3, 3)):
        part = table.slice(start, length)
        fresh = pa.Table.from_pylist(part.to_pylist(), schema=table.schema)
        assert table_hash(part) == table_hash(fresh)
    assert table_hash(table.slice(0, 3)) != table_hash(table.slice(1, 3))
    assert table_hash(table) != table_hash(table.rename_columns(["t", "m"]))


def test_sql_over_arrow_tables() -> None:
    out = run_sql(
        "select n * 2 as m from t where n > 1 order by n", {"t": pa.table({"n": [1, 2, 3]})}
    )
    assert out["m"].to_pylist() == [4, 6]


def test_a_workspace_of_another_version_of_the_package_is_not_believed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fn = Squaring()
    pipeline = Pipeline((squaring(fn),))
    pipeline.run(Store(tmp_path), {"numbers": numbers(3)})
    pipeline.run(Store(tmp_path), {"numbers": numbers(3)})
    assert len(fn.chunks) == 1
    monkeypatch.setattr("tiltmeter.pipeline.__version__", "99.0")
    pipeline.run(Store(tmp_path), {"numbers": numbers(3)})
    assert len(fn.chunks) == 2


@pytest.mark.parametrize("chunk_by", [None, "n"])
def test_work_that_is_not_whole_is_used_but_made_again(
    tmp_path: Path, chunk_by: str | None
) -> None:
    store, fn, whole = Store(tmp_path), Squaring(), [False]

    def is_whole(made: Mapping[str, pa.Table]) -> bool:
        assert set(made) == {"squares"}
        return whole[0]

    line = Pipeline((squaring(fn, whole=is_whole, chunk_by=chunk_by), SUM))
    given = {"numbers": numbers(3)}
    assert line.run(store, given)["total"].to_pylist() == [{"total": 5}]
    assert line.run(store, given)["total"].to_pylist() == [{"total": 5}]
    assert len(fn.chunks) == 2
    whole[0] = True
    line.run(store, given)
    line.run(store, given)
    assert len(fn.chunks) == 3
