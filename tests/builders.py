"""Rows and small folders for tests; a builder gives a valid row and takes what matters by name."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow as pa

from tiltmeter.knowledge.ontology import quad_class
from tiltmeter.schemas import DOCUMENTS, EVENTS, STORIES

DAY = date(2014, 12, 3)


def document(document_id: str, text: str = "Russia praised Serbia.", **over: Any) -> dict[str, Any]:
    """A row of the documents table: one body segment, dated, in English."""
    row = {
        "document_id": document_id,
        "path": f"{document_id}.txt",
        "title": "",
        "text": text,
        "segments": [{"kind": "body", "start": 0, "end": len(text)}],
        "outlet": None,
        "published": DAY,
        "date_precision": "day",
        "date_origin": "option",
        "lang": "en",
        "n_copies": 1,
        "external_id": None,
    }
    return row | over


def documents(*rows: dict[str, Any]) -> pa.Table:
    """The documents table."""
    return DOCUMENTS.table(list(rows))


def event(event_id: str, **over: Any) -> dict[str, Any]:
    """A row of the events table: Russia meets Azerbaijan."""
    kind = over.get("event_type", "CONSULT")
    text = over.get("text", "Russia met Azerbaijan in Sochi.")
    day = over.get("date", DAY)
    row = {
        "event_id": event_id if event_id.count(":") == 3 else f"{event_id}:0:0:0",
        "document_id": event_id.split(":")[0],
        "sentence_start": 0,
        "sentence_end": len(text),
        "text": text,
        "source": "RUS",
        "source_sector": "GOV",
        "source_name": "Russia",
        "target": "AZE",
        "target_sector": "GOV",
        "target_name": "Azerbaijan",
        "event_type": kind,
        "mode": None,
        "quad_class": quad_class(kind),
        "domain": "political",
        "status": "done",
        "attribution": None,
        "date": day,
        "date_precision": "day",
        "published": day,
        "outlet": None,
        "trigger": "met",
        "trigger_start": 7,
        "trigger_end": 10,
        "source_start": 0,
        "source_end": 6,
        "target_start": 11,
        "target_end": 21,
        "confidence": 0.8,
        "feed": "text",
    }
    return row | over


def events(*rows: dict[str, Any]) -> pa.Table:
    """The events table."""
    return EVENTS.table(list(rows))


def story(story_id: str, **over: Any) -> dict[str, Any]:
    """A row of the stories table: Russia meets Azerbaijan; its happening is its own."""
    kind = over.get("event_type", "CONSULT")
    row = {
        "story_id": story_id,
        "happening": f"{story_id}:0:0",
        "source": "RUS",
        "source_sector": "GOV",
        "target": "AZE",
        "target_sector": "GOV",
        "event_type": kind,
        "quad_class": quad_class(kind),
        "domain": "political",
        "status": "done",
        "date": DAY,
        "date_precision": "day",
        "published": over.get("date", DAY),
        "text": "Russia met Azerbaijan in Sochi.",
        "document_id": story_id,
        "n_reports": 1,
        "n_documents": 1,
        "event_ids": [f"{story_id}:0:0:0"],
        "confidence": 0.8,
        "feed": "text",
    }
    return row | over


def stories(*rows: dict[str, Any]) -> pa.Table:
    """The stories table."""
    return STORIES.table(list(rows))


def write_reports(
    folder: Path, reports: list[tuple[str, str]], name: str = "reports.jsonl"
) -> Path:
    """Write (date, text) pairs as JSON lines; return the folder."""
    folder.mkdir(parents=True, exist_ok=True)
    lines = [
        json.dumps({"id": f"r{n}", "date": day, "text": text})
        for n, (day, text) in enumerate(reports)
    ]
    (folder / name).write_text("\n".join(lines) + "\n", encoding="utf-8")
    return folder


def two_sided_reports() -> list[tuple[str, str]]:
    """Two years of reports on Azerbaijan: quarrels with Moscow, then trade; the reverse elsewhere.

    Half in 2013 and half in 2014, so that both windows of a brief hold stories with each pole.
    """
    out: list[tuple[str, str]] = []
    for month in range(1, 13):
        before, after = f"2013-{month:02d}", f"2014-{month:02d}"
        n = f"round {month}"
        out += [
            (f"{before}-03", f"Azerbaijan condemned Russia over a radar lease in {n}."),
            (f"{before}-11", f"The United States praised Azerbaijan for its oil transit, {n}."),
            (f"{before}-19", f"Azerbaijan signed an aid agreement with the United States in {n}."),
            (
                f"{after}-04",
                f"The Azerbaijani president signed a trade agreement with Russia in {n}.",
            ),
            (f"{after}-12", f"Russia praised Azerbaijan for its caution, {n}."),
            (f"{after}-20", f"Azerbaijan accused the United States of meddling, {n}."),
        ]
    return out
