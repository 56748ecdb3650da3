"""Paths on the command line, and what commands write: text and tables, whole or not at all."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path
from typing import Any, Final

import click
import pyarrow as pa
import pyarrow.parquet as pq

from tiltmeter.errors import StoreError
from tiltmeter.store import write_whole


class _Path(click.Path):
    """A path; the empty one (an unset shell variable) is not taken for the current folder."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        if value == "":
            self.fail("an empty path", param, ctx)
        return super().convert(value, param, ctx)


PATH: Final = _Path(path_type=Path)


def put(text: str, output: Path | None) -> None:
    """Write text to a file, or to stdout where none is named."""
    if output is None:
        click.echo(text, nl=False)
    else:
        write_whole(output, text)


def put_parquet(table: pa.Table, path: Path) -> None:
    """Write a table to a Parquet file, its folder made if missing.

    Raises:
        StoreError: The file or its folder cannot be written.
    """
    part = path.with_name(path.name + ".part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        pq.write_table(table, part, compression="zstd")
        part.replace(path)
    except OSError as cause:
        with suppress(OSError):  # the folder itself may be what cannot be
            part.unlink(missing_ok=True)
        raise StoreError(f"cannot write {path}: {cause.strerror or cause}") from cause
