"""Coded sentences -> the events table, and the score format that coders are compared in."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from typing import Any, Final

import pyarrow as pa

from tiltmeter.coding.coder import Coded, Coder, Document, SentenceCoding
from tiltmeter.coding.mentions import Actor
from tiltmeter.coding.reasons import BROKEN, LANGUAGE, NO_ANSWER, REASONS, TOO_LONG, TOO_MANY
from tiltmeter.knowledge.ontology import is_symmetric, quad_class
from tiltmeter.schemas import EVENTS, REJECTS, SENTENCES

MAX_DYADS: Final = 12  # of one event: twelve foreign ministers meeting are not 132 events


def documents_from(table: pa.Table) -> list[Document]:
    """Rows of the documents table as the coder's documents, in the table's order."""
    return [
        Document(
            row["document_id"],
            row["text"],
            row["published"],
            tuple((s["kind"], s["start"], s["end"]) for s in row["segments"]),
            row["outlet"],
            row["lang"],
        )
        for row in table.to_pylist()
    ]


def code_documents(documents: pa.Table, *, coder: Coder, feed: str = "text") -> dict[str, pa.Table]:
    """Code documents.

    Args:
        documents: Table of contract DOCUMENTS.
        coder: Any coder.
        feed: Name of the feed, written into each event.

    Returns:
        Tables ``events``, ``sentences`` (those that gave none, with the reason) and ``rejects``
        (dates that do not exist, documents in other languages, ...).
    """
    rows: list[dict[str, Any]] = []
    silent: list[dict[str, Any]] = []
    rejects: list[dict[str, Any]] = []
    by_id = {d.document_id: d for d in documents_from(documents)}
    paths = dict(
        zip(documents["document_id"].to_pylist(), documents["path"].to_pylist(), strict=True)
    )
    for document_id, sentences in coder.code(by_id.values()):
        document = by_id[document_id]
        for number, sentence in enumerate(tail_joined(sentences)):
            made = [
                row
                for at, coded in enumerate(sentence.events)
                for row in event_rows(document, sentence, number, at, coded, feed)
            ]
            rows += made
            if not made:
                silent.append(
                    {
                        "document_id": document_id,
                        "start": sentence.start,
                        "end": sentence.end,
                        "reason": sentence.reason or "no_dyad",
                        "detail": without_dyad(sentence.events) or sentence.detail,
                    }
                )
            # a file of records holds many documents, and places must differ
            place = f"characters {sentence.start}-{sentence.end} of document {document_id}"
            problems = dict.fromkeys(sentence.problems)
            if sentence.reason in {BROKEN, LANGUAGE, NO_ANSWER, TOO_LONG, TOO_MANY}:
                problems[f"{REASONS[sentence.reason]} [{sentence.detail}]"] = None
            rejects += [
                {
                    "path": paths[document_id],
                    "place": place,
                    "stage": "code",
                    "reason": problem,
                    "value": sentence.text[:200],
                }
                for problem in problems
            ]
    return {
        "events": EVENTS.table(rows),
        "sentences": SENTENCES.table(silent),
        "code_rejects": REJECTS.table(rejects),
    }


def tail_joined(sentences: list[SentenceCoding]) -> list[SentenceCoding]:
    """What lies beyond the coder's limit as one stretch: a dump has a million such sentences."""
    at = next((i for i, s in enumerate(sentences) if s.reason == TOO_MANY), None)
    if at is None:
        return sentences
    tail = sentences[at:]
    whole = replace(tail[0], end=tail[-1].end, detail=f"{len(tail):,} sentences left out")
    return [*sentences[:at], whole]


