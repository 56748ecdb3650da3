"""Tables and sentences for the terminal."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import click
import pyarrow as pa

_REASONS = 10


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
