"""Stages and the pipeline that runs them: checked before anything runs, resumed where it stopped.

A ``Stage`` is data: name, input tables, output contracts, and either portable SQL or a pure
function on Arrow tables. Its key is the hash of its version, the package's, its settings and
inputs; a stage whose key is in the manifest is not run again. Stages that take long name
``chunk_by``: their input is cut into groups of rows, and each finished group is kept, so that a
killed run loses at most one group.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Final

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from tiltmeter import __version__
from tiltmeter.engine import DuckDBEngine
from tiltmeter.errors import SchemaError
from tiltmeter.schemas import Contract
from tiltmeter.store import Store, digest
from tiltmeter.workers import in_order

Progress = Callable[[str, int, int], None]
_CHUNKS: Final = 64
# Rows, or bytes of a few large ones, from which a second process earns its start and its memory.
_MANY: Final = 4000
_MUCH: Final = 2_000_000


@dataclass(frozen=True, slots=True)
class Stage:
    """One arrow of the way of the data.

    ``fn`` takes the inputs by name and the settings, and returns a table for each output; ``sql``
    is one SELECT over the inputs for a stage of a single output. ``version`` changes when the
    meaning of the output does. ``whole`` says of outputs whether the work is done: what is not is
    used, but made again by the next run.
    """

    name: str
    inputs: tuple[str, ...]
    outputs: tuple[Contract, ...]
    doc: str
    version: int = 1
    sql: str | None = None
    fn: Callable[..., dict[str, pa.Table]] | None = None
    settings: Mapping[str, object] = field(default_factory=dict)
    chunk_by: str | None = None
    whole: Callable[[Mapping[str, pa.Table]], bool] | None = None

    def key_of(self, key: str, made: Mapping[str, pa.Table]) -> str:
        """The key to keep outputs under: another than ``key`` where the work is not whole."""
        if self.whole is None or self.whole(made):
            return key
        return digest("not whole", key)


@dataclass(slots=True)
class Pipeline:
    """A list of stages over tables that are given."""

    stages: tuple[Stage, ...]

    def check(self, given: set[str]) -> None:
        """Prove that every input exists before it is read and that no output is made twice.

        Raises:
            SchemaError: Names the stage and the table.
        """
        known = set(given)
        for stage in self.stages:
            if missing := [name for name in stage.inputs if name not in known]:
                raise SchemaError(f"stage {stage.name}: no earlier stage makes {missing}")
            if (stage.sql is None) == (stage.fn is None):
                raise SchemaError(f"stage {stage.name}: give either sql or fn")
            if stage.sql is not None and len(stage.outputs) != 1:
                raise SchemaError(f"stage {stage.name}: a SQL stage has one output")
            for contract in stage.outputs:
                if contract.name in known:
                    raise SchemaError(f"stage {stage.name}: {contract.name} is made twice")
                known.add(contract.name)

    def run(
        self,
        store: Store,
        given: Mapping[str, pa.Table],
        progress: Progress | None = None,
        workers: int = 1,
    ) -> dict[str, pa.Table]:
        """Run what is not in the store yet; return every table by name.

        ``workers`` processes share a long stage; its results do not depend on their number.
        """
        self.check(set(given))
        tables = dict(given)
        hashes = {name: table_hash(table) for name, table in given.items()}
        for number, stage in enumerate(self.stages):
            key = digest(
                __version__, stage.name, stage.version, stage.sql, dict(stage.settings),
                {name: hashes[name] for name in stage.inputs},
            )  # fmt: skip
            entries = store.find(stage.name, key)
            if entries is None:
                if progress:
                    progress(stage.name, number, len(self.stages))
                made = self._make(stage, tables, store, progress, workers)
                kept = stage.key_of(key, made)
                entries = store.save(stage.name, kept, made, doc=stage.doc, key=kept)
            for name, entry in entries.items():
                tables[name] = store.load(entry)
                hashes[name] = entry.sha256
        return tables

    def _make(
        self,
        stage: Stage,
        tables: Mapping[str, pa.Table],
        store: Store,
        progress: Progress | None,
        workers: int,
    ) -> dict[str, pa.Table]:
        inputs = {name: tables[name] for name in stage.inputs}
        if stage.sql is not None:
            made = {stage.outputs[0].name: run_sql(stage.sql, inputs)}
        elif stage.fn is not None and stage.chunk_by:
            made = self._in_chunks(stage, inputs, store, progress, workers)
        else:
            assert stage.fn is not None
            made = stage.fn(**inputs, **stage.settings)
        return {c.name: _ordered(c.check(made[c.name], stage=stage.name), c) for c in stage.outputs}

    def _in_chunks(
        self,
        stage: Stage,
        inputs: dict[str, pa.Table],
        store: Store,
        progress: Progress | None,
        workers: int,
    ) -> dict[str, pa.Table]:
        assert stage.fn is not None
        assert stage.chunk_by is not None
        main, *rest = stage.inputs
        table = inputs[main].sort_by([(stage.chunk_by, "ascending")])
        size = max(50, -(-table.num_rows // _CHUNKS))
        chunks = [table.slice(n, size) for n in range(0, max(table.num_rows, 1), size)]
        others = {n: inputs[n] for n in rest}
        label = f"{stage.name}.chunk"
        keys = [
            digest(
                __version__, stage.name, stage.version, dict(stage.settings), table_hash(chunk),
                {n: table_hash(other) for n, other in others.items()},
            )
            for chunk in chunks
        ]  # fmt: skip
        held = [store.find(label, key) for key in keys]
        made = in_order(
            stage.fn,
            [
                {main: chunk, **others, **stage.settings}
                for chunk, entries in zip(chunks, held, strict=True)
                if entries is None
            ],
            workers if table.num_rows >= _MANY or table.nbytes >= _MUCH else 1,
        )
        parts: dict[str, list[pa.Table]] = {c.name: [] for c in stage.outputs}
        done = 0
        for chunk, key, entries in zip(chunks, keys, held, strict=True):
            if entries is None:
                fresh = next(made)
                checked = {c.name: c.check(fresh[c.name], stage=stage.name) for c in stage.outputs}
                entries = store.save(label, stage.key_of(key, checked), checked)
            for contract in stage.outputs:
                parts[contract.name].append(store.load(entries[contract.name]))
            done += chunk.num_rows
            if progress:
                progress(stage.name, done, table.num_rows)
        return {name: pa.concat_tables(tables) for name, tables in parts.items()}


def run_sql(query: str, inputs: Mapping[str, pa.Table]) -> pa.Table:
    """Run one SELECT over Arrow tables on DuckDB."""
    engine = DuckDBEngine()
    try:
        for name, table in inputs.items():
            engine.register(name, table)
        engine.sql("result", query)
        return engine.to_arrow("result")
    finally:
        engine.close()


def table_hash(table: pa.Table) -> str:
    """Hash of a table's content; equal for equal rows in equal order, whatever the chunking."""
    # Parquet holds values only; Arrow's own format also holds what a slice left of its parent
    sink = pa.BufferOutputStream()
    whole = table.combine_chunks()
    pq.write_table(whole, sink, compression="none", use_dictionary=False, write_statistics=False)
    return hashlib.sha256(memoryview(sink.getvalue())).hexdigest()[:16]


def _ordered(table: pa.Table, contract: Contract) -> pa.Table:
    """Rows in the order of the key and lists of ids sorted: equal content gives equal bytes."""
    for at, column in enumerate(contract.columns):
        if column.type == pa.list_(pa.string()):
            lists = [sorted(ids) for ids in table.column(at).to_pylist()]
            table = table.set_column(at, contract.schema.field(at), [pa.array(lists, column.type)])
    if table.num_rows < 2:
        return table
    order = pc.sort_indices(table, sort_keys=[(key, "ascending") for key in contract.key])
    return table.take(order)
