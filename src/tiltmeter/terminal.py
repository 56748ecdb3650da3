"""Tables and sentences for the terminal."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import click
import pyarrow as pa
import pyarrow.parquet as pq

from tiltmeter.api import Reading
from tiltmeter.coding.reasons import REASONS
from tiltmeter.errors import StoreError
from tiltmeter.store import write_whole

_REASONS = 10
_SPANS = (("source", "cyan"), ("trigger", "yellow"), ("target", "magenta"))


def table_json(table: pa.Table) -> str:
    """JSON lines, dates in ISO form, keys in column order."""
    return "".join(
        json.dumps(row, ensure_ascii=False, default=str) + "\n" for row in table.to_pylist()
    )


def print_table(table: pa.Table, columns: list[str]) -> None:
    """Print columns of a table, aligned."""
    rows = [[_cell(row[c]) for c in columns] for row in table.to_pylist()]
    widths = [
        max(len(c), *(len(r[i]) for r in rows)) if rows else len(c) for i, c in enumerate(columns)
    ]
    click.echo("  ".join(c.ljust(w) for c, w in zip(columns, widths, strict=True)))
    for row in rows:
        click.echo("  ".join(c.ljust(w) for c, w in zip(row, widths, strict=True)))


def _cell(value: Any) -> str:
    return f"{value:.3f}" if isinstance(value, float) else "" if value is None else str(value)


def tell_rejects(rejects: pa.Table) -> None:
    """Say on stderr what was left out and why, each reason with the first place it was met."""
    if not rejects.num_rows:
        return
    groups: dict[str, list[str]] = {}
    for row in rejects.to_pylist():
        groups.setdefault(row["reason"], []).append(f"{row['path']} {row['place']}".strip())
    ranked = sorted(groups.items(), key=lambda item: (-len(item[1]), item[0]))
    click.echo(f"left out (rejects): {rejects.num_rows:,}", err=True)
    for reason, places in ranked[:_REASONS]:
        more = f" and {len(places) - 1:,} more" if len(places) > 1 else ""
        click.echo(f"  {_printable(places[0])}{more}: {reason}", err=True)
    if len(ranked) > _REASONS:
        click.echo(f"  and {len(ranked) - _REASONS:,} more reasons", err=True)
    click.echo("  all of them: tiltmeter code ... --rejects FILE", err=True)


def _printable(text: str) -> str:
    """A file name without characters that move a terminal's cursor."""
    return "".join(c if c.isprintable() else "\ufffd" for c in text)


def show_event(events: pa.Table) -> Iterator[str]:
    """One block for each event: date, parties, type, domain, status, and the sentence."""
    if not events.num_rows:
        yield "no event was coded (tiltmeter code --why shows the reasons)"
    last = ""
    in_text_order = events.sort_by([("document_id", "ascending"), ("trigger_start", "ascending")])
    for row in in_text_order.to_pylist():
        if row["text"] != last:
            last = row["text"]
            yield ""
            yield last
        target = f"{row['target'] or '---'}{_sector(row['target_sector'])}"
        said = f"  said by: {row['attribution']}" if row["attribution"] else ""
        yield (
            f"  {row['date']} ({row['date_precision']})  "
            f"{row['source']}{_sector(row['source_sector'])} -> {target}  "
            f"{row['event_type']}  {row['domain']}  {row['status']}  "
            f"[{row['source_name']} | {row['trigger']} | {row['target_name'] or ''}]{said}"
        )


def _sector(sector: str | None) -> str:
    return f"({sector})" if sector and sector != "GOV" else ""


def show_sentence(reading: Reading) -> Iterator[str]:
    """Every sentence in text order, its spans coloured, with its events or the reason for none."""
    texts = dict(
        zip(
            reading.documents["document_id"].to_pylist(),
            reading.documents["text"].to_pylist(),
            strict=True,
        )
    )
    items: list[tuple[str, int, list[str]]] = []
    by_sentence: dict[tuple[str, int], list[dict[str, Any]]] = {}
    for row in reading.events.to_pylist():
        by_sentence.setdefault((row["document_id"], row["sentence_start"]), []).append(row)
    for (document, start), rows in by_sentence.items():
        lines = ["", _coloured(rows)]
        for row in rows:
            lines.append(
                f"  -> {row['date']} {row['source']} {row['event_type']} {row['target'] or '---'} "
                f"({row['domain']}, {row['status']})"
            )
        items.append((document, start, lines))
    for row in reading.sentences.to_pylist():
        text = texts[row["document_id"]][row["start"] : row["end"]]
        detail = f" [{row['detail']}]" if row["detail"] else ""
        items.append(
            (
                row["document_id"],
                row["start"],
                ["", text[:500], f"  -- {REASONS.get(row['reason'], row['reason'])}{detail}"],
            )
        )
    for _, _, lines in sorted(items, key=lambda item: (item[0], item[1])):
        yield from lines


def _coloured(rows: list[dict[str, Any]]) -> str:
    text: str = rows[0]["text"]
    offset: int = rows[0]["sentence_start"]
    marks: dict[int, tuple[int, str]] = {}
    for row in rows:
        for name, colour in _SPANS:
            start, end = row[f"{name}_start"], row[f"{name}_end"]
            if start is not None:
                marks[start - offset] = (end - offset, colour)
    out, at = "", 0
    for start in sorted(marks):
        end, colour = marks[start]
        if start >= at:
            out += text[at:start] + click.style(text[start:end], fg=colour, bold=True)
            at = end
    return out + text[at:]


def put(text: str, output: Path | None) -> None:
    """Write a text to a file, or to stdout where none is named."""
    if output is None:
        click.echo(text, nl=False)
    else:
        write_whole(output, text)


def put_parquet(table: pa.Table, path: Path) -> None:
    """Write a table to a Parquet file, its folder made.

    Raises:
        StoreError: The place cannot be written.
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
