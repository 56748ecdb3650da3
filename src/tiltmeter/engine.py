"""The engine seam: five methods, portable SQL, Arrow at both ends; DuckDB by default.

Relational stages speak SQL that runs unchanged on DuckDB and Spark (dialect rules in
``docs/adr/0001-engine-seam.md``); everything else is a pure function on Arrow tables.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Protocol

import pyarrow as pa
import pyarrow.parquet as pq

from tiltmeter.errors import EngineError


class Engine(Protocol):
    """All that the pipeline needs of an engine."""

    name: str

    def read_parquet(self, name: str, path: Path) -> None:
        """Make a Parquet file known as table ``name``."""
        ...

    def sql(self, name: str, query: str, *, materialize: bool = False) -> None:
        """Define table ``name`` as the result of ``query``."""
        ...

    def map_groups(
        self,
        name: str,
        out: str,
        *,
        by: list[str],
        fn: Callable[[pa.Table], pa.Table],
        schema: pa.Schema,
    ) -> None:
        """Apply ``fn`` to each group of table ``name``; the results together are table ``out``."""
        ...

    def to_arrow(self, name: str) -> pa.Table:
        """Return table ``name``."""
        ...

    def write_parquet(self, name: str, path: Path) -> None:
        """Write table ``name`` to a file."""
        ...


class DuckDBEngine:
    """DuckDB in the process: one thread by default, so that every run gives the same bytes.

    Args:
        threads: Threads DuckDB may use. Results do not depend on it: each stage orders its rows.
        memory_limit: DuckDB's memory limit, such as "1GB".
    """

    name = "duckdb"

    def __init__(self, *, threads: int = 1, memory_limit: str = "2GB") -> None:
        import duckdb  # a library of its own: whoever only codes need not wait for it

        self._refusals: type[Exception] = duckdb.Error
        self._db = duckdb.connect(
            config={
                "threads": threads,
                "memory_limit": memory_limit,
                "preserve_insertion_order": True,
            }
        )

    def close(self) -> None:
        """Release the connection."""
        self._db.close()

    def register(self, name: str, table: pa.Table) -> None:
        """Make an Arrow table known (a convenience beyond the seam: tests and small tables)."""
        self._db.register(_safe(name), table)

    def read_parquet(self, name: str, path: Path) -> None:
        """Make a Parquet file known as table ``name``."""
        self.sql(name, f"select * from read_parquet({_quote(str(path))})")  # noqa: S608

    def sql(self, name: str, query: str, *, materialize: bool = False) -> None:
        """Define table ``name`` as the result of ``query``.

        Raises:
            EngineError: DuckDB refuses the statement; the context holds the full SQL and the cause.
        """
        kind = "table" if materialize else "view"
        statement = f"create or replace temp {kind} {_safe(name)} as {query}"
        try:
            self._db.execute(statement)
        except self._refusals as cause:
            raise EngineError(
                f"duckdb: table {name}: {cause}", engine=self.name, stage=name, sql=statement
            ) from cause

    def map_groups(
        self,
        name: str,
        out: str,
        *,
        by: list[str],
        fn: Callable[[pa.Table], pa.Table],
        schema: pa.Schema,
    ) -> None:
        """Apply ``fn`` to each group, in order of the group keys; one sort, then slices."""
        table = self.to_arrow(name).sort_by([(key, "ascending") for key in by])
        keys = table.select(by).to_pylist()
        parts: list[pa.Table] = []
        start = 0
        for at in range(1, len(keys) + 1):
            if at == len(keys) or keys[at] != keys[start]:
                parts.append(fn(table.slice(start, at - start)).cast(schema))
                start = at
        self.register(out, pa.concat_tables(parts) if parts else schema.empty_table())

    def to_arrow(self, name: str) -> pa.Table:
        """Return table ``name``.

        Raises:
            EngineError: The table is unknown, or its query fails when it runs.
        """
        try:
            return self._db.sql(f"select * from {_safe(name)}").to_arrow_table()  # noqa: S608
        except self._refusals as cause:
            raise EngineError(f"duckdb: table {name}: {cause}", engine=self.name) from cause

    def write_parquet(self, name: str, path: Path) -> None:
        """Write table ``name`` to a file."""
        write_table(self.to_arrow(name), path)


def write_table(table: pa.Table, path: Path) -> None:
    """Write Parquet with settings that give the same bytes for the same table."""
    pq.write_table(table, path, compression="zstd", row_group_size=65536, write_statistics=True)


def _safe(name: str) -> str:
    if not name.replace("_", "").isalnum():
        raise EngineError(f"table name {name!r} is not a plain word", "use letters, digits and _")
    return name


def _quote(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
