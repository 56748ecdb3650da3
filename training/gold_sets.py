"""The annotated sets as training examples, and the folds they are cross-validated in.

Nothing of the sets is copied into the repository; they are read where they lie.
"""

from __future__ import annotations

import json
import re
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from pathlib import Path

from tiltmeter.knowledge.ontology import EVENT_TYPES

NONE = "NONE"
LABELS = [*EVENT_TYPES, NONE]
SETS = (
    "gsr_cameo",
    "plv",
    "utd200",
    "utd_statement",
    "ngec_headline",
    "petr2_validation",
    "petr_unit",
)
Span = tuple[int, int]


@dataclass
class Example:
    """One sentence and what is known of one event in it.

    ``types`` are all labels that are right; None where the set does not tell. ``roles`` says
    whether the spans of source and target are known; ``lead`` whether this is the event that the
    sentence is first of all about; ``complete`` whether speaker, status and domain were marked
    and every event of the sentence has an example of its own.
    """

    text: str
    types: list[str] | None
    source: list[Span] = field(default_factory=list)
    target: list[Span] = field(default_factory=list)
    trigger: list[Span] = field(default_factory=list)
    roles: bool = False
    origin: str = ""
    record: str = ""
    fold: int = -1
    weight: float = 1.0
    speaker: list[Span] = field(default_factory=list)
    status: str | None = None
    domain: str | None = None
    lead: bool = True
    complete: bool = False


def shingles(text: str) -> set[tuple[str, ...]]:
    """Three-word shingles of a text, case and punctuation away."""
    words = re.findall(r"\w+", text.lower())
    return {tuple(words[i : i + 3]) for i in range(max(1, len(words) - 2))}


def clusters(texts: list[str], containment: float = 0.6) -> list[int]:
    """Number of the near-duplicate cluster of each text (single link on shingle containment)."""
    sets = [shingles(t) for t in texts]
    inverse: dict[tuple[str, ...], list[int]] = defaultdict(list)
    for number, grams in enumerate(sets):
        for gram in grams:
            inverse[gram].append(number)
    parent = list(range(len(texts)))

    def root(i: int) -> int:
        while parent[i] != i:
            parent[i] = parent[parent[i]]
            i = parent[i]
        return i

    for i, grams in enumerate(sets):
        shared = Counter(j for gram in grams for j in inverse[gram] if j < i)
        for j, count in shared.items():
            if count / min(len(grams), len(sets[j])) >= containment:
                parent[root(i)] = root(j)
    return [root(i) for i in range(len(texts))]


def read(folder: Path, name: str) -> list[dict]:
    """Records of one set."""
    lines = (folder / f"{name}.jsonl").read_text(encoding="utf-8").splitlines()
    return [json.loads(line) for line in lines if line.strip()]


def folds(folder: Path, count: int) -> dict[str, int]:
    """Record id -> fold; near-duplicates of all sets share one, sets are spread evenly."""
    records = [r for name in SETS for r in read(folder, name)]
    groups: dict[int, list[dict]] = defaultdict(list)
    for record, cluster in zip(records, clusters([r["text"] for r in records]), strict=True):
        groups[cluster].append(record)
    load = [Counter() for _ in range(count)]
    out: dict[str, int] = {}
    for _, members in sorted(groups.items(), key=lambda kv: (-len(kv[1]), kv[1][0]["id"])):
        mine = Counter(_stratum(m) for m in members)
        best = min(range(count), key=lambda f: (sum(load[f][s] for s in mine), load[f].total(), f))
        load[best] += mine
        for member in members:
            out[member["id"]] = best
    return out


def _stratum(record: dict) -> str:
    kinds = sorted(e.get("event") or "" for e in record["events"] if not e.get("optional"))
    return f"{record['set']}:{kinds[0] if kinds else ''}"


def examples(folder: Path, fold_of: dict[str, int], *, unit: bool = True) -> list[Example]:
    """All sets as examples; sentences with several events give one example each."""
    out: list[Example] = []
    for name in SETS:
        if name == "petr_unit" and not unit:
            continue
        for record in read(folder, name):
            for example in _examples(record):
                example.origin, example.record = name, record["id"]
                example.fold = fold_of[record["id"]]
                out.append(example)
    return out


def _examples(record: dict) -> list[Example]:
    text, events = record["text"], record["events"]
    if record["set"] == "petr_unit":
        return [_example(text, None, events[0], weight=0.1)] if len(events) == 1 else []
    firm = [e for e in events if not e.get("optional")]
    if not firm:
        maybe = {e["event"] for e in events}
        return [Example(text, [NONE, *sorted(maybe & set(LABELS))], roles=False)]
    return [_example(text, _types(e), e, weight=1.0 / len(firm) ** 0.5) for e in firm]


def _types(event: dict) -> list[str]:
    names = {event["event"], *(event.get("event_alt") or ())}
    if "YIELD" in names:
        names |= {"CONCEDE", "RETREAT"}
    return sorted(names & set(LABELS))


def _example(text: str, types: list[str] | None, event: dict, weight: float) -> Example:
    source = _spans(text, event["source"])
    target = _spans(text, event["target"])
    trigger = _words(text, event.get("event_text") or "")
    known = source is not None and target is not None and bool(source or target)
    return Example(text, types, source or [], target or [], trigger, roles=known, weight=weight)


def _spans(text: str, actors: list[dict]) -> list[Span] | None:
    """Where the phrases of one side stand; None if one of them cannot be found."""
    out: list[Span] = []
    for actor in actors:
        if not actor.get("text"):
            return None
        for part in re.split(r"\s*;\s*", actor["text"]):
            pattern = r"\s+".join(map(re.escape, part.split()))
            match = re.search(pattern, text) or re.search(pattern, text, re.IGNORECASE)
            if match is None:
                return None
            if match.span() not in out:
                out.append(match.span())
    return out


def _words(text: str, phrase: str) -> list[Span]:
    out, at = [], 0
    for word in phrase.split():
        match = re.compile(rf"\b{re.escape(word)}\b", re.IGNORECASE).search(text, at)
        if match:
            out.append(match.span())
            at = match.end()
    return out
