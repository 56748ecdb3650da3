"""Contracts: what they accept, and what they say when they refuse."""

from __future__ import annotations

import pyarrow as pa
import pytest

import builders
from tiltmeter.errors import SchemaError
from tiltmeter.schemas import CONTRACTS, COVERAGE, EVENTS, Column, Contract

SMALL = Contract(
    "small",
    "Two columns.",
    (
        Column("code", pa.string(), "Key."),
        Column("n", pa.int32(), "Number."),
        Column("note", pa.string(), "May be null.", nullable=True),
    ),
    ("code",),
)


def rows(**columns: list[object]) -> pa.Table:
    return pa.table({"code": ["a", "b"], "n": [1, 2], "note": [None, "x"]} | columns)


def test_a_table_in_any_column_order_is_put_in_order_and_cast() -> None:
    table = pa.table({"note": [None], "n": pa.array([3], pa.int64()), "code": ["a"]})
    out = SMALL.check(table, stage="count")
    assert out.schema == SMALL.schema
    assert out.to_pylist() == [{"code": "a", "n": 3, "note": None}]


@pytest.mark.parametrize(
    ("table", "words"),
    [
        (rows().drop_columns(["n"]), "missing column(s) ['n']"),
        (rows(more=[1, 2]), "extra column(s) ['more']"),
        (rows(n=["1", "two"]), "column n is string, must be int32"),
        (rows(n=[1, 2**40]), "column n is int64, must be int32"),
        (rows(code=["a", None]), "column code holds 1 null(s)"),
        (rows(code=["a", "a"]), "key ('code',) repeats"),
    ],
    ids=["missing", "extra", "type", "range", "null", "key"],
)
def test_a_refusal_says_stage_table_and_what(table: pa.Table, words: str) -> None:
    with pytest.raises(SchemaError) as caught:
        SMALL.check(table, stage="count")
    assert caught.value.message.startswith("count: table small: ")
    assert words in caught.value.message


def test_without_a_stage_the_table_is_still_named() -> None:
    with pytest.raises(SchemaError, match=r"^table small: column code holds 1 null"):
        SMALL.check(rows(code=[None, "b"]))


def test_the_column_stands_in_the_context() -> None:
    with pytest.raises(SchemaError) as caught:
        SMALL.check(rows(n=["x", "y"]))
    assert caught.value.context["column"] == "n"


def test_at_most_five_repeated_keys_are_shown() -> None:
    table = pa.table(
        {"code": [str(n // 2) for n in range(40)], "n": range(40), "note": [None] * 40}
    )
    with pytest.raises(SchemaError) as caught:
        SMALL.check(table)
    shown = caught.value.context["rows"]
    assert isinstance(shown, list)
    assert len(shown) == 5
    assert all(row["count_all"] == 2 for row in shown)


def test_rows_with_a_key_nobody_knows_are_refused() -> None:
    with pytest.raises(SchemaError, match=r"table small: unknown column\(s\) \['colour'\]"):
        SMALL.table([{"code": "a", "n": 1, "colour": "red"}])


def test_a_null_in_a_row_that_leaves_a_column_out_is_refused() -> None:
    with pytest.raises(SchemaError, match="column n holds 1 null"):
        SMALL.table([{"code": "a"}])


def test_an_empty_table_keeps_the_contract() -> None:
    assert SMALL.check(SMALL.empty()).num_rows == 0
    assert SMALL.table([]).schema == SMALL.schema


def test_a_key_of_several_columns_repeats_only_as_a_whole() -> None:
    row = {"kind": "state", "code": "AZE", "month": builders.DAY, "n_stories": 1}
    assert COVERAGE.table([row, row | {"kind": "pole"}]).num_rows == 2
    with pytest.raises(SchemaError, match="repeats"):
        COVERAGE.table([row, row])


@pytest.mark.parametrize("contract", CONTRACTS.values(), ids=lambda c: c.name)
def test_keys_are_columns_that_hold_no_null_and_names_are_used_once(contract: Contract) -> None:
    by_name = {c.name: c for c in contract.columns}
    assert len(by_name) == len(contract.columns)
    assert contract.key
    assert all(not by_name[name].nullable for name in contract.key)


def test_the_source_of_an_event_is_never_a_publisher() -> None:
    for contract in CONTRACTS.values():
        for column in contract.columns:
            if "ublisher" in column.doc:
                assert column.name == "outlet"
    assert next(c for c in EVENTS.columns if c.name == "source").doc.startswith(
        "Code of the initiator"
    )


def test_every_interval_comes_with_its_probability_and_kind() -> None:
    for contract in CONTRACTS.values():
        names = {c.name for c in contract.columns}
        assert {"ci_prob", "ci_kind"} <= names or not {"lo", "hi"} & names