def event_rows(
    document: Document, sentence: SentenceCoding, number: int, at: int, coded: Coded, feed: str
) -> list[dict[str, Any]]:
    """The directed dyads of one event; a symmetric event is one row for each unordered pair."""
    item = coded.found
    base = f"{document.document_id}:{number}:{at}"
    out: list[dict[str, Any]] = []
    for index, (source, target) in enumerate(_dyads(item.sources, item.targets, _joint(coded))):
        if source.code is None:
            continue
        out.append(
            {
                "event_id": f"{base}:{index}",
                "document_id": document.document_id,
                "sentence_start": sentence.start,
                "sentence_end": sentence.end,
                "text": sentence.text,
                "source": source.code,
                "source_sector": source.sector,
                "source_name": source.text,
                "target": target.code if target else None,
                "target_sector": target.sector if target else None,
                "target_name": target.text if target else None,
                "event_type": item.event_type,
                "mode": item.mode,
                "quad_class": quad_class(item.event_type),
                "domain": coded.domain,
                "status": item.status,
                "attribution": coded.attribution,
                "date": coded.when.day,
                "date_precision": coded.when.precision,
                "published": document.published,
                "outlet": document.outlet,
                "trigger": sentence.text[item.trigger[0] : item.trigger[1]],
                "trigger_start": sentence.start + item.trigger[0],
                "trigger_end": sentence.start + item.trigger[1],
                "source_start": _offset(sentence, source, source.start),
                "source_end": _offset(sentence, source, source.end),
                "target_start": _offset(sentence, target, target.start) if target else None,
                "target_end": _offset(sentence, target, target.end) if target else None,
                "confidence": item.confidence,
                "feed": feed,
            }
        )
    return out


def without_dyad(events: Iterable[Coded]) -> str:
    """What was seen of events that give no row, since nobody known does them to another."""
    sides = (
        (c.found.event_type, *(_codes(side) for side in (c.found.sources, c.found.targets)))
        for c in events
    )
    return "; ".join(f"{act}: by {doers}, to {others}" for act, doers, others in sides)


def _codes(actors: Iterable[Actor]) -> str:
    return ", ".join(a.code or f"{a.text} (?)" for a in actors) or "?"


def _joint(coded: Coded) -> bool:
    return coded.found.joint and is_symmetric(coded.found.event_type, coded.found.mode)


def _offset(sentence: SentenceCoding, actor: Actor, at: int) -> int | None:
    return None if actor.kind == "implied" else sentence.start + at


def _dyads(
    sources: tuple[Actor, ...], targets: tuple[Actor, ...], joint: bool
) -> list[tuple[Actor, Actor | None]]:
    known = [s for s in sources if s.code]
    aims = [t for t in targets if t.code]
    if not aims and joint and len(known) > 1:
        pairs: list[tuple[Actor, Actor | None]] = [
            (a, b) for i, a in enumerate(known) for b in known[i + 1 :] if a.code != b.code
        ]
    elif not aims:
        pairs = [(a, targets[0] if targets else None) for a in known[:2]]
    else:
        domestic = all(s.code == t.code for s in known for t in aims)
        pairs = [(a, b) for a in known for b in aims if domestic or a.code != b.code]
    distinct: dict[tuple[str | None, str | None], tuple[Actor, Actor | None]] = {}
    for a, b in pairs:
        distinct.setdefault((a.code, b.code if b else None), (a, b))
    return list(distinct.values())[:MAX_DYADS]


def _score_code(actor: Actor) -> dict[str, Any]:
    return {"code": actor.code, "sector": actor.sector, "text": actor.text}


def score_rows(documents: Iterable[tuple[str, Document]], coder: Coder) -> Iterable[dict[str, Any]]:
    """One JSON-ready row for each sentence, in the format of the coding scorers.

    Acts that are denied or only alleged are left out: the format has no place for what did not
    happen. Ids repeat where a text has several sentences; scorers join them.
    """
    names = {d.document_id: external for external, d in documents}
    ordered = [d for _, d in documents]
    for document_id, sentences in coder.code(ordered):
        for sentence in sentences:
            yield {
                "id": names[document_id],
                "text": sentence.text,
                "events": [
                    _score_event(coded)
                    for coded in sentence.events
                    if coded.found.status in {"done", "planned"}
                ],
            }


def _score_event(coded: Coded) -> dict[str, Any]:
    from tiltmeter.knowledge.organisations import score_code

    item = coded.found
    day: date = coded.when.day

    def side(actors: tuple[Actor, ...]) -> list[dict[str, Any]]:
        return [
            _score_code(a) | {"code": score_code(a.code, a.sector, a.person_id)} for a in actors
        ]

    sources, targets = side(item.sources), side(item.targets)
    if _joint(coded) and item.targets:
        sources, targets = sources + targets, []
    return {
        "source": sources,
        "target": targets,
        "event": item.event_type,
        "date": day.isoformat(),
        "status": item.status,
        "domain": coded.domain,
    }
