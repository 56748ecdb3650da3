"""The gold set of our own: two codings of 440 sentences, their agreement, and one gold of both.

``bench/own_gold/`` holds places and labels, no sentences; the texts are read from the data folder
beside the project and checked by their hash. ``make bench-own`` prints the agreement of the two
coders and scores the built-in coder against what both saw.
"""

from __future__ import annotations

import hashlib
import json
import lzma
import subprocess
import tempfile
from pathlib import Path
from typing import Any, Final

from floors import verdict
from gold import Scorer, read_lines
from machine import ROOT, save, shared, table
from metered import TILTMETER

FOLDER: Final = ROOT / "bench" / "own_gold"
_LAYERS: Final = ("type", "quad", "source", "target", "dyad", "triple", "interstate")
_BOOT: Final = 400


def sentences() -> list[dict[str, Any]]:
    """The sentences with their texts, in order.

    Raises:
        SystemExit: A text is not the one that was coded.
    """
    places = read_lines(FOLDER / "sentences.jsonl")
    wanted: dict[str, set[str]] = {}
    for place in places:
        wanted.setdefault(place["file"], set()).add(place["record"])
    texts: dict[tuple[str, str], str] = {}
    for name, ids in wanted.items():
        with lzma.open(shared("data", "text", name), "rt", encoding="utf-8") as lines:
            for line in lines:
                record = json.loads(line)
                if record["id"] in ids:
                    texts[name, record["id"]] = record["text"]
    out = []
    for place in places:
        text = texts[place["file"], place["record"]][place["start"] : place["end"]]
        if hashlib.sha256(text.encode()).hexdigest()[:16] != place["sha256"]:
            raise SystemExit(f"{place['id']}: the text is not the one that was coded")
        out.append({"id": place["id"], "text": text, "date": place["date"]})
    return out


def coded(name: str) -> list[dict[str, Any]]:
    """One coder's events as gold records: a, b, or both (what both saw)."""
    if name != "both":
        return [_record(r["id"], r["events"]) for r in read_lines(FOLDER / f"coder_{name}.jsonl")]
    pairs = zip(coded("a"), coded("b"), strict=True)
    return [_record(one["id"], _joined(one["events"], other["events"])) for one, other in pairs]


def _record(key: str, events: list[dict[str, Any]]) -> dict[str, Any]:
    events = [{**e, **{side: _actors(e[side]) for side in ("source", "target")}} for e in events]
    return {"id": key, "no_event": not events, "complete": True, "events": events}


def _actors(codes: list[Any]) -> list[dict[str, Any]]:
    return [c if isinstance(c, dict) else {"code": c} for c in codes]


def _joined(ones: list[dict[str, Any]], others: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """What both coders saw is required, what one saw is optional.

    Two codings are of one event if they share a party and a type, alternatives counted; both types
    are then right, and a party on which they differ is unknown.
    """
    left = list(others)
    out = []
    for one in ones:
        match = max(left, key=lambda other: _likeness(one, other), default=None)
        if match is None or _likeness(one, match) == 0:
            out.append({**one, "optional": True})
            continue
        left.remove(match)
        types = sorted(_types(one) | _types(match) - {one["event"]})
        merged = {
            "event": one["event"],
            "event_alt": [t for t in types if t != one["event"]],
            "status": one["status"],
            "domain": one["domain"],
        }
        for side in ("source", "target"):
            same = _codes(one, side) == _codes(match, side)
            merged[side] = one[side] if same else [{"code": None}]
        if one.get("optional") or match.get("optional"):
            merged["optional"] = True
        out.append(merged)
    return out + [{**other, "optional": True} for other in left]


def _types(event: dict[str, Any]) -> set[str]:
    return {event["event"], *event.get("event_alt", [])}


def _codes(event: dict[str, Any], side: str) -> set[str | None]:
    return {actor["code"] for actor in event[side]}


def _likeness(one: dict[str, Any], other: dict[str, Any]) -> int:
    if not _types(one) & _types(other):
        return 0
    mine, theirs = ({c for s in ("source", "target") for c in _codes(e, s)} for e in (one, other))
    return 1 + 2 * len(mine & theirs) + (one["event"] == other["event"])


def agreement(scorer: Scorer) -> dict[str, Any]:
    """How far two careful readings agree: F1 of one against the other, both ways, and kappa."""
    a, b = coded("a"), coded("b")
    there, back = scorer.score(a, b, boot=0), scorer.score(b, a, boot=0)
    figures = {layer: round((there[layer]["f1"] + back[layer]["f1"]) / 2, 3) for layer in _LAYERS}
    said = [(bool(x["events"]), bool(y["events"])) for x, y in zip(a, b, strict=True)]
    same = sum(x == y for x, y in said) / len(said)
    p, q = (sum(pair[k] for pair in said) / len(said) for k in (0, 1))
    chance = p * q + (1 - p) * (1 - q)
    return {**figures, "relevance_kappa": round((same - chance) / (1 - chance), 3)}


def main() -> None:
    """Measure agreement and the coder, write the result, fail where a floor is missed."""
    scorer = Scorer(shared("tools", "score_coding.py"))
    gold = coded("both")
    with tempfile.TemporaryDirectory() as folder:
        path, out = Path(folder) / "sentences.jsonl", Path(folder) / "said.jsonl"
        path.write_text(
            "".join(json.dumps(s, ensure_ascii=False) + "\n" for s in sentences()), encoding="utf-8"
        )
        command = [*TILTMETER, "code", path, "--format", "score", "-o", out]
        subprocess.run([str(c) for c in command], check=True)
        said = read_lines(out)
    found = scorer.score(gold, said, boot=_BOOT)
    by_id = scorer.by_id(said)
    quiet = [g["id"] for g in gold if g["no_event"]]
    fires = [scorer.any_event(by_id[i]) for i in quiet]
    people = agreement(scorer)
    figures: dict[str, Any] = {
        "sentences": len(gold),
        "agreement": people,
        "coder": {layer: round(found[layer]["f1"], 3) for layer in _LAYERS},
        "precision": {layer: round(found[layer]["precision"], 3) for layer in _LAYERS},
        "recall": {layer: round(found[layer]["recall"], 3) for layer in _LAYERS},
        "no_event": round(sum(fires) / len(fires), 3),
        "n_no_event": len(fires),
    }
    rows = [
        (
            layer,
            *(figures[part][layer] for part in ("coder", "precision", "recall")),
            people[layer],
        )
        for layer in _LAYERS
    ]
    rows.append(("fires where both saw nothing", figures["no_event"], None, None, None))
    body = table(["", "F1", "precision", "recall", "F1 of one coder against the other"], rows)
    kappa = f"Kappa of 'is there an event': {people['relevance_kappa']}.\n"
    save("own", "The gold set of our own", figures, f"{body}\n{kappa}")
    verdict("own", figures)


if __name__ == "__main__":
    main()
