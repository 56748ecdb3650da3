"""``--format score``: sentences in, one JSON line each out, as coding scorers read it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

from tiltmeter.coding.coder import BuiltinCoder, Document
from tiltmeter.errors import FeedFormatError, FeedUnavailable
from tiltmeter.events import documents_from, score_rows
from tiltmeter.feeds.text import TextOptions
from tiltmeter.feeds.text import read as read_text

# Sentences to be scored often carry no date; persons are then looked up on this day.
_UNDATED = date(2010, 1, 1)


def score_lines(path: Path, day: date | None) -> Iterator[str]:
    """Yield one JSON line for each sentence of a file.

    Lines of a ``.jsonl`` keep their id and order, are not merged when equal, and need no date.

    Raises:
        FeedUnavailable: The file cannot be read.
        FeedFormatError: A line is not JSON or has no id or text.
    """
    if path.suffix == ".jsonl":
        documents = list(_records(path, day))
    else:
        table = read_text(path, TextOptions(date=day)).documents
        documents = [(d.document_id, d) for d in documents_from(table)]
    if path.suffix != ".jsonl":
        for row in score_rows(documents, BuiltinCoder()):
            yield json.dumps(row, ensure_ascii=False) + "\n"
        return
    merged: dict[str, dict[str, Any]] = {}
    for row in score_rows(documents, BuiltinCoder()):
        if row["id"] in merged:
            merged[row["id"]]["events"] += row["events"]
        else:
            merged[row["id"]] = row
    for external, document in documents:
        row = merged.get(external, {"id": external, "events": []})
        yield json.dumps(row | {"text": document.text}, ensure_ascii=False) + "\n"


def _records(path: Path, day: date | None) -> Iterator[tuple[str, Document]]:
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as cause:
        raise FeedUnavailable(f"{path}: {cause}") from cause
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            record = json.loads(line)
            external, text = str(record["id"]), str(record["text"])
            published = record.get("date") or record.get("published")
            when = date.fromisoformat(str(published)[:10]) if published else day or _UNDATED
        except (ValueError, KeyError, TypeError) as cause:
            raise FeedFormatError(
                f"{path}, line {number}: needs JSON with id, text and perhaps date: {cause!r}",
                file=str(path),
                row=number,
            ) from cause
        yield external, Document(f"{number:08d}", text, when)
