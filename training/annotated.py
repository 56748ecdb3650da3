"""Sentences annotated for this project, as training examples.

Two kinds. ``annotated/sentences.jsonl``: real sentences, as places, hashes and offsets (the texts
lie beside the project and are not ours). ``own/written.tsv``: sentences written for the project,
with their labels. Both are complete: what is not marked in a sentence is no event.

``python training/annotated.py DRAWN SHEETS ROUND`` turns label sheets into the stored form.
"""

from __future__ import annotations

import hashlib
import json
import lzma
import re
import sys
from collections import defaultdict
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from gold_sets import LABELS, NONE, Example, Span

HERE = Path(__file__).parent
STORED = HERE / "annotated" / "sentences.jsonl"
WRITTEN = HERE / "own" / "written.tsv"
STATUSES = ("done", "planned", "denied", "alleged", "conditional", "background")
DOMAINS = ("political", "security", "economic", "energy", "society", "other")
_SIGNED = re.compile(r"\b(?:sign|ratif|finali|initial)", re.I)
_PENALTY = re.compile(r"\bsanction|\bembargo|\bassets?\b|\bblacklist|\btravel ban", re.I)
_FURTHER = 0.5  # weight of a sentence's second event


@dataclass(frozen=True)
class Marked:
    """One event of a sheet: labels, and spans of source, target, trigger, speaker."""

    types: list[str]
    optional: bool
    spans: dict[str, list[Span]] = field(default_factory=dict)
    status: str = "done"
    domain: str = "other"


def annotated(text_folder: Path, last_round: int = 2) -> list[Example]:
    """The real sentences of the rounds of annotation up to ``last_round``.

    Raises:
        SystemExit: A text is not the one that was annotated.
    """
    rows = [json.loads(line) for line in STORED.read_text(encoding="utf-8").splitlines()]
    rows = [row for row in rows if row["round"] <= last_round]
    wanted: dict[str, set[str]] = defaultdict(set)
    for row in rows:
        wanted[row["file"]].add(row["record"])
    texts: dict[tuple[str, str], str] = {}
    for name, ids in wanted.items():
        with lzma.open(text_folder / name, "rt", encoding="utf-8") as lines:
            for record in map(json.loads, lines):
                if record["id"] in ids:
                    texts[name, record["id"]] = record["text"]
    out: list[Example] = []
    for row in rows:
        text = texts[row["file"], row["record"]][row["start"] : row["end"]]
        if hashlib.sha256(text.encode()).hexdigest()[:16] != row["sha256"]:
            raise SystemExit(f"{row['id']}: the text is not the one that was annotated")
        events = [_stored(e) for e in row["events"]]
        out += examples_of(text, events, "annotated", row["id"])
    return out


def written() -> list[Example]:
    """The sentences of our own."""
    sheet: dict[str, list[Marked]] = {}
    for line in WRITTEN.read_text(encoding="utf-8").splitlines():
        text, *rest = line.split("\t")
        events = sheet.setdefault(text, [])
        if rest != ["-"]:
            events.append(_marked(text, rest))
    return [
        x
        for n, (text, events) in enumerate(sheet.items())
        for x in examples_of(text, events, "written", f"written-{n}")
    ]


def examples_of(text: str, events: list[Marked], origin: str, record: str) -> list[Example]:
    """One example for each event; the first has the say on who is doer and target at all."""
    if not events:
        return [Example(text, [NONE], roles=True, origin=origin, record=record, complete=True)]
    out = []
    for n, event in enumerate(events):
        kinds = [*event.types, NONE] if event.optional else event.types
        known = bool(event.spans["source"] or event.spans["target"])
        out.append(
            Example(
                text,
                kinds,
                *(event.spans[k] for k in ("source", "target", "trigger")),
                roles=known,
                origin=origin,
                record=record,
                weight=1.0 if n == 0 else _FURTHER,
                speaker=event.spans["speaker"],
                status=event.status,
                domain=event.domain,
                lead=n == 0,
                complete=True,
            )
        )
    return out


def _stored(event: dict[str, Any]) -> Marked:
    spans = {
        k: [tuple(s) for s in event.get(k, ())] for k in ("source", "target", "trigger", "speaker")
    }
    return Marked(
        event["types"], event.get("optional", False), spans, event["status"], event["domain"]
    )


def _marked(text: str, fields: list[str]) -> Marked:
    kinds, source, target, trigger, status, speaker, domain = fields
    domain = "society" if domain == "civic" else domain
    at = _where(text, trigger, 0)
    near = at[0][0] if at else 0
    spans = {
        "trigger": at,
        "source": _where(text, source, near),
        "target": _where(text, target, near),
        "speaker": _where(text, speaker, near),
    }
    names = kinds.rstrip("?").split("/")
    if "SANCTION" in names and _PENALTY.search(text):
        names.append("COERCE")  # where PLV puts penalties; the coder follows PLOVER's manual later
    if not set(names) <= set(LABELS) or status not in STATUSES or domain not in DOMAINS:
        raise SystemExit(f"unknown label in {fields} of {text!r}")
    if "AGREE" in names and _SIGNED.search(trigger) and "SUPPORT" not in names:
        names.append("SUPPORT")  # PLOVER's manual puts signing and ratifying there
    return Marked(names, kinds.endswith("?"), spans, status, domain)


def _where(text: str, phrases: str, near: int) -> list[Span]:
    """Where phrases stand, whole words if they can, nearest to ``near`` if more than once."""
    out: list[Span] = []
    for phrase in phrases.split(" ; ") if phrases != "-" else ():
        plain = re.escape(phrase)
        found = [m.span() for m in re.finditer(rf"(?<!\w){plain}(?!\w)", text)]
        found = found or [m.span() for m in re.finditer(plain, text)]
        if not found:
            raise SystemExit(f"{phrase!r} is not in {text!r}")
        out.append(min(found, key=lambda s: abs(s[0] - near)))
    return out


def store(drawn: Path, sheets: Path, number_of_round: int) -> None:
    """Label sheets (sentence number and labels, tab-separated) -> ``STORED``, as one round."""
    rows = [json.loads(line) for line in drawn.read_text(encoding="utf-8").splitlines()]
    events: dict[int, list[Marked]] = {}
    for sheet in sorted(sheets.glob("*.tsv")):
        for line in sheet.read_text(encoding="utf-8").splitlines():
            number, *rest = line.split("\t")
            held = events.setdefault(int(number), [])
            if rest != ["-"]:
                held.append(_marked(rows[int(number)]["text"], rest))
    STORED.parent.mkdir(exist_ok=True)
    with STORED.open("w", encoding="utf-8") as out:
        for number, marked in sorted(events.items()):
            place = {k: v for k, v in rows[number].items() if k != "text"}
            place["round"] = number_of_round
            out.write(json.dumps(place | {"events": [_plain(m) for m in marked]}) + "\n")


def _plain(event: Marked) -> dict[str, Any]:
    spans = {k: v for k, v in event.spans.items() if v}
    optional = {"optional": True} if event.optional else {}
    return {
        "types": event.types,
        **optional,
        "status": event.status,
        "domain": event.domain,
        **spans,
    }


if __name__ == "__main__":
    store(Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3]))
