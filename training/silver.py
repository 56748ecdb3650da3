"""Silver examples from free text: parties where the rule coder is sure, and topics without events.

Reads the Wikipedia current events beside the project. Only the parties of the rule coder's events
are used, never their types; reports filed under sport, arts, science and disasters in which the
rules see nothing are examples of nothing being done. Nothing of it is committed.
"""

from __future__ import annotations

import json
import lzma
import random
from datetime import date
from pathlib import Path

from gold_sets import NONE, Example

from tiltmeter.coding.clauses import Clauses, Found
from tiltmeter.coding.lexicon import lexicon
from tiltmeter.coding.mentions import Phrases
from tiltmeter.coding.parsing import parse
from tiltmeter.knowledge.actors import gazetteer

FILE = "wikipedia_current_events_2002-2015_2020-2023.jsonl.xz"
_QUIET = frozenset(
    {
        "Disasters and accidents", "Arts and culture", "Disasters", "Sport", "Sports",
        "Science and technology", "Science", "Health",
    }
)  # fmt: skip


def silver(
    text_folder: Path,
    *,
    reports: int = 26_000,
    parties: int = 1500,
    quiet: int = 1300,
    seed: int = 1,
) -> list[Example]:
    """Examples with known parties and unknown type, and examples of nothing."""
    rng = random.Random(seed)
    with lzma.open(text_folder / FILE, "rt", encoding="utf-8") as lines:
        rows = [json.loads(line) for line in lines]
    rows = [r for r in rows if r["kind"] == "report" and 40 < len(r["text"]) < 320]
    rng.shuffle(rows)
    rows = rows[:reports]
    known: list[Example] = []
    nothing: list[Example] = []
    names, lex = gazetteer(), lexicon()
    for row, tree in zip(rows, parse(r["text"] for r in rows), strict=True):
        mentions = names.find(row["text"], date.fromisoformat(row["date"]))
        found = list(Clauses(Phrases(tree, mentions), lex).events())
        if row["topic"] in _QUIET and not found and len({m.code for m in mentions}) < 2:
            nothing.append(Example(row["text"], [NONE], roles=True, origin="silver"))
        elif len(found) == 1 and (example := _parties(row["text"], found[0])):
            known.append(example)
    rng.shuffle(known)
    rng.shuffle(nothing)
    return known[:parties] + nothing[:quiet]


def _parties(text: str, event: Found) -> Example | None:
    source = [(a.start, a.end) for a in event.sources if a.code]
    target = [(a.start, a.end) for a in event.targets if a.code]
    if event.status not in {"done", "planned"} or event.confidence < 0.79:
        return None
    if not source or not (target or event.joint):
        return None
    return Example(
        text, None, source, target, [event.trigger], roles=True, origin="silver", weight=0.7
    )
